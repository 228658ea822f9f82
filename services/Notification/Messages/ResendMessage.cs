using System.Diagnostics;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Sending;
using CxPlatform.Notifications.Storage;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notifications.Messages;

/// <summary>An operator sends a message once more: a copy with an id of its own, so that what happened to the first stays on record.</summary>
internal sealed class ResendMessage(Unit<NotificationDb> unit, Postbox postbox)
{
    public async Task<Outcome<MessageSummary>> HandleAsync(Guid id, CancellationToken ct)
    {
        var row = await unit.Db.Messages.FindAsync([id], ct);
        if (row is null)
            return MessageRefusals.NotFound;
        if (row.State == MessageState.Pending)
            return new Refusal("message-pending", "The message has not left yet; it is tried again by itself.");
        if (row.Recipient.Length == 0)
            return new Refusal("message-without-recipient", "No address is known that the message could be sent to.");
        var all = unit.Db.Messages.Where(other => other.EventId == row.EventId && other.Recipient == row.Recipient && other.Template == row.Template);
        // Asked for twice, as by a second click, it goes once.
        if (await all.AnyAsync(other => other.State == MessageState.Pending, ct))
            return new Refusal("message-pending", "A copy of it is on its way already.");
        var copies = await all.MaxAsync(other => other.Copy, ct);
        var copy = new MessageRow
        {
            Id = Guid.CreateVersion7(unit.Now),
            EventId = row.EventId,
            Recipient = row.Recipient,
            Template = row.Template,
            Copy = copies + 1,
            CaseId = row.CaseId,
            CustomerId = row.CustomerId,
            AgentId = row.AgentId,
            Channel = row.Channel,
            Weight = row.Weight,
            Automatic = row.Automatic,
            State = MessageState.Pending,
            Due = unit.Now,
            Content = row.Content,
            CreatedAt = unit.Now,
            CorrelationId = row.CorrelationId,
            Trace = Activity.Current?.Id,
        };
        unit.Db.Messages.Add(copy);
        unit.OnCommitted(postbox.Wake);
        return MessageSummary.Of(copy);
    }
}
