using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Participants;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.Customers;

/// <summary>Erasure that has to wait for what its own transaction is about to write.</summary>
[TimerType("case.erase-customer")]
internal sealed record EraseAgain(Guid CustomerId, IReadOnlyList<string>? AddressMarks = null);

/// <summary>Forgets a customer: the log is rewritten without what is personal, and the state is made anew from it. On a case of
/// somebody else, only what this customer wrote and how they were reached goes.</summary>
internal sealed class OnCustomerErased(
    Unit<CaseDb> unit, CaseStore store, EventLog<CaseDb> log, ParticipantIndex participants, ILogger<OnCustomerErased> logger)
    : IHandle<CustomerErased>, IHandleTimer<EraseAgain>
{
    public Task HandleAsync(CustomerErased e, EventEnvelope envelope, CancellationToken ct) => EraseAsync(e.CustomerId, e.AddressMarks, ct);

    public Task HandleAsync(EraseAgain timer, TimerContext context, CancellationToken ct) =>
        EraseAsync(timer.CustomerId, timer.AddressMarks ?? [], ct);

    private async Task EraseAsync(Guid customerId, IReadOnlyList<string> marks, CancellationToken ct)
    {
        var kept = await store.KeepingAsync(marks, ct);
        var rows = (await store.ConcerningAsync(customerId, ct)).Union(kept).ToList();
        var erased = 0;
        foreach (var row in rows)
            erased += await EraseAsync(row, customerId, marks, ct) ? 1 : 0;
        // Where a case goes on that had asked them beside, nobody waits for their answer any more.
        foreach (var row in rows.Where(row => row.Case.MergedInto is not null))
            foreach (var side in row.Case.SideConversations.Where(side => side.To.Value.Length == 0))
                await store.ActAsync((await store.LeadAsync(row, ct)).Id, new AsideOver(side.Id), ct);
        // Events that this transaction appends are written when it commits, and so cannot be rewritten in it.
        if (erased < rows.Count)
            unit.Schedule($"erase/{customerId}", $"customer/{customerId}", new EraseAgain(customerId, marks), unit.Now);
        logger.CustomerErased(customerId, erased);
    }

    private async Task<bool> EraseAsync(CaseRow row, Guid customerId, IReadOnlyList<string> marks, CancellationToken ct)
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
        var they = row.Case.Participants.Where(p => p.CustomerId == customerId || participants.IsOneOf(p, marks)).Select(p => p.Id).ToHashSet();
        var theirs = events.Select(e => EventTypes.Read(e.Type, e.Data)).OfType<CaseMerged>()
            .Where(e => e.FromCustomerId == customerId).Select(e => e.FromCaseId).ToHashSet();
        // What was asked of them, and all that they said to it.
        var beside = row.Case.SideConversations.Where(side => participants.IsWithOneOf(side, marks)).Select(side => side.Id).ToHashSet();
        bool Personal(LoggedEvent e) => own || EventTypes.Read(e.Type, e.Data) switch
        {
            CustomerReplied x => x.CustomerId == customerId,
            ParticipantAdded x => they.Contains(x.ParticipantId),
            PromiseMade x => x.FromCaseId is { } from && theirs.Contains(from),
            SideConversationOpened x => beside.Contains(x.SideConversationId),
            SideMessageSent x => beside.Contains(x.SideConversationId),
            SideMessageReceived x => beside.Contains(x.SideConversationId),
            _ => false,
        };
        await log.EraseAsync(unit, stream, ct, Personal);

        CaseState? state = null;
        foreach (var e in events)
        {
            var data = Personal(e) ? EventTypes.WithoutPersonalData(e.Type, e.Data) : e.Data;
            state = Evolution.Evolve(state, EventTypes.Read(e.Type, data), e.Time);
        }
        // What somebody was about to say to or about them is not kept either.
        await unit.Db.Drafts.Where(draft => draft.CaseId == row.Id).ExecuteDeleteAsync(ct);
        // Whoever sends copies hears that there is nobody to send them to any more.
        var told = state!.Participants.Where(p => !p.Left && p.From is { Value.Length: 0 }).Select(object (p) => new ParticipantRemoved(row.Id, p.Id, p.CustomerId))
            .Concat(state.SideConversations.Where(side => side.To.Value.Length == 0 && (side.IsOpen || beside.Contains(side.Id)))
                .Select(side => new SideConversationClosed(row.Id, side.Id, Forgotten: true)))
            .Concat(state.WaitingOn?.SideConversationId is { } awaited && beside.Contains(awaited) ? [new ThirdPartyAnswered(row.Id, awaited)] : [])
            .Append(new CaseCustomerErased(row.Id, customerId)).ToList();
        foreach (var e in told)
            state = Evolution.Evolve(state, e, unit.Now);
        await participants.WriteAsync(row.Case, state, ct);
        row.Case = state;
        unit.Append(stream, events.Count, told.Select(e => new NewEvent(e, PublicFacts.Of(e, state))));
        return true;
    }
}
