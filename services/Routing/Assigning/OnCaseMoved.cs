using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.Routing.Storage;

namespace CxPlatform.Routing.Assigning;

/// <summary>Who really has a case is the Case service's word: mostly the echo of our own decision, else that of a person.</summary>
internal sealed class OnCaseMoved(Unit<RoutingDb> unit, Assigner assigner)
    : IHandle<CaseAssigned>, IHandle<CaseUnassigned>, IHandle<CaseResolved>, IHandle<CaseClosed>, IHandle<CaseMergedInto>
{
    public async Task HandleAsync(CaseAssigned e, EventEnvelope envelope, CancellationToken ct)
    {
        var row = await unit.Db.Assignments.FindAsync([e.CaseId], ct);
        if (row is null || row.AgentId == e.AgentId)
            return;
        row.CaseVersion = envelope.Version;
        await QueueAsync(row, e.QueueId, ct);
        if (await assigner.MoveAsync(row, e.AgentId, row.Open, ct) is { } freed)
            await assigner.FillAsync(freed, ct);
    }

    public async Task HandleAsync(CaseUnassigned e, EventEnvelope envelope, CancellationToken ct)
    {
        var row = await unit.Db.Assignments.FindAsync([e.CaseId], ct);
        // Somebody else has it by now: the word about them is under way or was here.
        if (row is null || row.AgentId != e.AgentId)
            return;
        row.CaseVersion = envelope.Version;
        await QueueAsync(row, e.QueueId, ct);
        row.WaitingSince = unit.Now;
        var freed = await assigner.MoveAsync(row, null, row.Open, ct);
        row.State = row.State with { HandedBackBy = e.AgentId };
        await assigner.GiveAsync(row, ct);
        if (freed is not null)
            await assigner.FillAsync(freed, ct, except: row.CaseId);
    }

    public Task HandleAsync(CaseResolved e, EventEnvelope envelope, CancellationToken ct) => EndAsync(e.CaseId, envelope, ct);

    public Task HandleAsync(CaseClosed e, EventEnvelope envelope, CancellationToken ct) => EndAsync(e.CaseId, envelope, ct);

    public Task HandleAsync(CaseMergedInto e, EventEnvelope envelope, CancellationToken ct) => EndAsync(e.CaseId, envelope, ct);

    private async Task QueueAsync(AssignmentRow row, string queueId, CancellationToken ct)
    {
        if (row.QueueId == queueId || !(await assigner.CatalogAsync(ct)).QueueIds.Contains(queueId))
            return;
        row.QueueId = queueId;
        row.State = row.State with { Queue = new(queueId, $"Queue {queueId}: put there by hand.") };
    }

    private async Task EndAsync(Guid caseId, EventEnvelope envelope, CancellationToken ct)
    {
        if (await unit.Db.Assignments.FindAsync([caseId], ct) is not { Open: true } row)
            return;
        row.CaseVersion = envelope.Version;
        if (await assigner.MoveAsync(row, row.AgentId, open: false, ct) is { } freed)
            await assigner.FillAsync(freed, ct);
    }
}
