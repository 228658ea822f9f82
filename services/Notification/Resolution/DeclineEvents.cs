using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Conversations;
using CxPlatform.Notifications.Sending;

namespace CxPlatform.Notifications.Resolution;

/// <summary>A customer who says no hears who goes on and by when, and is asked what would make it right unless they said so.</summary>
internal sealed class DeclineEvents(ConversationBook book, Outbox outbox) : IHandle<SolutionDeclined>, IHandle<SecondOpinionAsked>
{
    public async Task HandleAsync(SolutionDeclined e, EventEnvelope envelope, CancellationToken ct)
    {
        if (await book.ForAsync(e.CaseId, envelope, ct) is not { } conversation)
            return;
        conversation.CalendarZone = e.TimeZone ?? conversation.CalendarZone;
        await outbox.TellAsync(
            conversation, envelope,
            new("declined", setting => setting.Common.With("asks", e.WouldMakeItRight is null)
                .With("who", conversation.OwnerName ?? conversation.TeamName).With("by", e.By, setting.When, setting.Now))
            {
                Automatic = "auto-generated",
            },
            ct);
    }

    public async Task HandleAsync(SecondOpinionAsked e, EventEnvelope envelope, CancellationToken ct)
    {
        if (await book.ForAsync(e.CaseId, envelope, ct) is not { } conversation)
            return;
        conversation.CalendarZone = e.TimeZone ?? conversation.CalendarZone;
        await outbox.TellAsync(
            conversation, envelope,
            new("second-opinion", setting => setting.Common.With("first", e.AgentName).With("by", e.By, setting.When, setting.Now))
            {
                Automatic = "auto-generated",
            },
            ct);
    }
}
