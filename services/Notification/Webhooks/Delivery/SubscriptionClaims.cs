using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notifications.Webhooks.Delivery;

/// <summary>Which process delivers for which subscription. Each has a row of its own, takes its share of what nobody has, and gives back what is more.</summary>
internal sealed class SubscriptionClaims(Unit<NotificationDb> unit)
{
    /// <summary>Renews the courier's row, or makes one when it is new; removes those that nobody renewed.</summary>
    /// <returns>False when the row is gone: somebody found it overdue.</returns>
    public async Task<bool> RenewAsync(Guid courier, bool isNew, CancellationToken ct)
    {
        var sql = Sql.Of(unit);
        var (id, until) = (("id", (object?)courier), ("until", (object?)(unit.Now + Duty.Lease)));
        // Where only one process writes, every other row is of an earlier life.
        await sql.ExecuteAsync($"delete from couriers where id <> @id and {(sql.Embedded ? "1 = 1" : "until < @now")}", ct, id, ("now", unit.Now));
        return await sql.ExecuteAsync(
            isNew ? "insert into couriers (id, until) values (@id, @until)" : "update couriers set until = @until where id = @id", ct, id, until) > 0;
    }

    /// <summary>Takes subscriptions that no living courier has, up to a fair share.</summary>
    /// <returns>How many of the courier's are more than its share.</returns>
    public async Task<int> TakeAsync(Guid courier, CancellationToken ct)
    {
        var sql = Sql.Of(unit);
        var (couriers, active, mine) = (await sql.QueryAsync(
            """
            select (select count(*) from couriers), count(*), sum(case when courier = @me then 1 else 0 end) from subscriptions where state = 'Active'
            """,
            [("me", courier)], reader => (reader.GetInt64(0), reader.GetInt64(1), reader.IsDBNull(2) ? 0 : reader.GetInt64(2)), ct))[0];
        var share = (active + Math.Max(1, couriers) - 1) / Math.Max(1, couriers);
        if (mine < share)
            await sql.ExecuteAsync(
                $"""
                update subscriptions set courier = @me where id in (
                    select id from subscriptions where state = 'Active' and (courier is null or courier not in (select id from couriers))
                    order by id limit @most {(sql.Embedded ? "" : "for update skip locked")})
                """,
                ct, ("me", courier), ("most", share - mine));
        return (int)Math.Max(0, mine - share);
    }

    /// <summary>Gives subscriptions back, and with <paramref name="leave"/> the row as well.</summary>
    public async Task<Done> ReleaseAsync(Guid courier, IReadOnlyList<Guid> subscriptions, bool leave, CancellationToken ct)
    {
        await unit.Db.Subscriptions.Where(row => row.Courier == courier && subscriptions.Contains(row.Id))
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Courier, (Guid?)null), ct);
        if (leave)
            await Sql.Of(unit).ExecuteAsync("delete from couriers where id = @id", ct, ("id", courier));
        unit.Announce();
        return Done.Value;
    }

    public async Task<Done> FinishAsync(IReadOnlyList<Guid> courses, CancellationToken ct)
    {
        await unit.Db.Courses.Where(row => courses.Contains(row.Id)).ExecuteDeleteAsync(ct);
        return Done.Value;
    }
}
