using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Contracts.Notifications.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Sending;
using CxPlatform.Notifications.Storage;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notifications.Bounces;

/// <summary>A message came back for good: its case hears of it, nothing more is sent to the address, and what it said goes another way.</summary>
internal sealed class BounceEvents(Unit<NotificationDb> unit, Tokens tokens, Postbox postbox) : IHandle<BounceReceived>
{
    public async Task HandleAsync(BounceReceived e, EventEnvelope envelope, CancellationToken ct)
    {
        if (!e.Hard)
            return;
        await unit.Db.SaveChangesAsync(ct);
        var address = e.Recipient.Trim().ToLowerInvariant();
        var message = await FindAsync(e, address, ct);
        // Anybody can claim that a mail came back: what names no message of ours to that address suppresses nothing.
        if (message is null || !string.Equals(message.Recipient, address, StringComparison.OrdinalIgnoreCase))
            return;
        if (await unit.Db.Suppressions.FindAsync([message.Recipient], ct) is null)
            unit.Db.Suppressions.Add(new() { Address = message.Recipient, Status = e.Status, Since = unit.Now });
        if (message.State != MessageState.Sent)
            return;
        message.State = MessageState.Failed;
        message.Reason = e.Status is null ? "It came back undeliverable." : $"It came back undeliverable ({e.Status}).";
        var next = FallBack.Of(message, JsonSerializer.Deserialize<MessageContent>(message.Content, EventTypes.Json)!, unit.Now);
        if (next is not null)
        {
            unit.Db.Messages.Add(next);
            unit.OnCommitted(postbox.Wake);
        }
        unit.AppendNext(
            $"message/{message.Id}",
            new NewEvent(new MessageFailed(
                message.Id, message.AgentId is null ? message.CaseId : null, message.CustomerId, message.Channel, message.Template, message.EventId, true, FallBack.Reason(message.Reason, next),
                message.Attempts, unit.Now)));
    }

    private async Task<MessageRow?> FindAsync(BounceReceived e, string address, CancellationToken ct)
    {
        if (tokens.TryReadMessageId(e.MessageId, out var messageId, out _))
            return await unit.Db.Messages.FindAsync([messageId], ct);
        if (e.CaseId is not { } caseId)
            return null;
        return await unit.Db.Messages.Where(row => row.CaseId == caseId && row.Recipient == address && row.Channel == Channel.Email && row.State == MessageState.Sent)
            .OrderByDescending(row => row.SentAt).FirstOrDefaultAsync(ct);
    }
}
