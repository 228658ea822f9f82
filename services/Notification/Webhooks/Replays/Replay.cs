using System.Text.Json;
using System.Text.Json.Serialization;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Webhooks.Events;
using CxPlatform.Notifications.Webhooks.Subscriptions;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notifications.Webhooks.Replays;

/// <summary>What is to be sent once more: single events, a range from one event to another, a time, or all that failed.</summary>
/// <param name="Events">Ids of events.</param>
/// <param name="FromEvent">The first of a range.</param>
/// <param name="ToEvent">The last of a range; the newest event when absent.</param>
/// <param name="From">Events that happened from then on.</param>
/// <param name="To">Events that happened before then; now when absent.</param>
/// <param name="Failed">What waits is tried now, and what was skipped and has not been delivered since is sent again.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ReplayRequest(
    IReadOnlyList<Guid>? Events = null, Guid? FromEvent = null, Guid? ToEvent = null, DateTimeOffset? From = null, DateTimeOffset? To = null, bool Failed = false);

/// <param name="Remaining">Events of the range that were not looked at yet, wanted or not.</param>
internal sealed record ReplayView(Guid Id, DateTimeOffset CreatedAt, int? Events, long Remaining)
{
    public static ReplayView Of(CourseRow row) => new(
        row.Id, row.CreatedAt, row.Only is null ? null : JsonSerializer.Deserialize<List<Guid>>(row.Only, EventTypes.Json)!.Count, row.Until!.Value - row.Position);
}

internal sealed record ReplayPage(IReadOnlyList<ReplayView> Items);

/// <summary>Begins a replay: another course through the same events, beside the one that follows. It keeps the order within each case, and its deliveries have
/// the ids of the first ones.</summary>
internal sealed class Replay(Unit<NotificationDb> unit)
{
    public const int MostEvents = 1000;
    private const int MostAtOnce = 20;

    public async Task<Outcome<ReplayView>> BeginAsync(Guid subscriptionId, ReplayRequest request, Caller caller, CancellationToken ct)
    {
        var subscription = await unit.Db.Subscriptions.FindAsync([subscriptionId], ct);
        if (subscription is null || !caller.Sees(subscription))
            return SubscriptionRefusals.NotFound;
        if (Check(request) is { } wrong)
            return wrong;
        if (await unit.Db.Courses.CountAsync(row => row.SubscriptionId == subscriptionId, ct) > MostAtOnce)
            return new Refusal("replays-too-many", $"{MostAtOnce} replays of this subscription are under way; wait for one to end, or cancel one.");
        var range = await RangeAsync(subscriptionId, request, ct);
        if (range.IsRefused)
            return range.Refusal;
        if (request.Failed)
            await unit.Db.Lanes.Where(row => row.SubscriptionId == subscriptionId).ExecuteUpdateAsync(set => set.SetProperty(row => row.Due, unit.Now), ct);
        var course = new CourseRow
        {
            Id = Guid.CreateVersion7(unit.Now),
            SubscriptionId = subscriptionId,
            Position = range.Value.After,
            Until = range.Value.Until,
            Only = range.Value.Only is { } only ? JsonSerializer.Serialize(only, EventTypes.Json) : null,
            CreatedAt = unit.Now,
        };
        unit.Db.Courses.Add(course);
        subscription.Revision++;
        unit.Announce();
        return ReplayView.Of(course);
    }

    /// <summary>What was begun is finished; nothing further is sent.</summary>
    public async Task<Outcome<Done>> CancelAsync(Guid subscriptionId, Guid id, Caller caller, CancellationToken ct)
    {
        var subscription = await unit.Db.Subscriptions.FindAsync([subscriptionId], ct);
        if (subscription is null || !caller.Sees(subscription))
            return SubscriptionRefusals.NotFound;
        if (await unit.Db.Courses.Where(row => row.Id == id && row.SubscriptionId == subscriptionId && row.Until != null).ExecuteDeleteAsync(ct) == 0)
            return new Refusal("replay-not-found", "There is no such replay; it may have ended.");
        await unit.Db.Lanes.Where(row => row.CourseId == id).ExecuteDeleteAsync(ct);
        subscription.Revision++;
        unit.Announce();
        return Done.Value;
    }

    private static Refusal? Check(ReplayRequest request)
    {
        var ways = (request.Events is null ? 0 : 1) + (request.FromEvent is null ? 0 : 1) + (request.From is null ? 0 : 1) + (request.Failed ? 1 : 0);
        return new InputErrors()
            .Check(ways == 1, "events", "must be given, or one of fromEvent, from and failed; and only one of them.")
            .Check(request.Events is null or { Count: >= 1 and <= MostEvents }, "events", $"must name 1 to {MostEvents} events.")
            .Check(request.ToEvent is null || request.FromEvent is not null, "toEvent", "goes with fromEvent.")
            .Check(request.To is null || request.From is not null, "to", "goes with from.")
            .Check(request.To is null || request.From is null || request.To > request.From, "to", "must be after from.")
            .ToRefusal();
    }

    private async Task<Outcome<Range>> RangeAsync(Guid subscriptionId, ReplayRequest request, CancellationToken ct)
    {
        var head = await EventStore.HeadAsync(unit.Db, ct);
        if (request.From is { } from)
        {
            var first = await unit.Db.OutgoingEvents.Where(row => row.Time >= from).OrderBy(row => row.Time).Select(row => (long?)row.Seq).FirstOrDefaultAsync(ct);
            var last = request.To is { } to
                ? await unit.Db.OutgoingEvents.Where(row => row.Time < to).OrderByDescending(row => row.Time).Select(row => (long?)row.Seq).FirstOrDefaultAsync(ct) ?? 0
                : head;
            return first is null || last < first ? new Range(head, head, null) : new Range(first.Value - 1, last, null);
        }
        if (request.FromEvent is { } start)
        {
            var first = await SeqAsync(start, ct);
            var last = request.ToEvent is { } end ? await SeqAsync(end, ct) : head;
            return first is null ? Unknown("fromEvent") : last is null ? Unknown("toEvent")
                : last < first ? new Refusal("input-invalid", "must not be before fromEvent.", "toEvent")
                : new Range(first.Value - 1, last.Value, null);
        }
        var wanted = request.Events ?? await FailedAsync(subscriptionId, ct);
        var found = await unit.Db.OutgoingEvents.Where(row => wanted.Contains(row.Id)).Select(row => new { row.Id, row.Seq }).ToListAsync(ct);
        if (request.Events is not null && wanted.Except(found.Select(row => row.Id)).Select(id => (Guid?)id).FirstOrDefault() is { } missing)
            return new Refusal("input-invalid", $"must be events that are still kept; {missing} is none.", "events");
        return found.Count == 0
            ? new Range(head, head, null)
            : new Range(found.Min(row => row.Seq) - 1, found.Max(row => row.Seq), [.. found.Select(row => row.Id)]);
    }

    /// <summary>What was skipped and has not come since, nor is about to: the newest so many of them.</summary>
    private async Task<IReadOnlyList<Guid>> FailedAsync(Guid subscriptionId, CancellationToken ct)
    {
        var log = unit.Db.Deliveries.Where(row => row.SubscriptionId == subscriptionId);
        var skipped = await log.Where(row => row.Outcome == DeliveryOutcome.Skipped).OrderByDescending(row => row.Id)
            .Select(row => new { row.EventId, row.CourseId }).ToListAsync(ct);
        var events = skipped.Select(row => row.EventId).Distinct().ToList();
        var needless = (await log.Where(row => row.Outcome == DeliveryOutcome.Delivered && events.Contains(row.EventId)).Select(row => row.EventId).ToListAsync(ct)).ToHashSet();
        foreach (var replay in await unit.Db.Courses.Where(row => row.SubscriptionId == subscriptionId && row.Only != null).ToListAsync(ct))
            needless.UnionWith(JsonSerializer.Deserialize<List<Guid>>(replay.Only!, EventTypes.Json)!.Except(skipped.Where(row => row.CourseId == replay.Id).Select(row => row.EventId)));
        return [.. events.Where(id => !needless.Contains(id)).Take(MostEvents)];
    }

    private Task<long?> SeqAsync(Guid id, CancellationToken ct) =>
        unit.Db.OutgoingEvents.Where(row => row.Id == id).Select(row => (long?)row.Seq).SingleOrDefaultAsync(ct);

    private static Refusal Unknown(string field) => new("input-invalid", "is no event that is still kept.", field);

    private sealed record Range(long After, long Until, IReadOnlyList<Guid>? Only);
}
