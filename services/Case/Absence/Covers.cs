using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.Absence;

/// <summary>Who keeps the promises of somebody who is away: whom they named, else whoever serves the case's queue and has least to do,
/// else the team. Never somebody who is away too.</summary>
internal sealed class Covers(Unit<CaseDb> unit)
{
    /// <returns>Null when the agent is not away.</returns>
    public async Task<Cover?> ForAsync(Guid agentId, CaseState s, CancellationToken ct)
    {
        var db = unit.Db;
        var now = unit.Now;
        if (await db.Absences.FindAsync([agentId], ct) is not { } absence || now < absence.From || now >= absence.Until
            || await db.Agents.FindAsync([agentId], ct) is not { } absent)
            return null;
        var there = db.Agents.Where(agent => agent.Active && agent.AgentId != agentId
            && !db.Absences.Any(row => row.AgentId == agent.AgentId && row.From <= now && row.Until > now));
        var cover = absence.CoverId is { } named ? await there.FirstOrDefaultAsync(agent => agent.AgentId == named, ct) : null;
        cover ??= await there.Where(agent => db.AgentQueues.Any(row => row.AgentId == agent.AgentId && row.QueueId == s.QueueId))
            .OrderBy(agent => db.Cases.Count(row => row.IsOpen && row.OwnerId == agent.AgentId)).ThenBy(agent => agent.Name)
            .FirstOrDefaultAsync(ct);
        return new(agentId, absent.Name, cover?.AgentId, cover?.Name, absence.Until);
    }
}
