using CxPlatform.Messaging;
using CxPlatform.Notifications.Conversations;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notifications.Choices;

/// <summary>A customer says what they want to hear. It counts at once: what waits and is not wanted any more stays where it is.</summary>
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
        await WithholdAsync(unit, id, Care.Unwanting(updates), ct);
        return Done.Value;
    }

    /// <summary>What waits for a customer and they do not want is not sent.</summary>
    public static async Task WithholdAsync(Unit<NotificationDb> unit, Guid customerId, IReadOnlyList<Weight> unwanted, CancellationToken ct)
    {
        if (unwanted.Count == 0)
            return;
        await unit.Db.Messages.Where(row => row.CustomerId == customerId && row.State == MessageState.Pending && row.Claim == null && unwanted.Contains(row.Weight))
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.State, MessageState.Withheld).SetProperty(row => row.Reason, Care.Unwanted), ct);
    }
}
