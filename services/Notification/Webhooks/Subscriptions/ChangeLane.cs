using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Webhooks.Events;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notifications.Webhooks.Subscriptions;

/// <summary>A case whose events wait: tried again now, or with the event that hinders it given up.</summary>
internal sealed class ChangeLane(Unit<NotificationDb> unit)
{
    /// <param name="eventId">The event that is meant: one that has meanwhile been delivered or skipped leaves those after it alone. Whatever waits, when absent.</param>
    public async Task<Outcome<Done>> HandleAsync(Guid subscriptionId, Guid caseId, bool skip, Guid? eventId, Caller caller, CancellationToken ct)
    {
        var subscription = await unit.Db.Subscriptions.FindAsync([subscriptionId], ct);
        if (subscription is null || !caller.Sees(subscription))
            return SubscriptionRefusals.NotFound;
        var stream = OutgoingEvent.StreamOf(caseId);
        var lanes = unit.Db.Lanes.Where(row => row.SubscriptionId == subscriptionId && row.Stream == stream);
        if (eventId is { } meant)
            lanes = lanes.Where(row => unit.Db.OutgoingEvents.Any(e => e.Seq == row.Seq && e.Id == meant));
        var changed = await lanes.ExecuteUpdateAsync(set => set.SetProperty(row => row.Due, unit.Now).SetProperty(row => row.Skip, row => row.Skip || skip), ct);
        if (changed == 0)
            return new Refusal("lane-not-found", $"{(eventId is null ? "No event of this case" : "This event no longer")} waits for this subscription.");
        // Whoever delivers takes up what changed, and with it an endpoint that it leaves alone for the moment.
        subscription.Revision++;
        unit.Announce();
        return Done.Value;
    }
}
