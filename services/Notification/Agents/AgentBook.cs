using System.Text.Json;
using CxPlatform.Contracts.Routing.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notifications.Agents;

/// <summary>What an agent does and when they do not, as Routing says.</summary>
internal sealed record Duty(IReadOnlyList<string> Queues, Absence? Absence)
{
    public static Duty None { get; } = new([], null);

    public bool IsAwayAt(DateTimeOffset now) => Absence is { } absence && absence.From <= now && now < absence.Until;
}

/// <summary>Somebody who works at the desk.</summary>
internal sealed record KnownAgent(Guid Id, string Name, string? Email, Duty Duty, AgentChoices Choices)
{
    public string Actor => $"agent:{Id}";
}

/// <summary>The agents that a unit tells something: read once, for a whole batch together.</summary>
internal sealed class AgentBook(Unit<NotificationDb> unit)
{
    private readonly Dictionary<Guid, KnownAgent?> _known = [];
    private IReadOnlyList<KnownAgent>? _leads;

    /// <summary>Who hears of it in place of, or as well as, those it concerns; each with whom they stand in for.</summary>
    public async Task<IReadOnlyList<(KnownAgent Agent, KnownAgent? For)>> WhoAsync(Happening happening, Conversation conversation, CancellationToken ct)
    {
        var concerned = happening.AgentId is { } id ? await FindAsync(id, ct) : null;
        if (concerned is not null && !concerned.Duty.IsAwayAt(unit.Now))
            return [(concerned, null)];
        if (happening.IsForThemAlone)
            return [];
        if (concerned is not null && (await ThereAsync(concerned.Duty.Absence!.CoverId, ct) ?? await ThereAsync(conversation.CoverId, ct)) is { } cover)
            return [(cover, concerned)];
        return [.. (await LeadsAsync(conversation.QueueId, ct)).Select(lead => (lead, concerned))];
    }

    public async Task ReadAsync(IEnumerable<Guid> agents, CancellationToken ct)
    {
        var ids = agents.Where(id => !_known.ContainsKey(id)).Distinct().ToList();
        if (ids.Count == 0)
            return;
        foreach (var id in ids)
            _known[id] = null;
        await ReadAsync(unit.Db.Set<AccessAgentRow>().Where(agent => ids.Contains(agent.AgentId)), ct);
    }

    private async Task<KnownAgent?> FindAsync(Guid id, CancellationToken ct)
    {
        await ReadAsync([id], ct);
        return _known[id];
    }

    private async Task<KnownAgent?> ThereAsync(Guid? id, CancellationToken ct) =>
        id is { } agentId && await FindAsync(agentId, ct) is { } agent && !agent.Duty.IsAwayAt(unit.Now) ? agent : null;

    // Those who serve the queue; where none does every lead, and where there is none whoever runs the place.
    private async Task<IEnumerable<KnownAgent>> LeadsAsync(string? queue, CancellationToken ct)
    {
        _leads ??= [
            .. await ReadAsync(unit.Db.Set<AccessAgentRow>().Where(agent => agent.Role == Roles.Lead), ct) is { Count: > 0 } leads
                ? leads
                : await ReadAsync(unit.Db.Set<AccessAgentRow>().Where(agent => agent.Role == Roles.Admin), ct),
        ];
        var there = _leads.Where(lead => !lead.Duty.IsAwayAt(unit.Now)).ToList();
        var serving = there.FindAll(lead => queue is not null && lead.Duty.Queues.Contains(queue));
        return serving.Count > 0 ? serving : there;
    }

    private async Task<IReadOnlyList<KnownAgent>> ReadAsync(IQueryable<AccessAgentRow> agents, CancellationToken ct)
    {
        var rows = await (from agent in agents
                          where agent.Active
                          join row in unit.Db.AgentDesks on agent.AgentId equals row.AgentId into desks
                          from desk in desks.DefaultIfEmpty()
                          orderby agent.AgentId
                          select new { agent.AgentId, agent.Name, agent.Email, Duty = desk == null ? null : desk.Duty, Choices = desk == null ? null : desk.Choices })
            .AsNoTracking().ToListAsync(ct);
        var read = rows.ConvertAll(row => new KnownAgent(row.AgentId, row.Name, row.Email, Duty(row.Duty), Choices(row.Choices)));
        foreach (var agent in read)
            _known[agent.Id] = agent;
        return read;
    }

    public static AgentChoices Choices(string? json) => json is null ? new() : JsonSerializer.Deserialize<AgentChoices>(json, EventTypes.Json)!;

    private static Duty Duty(string? json) => json is null ? Agents.Duty.None : JsonSerializer.Deserialize<Duty>(json, EventTypes.Json)!;
}
