using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Conversations;
using CxPlatform.Notifications.Sending;

namespace CxPlatform.Notifications.Acknowledgement;

/// <summary>A further contact joined a case: whoever wrote it hears where it went and what is next.</summary>
internal sealed class AcknowledgeReply(ConversationBook book, Outbox outbox) : IHandle<CustomerReplied>
{
    public async Task HandleAsync(CustomerReplied e, EventEnvelope envelope, CancellationToken ct)
    {
        if (await book.ForAsync(e.CaseId, envelope, ct) is not { } conversation)
            return;
        conversation.Apply(e);
        // In a chat nobody waits for a confirmation of every line.
        if (!e.Acknowledge || e.Automatic != Automatic.None || e.Channel == Channel.Chat)
            return;
        await outbox.TellAsync(
            conversation, envelope,
            new("acknowledgement-joined", setting => setting.Common
                .Joined(conversation.OwnerName ?? conversation.TeamName, conversation.Next)
                .With("by", conversation.By > setting.Now ? conversation.By : null, setting.When, setting.Now))
            {
                Automatic = "auto-replied",
                ForJoining = true,
                To = new(e.CustomerId, e.CustomerName, e.Channel, e.From),
            },
            ct);
    }
}
