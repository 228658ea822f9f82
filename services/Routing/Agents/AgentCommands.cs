using CxPlatform.Contracts.Routing.V1;
using CxPlatform.Messaging;
using CxPlatform.Routing.Assigning;
using CxPlatform.Routing.Domain;
using CxPlatform.Routing.Storage;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Routing.Agents;

/// <summary>An agent as an administrator writes it.</summary>
/// <param name="Name">What customers and colleagues see, 1 to 100 characters.</param>
/// <param name="Email">Ties them to their sign-in at an OIDC issuer; unique.</param>
/// <param name="Role">agent (default), lead or admin.</param>
/// <param name="Active">False for somebody who left: no sign-in, no cases. Default true.</param>
/// <param name="Capacity">Open cases at a time, 0 to 1000; default 10.</param>
/// <param name="Teams">Default: the only team, when there is one only.</param>
/// <param name="Queues">The queues they serve; empty (default) for all of their teams'.</param>
/// <param name="Skills">What they can do, as queues ask for it.</param>
internal sealed record AgentInput(
    string Name, string? Email = null, string? Role = null, bool? Active = null, int? Capacity = null,
    IReadOnlyList<string>? Teams = null, IReadOnlyList<string>? Queues = null, IReadOnlyList<string>? Skills = null)
{
    public const int DefaultCapacity = 10;

    public InputErrors Check() => new InputErrors()
        .Required("name", Name).MaxLength("name", Name, 100)
        .Check(Email is null || Email.Length is > 2 and <= 254 && Email.Count(c => c == '@') == 1 && !Email.Any(char.IsWhiteSpace),
            "email", "must be an email address.")
        .Check(Role is null || Roles.All.Contains(Role), "role", $"must be one of {string.Join(", ", Roles.All)}.")
        .Check(Capacity is null or (>= 0 and <= 1000), "capacity", "must be 0 to 1000.")
        .Check(Skills is null || Skills.Count <= 50 && Skills.All(RuleSetCheck.IsName), "skills",
            $"must be at most 50 names; each {RuleSetCheck.NameRule}");
}

/// <summary>Writes agents: one place for the API, the command line and whoever else.</summary>
internal sealed class AgentCommands(Unit<RoutingDb> unit, Assigner assigner)
{
    public async Task<Outcome<AgentRow>> CreateAsync(AgentInput input, CancellationToken ct)
    {
        var row = new AgentRow { Id = Guid.CreateVersion7(unit.Now), CreatedAt = unit.Now };
        var agent = await ReadAsync(row.Id, input, Presence.Away, null, ct);
        return agent.IsRefused ? agent.Refusal : await SaveAsync(row, agent.Value, ct);
    }

    /// <param name="expected">The version that the caller saw; null when they do not mind.</param>
    public async Task<Outcome<AgentRow>> ReplaceAsync(Guid id, AgentInput input, long? expected, CancellationToken ct)
    {
        if (await unit.Db.Agents.FindAsync([id], ct) is not { } row)
            return NotFound(id);
        if (expected is not null && expected != row.Version)
            return new Refusal("agent-version-mismatch", $"The agent is at version {row.Version} by now: read it again.");
        var agent = await ReadAsync(id, input, row.State.Presence, row.State.Absence, ct);
        return agent.IsRefused ? agent.Refusal : await SaveAsync(row, agent.Value, ct);
    }

    public async Task<Outcome<AgentRow>> SetPresenceAsync(Guid id, Presence presence, CancellationToken ct)
    {
        if (await unit.Db.Agents.FindAsync([id], ct) is not { } row)
            return NotFound(id);
        if (!row.State.Active)
            return new Refusal("agent-inactive", "This agent is not active any more; an administrator can change that.");
        var state = row.State with { Presence = presence };
        // Who is back earlier is back.
        if (presence == Presence.Present && state.Absence is { } absence && absence.From <= unit.Now)
            state = state with { Absence = null };
        return await SaveAsync(row, state, ct);
    }

    /// <param name="absence">Null: they are not away, or not any more.</param>
    public async Task<Outcome<AgentRow>> SetAbsenceAsync(Guid id, Absence? absence, CancellationToken ct)
    {
        if (await unit.Db.Agents.FindAsync([id], ct) is not { } row)
            return NotFound(id);
        if (absence?.Until <= unit.Now)
            return new Refusal("until-invalid", "must lie in the future.", "until");
        if (absence?.CoverId is { } cover && (cover == id || await unit.Db.Agents.FindAsync([cover], ct) is not { State.Active: true }))
            return new Refusal("cover-id-invalid", "must be another agent who is active.", "coverId");
        var state = row.State with { Absence = absence };
        if (absence is not null && absence.From <= unit.Now)
            state = state with { Presence = Presence.Away };
        var stream = $"agent/{id}";
        if (absence is not null && absence.From > unit.Now)
            unit.Schedule(stream + "/absence", stream, new AbsenceBegins(id, absence.From), absence.From);
        else
            unit.Cancel(stream + "/absence");
        return await SaveAsync(row, state, ct);
    }

    /// <summary>Who is away takes no new cases.</summary>
    public async Task BeginAbsenceAsync(AbsenceBegins begins, CancellationToken ct)
    {
        if (await unit.Db.Agents.FindAsync([begins.AgentId], ct) is { State: { Absence: { } absence } state } row && absence.From == begins.From)
            await SaveAsync(row, state with { Presence = Presence.Away }, ct);
    }

    public static Refusal NotFound(Guid id) => new("agent-not-found", $"There is no agent {id}.");

    private async Task<Outcome<Agent>> ReadAsync(Guid id, AgentInput input, Presence presence, Absence? absence, CancellationToken ct)
    {
        var email = input.Email?.Trim().ToLowerInvariant();
        if (email is not null && await unit.Db.Agents.AnyAsync(other => other.Email == email && other.Id != id, ct))
            return new Refusal("email-taken", "Another agent has this email address.", "email");
        var known = (await unit.Db.Teams.AsNoTracking().Select(team => team.Id).ToListAsync(ct)).ToHashSet();
        if (input.Teams?.FirstOrDefault(team => !known.Contains(team)) is { } team)
            return Unknown("team", team, known);
        var queues = (await assigner.CatalogAsync(ct)).QueueIds;
        if (input.Queues?.FirstOrDefault(queue => !queues.Contains(queue)) is { } queue)
            return Unknown("queue", queue, queues);
        return new Agent(
            id, input.Name.Trim(), email, input.Role ?? Roles.Agent, input.Active ?? true, presence,
            input.Capacity ?? AgentInput.DefaultCapacity,
            input.Teams?.Distinct().ToList() ?? (known.Count == 1 ? [.. known] : []),
            input.Queues?.Distinct().ToList() ?? [],
            input.Skills?.Distinct().ToList() ?? [],
            absence);
    }

    private static Refusal Unknown(string what, string id, IEnumerable<string> known) =>
        new("input-invalid", $"There is no {what} {id}; there are: {string.Join(", ", known.Order(StringComparer.Ordinal))}.", what + "s");

    private async Task<AgentRow> SaveAsync(AgentRow row, Agent agent, CancellationToken ct)
    {
        if (row.Version > 0 && Same(row.State, agent))
            return row;
        var catalog = await assigner.CatalogAsync(ct);
        unit.Append($"agent/{agent.Id}", row.Version,
        [
            new(new AgentChanged
            {
                AgentId = agent.Id,
                Name = agent.Name,
                Email = agent.Email,
                Role = agent.Role,
                Active = agent.Active,
                Presence = agent.Presence,
                Capacity = agent.Capacity,
                Teams = agent.Teams,
                Queues = [.. catalog.Queues.Values.Where(agent.Serves).Select(queue => queue.Id).Order(StringComparer.Ordinal)],
                Skills = agent.Skills,
                Absence = agent.Absence,
            }),
        ]);
        await assigner.SeatAsync(row, agent, row.Version + 1, ct);
        return row;
    }

    private static bool Same(Agent a, Agent b) =>
        a with { Teams = b.Teams, Queues = b.Queues, Skills = b.Skills } == b
        && a.Teams.SequenceEqual(b.Teams) && a.Queues.SequenceEqual(b.Queues) && a.Skills.SequenceEqual(b.Skills);
}
