using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.Customers;

/// <summary>Erasure that has to wait for what its own transaction is about to write.</summary>
[TimerType("case.erase-customer")]
internal sealed record EraseAgain(Guid CustomerId);

/// <summary>Forgets a customer: the log is rewritten without what is personal, and the state is made anew from it. On a case of
/// somebody else, only what this customer wrote goes.</summary>
internal sealed class OnCustomerErased(Unit<CaseDb> unit, CaseStore store, EventLog<CaseDb> log, ILogger<OnCustomerErased> logger)
    : IHandle<CustomerErased>, IHandleTimer<EraseAgain>
{
    public Task HandleAsync(CustomerErased e, EventEnvelope envelope, CancellationToken ct) => EraseAsync(e.CustomerId, ct);

    public Task HandleAsync(EraseAgain timer, TimerContext context, CancellationToken ct) => EraseAsync(timer.CustomerId, ct);

    private async Task EraseAsync(Guid customerId, CancellationToken ct)
    {
        var rows = await store.ConcerningAsync(customerId, ct);
        var erased = 0;
        foreach (var row in rows)
            erased += await EraseAsync(row, customerId, ct) ? 1 : 0;
        // Events that this transaction appends are written when it commits, and so cannot be rewritten in it.
        if (erased < rows.Count)
            unit.Schedule($"erase/{customerId}", $"customer/{customerId}", new EraseAgain(customerId), unit.Now);
        logger.CustomerErased(customerId, erased);
    }

    private async Task<bool> EraseAsync(CaseRow row, Guid customerId, CancellationToken ct)
    {
        var stream = CaseState.StreamOf(row.Id);
        var events = await log.ReadStreamAsync(stream, ct);
        if (events.Count != row.Version)
            return false;
        // Nothing has been written since it was forgotten.
        if (events[^1] is { } last && EventTypes.Find(last.Type) == typeof(CaseCustomerErased)
            && ((CaseCustomerErased)EventTypes.Read(last.Type, last.Data)).CustomerId == customerId)
            return true;
        var own = row.CustomerId == customerId;
        bool Personal(LoggedEvent e) => own || (EventTypes.Find(e.Type) == typeof(CustomerReplied)
            && ((CustomerReplied)EventTypes.Read(e.Type, e.Data)).CustomerId == customerId);
        await log.EraseAsync(unit, stream, ct, Personal);

        CaseState? state = null;
        foreach (var e in events)
        {
            var data = Personal(e) ? EventTypes.WithoutPersonalData(e.Type, e.Data) : e.Data;
            state = Evolution.Evolve(state, EventTypes.Read(e.Type, data), e.Time);
        }
        // What somebody was about to say to or about them is not kept either.
        await unit.Db.Drafts.Where(draft => draft.CaseId == row.Id).ExecuteDeleteAsync(ct);
        var told = new CaseCustomerErased(row.Id, customerId);
        row.Case = Evolution.Evolve(state, told, unit.Now);
        unit.Append(stream, events.Count, [new NewEvent(told, PublicFacts.Of(told, row.Case))]);
        return true;
    }
}
