using System.Text.Json;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Webhooks.Delivery;
using CxPlatform.Notifications.Webhooks.Events;
using CxPlatform.Notifications.Webhooks.Replays;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notifications.Webhooks.Subscriptions;

internal sealed record DeliveryQuery(DeliveryOutcome? Outcome, Guid? EventId, Guid? CaseId);

/// <summary>What the API and the pages show of subscriptions.</summary>
internal sealed class SubscriptionReader(Work<NotificationDb> work)
{
    public static InputErrors CheckPage(string? after, int limit) => new InputErrors()
        .Check(after is null || Guid.TryParseExact(after, "n", out _), "after", "must be a cursor that an earlier answer gave as next.")
        .Check(limit is >= 1 and <= 200, "limit", "must be 1 to 200.");

    public Task<SubscriptionPage> ListAsync(Caller caller, string? after, int limit, CancellationToken ct) => work.ReadAsync(
        async (db, token) =>
        {
            var query = db.Subscriptions.Where(row => caller.IsAdmin || row.CreatedBy == caller.Actor);
            if (after is not null)
                query = query.Where(row => row.Id > Guid.ParseExact(after, "n"));
            var rows = await query.OrderBy(row => row.Id).Take(limit + 1).ToListAsync(token);
            var health = await SubscriptionHealth.ReadAsync(db, rows.ConvertAll(row => row.Id), token);
            return new SubscriptionPage([.. rows.Take(limit).Select(row => SubscriptionView.Of(row, health(row)))], rows.Count > limit ? rows[limit - 1].Id.ToString("n") : null);
        },
        ct);

    public Task<Outcome<SubscriptionView>> GetAsync(Guid id, Caller caller, CancellationToken ct) => work.ReadAsync(
        async (db, token) =>
        {
            var row = await db.Subscriptions.SingleOrDefaultAsync(row => row.Id == id, token);
            // Who is about to take it over sees first what it is.
            return row is null || !(caller.Sees(row) || await Owners.IsLostAsync(db, row.CreatedBy, token))
                ? (Outcome<SubscriptionView>)SubscriptionRefusals.NotFound
                : SubscriptionView.Of(row, (await SubscriptionHealth.ReadAsync(db, [id], token))(row));
        },
        ct);

    public Task<Outcome<DeliveryPage>> DeliveriesAsync(Guid id, Caller caller, DeliveryQuery wanted, string? after, int limit, CancellationToken ct) => OneAsync(
        id, caller,
        async (db, _, token) =>
        {
            var query = db.Deliveries.Where(row => row.SubscriptionId == id);
            if (wanted.Outcome is { } outcome)
                query = query.Where(row => row.Outcome == outcome);
            if (wanted.EventId is { } eventId)
                query = query.Where(row => row.EventId == eventId);
            if (wanted.CaseId is { } caseId)
            {
                var stream = OutgoingEvent.StreamOf(caseId);
                query = query.Where(row => row.Stream == stream);
            }
            if (after is not null)
                query = query.Where(row => row.Id < Guid.ParseExact(after, "n"));
            var rows = await query.OrderByDescending(row => row.Id).Take(limit + 1).ToListAsync(token);
            return new DeliveryPage([.. rows.Take(limit).Select(DeliveryView.Of)], rows.Count > limit ? rows[limit - 1].Id.ToString("n") : null);
        },
        ct);

    public async Task<Outcome<DeliveryDetail>> DeliveryAsync(Guid id, Guid delivery, Caller caller, CancellationToken ct)
    {
        var detail = await OneAsync<DeliveryDetail?>(
            id, caller,
            async (db, subscription, token) =>
            {
                if (await db.Deliveries.SingleOrDefaultAsync(row => row.SubscriptionId == id && row.Id == delivery, token) is not { } row)
                    return null;
                var body = row.Type == DeliveryLog.TestType
                    ? System.Text.Encoding.UTF8.GetString(TestSubscription.BodyOf(subscription, row.EventId))
                    : await db.OutgoingEvents.Where(e => e.Id == row.EventId).Select(e => e.Body).SingleOrDefaultAsync(token);
                var headers = new Dictionary<string, string>
                {
                    ["content-type"] = "application/cloudevents+json; charset=utf-8",
                    ["webhook-id"] = row.EventId.ToString(),
                    ["webhook-timestamp"] = row.At.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture),
                };
                return new DeliveryDetail(DeliveryView.Of(row), subscription.Url, headers, body, row.Response);
            },
            ct);
        return detail.IsRefused ? detail.Refusal!
            : detail.Value is { } found ? found
            : new Refusal("delivery-not-found", "There is no such attempt; attempts are kept for 30 days.");
    }

    public Task<Outcome<IReadOnlyList<LaneView>>> LanesAsync(Guid id, Caller caller, int limit, CancellationToken ct) => OneAsync<IReadOnlyList<LaneView>>(
        id, caller,
        async (db, _, token) =>
        {
            var rows = await (
                from lane in db.Lanes
                where lane.SubscriptionId == id
                join e in db.OutgoingEvents on lane.Seq equals e.Seq into events
                from e in events.DefaultIfEmpty()
                orderby lane.Since
                select new { lane, EventId = (Guid?)e.Id, e.Type }).Take(limit).ToListAsync(token);
            return rows.ConvertAll(row => new LaneView(
                OutgoingEvent.CaseOf(row.lane.Stream), row.EventId, row.Type, row.lane.Attempts, row.lane.Due, row.lane.Since, row.lane.Reason));
        },
        ct);

    public Task<Outcome<IReadOnlyList<ReplayView>>> ReplaysAsync(Guid id, Caller caller, CancellationToken ct) => OneAsync<IReadOnlyList<ReplayView>>(
        id, caller,
        async (db, _, token) => (await db.Courses.Where(row => row.SubscriptionId == id && row.Until != null).OrderBy(row => row.Id).ToListAsync(token)).ConvertAll(ReplayView.Of),
        ct);

    private Task<Outcome<T>> OneAsync<T>(Guid id, Caller caller, Func<NotificationDb, SubscriptionRow, CancellationToken, Task<T>> read, CancellationToken ct) => work.ReadAsync(
        async (db, token) =>
        {
            var row = await db.Subscriptions.SingleOrDefaultAsync(row => row.Id == id, token);
            return row is null || !caller.Sees(row) ? new Outcome<T>(default, SubscriptionRefusals.NotFound) : new Outcome<T>(await read(db, row, token), null);
        },
        ct);
}
