using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Contracts.Notifications.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Sending;
using CxPlatform.Notifications.Storage;

namespace CxPlatform.Notifications.Chat;

/// <summary>What was read in the chat has arrived: it does not go by mail as well.</summary>
internal sealed class ChatEvents(Unit<NotificationDb> unit) : IHandle<ChatReplyRead>, IHandleTimer<StillUnread>
{
    public async Task HandleAsync(ChatReplyRead e, EventEnvelope envelope, CancellationToken ct)
    {
        // What the batch has not written yet is written first, so that it is found.
        await unit.Db.SaveChangesAsync(ct);
        // Not there yet, or on its way by mail already: then it comes twice, which is better than not at all.
        if (await unit.Db.Messages.FindAsync([e.MessageId], ct) is not { State: MessageState.Pending, Claim: null } message)
            return;
        (message.State, message.Channel, message.SentAt) = (MessageState.Sent, Channel.Chat, e.ReadAt);
        unit.Cancel($"message/{message.Id}/read");
        unit.AppendNext(
            $"message/{message.Id}",
            new NewEvent(new MessageSent(
                message.Id, message.CaseId, message.CustomerId, Channel.Chat, message.Template, message.EventId, null, e.ReadAt)));
    }

    public async Task HandleAsync(StillUnread timer, TimerContext context, CancellationToken ct)
    {
        if (await unit.Db.Messages.FindAsync([timer.MessageId], ct) is not { State: MessageState.Pending, Channel: Channel.Chat } message)
            return;
        (message.State, message.Reason) = (MessageState.Undeliverable, Reach.NoAddress);
        unit.AppendNext(
            $"message/{message.Id}",
            new NewEvent(new MessageFailed(
                message.Id, message.CaseId, message.CustomerId, Channel.Chat, message.Template, message.EventId, true, Reach.NoAddress, 0, unit.Now)));
    }
}
