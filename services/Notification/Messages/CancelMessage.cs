using CxPlatform.Messaging;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notifications.Messages;

/// <summary>An operator takes back a message that has not left.</summary>
internal sealed class CancelMessage(Unit<NotificationDb> unit)
{
    public async Task<Outcome<MessageSummary>> HandleAsync(Guid id, CancellationToken ct)
    {
        // In one statement: between looking and changing somebody could begin to send it.
        var cancelled = await unit.Db.Messages.Where(row => row.Id == id && row.State == MessageState.Pending && (row.Claim == null || row.Due <= unit.Now)).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.State, MessageState.Cancelled).SetProperty(row => row.Claim, (Guid?)null).SetProperty(row => row.Reason, "Cancelled by an operator."), ct);
        var row = await unit.Db.Messages.FindAsync([id], ct);
        return row is null ? MessageRefusals.NotFound
            : cancelled > 0 ? MessageSummary.Of(row)
            : row.State == MessageState.Pending ? new Refusal("message-being-sent", "The message is being sent at this moment.")
            : new Refusal("message-settled", $"The message is {row.State.ToString().ToLowerInvariant()}; only one that has not left can be cancelled.");
    }
}
