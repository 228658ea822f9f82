using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Webhooks.Events;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notifications.Webhooks.Subscriptions;

/// <summary>A case whose events wait: tried again now, or with the event that hinders it given up.</summary>
internal sealed class ChangeLane(Unit<NotificationDb> unit)
{
    public async Task<Outcome<Done>> HandleAsync(Guid subscriptionId, Guid caseId, bool skip, Caller caller, CancellationToken ct)
    {
        var subscription = await unit.Db.Subscriptions.FindAsync([subscriptionId], ct);
        if (subscription is null || !caller.Sees(subscription))
            return SubscriptionRefusals.NotFound;
        var stream = OutgoingEvent.StreamOf(caseId);
        var changed = await unit.Db.Lanes.Where(row => row.SubscriptionId == subscriptionId && row.Stream == stream).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.Due, unit.Now).SetProperty(row => row.Skip, row => row.Skip || skip), ct);
        return changed > 0 ? Done.Value : new Refusal("lane-not-found", "No event of this case waits for this subscription.");
    }
}
