using CxPlatform.Contracts.Feedback.V1;
using CxPlatform.Feedback.Domain;
using CxPlatform.Feedback.Storage;
using CxPlatform.Messaging;
using Microsoft.Extensions.Options;

namespace CxPlatform.Feedback.Asking;

/// <summary>The customer of a case that has ended is to be asked how it went; taken back when the case is reopened before.</summary>
[TimerType("feedback.ask-customer")]
internal sealed record AskCustomer(Guid CaseId, string CaseNumber, Guid CustomerId);

internal sealed class AskCustomerHandler(
    Unit<FeedbackDb> unit, IOptions<FeedbackOptions> options, Metrics metrics, ILogger<AskCustomerHandler> log) : IHandleTimer<AskCustomer>
{
    public async Task HandleAsync(AskCustomer timer, TimerContext context, CancellationToken ct)
    {
        var id = await CustomerMerges.CurrentAsync(unit.Db, timer.CustomerId, ct);
        var customer = await unit.Db.Customers.FindAsync([id], ct);
        var verdict = Domain.Asking.Decide(customer, context.Due, unit.Now);
        if (verdict != Verdict.Ask)
        {
            log.SurveyWithheld(timer.CaseId, verdict);
            unit.OnCommitted(() => metrics.Withheld(verdict));
            return;
        }

        // The link's expiry is kept to the minute; the survey's is the same instant.
        var expires = unit.Now + options.Value.SurveyLifetime;
        expires = expires.AddTicks(-(expires.Ticks % TimeSpan.TicksPerMinute));
        var requested = new SurveyRequested(
            Guid.CreateVersion7(unit.Now), timer.CaseId, timer.CaseNumber, timer.CustomerId, Measure.Csat, unit.Now, expires);
        unit.Db.Put(customer, new CustomerMemory { CustomerId = id, AskedAt = unit.Now });
        unit.Db.Surveys.Add(Survey.From(requested));
        unit.Append(Survey.StreamOf(requested.SurveyId), 0, [new NewEvent(requested)]);
        unit.OnCommitted(metrics.Requested);
    }
}
