using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Webhooks.Subscriptions;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notifications.Webhooks.Delivery;

/// <summary>Stops what belongs to nobody any more.</summary>
internal sealed class StopOrphans(Unit<NotificationDb> unit, HaltSubscription halts)
{
    public async Task<Done> HandleAsync(IReadOnlyDictionary<string, string> lost, CancellationToken ct)
    {
        var owners = lost.Keys.ToList();
        var orphans = await unit.Db.Subscriptions.Where(row => row.State == SubscriptionState.Active && owners.Contains(row.CreatedBy))
            .Select(row => new { row.Id, row.CreatedBy }).ToListAsync(ct);
        foreach (var orphan in orphans)
            await halts.RunAsync(
                unit, orphan.Id,
                new(SubscriptionState.Paused, $"{lost[orphan.CreatedBy]} Resume it with another key that has the scope events, or as an administrator: it belongs to them from then on."), ct);
        return Done.Value;
    }
}

/// <summary>Looks after subscriptions as a whole: nobody goes on hearing by a key that was revoked, and operators see how many have stopped.</summary>
internal sealed class SubscriptionWatch(Work<NotificationDb> work, Metrics metrics)
{
    public async Task LookAsync(CancellationToken ct)
    {
        var (lost, stopped) = await work.ReadAsync(
            async (db, token) =>
            {
                var owners = await db.Subscriptions.Where(row => row.State == SubscriptionState.Active).Select(row => row.CreatedBy).Distinct().ToListAsync(token);
                return (
                    await Owners.LostAsync(db, owners, token),
                    await db.Subscriptions.LongCountAsync(
                        row => row.State == SubscriptionState.Disabled || (row.State == SubscriptionState.Paused && row.Reason != ChangeSubscription.ByHand), token));
            },
            ct);
        metrics.StoppedSubscriptions = stopped;
        if (lost.Count > 0)
            await work.RunAsync<StopOrphans, Done>((handler, token) => handler.HandleAsync(lost, token), ct);
    }
}
