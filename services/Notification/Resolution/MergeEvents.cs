using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Conversations;
using CxPlatform.Notifications.Sending;

namespace CxPlatform.Notifications.Resolution;

/// <summary>Whose case became part of another one hears so once: its number is another from now on.</summary>
internal sealed class MergeEvents(ConversationBook book, Outbox outbox) : IHandle<CaseMergedInto>
{
    public async Task HandleAsync(CaseMergedInto e, EventEnvelope envelope, CancellationToken ct)
    {
        if (await book.ForAsync(e.CaseId, envelope, ct) is not { } conversation)
            return;
        conversation.Next = null;
        conversation.By = null;
        conversation.CalendarZone = e.TimeZone ?? conversation.CalendarZone;
        if (conversation.Automatic != Automatic.None)
            return;
        await outbox.TellAsync(
            conversation, envelope,
            new("merged", setting => setting.Common.With("into", e.IntoNumber).With("same", e.SameCustomer).With("by", e.By, setting.When, setting.Now))
            {
                Automatic = "auto-generated",
            },
            ct);
    }
}
