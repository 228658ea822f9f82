using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;

namespace CxPlatform.Notifications.Webhooks.Delivery;

/// <summary>Records attempts, positions and lanes: many in one transaction. What a courier does that has lost its right does not count.</summary>
internal sealed class ResultWriter(Metrics metrics) : IGroupWriter<NotificationDb, Result, bool>
{
    private static readonly Insert<DeliveryRow> InsertDeliveries = new(
        "deliveries",
        "on conflict do nothing",
        Column<DeliveryRow>.Uuid("id", row => row.Id),
        Column<DeliveryRow>.Uuid("subscription_id", row => row.SubscriptionId),
        Column<DeliveryRow>.Uuid("course_id", row => row.CourseId),
        Column<DeliveryRow>.Number("seq", row => row.Seq),
        Column<DeliveryRow>.Uuid("event_id", row => row.EventId),
        Column<DeliveryRow>.Text("stream", row => row.Stream),
        Column<DeliveryRow>.Text("type", row => row.Type),
        Column<DeliveryRow>.Count("attempt", row => row.Attempt),
        Column<DeliveryRow>.Instant("at", row => row.At),
        Column<DeliveryRow>.Count("milliseconds", row => row.Milliseconds),
        Column<DeliveryRow>.Text("outcome", row => row.Outcome.ToString()),
        Column<DeliveryRow>.OptionalCount("status", row => row.Status),
        Column<DeliveryRow>.Text("reason", row => row.Reason),
        Column<DeliveryRow>.Text("response", row => row.Response));

    // What an operator asked for in the meantime, about the same event, stands.
    private static readonly Insert<LaneRow> SaveLanes = new(
        "lanes",
        """
        on conflict (course_id, stream) do update set seq = excluded.seq, attempts = excluded.attempts, reason = excluded.reason,
            due = case when lanes.skip and lanes.seq = excluded.seq then lanes.due else excluded.due end,
            since = case when lanes.seq = excluded.seq then lanes.since else excluded.since end,
            skip = lanes.skip and lanes.seq = excluded.seq
        """,
        Column<LaneRow>.Uuid("course_id", row => row.CourseId),
        Column<LaneRow>.Text("stream", row => row.Stream),
        Column<LaneRow>.Uuid("subscription_id", row => row.SubscriptionId),
        Column<LaneRow>.Number("seq", row => row.Seq),
        Column<LaneRow>.Count("attempts", row => row.Attempts),
        Column<LaneRow>.Instant("due", row => row.Due),
        Column<LaneRow>.Instant("since", row => row.Since),
        Column<LaneRow>.Flag("skip", row => row.Skip),
        Column<LaneRow>.Text("reason", row => row.Reason));

    private static readonly Column<(Guid CourseId, string Stream)>[] LaneKey =
        [Column<(Guid CourseId, string Stream)>.Uuid("course_id", key => key.CourseId), Column<(Guid CourseId, string Stream)>.Text("stream", key => key.Stream)];

    private static readonly Update<(Guid Id, long Position)> SavePositions = new(
        "courses",
        null,
        "true",
        1,
        Column<(Guid Id, long Position)>.Uuid("id", row => row.Id),
        Column<(Guid Id, long Position)>.Number("position", row => row.Position));

    private static readonly Update<(Guid Id, EndpointHealth Health)> SaveHealth = new(
        "subscriptions",
        null,
        "old.state = 'Active'",
        1,
        Column<(Guid Id, EndpointHealth Health)>.Uuid("id", row => row.Id),
        Column<(Guid Id, EndpointHealth Health)>.Instant("last_success_at", row => row.Health.LastSuccessAt),
        Column<(Guid Id, EndpointHealth Health)>.Instant("last_failure_at", row => row.Health.LastFailureAt),
        Column<(Guid Id, EndpointHealth Health)>.Text("last_failure", row => row.Health.LastFailure),
        Column<(Guid Id, EndpointHealth Health)>.Instant("failing_since", row => row.Health.FailingSince),
        Column<(Guid Id, EndpointHealth Health)>.Count("failures", row => row.Health.Failures));

    public async Task<IReadOnlyList<bool>> WriteAsync(Unit<NotificationDb> unit, IReadOnlyList<Submitted<Result>> members, CancellationToken ct)
    {
        var sql = Sql.Of(unit);
        var couriers = members.Select(member => member.Member.Endpoint.Courier).Distinct().ToArray();
        // Held until the commit: nobody can declare a courier dead while it writes.
        var alive = (await sql.QueryAsync(
            $"select id from couriers where id {sql.In("ids")} {(sql.Embedded ? "" : "for share")}", [("ids", sql.List(couriers))], reader => reader.GetGuid(0), ct)).ToHashSet();
        var counts = members.Select(member => alive.Contains(member.Member.Endpoint.Courier)).ToList();
        var results = members.Select(member => member.Member).Where((_, i) => counts[i]).ToList();

        var deliveries = members.Select(member => member.Member.Delivery).OfType<DeliveryRow>().ToList();
        await InsertDeliveries.RunAsync(sql, deliveries, ct);
        await sql.RunAsync(
            "delete from lanes using unnest(@course_id, @stream) as gone(course_id, stream) where lanes.course_id = gone.course_id and lanes.stream = gone.stream returning lanes.course_id",
            "delete from lanes where course_id = @course_id and stream = @stream returning course_id",
            LaneKey, [.. results.Where(result => result.Lane is LaneChange.Clear).Select(result => (result.Course.Id, result.Delivery!.Stream))], ct);
        await SaveLanes.RunAsync(sql, [.. results.Select(result => LaneOf(result, unit.Now)).OfType<LaneRow>()], ct);
        var positions = results.Select(result => (result.Endpoint, result.Course)).Distinct()
            .Select(pair => (pair.Course, Position: pair.Endpoint.PositionOf(pair.Course))).Where(pair => pair.Position > pair.Course.Saved).ToList();
        await SavePositions.RunAsync(sql, positions.ConvertAll(pair => (pair.Course.Id, pair.Position)), ct);
        await SaveHealth.RunAsync(
            sql, [.. results.Where(result => result.Health is not null).GroupBy(result => result.Endpoint.Id).Select(group => (group.Key, group.Last().Health!))], ct);
        foreach (var id in results.Where(result => result.Revive).Select(result => result.Endpoint.Id).Distinct())
            await sql.ExecuteAsync("update lanes set due = @now where subscription_id = @id and due > @now", ct, ("now", unit.Now), ("id", id));
        foreach (var result in results.Where(result => result.Halt is not null).DistinctBy(result => result.Endpoint.Id))
            await HaltSubscription.RunAsync(unit, result.Endpoint.Id, result.Halt!, ct);
        unit.OnCommitted(() =>
        {
            foreach (var (course, position) in positions)
                course.Saved = position;
            deliveries.ForEach(metrics.Delivered);
        });
        return counts;
    }

    private static LaneRow? LaneOf(Result result, DateTimeOffset now)
    {
        var row = new LaneRow { CourseId = result.Course.Id, SubscriptionId = result.Endpoint.Id, Stream = result.Delivery?.Stream ?? "", Since = now };
        switch (result.Lane)
        {
            case LaneChange.Wait wait:
                (row.Seq, row.Attempts, row.Due, row.Reason) = (wait.Seq, wait.Attempts, wait.Due, wait.Reason);
                return row;
            case LaneChange.MoveOn next:
                (row.Seq, row.Due) = (next.Seq, now);
                return row;
            default:
                return null;
        }
    }
}
