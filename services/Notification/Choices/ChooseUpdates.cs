using CxPlatform.Messaging;
using CxPlatform.Notifications.Conversations;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;

namespace CxPlatform.Notifications.Choices;

/// <summary>A customer says what they want to hear. It counts from the next message on; what waits already was asked for before.</summary>
internal sealed class ChooseUpdates(Unit<NotificationDb> unit)
{
    public async Task<Done> HandleAsync(Guid customerId, Updates updates, CancellationToken ct)
    {
        // The link may be in a message from before a merge.
        var id = await CustomerMerges.CurrentAsync(unit.Db, customerId, ct);
        var row = await unit.Db.Choices.FindAsync([id], ct);
        if (row is null)
            unit.Db.Choices.Add(row = new() { CustomerId = id });
        (row.Updates, row.Since) = (updates, unit.Now);
        return Done.Value;
    }
}
