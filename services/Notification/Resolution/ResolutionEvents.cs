using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Conversations;
using CxPlatform.Notifications.Sending;

namespace CxPlatform.Notifications.Resolution;

/// <summary>The customer hears how the case came to its end, and that it goes on when it is not over for them.</summary>
internal sealed class ResolutionEvents(ConversationBook book, Outbox outbox) : IHandle<CaseResolved>
{
    public async Task HandleAsync(CaseResolved e, EventEnvelope envelope, CancellationToken ct)
    {
        if (await book.ForAsync(e.CaseId, envelope, ct) is not { } conversation)
            return;
        conversation.Next = null;
        conversation.By = null;
        if (e.Agreement == Agreement.NothingAsked || e.Automatic != Automatic.None || conversation.Automatic != Automatic.None)
            return;
        await outbox.TellAsync(
            conversation, envelope,
            new("resolved", setting => setting.Common.With("need", conversation.Need).With("reason", e.Reason)
                .With("byCustomer", e.Agreement == Agreement.Customer).With("bySilence", e.Agreement == Agreement.Silence)
                .With("byAgent", e.Agreement is not (Agreement.Customer or Agreement.Silence))
                .Ending(e.Result, e.Ending, setting.StatusLink))
            {
                Person = conversation.OwnerName,
                Automatic = "auto-generated",
            },
            ct);
    }
}
