using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Conversations;
using CxPlatform.Notifications.Sending;

namespace CxPlatform.Notifications.Acknowledgement;

/// <summary>"We got this": what we understood, who has it, what is next and by when. The words mirror the feeling.</summary>
internal sealed class AcknowledgeCase(ConversationBook book, Outbox outbox) : IHandle<CaseAcknowledged>
{
    public async Task HandleAsync(CaseAcknowledged e, EventEnvelope envelope, CancellationToken ct)
    {
        if (await book.ForAsync(e.CaseId, envelope, ct) is not { } conversation)
            return;
        conversation.Apply(e);
        // A machine that is answered answers.
        if (conversation.Automatic != Automatic.None)
            return;
        // The chat has said so itself; who left no address is told nothing elsewhere.
        if (conversation is { Channel: Channel.Chat, Address.Kind: IdentityKind.Handle })
            return;
        var template = (e.Kind, e.Feeling) switch
        {
            (Kind.Praise, _) => "acknowledgement-praise",
            (_, Feeling.Unhappy or Feeling.Angry) => "acknowledgement-unhappy",
            _ => "acknowledgement",
        };
        await outbox.TellAsync(
            conversation, envelope,
            new(template, setting => setting.Common.Acknowledgement(e.Need, e.OwnerName, e.Next, e.Phone)
                .With("by", e.By, setting.When, setting.Now))
            {
                Automatic = "auto-replied",
            },
            ct);
    }
}
