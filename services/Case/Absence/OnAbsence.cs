using CxPlatform.Cases.Storage;
using CxPlatform.Contracts.Routing.V1;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.Absence;

/// <summary>Expects this absence of the agent; goes on after a case.</summary>
[TimerType("case.absence-begins")]
internal sealed record AbsenceBegins(Guid AgentId, DateTimeOffset From, DateTimeOffset Until, Guid? After = null)
{
    public string Key => $"absence/{AgentId}";
}

/// <summary>When agents are away, as Routing says.</summary>
internal sealed class OnAbsence(Unit<CaseDb> unit) : IHandle<AgentChanged>
{
    public async Task HandleAsync(AgentChanged e, EventEnvelope envelope, CancellationToken ct)
    {
        var row = await unit.Db.Absences.FindAsync([e.AgentId], ct);
        if (e.Absence is not { } absence)
        {
            if (row is not null)
            {
                unit.Db.Absences.Remove(row);
                unit.Cancel($"absence/{e.AgentId}");
            }
            return;
        }
        if (row is not null && (row.From, row.Until, row.CoverId) == (absence.From, absence.Until, absence.CoverId))
            return;
        if (row is null)
            unit.Db.Absences.Add(row = new() { AgentId = e.AgentId });
        (row.From, row.Until, row.CoverId) = (absence.From, absence.Until, absence.CoverId);
        var begins = new AbsenceBegins(e.AgentId, absence.From, absence.Until);
        unit.Schedule(begins.Key, begins.Key, begins, absence.From > unit.Now ? absence.From : unit.Now);
    }
}

/// <summary>An absence begins: what the agent has promised for a day in it is covered at once, case by case.</summary>
internal sealed class OnAbsenceBegins(Unit<CaseDb> unit, CaseStore store, Covers covers) : IHandleTimer<AbsenceBegins>
{
    private const int Batch = 50;

    public async Task HandleAsync(AbsenceBegins command, TimerContext context, CancellationToken ct)
    {
        if (await unit.Db.Absences.FindAsync([command.AgentId], ct) is not { } row || (row.From, row.Until) != (command.From, command.Until))
            return;
        var theirs = unit.Db.Promises.Where(p => p.OwnerId == command.AgentId && p.State == Domain.PromiseState.Open && p.Due < command.Until);
        if (command.After is { } after)
            theirs = theirs.Where(p => p.CaseId > after);
        var cases = await theirs.Select(p => p.CaseId).Distinct().OrderBy(id => id).Take(Batch).ToListAsync(ct);
        foreach (var id in cases)
            if (await store.FindAsync(id, ct) is { } found && await covers.ForAsync(command.AgentId, found.Case, ct) is { } cover)
                await store.ActAsync(id, cover, ct);
        if (cases.Count == Batch)
            unit.Schedule(command.Key, command.Key, command with { After = cases[^1] }, unit.Now);
    }
}
