using CxPlatform.Cases.Storage;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Cases.Feed;

/// <summary>The event log as server-sent events (WHATWG HTML, section 9.2), for integrators. A stream ends when
/// its reader leaves or the host stops, and goes on from its last id.</summary>
internal sealed class LogStream(EventLog<CaseDb> log, CaseEvents cases, IHostApplicationLifetime lifetime)
{
    private const int Batch = 200;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>Case events as CloudEvents, from a position on.</summary>
    public async Task<IResult> EventsAsync(HttpContext context, Cursor start, EventSelection selection)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var ct = ending.Token;
        var response = context.Response;
        try
        {
            await response.BeginEventsAsync(start.ToString(), ct);
            var position = start.Position;
            var told = position;
            var spoke = TimeProvider.System.GetTimestamp();
            while (true)
            {
                var news = log.NextNews;
                var page = await cases.ReadAsync(position, Batch, selection, ct);
                position = page.Position;
                foreach (var e in page.Events)
                {
                    await response.WriteAsync($"id: {start with { Position = told = e.Position }}\nevent: {CloudEvent.TypeOf(e)}\ndata: ", ct);
                    await response.Body.WriteAsync(CloudEvent.Write(e), ct);
                    await response.WriteAsync("\n\n", ct);
                }
                if (page.Events.Count > 0 || TimeProvider.System.GetElapsedTime(spoke) > Heartbeat)
                {
                    // An id without data is no event, but where the reader goes on: who waits for what is rare is not told of all the rest again.
                    if (page.Events.Count == 0)
                        await response.WriteAsync(told < position ? $"id: {start with { Position = told = position }}\n\n" : ": still here\n\n", ct);
                    await response.Body.FlushAsync(ct);
                    spoke = TimeProvider.System.GetTimestamp();
                }
                if (!page.More)
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
