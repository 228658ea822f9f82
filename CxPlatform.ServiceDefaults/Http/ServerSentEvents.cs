using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace CxPlatform.ServiceDefaults;

/// <summary>How our streams begin (WHATWG HTML, section 9.2).</summary>
public static class ServerSentEvents
{
    // A host that starts again is come back to by everybody at once: each is told another time.
    private static readonly TimeSpan Soonest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Latest = TimeSpan.FromSeconds(6);

    /// <summary>Writes the head of a stream, and how long its reader waits before coming back when it breaks.</summary>
    /// <param name="id">Where the stream begins: who loses it before the first event goes on from here, and not from whenever they are back.</param>
    public static async Task BeginEventsAsync(this HttpResponse response, string? id, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(response);
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no"; // proxies that gather would hold events back
        var retry = Random.Shared.Next((int)Soonest.TotalMilliseconds, (int)Latest.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        await response.WriteAsync($": connected\n{(id is null ? "" : $"id: {id}\n")}retry: {retry}\n\n", ct);
        await response.Body.FlushAsync(ct);
    }
}
