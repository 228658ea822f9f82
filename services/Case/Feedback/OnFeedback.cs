using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts.Feedback.V1;
using CxPlatform.Messaging;
using Microsoft.Extensions.Logging;

namespace CxPlatform.Cases.Feedback;

/// <summary>What the customer said afterwards lands on the case; an unhappy one is not over.</summary>
internal sealed class OnFeedback(CaseStore store, ILogger<OnFeedback> log) : IHandle<FeedbackReceived>, IHandle<RecoveryNeeded>
{
    public Task HandleAsync(FeedbackReceived e, EventEnvelope envelope, CancellationToken ct) =>
        ActAsync(e.CaseId, $"customer:{e.CustomerId}", new RecordFeedback(e.SurveyId, e.Measure, e.Score, e.Comment), ct);

    public Task HandleAsync(RecoveryNeeded e, EventEnvelope envelope, CancellationToken ct) =>
        ActAsync(e.CaseId, RequestInfo.System.Actor, new StartRecovery(e.SurveyId, e.Score), ct);

    private async Task ActAsync(Guid caseId, string actor, CaseCommand command, CancellationToken ct)
    {
        using var ambient = Ambient.Use(Ambient.Current with { Actor = actor });
        // Of a case that is part of another one by now, what is to be done is done there.
        var at = command is StartRecovery && await store.FindAsync(caseId, ct) is { } row ? (await store.LeadAsync(row, ct)).Id : caseId;
        var done = await store.ActAsync(at, command, ct);
        if (done.IsRefused)
            log.NotDone(caseId, command.GetType().Name, "feedback", done.Refusal.Code);
    }
}
