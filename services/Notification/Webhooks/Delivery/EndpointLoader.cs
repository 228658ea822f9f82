using System.Text.Json;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Webhooks.Events;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notifications.Webhooks.Delivery;

/// <summary>A subscription with everything that its deliveries go on from.</summary>
internal sealed record LoadedSubscription(Subscription Subscription, EndpointHealth Health, IReadOnlyList<Course> Courses);

/// <summary>Reads what a courier has to deliver.</summary>
internal sealed class EndpointLoader(Work<NotificationDb> work, Module<NotificationDb> module, Secrets secrets)
{
    // More than any window of events under way.
    private const int Recent = 4000;

    public Task<List<(Guid Id, long Revision)>> MineAsync(Guid courier, CancellationToken ct) => work.ReadAsync(
        async (db, token) => (await db.Subscriptions.Where(row => row.Courier == courier && row.State == SubscriptionState.Active)
            .Select(row => new { row.Id, row.Revision }).ToListAsync(token)).ConvertAll(row => (row.Id, row.Revision)),
        ct);

    public Task<List<LoadedSubscription>> LoadAsync(Guid courier, IReadOnlyList<Guid> ids, CancellationToken ct) => work.ReadAsync(
        async (db, token) =>
        {
            var rows = await db.Subscriptions.Where(row => ids.Contains(row.Id) && row.Courier == courier && row.State == SubscriptionState.Active).ToListAsync(token);
            var courses = (await db.Courses.Where(row => ids.Contains(row.SubscriptionId)).ToListAsync(token)).ToLookup(row => row.SubscriptionId);
            var lanes = (await db.Lanes.Where(row => ids.Contains(row.SubscriptionId)).Select(row => new { row.CourseId, row.Stream }).ToListAsync(token))
                .ToLookup(row => row.CourseId, row => row.Stream);
            var loaded = new List<LoadedSubscription>(rows.Count);
            foreach (var row in rows)
            {
                var done = (await db.Deliveries.Where(delivery => delivery.SubscriptionId == row.Id).OrderByDescending(delivery => delivery.Id).Take(Recent)
                    .Where(delivery => delivery.Outcome == DeliveryOutcome.Delivered && delivery.CourseId != null)
                    .Select(delivery => new { delivery.CourseId, delivery.Seq }).ToListAsync(token)).ToLookup(delivery => delivery.CourseId, delivery => delivery.Seq);
                loaded.Add(new(
                    new(row, secrets),
                    new(row.LastSuccessAt, row.LastFailureAt, row.LastFailure, row.FailingSince, row.Failures),
                    [.. courses[row.Id].Select(course => CourseOf(course, lanes[course.Id], done[course.Id]))]));
            }
            return loaded;
        },
        ct);

    /// <summary>Cases whose time has come, a few for each subscription, so that one with very many keeps none of the others waiting.</summary>
    public Task<List<(LaneRow Lane, OutgoingEvent Event)>> DueAsync(IReadOnlyList<Guid> subscriptions, int each, CancellationToken ct) => work.ReadAsync(
        async (db, token) =>
        {
            await db.Database.OpenConnectionAsync(token);
            var sql = new Sql(db.Database.GetDbConnection(), null);
            return await sql.QueryAsync(
                $"""
                select l.course_id, l.subscription_id, l.stream, l.seq, l.attempts, l.skip, e.id, e.type, e.time, e.facts, e.body
                from (select course_id, subscription_id, stream, seq, attempts, skip, row_number() over (partition by subscription_id order by due) as place
                      from lanes where subscription_id {sql.In("ids")} and due <= @now) l
                join outgoing_events e on e.seq = l.seq
                where l.place <= @each
                """,
                [("ids", sql.List(subscriptions.ToArray())), ("now", module.Store.Now), ("each", each)],
                reader => (
                    new LaneRow { CourseId = reader.GetGuid(0), SubscriptionId = reader.GetGuid(1), Stream = reader.GetString(2), Seq = reader.GetInt64(3), Attempts = reader.GetInt32(4), Skip = reader.GetBoolean(5) },
                    new OutgoingEvent(
                        reader.GetInt64(3), reader.GetGuid(6), reader.GetString(2), reader.GetString(7), sql.ReadTime(reader, 8), CaseFacts.Read(reader.GetString(9)),
                        System.Text.Encoding.UTF8.GetBytes(reader.GetString(10)))),
                token);
        },
        ct);

    private static Course CourseOf(CourseRow row, IEnumerable<string> blocked, IEnumerable<long> done)
    {
        var only = row.Only is null ? null : JsonSerializer.Deserialize<HashSet<Guid>>(row.Only, EventTypes.Json);
        var course = new Course(row.Id, row.Position, row.Until, only);
        foreach (var stream in blocked)
            course.Blocked.Add(stream, row.Position);
        course.Done.UnionWith(done.Where(seq => seq > row.Position));
        return course;
    }
}
