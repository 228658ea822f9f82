using System.Text.Json;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Reading;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Cases.Feed;

/// <summary>A case has changed: read it again, if it concerns you.</summary>
internal sealed record CaseChange(Guid CaseId, string? Number, long Version, string Type);

/// <summary>Tells pages that something changed, as server-sent events (WHATWG HTML, section 9.2). They fetch by themselves what they
/// show.</summary>
internal sealed class ChangeStream(CaseChanges changes, IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    // A busy desk is told often enough; what changed several times meanwhile is told once.
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(200);

    /// <summary>Which cases change from now on, or whether one does: <c>changed</c> messages without content.</summary>
    public Task<IResult> OfStaffAsync(HttpContext context, Guid? caseId) => RunAsync(context, caseId, events => events
        .GroupBy(e => e.Stream).Select(group => group.Last())
        .Select(e => new CaseChange(Guid.Parse(e.Stream.AsSpan("case/".Length)), e.PublicSubject, e.Version, e.Type))
        .Select(change => JsonSerializer.Serialize(change, CxJson.Options)));

    /// <summary>That something changed which the customer may see, and nothing about it.</summary>
    public Task<IResult> OfCustomerAsync(HttpContext context, Guid caseId) => RunAsync(
        context, caseId, events => events.Any(e => TimelineEntry.VisibilityOf(e.Type) != Visibility.Internal) ? [""] : []);

    private async Task<IResult> RunAsync(HttpContext context, Guid? caseId, Func<IReadOnlyList<LoggedEvent>, IEnumerable<string>> messages)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var ct = ending.Token;
        try
        {
            using var listener = await changes.ListenAsync(caseId is { } id ? CaseState.StreamOf(id) : null, ct);
            var response = context.Response;
            response.ContentType = "text/event-stream";
            response.Headers.CacheControl = "no-cache";
            response.Headers["X-Accel-Buffering"] = "no"; // proxies that gather would hold events back
            await response.WriteAsync(": connected\n\n", ct);
            await response.Body.FlushAsync(ct);
            while (true)
            {
                var more = listener.Events.WaitToReadAsync(ct).AsTask();
                while (await Task.WhenAny(more, Task.Delay(Heartbeat, ct)) != more)
                {
                    ct.ThrowIfCancellationRequested();
                    await response.WriteAsync(": still here\n\n", ct);
                    await response.Body.FlushAsync(ct);
                }
                if (!await more)
                    return TypedResults.Empty;
                var events = new List<LoggedEvent>();
                while (listener.Events.TryRead(out var e))
                    events.Add(e);
                foreach (var message in messages(events))
                    await response.WriteAsync($"event: changed\ndata: {message}\n\n", ct);
                await response.Body.FlushAsync(ct);
                await Task.Delay(Breath, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return TypedResults.Empty;
        }
    }
}
