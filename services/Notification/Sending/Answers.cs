using System.Net;
using System.Text.Json;

namespace CxPlatform.Notifications.Sending;

/// <summary>What providers answer over HTTP.</summary>
internal static class Answers
{
    private const int MostRead = 64 * 1024;

    /// <summary>The answer's JSON; nothing where a proxy's page came instead: the status says enough.</summary>
    public static async Task<JsonElement> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(MostRead, ct);
            using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(ct));
            return document.RootElement.Clone();
        }
        catch (Exception e) when (e is JsonException or HttpRequestException)
        {
            return default;
        }
    }

    /// <summary>A member of an object, as text; null when it is not there.</summary>
    public static string? Member(JsonElement answer, string name) =>
        answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty(name, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined)
            ? value.ToString()
            : null;

    /// <summary>Not this message's fault: our credentials, our quota, their servers.</summary>
    public static bool IsOurs(HttpStatusCode status) =>
        status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
            or >= HttpStatusCode.InternalServerError;

    public static TimeSpan? RetryAfter(HttpResponseMessage response, DateTimeOffset now) =>
        response.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - now : null;
}
