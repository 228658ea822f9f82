using System.Security.Claims;
using System.Text.Json;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Presence;
using CxPlatform.Cases.Reading;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Cases.Feed;

/// <summary>A case has changed: read it again, if it concerns you.</summary>
internal sealed record CaseChange(Guid CaseId, string? Number, long Version, string Type);

/// <summary>Tells pages that something changed, as server-sent events (WHATWG HTML, section 9.2). They fetch by themselves what they
/// show.</summary>
internal sealed class ChangeStream(CaseChanges changes, CasePresence presence, IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    // A busy desk is told often enough; what changed several times meanwhile is told once.
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);

    /// <summary>Which cases change from now on, or whether one does: <c>changed</c> messages without content. Of one case also who else has
    /// it open and is typing: <c>presence</c> messages; whoever listens is seen by the others meanwhile.</summary>
    /// <param name="parts">The cases that are part of that one: what happens on them is read there.</param>
    public async Task<IResult> OfStaffAsync(HttpContext context, Guid? caseId = null, IEnumerable<Guid>? parts = null)
    {
        if (caseId is not { } id)
            return await RunAsync(context, null, Changes);
        try
        {
            return await RunAsync(context, [id, .. parts ?? []], Changes, Others(id, context.User));
        }
        finally
        {
            await presence.LeftAsync(id, context.User, CancellationToken.None);
        }
    }

    private static IEnumerable<string> Changes(IReadOnlyList<LoggedEvent> events) => events
        .GroupBy(e => e.Stream).Select(group => group.Last())
        .Select(e => new CaseChange(Guid.Parse(e.Stream.AsSpan("case/".Length)), e.PublicSubject, e.Version, e.Type))
        .Select(change => JsonSerializer.Serialize(change, CxJson.Options));

    // Looks every second, answers what is new, and says now and then that this one is still here.
    private Func<CancellationToken, Task<string?>> Others(Guid caseId, ClaimsPrincipal user)
    {
        var told = "";
        long renewed = 0;
        return async ct =>
        {
            if (renewed == 0 || TimeProvider.System.GetElapsedTime(renewed) > CasePresence.Renewal)
            {
                renewed = TimeProvider.System.GetTimestamp();
                await presence.ViewingAsync(caseId, user, ct);
            }
            var others = await presence.OthersAsync(caseId, user, ct);
            if (others.Text == told)
                return null;
            told = others.Text;
            return JsonSerializer.Serialize(others, CxJson.Options);
        };
    }

    /// <summary>That something changed which the customer may see, and nothing about it.</summary>
    public Task<IResult> OfCustomerAsync(HttpContext context, Guid caseId) => RunAsync(
        context, [caseId], events => events.Any(e => EntryVisibility.IsSeen(e.Type)) ? [""] : []);

    private async Task<IResult> RunAsync(
        HttpContext context, IReadOnlyList<Guid>? cases, Func<IReadOnlyList<LoggedEvent>, IEnumerable<string>> messages,
        Func<CancellationToken, Task<string?>>? others = null)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var ct = ending.Token;
        try
        {
            using var listener = await changes.ListenAsync(cases?.Select(CaseState.StreamOf).ToHashSet(), ct);
            var response = context.Response;
            await response.BeginEventsAsync(null, ct);
            var spoke = TimeProvider.System.GetTimestamp();
            while (true)
            {
                var more = listener.Events.WaitToReadAsync(ct).AsTask();
                do
                {
                    ct.ThrowIfCancellationRequested();
                    var present = others is null ? null : await others(ct);
                    if (present is null && TimeProvider.System.GetElapsedTime(spoke) < Heartbeat)
                        continue;
                    await response.WriteAsync(present is null ? ": still here\n\n" : $"event: presence\ndata: {present}\n\n", ct);
                    await response.Body.FlushAsync(ct);
                    spoke = TimeProvider.System.GetTimestamp();
                }
                while (await Task.WhenAny(more, Task.Delay(others is null ? Heartbeat : Glance, ct)) != more);
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
