using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Feedback.Domain;
using CxPlatform.Feedback.Storage;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Feedback.Erasure;

/// <summary>Removes what a customer wrote, here and in the log. Scores stay: without the words they are only numbers.</summary>
internal sealed class ForgetCustomer(Unit<FeedbackDb> unit, EventLog<FeedbackDb> eventLog, ILogger<ForgetCustomer> log)
    : IHandle<CustomerErased>
{
    public async Task HandleAsync(CustomerErased e, EventEnvelope envelope, CancellationToken ct)
    {
        var customer = await unit.Db.Customers.FindAsync([e.CustomerId], ct);
        // Remembered, so that a survey which is still to come is not sent.
        unit.Db.Put(customer, (customer ?? new CustomerMemory { CustomerId = e.CustomerId }) with { ErasedAt = unit.Now });

        var surveys = await unit.Db.Surveys.Where(survey => survey.CustomerId == e.CustomerId).ToListAsync(ct);
        var events = 0;
        foreach (var survey in surveys)
        {
            unit.Db.Put(survey, survey with { Comment = null, ErasedAt = unit.Now });
            events += await eventLog.EraseAsync(unit, Survey.StreamOf(survey.Id), ct);
        }
        unit.OnCommitted(() => log.Forgotten(surveys.Count, events));
    }
}
