using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.Routing.Storage;

namespace CxPlatform.Routing.Assigning;

/// <summary>What becomes known about a case later changes how it is understood, and by whom it may be answered.</summary>
internal sealed class OnCaseChanged(Unit<RoutingDb> unit, Assigner assigner)
    : IHandle<CustomerReplied>, IHandle<NeedCorrected>, IHandle<CaseReopened>, IHandle<CaseMergeUndone>
{
    public async Task HandleAsync(CustomerReplied e, EventEnvelope envelope, CancellationToken ct)
    {
        // Somebody is at work on it: they read the reply themselves.
        if (await FindAsync(e.CaseId, envelope, ct) is not { } row || row is { Open: true, AgentId: not null })
            return;
        var reader = (await assigner.CatalogAsync(ct)).Reader;
        var understood = row.State.Understood;
        var reading = reader.Read(null, e.Text, understood.Language);
        await assigner.ReconsiderAsync(row, understood.AfterReply(reading, reader.Rules.Defaults.Category), ct);
    }

    public async Task HandleAsync(NeedCorrected e, EventEnvelope envelope, CancellationToken ct)
    {
        if (await FindAsync(e.CaseId, envelope, ct) is not { } row)
            return;
        var reader = (await assigner.CatalogAsync(ct)).Reader;
        var understood = row.State.Understood;
        await assigner.ReconsiderAsync(row, understood.CorrectedBy(reader.Read(null, e.Need, understood.Language)), ct);
    }

    public async Task HandleAsync(CaseReopened e, EventEnvelope envelope, CancellationToken ct)
    {
        if (await FindAsync(e.CaseId, envelope, ct) is not { } row)
            return;
        await OpenAsync(row, ct);
        var reader = (await assigner.CatalogAsync(ct)).Reader;
        var understood = row.State.Understood;
        var reading = reader.Read(null, e.Reason, understood.Language);
        await assigner.ReconsiderAsync(row, understood.AfterReply(reading, reader.Rules.Defaults.Category), ct);
    }

    public async Task HandleAsync(CaseMergeUndone e, EventEnvelope envelope, CancellationToken ct)
    {
        if (!e.Reopens || await FindAsync(e.CaseId, envelope, ct) is not { } row)
            return;
        await OpenAsync(row, ct);
        await assigner.ReconsiderAsync(row, row.State.Understood, ct);
    }

    // Who had it has it again, whatever else they have: the customer told them already. Unless they are gone.
    private async Task OpenAsync(AssignmentRow row, CancellationToken ct)
    {
        var gone = row.AgentId is { } had && await assigner.AgentAsync(had, ct) is not { Active: true };
        row.WaitingSince = unit.Now;
        await assigner.MoveAsync(row, gone ? null : row.AgentId, open: true, ct);
    }

    private async Task<AssignmentRow?> FindAsync(Guid caseId, EventEnvelope envelope, CancellationToken ct)
    {
        var row = await unit.Db.Assignments.FindAsync([caseId], ct);
        if (row is not null)
            row.CaseVersion = envelope.Version;
        return row;
    }
}
