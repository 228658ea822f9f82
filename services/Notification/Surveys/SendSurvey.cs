using CxPlatform.Contracts;
using CxPlatform.Contracts.Feedback.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Conversations;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Sending;

namespace CxPlatform.Notifications.Surveys;

/// <summary>A survey whose case this module has not heard of yet: Feedback's events and Case's come on their own ways.</summary>
[TimerType("notification.survey")]
internal sealed record SurveyWaits(SurveyRequested Request, EventEnvelope Envelope, int Looks);

/// <summary>Asks how it went, in the thread of the case.</summary>
internal sealed class SendSurvey(ConversationBook book, Outbox outbox, Links links, Unit<Storage.NotificationDb> unit, ILogger<SendSurvey> log)
    : IHandle<SurveyRequested>, IHandleTimer<SurveyWaits>
{
    private const int MostLooks = 60;
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    public async Task HandleAsync(SurveyRequested e, EventEnvelope envelope, CancellationToken ct)
    {
        if (await book.FindAsync(e.CaseId, ct) is { } conversation)
            await AskAsync(conversation, e, envelope, ct);
        else
            Wait(new(e, envelope, 1));
    }

    public async Task HandleAsync(SurveyWaits timer, TimerContext context, CancellationToken ct)
    {
        if (await book.FindAsync(timer.Request.CaseId, ct) is { } conversation)
            await AskAsync(conversation, timer.Request, timer.Envelope, ct);
        else if (timer.Looks < MostLooks)
            Wait(timer with { Looks = timer.Looks + 1 });
        else
            log.SurveyWithoutCase(timer.Request.CaseId);
    }

    private void Wait(SurveyWaits waits) => unit.Schedule($"survey/{waits.Request.SurveyId}", $"survey/{waits.Request.SurveyId}", waits, unit.Now + Pause);

    private async Task AskAsync(Conversation conversation, SurveyRequested e, EventEnvelope envelope, CancellationToken ct)
    {
        if (conversation.Automatic != Automatic.None)
            return;
        var link = links.Survey(e.SurveyId, e.CaseId, e.ExpiresAt);
        await outbox.TellAsync(
            conversation, envelope,
            new("survey", setting => setting.Common.Survey(conversation.Need, e.Measure, link)) { Automatic = "auto-generated" },
            ct);
    }
}
