using System.Text.Json;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Reading;
using CxPlatform.Cases.Storage;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Cases.Feed;

/// <summary>A case has changed: read it again, if it concerns you.</summary>
internal sealed record CaseChange(Guid CaseId, string? Number, long Version, string Type);

/// <summary>The event log as server-sent events (WHATWG HTML, section 9.2), for integrators and for the desk. A stream ends when
/// its reader leaves or the host stops, and goes on from its last id.</summary>
internal sealed class LogStream(EventLog<CaseDb> log, IHostApplicationLifetime lifetime)
{
    private const int Batch = 200;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    // A busy desk is told often enough; what changed several times meanwhile is told once.
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(200);

    /// <summary>Every case event as a CloudEvent, from a position on.</summary>
    public Task<IResult> EventsAsync(HttpContext context, Cursor from) =>
        RunAsync(context, from, TimeSpan.Zero, async (events, epoch, response, ct) =>
    {
        foreach (var e in events)
        {
            await response.WriteAsync($"id: {new Cursor(epoch, e.Position)}\nevent: {CloudEvent.TypeOf(e)}\ndata: ", ct);
            await response.Body.WriteAsync(CloudEvent.Write(e), ct);
            await response.WriteAsync("\n\n", ct);
        }
    });

    /// <summary>Which cases change from now on, or whether one does: <c>changed</c> messages without content.</summary>
    public async Task<IResult> ChangesAsync(HttpContext context, Guid? caseId)
    {
        var from = new Cursor((await log.InfoAsync(context.RequestAborted)).Epoch, await log.HeadAsync(context.RequestAborted));
        var stream = caseId is { } id ? CaseState.StreamOf(id) : null;
        return await RunAsync(context, from, Breath, async (events, _, response, ct) =>
        {
            foreach (var last in events.Where(e => stream is null || e.Stream == stream).GroupBy(e => e.Stream)
                .Select(group => group.Last()))
            {
                var change = new CaseChange(Guid.Parse(last.Stream.AsSpan("case/".Length)), last.PublicSubject, last.Version, last.Type);
                await response.WriteAsync($"event: changed\ndata: {JsonSerializer.Serialize(change, CxJson.Options)}\n\n", ct);
            }
        });
    }

    /// <summary>That something changed which the customer may see, and nothing about it.</summary>
    public async Task<IResult> PublicChangesAsync(HttpContext context, Guid caseId)
    {
        var from = new Cursor((await log.InfoAsync(context.RequestAborted)).Epoch, await log.HeadAsync(context.RequestAborted));
        var stream = CaseState.StreamOf(caseId);
        return await RunAsync(context, from, Breath, async (events, _, response, ct) =>
        {
            if (events.Any(e => e.Stream == stream && TimelineEntry.VisibilityOf(e.Type) != Visibility.Internal))
                await response.WriteAsync("event: changed\ndata: \n\n", ct);
        });
    }

    private async Task<IResult> RunAsync(
        HttpContext context, Cursor from, TimeSpan breath,
        Func<IReadOnlyList<LoggedEvent>, Guid, HttpResponse, CancellationToken, Task> write)
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
                if (relevant.Count > 0)
                    await write(relevant, from.Epoch, response, ct);
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
                if (breath > TimeSpan.Zero && events.Count > 0)
                    await Task.Delay(breath, ct);
                ct.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return TypedResults.Empty;
        }
    }
}
