using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Feedback.Storage;
using CxPlatform.Messaging;
using Microsoft.Extensions.Options;

namespace CxPlatform.Feedback.Asking;

/// <summary>When a case has come to its end, its customer is asked a little later, unless it turns out not to have been the end.</summary>
internal sealed class CaseEnd(Unit<FeedbackDb> unit, IOptions<FeedbackOptions> options) : IHandle<CaseResolved>, IHandle<CaseReopened>
{
    public Task HandleAsync(CaseResolved e, EventEnvelope envelope, CancellationToken ct)
    {
        if (Domain.Asking.IsWorthAsking(e))
            unit.Schedule(
                KeyOf(e.CaseId), $"customer/{e.CustomerId}", new AskCustomer(e.CaseId, e.Number, e.CustomerId),
                envelope.Time + options.Value.SurveyDelay);
        return Task.CompletedTask;
    }

    public Task HandleAsync(CaseReopened e, EventEnvelope envelope, CancellationToken ct)
    {
        unit.Cancel(KeyOf(e.CaseId));
        return Task.CompletedTask;
    }

    private static string KeyOf(Guid caseId) => $"case/{caseId}/ask";
}
