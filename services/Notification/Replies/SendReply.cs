using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Conversations;
using CxPlatform.Notifications.Sending;

namespace CxPlatform.Notifications.Replies;

/// <summary>An agent's words go out as they are.</summary>
internal sealed class SendReply(ConversationBook book, Outbox outbox) : IHandle<ReplySent>
{
    public async Task HandleAsync(ReplySent e, EventEnvelope envelope, CancellationToken ct)
    {
        if (await book.ForAsync(e.CaseId, envelope, ct) is { } conversation)
            await outbox.TellAsync(
                conversation, envelope,
                new("reply", setting => setting.Common.Answer(e.Text))
                {
                    MessageId = e.MessageId,
                    Person = e.AgentName,
                    Attachments = e.Attachments,
                    // In the chat it is read while the visitor is there; files go by mail.
                    MayBeRead = conversation.Channel == Channel.Chat && e.Attachments.Count == 0,
                },
                ct);
    }
}
