using CxPlatform.Messaging;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;

namespace CxPlatform.Notifications.Choices;

/// <summary>A customer says what they want to hear. It counts from the next message on; what waits already was asked for before.</summary>
internal sealed class ChooseUpdates(Unit<NotificationDb> unit)
{
    public async Task<Done> HandleAsync(Guid customerId, Updates updates, CancellationToken ct)
    {
        var row = await unit.Db.Choices.FindAsync([customerId], ct);
        if (row is null)
            unit.Db.Choices.Add(row = new() { CustomerId = customerId });
        (row.Updates, row.Since) = (updates, unit.Now);
        return Done.Value;
    }
}
