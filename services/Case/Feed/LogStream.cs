using CxPlatform.Cases.Storage;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Feed;

/// <summary>The event log as server-sent events (WHATWG HTML, section 9.2), for integrators. A stream ends when
/// its reader leaves or the host stops, and goes on from its last id.</summary>
internal sealed class LogStream(EventLog<CaseDb> log, IHostApplicationLifetime lifetime)
{
    private const int Batch = 200;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>Every case event as a CloudEvent, from a position on.</summary>
    public async Task<IResult> EventsAsync(HttpContext context, Cursor from)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var ct = ending.Token;
        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no"; // proxies that gather would hold events back
        try
        {
            await response.WriteAsync(": connected\n\n", ct);
            await response.Body.FlushAsync(ct);
            var position = from.Position;
            var spoke = TimeProvider.System.GetTimestamp();
            while (true)
            {
                var news = log.NextNews;
                var events = await log.ReadAsync(position, Batch, ct);
                var relevant = events.Where(FeedEndpoints.IsCaseEvent).ToList();
                foreach (var e in relevant)
                {
                    await response.WriteAsync($"id: {new Cursor(from.Epoch, e.Position)}\nevent: {CloudEvent.TypeOf(e)}\ndata: ", ct);
                    await response.Body.WriteAsync(CloudEvent.Write(e), ct);
                    await response.WriteAsync("\n\n", ct);
                }
                if (events.Count > 0)
                    position = events[^1].Position;
                if (relevant.Count > 0 || TimeProvider.System.GetElapsedTime(spoke) > Heartbeat)
                {
                    if (relevant.Count == 0)
                        await response.WriteAsync(": still here\n\n", ct);
                    await response.Body.FlushAsync(ct);
                    spoke = TimeProvider.System.GetTimestamp();
                }
                if (events.Count < Batch)
                    await Task.WhenAny(news, Task.Delay(Poll, ct));
                ct.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return TypedResults.Empty;
        }
    }
}
