using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;

namespace CxPlatform.Notifications.Webhooks.Delivery;

/// <summary>Records attempts, positions and lanes: many in one transaction. What a courier does that has lost its right does not count.</summary>
internal sealed class ResultWriter(Metrics metrics, HaltSubscription halts) : IGroupWriter<NotificationDb, Result, bool>
{
    private static readonly SetStatement<DeliveryRow> InsertDeliveries = SetStatement.Insert(
        "deliveries",
        new Columns<DeliveryRow>()
            .Uuid("id", row => row.Id)
            .Uuid("subscription_id", row => row.SubscriptionId)
            .Uuid("course_id", row => row.CourseId)
            .Number("seq", row => row.Seq)
            .Uuid("event_id", row => row.EventId)
            .Text("stream", row => row.Stream)
            .Text("type", row => row.Type)
            .Count("attempt", row => row.Attempt)
            .Instant("at", row => row.At)
            .Count("milliseconds", row => row.Milliseconds)
            .Text("outcome", row => row.Outcome.ToString())
            .Count("status", row => row.Status)
            .Text("reason", row => row.Reason)
            .Text("response", row => row.Response));

    // What an operator asked for in the meantime, about the same event, stands.
    private static readonly SetStatement<LaneRow> SaveLanes = SetStatement.Insert(
        "lanes",
        new Columns<LaneRow>()
            .Uuid("course_id", row => row.CourseId)
            .Text("stream", row => row.Stream)
            .Uuid("subscription_id", row => row.SubscriptionId)
            .Number("seq", row => row.Seq)
            .Count("attempts", row => row.Attempts)
            .Instant("due", row => row.Due)
            .Instant("since", row => row.Since)
            .Flag("skip", row => row.Skip)
            .Text("reason", row => row.Reason),
        """
        on conflict (course_id, stream) do update set seq = excluded.seq, attempts = excluded.attempts, reason = excluded.reason,
            due = case when lanes.skip and lanes.seq = excluded.seq then lanes.due else excluded.due end,
            since = case when lanes.seq = excluded.seq then lanes.since else excluded.since end,
            skip = lanes.skip and lanes.seq = excluded.seq
        """);

    private static readonly SetStatement<(Guid CourseId, string Stream)> ClearLanes = new(
        new Columns<(Guid CourseId, string Stream)>().Uuid("course_id", key => key.CourseId).Text("stream", key => key.Stream),
        "delete from lanes using rows where lanes.course_id = rows.course_id and lanes.stream = rows.stream returning lanes.course_id",
        "delete from lanes where course_id = @course_id and stream = @stream returning course_id");

    private static readonly SetStatement<(Guid Id, long Position)> SavePositions = SetStatement.Update(
        "courses",
        new Columns<(Guid Id, long Position)>()
            .Uuid("id", row => row.Id)
            .Number("position", row => row.Position),
        match: 1,
        "true");

    private static readonly SetStatement<(Guid Id, EndpointHealth Health)> SaveHealth = SetStatement.Update(
        "subscriptions",
        new Columns<(Guid Id, EndpointHealth Health)>()
            .Uuid("id", row => row.Id)
            .Instant("last_success_at", row => row.Health.LastSuccessAt)
            .Instant("last_failure_at", row => row.Health.LastFailureAt)
            .Text("last_failure", row => row.Health.LastFailure)
            .Instant("failing_since", row => row.Health.FailingSince)
            .Count("failures", row => row.Health.Failures),
        match: 1,
        "old.state = 'Active'");

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
        await sql.RunAsync(InsertDeliveries, deliveries, ct);
        await sql.RunAsync(
            ClearLanes, [.. results.Where(result => result.Lane is LaneChange.Clear).Select(result => (result.Course.Id, result.Delivery!.Stream))], ct);
        await sql.RunAsync(SaveLanes, [.. results.Select(result => LaneOf(result, unit.Now)).OfType<LaneRow>()], ct);
        var positions = results.Select(result => (result.Endpoint, result.Course)).Distinct()
            .Select(pair => (pair.Course, Position: pair.Endpoint.PositionOf(pair.Course))).Where(pair => pair.Position > pair.Course.Saved).ToList();
        await sql.RunAsync(SavePositions, positions.ConvertAll(pair => (pair.Course.Id, pair.Position)), ct);
        await sql.RunAsync(
            SaveHealth, [.. results.Where(result => result.Health is not null).GroupBy(result => result.Endpoint.Id).Select(group => (group.Key, group.Last().Health!))], ct);
        foreach (var id in results.Where(result => result.Revive).Select(result => result.Endpoint.Id).Distinct())
            await sql.ExecuteAsync("update lanes set due = @now where subscription_id = @id and due > @now", ct, ("now", unit.Now), ("id", id));
        foreach (var result in results.Where(result => result.Halt is not null).DistinctBy(result => result.Endpoint.Id))
            await halts.RunAsync(unit, result.Endpoint.Id, result.Halt!, ct);
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
