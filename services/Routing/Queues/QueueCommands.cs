using CxPlatform.Messaging;
using CxPlatform.Routing.Assigning;
using CxPlatform.Routing.Domain;
using CxPlatform.Routing.Storage;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Routing.Queues;

/// <param name="Id">A short name, e.g. <c>billing</c>; cannot be changed. In the path when the queue exists.</param>
/// <param name="Name">What people see.</param>
/// <param name="Team">Whose queue it is.</param>
/// <param name="Calendar">Whose opening hours count; <c>default</c> when absent.</param>
/// <param name="FirstResponse">Business time within which a person answers, ISO 8601; PT4H when absent.</param>
/// <param name="Resolution">Business time within which a case is to be resolved, ISO 8601; none when absent.</param>
/// <param name="Skills">What an agent must have to be given its cases.</param>
internal sealed record QueueInput(
    string Name, string Team, string? Id = null, string? Calendar = null, TimeSpan? FirstResponse = null, TimeSpan? Resolution = null,
    IReadOnlyList<string>? Skills = null)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    public InputErrors Check(bool withId) => new InputErrors()
        .Check(!withId || RuleSetCheck.IsName(Id), "id", RuleSetCheck.NameRule)
        .Required("name", Name).MaxLength("name", Name, 100)
        .Required("team", Team)
        .Check(Calendar is null || RuleSetCheck.IsName(Calendar), "calendar", RuleSetCheck.NameRule)
        .Check(FirstResponse is null || FirstResponse > TimeSpan.Zero && FirstResponse <= Longest, "firstResponse",
            "must be longer than nothing and at most P366D.")
        .Check(Resolution is null || Resolution > TimeSpan.Zero && Resolution <= Longest, "resolution",
            "must be longer than nothing and at most P366D.")
        .Check(Skills is null || Skills.Count <= 50 && Skills.All(RuleSetCheck.IsName), "skills",
            $"must be at most 50 names; each {RuleSetCheck.NameRule}");

    public Queue ToQueue(string id) =>
        new(id, Name.Trim(), Team, Calendar ?? "default", FirstResponse ?? TimeSpan.FromHours(4), Resolution,
            Skills?.Distinct().ToList() ?? []);
}

/// <param name="Id">A short name, e.g. <c>support</c>; cannot be changed.</param>
internal sealed record TeamInput(string Name, string? Id = null)
{
    public InputErrors Check(bool withId) => new InputErrors()
        .Check(!withId || RuleSetCheck.IsName(Id), "id", RuleSetCheck.NameRule).Required("name", Name).MaxLength("name", Name, 100);
}

/// <summary>Writes queues and teams. Cases that wait may find somebody at once.</summary>
internal sealed class QueueCommands(Unit<RoutingDb> unit, Assigner assigner)
{
    public async Task<Outcome<string>> SaveQueueAsync(string id, QueueInput input, bool create, long? expected, CancellationToken ct)
    {
        await assigner.CatalogAsync(ct);
        var row = await unit.Db.Queues.FindAsync([id], ct);
        if (Refuse("queue", id, row?.Version, create, expected) is { } refusal)
            return refusal;
        if (await unit.Db.Teams.FindAsync([input.Team], ct) is null)
            return new Refusal("input-invalid", $"There is no team {input.Team}.", "team");
        await assigner.CatalogChangesAsync(
            () =>
            {
                if (row is null)
                    unit.Db.Queues.Add(row = new() { Id = id });
                row.State = input.ToQueue(id);
                row.Version++;
            },
            ct);
        return id;
    }

    public async Task<Outcome<string>> SaveTeamAsync(string id, TeamInput input, bool create, long? expected, CancellationToken ct)
    {
        await assigner.CatalogAsync(ct);
        var row = await unit.Db.Teams.FindAsync([id], ct);
        if (Refuse("team", id, row?.Version, create, expected) is { } refusal)
            return refusal;
        await assigner.CatalogChangesAsync(
            () =>
            {
                if (row is null)
                    unit.Db.Teams.Add(row = new() { Id = id });
                row.Name = input.Name.Trim();
                row.Version++;
            },
            ct);
        return id;
    }

    private static Refusal? Refuse(string what, string id, long? version, bool create, long? expected) =>
        create ? version is null ? null : new($"{what}-exists", $"There is a {what} {id} already.", "id")
        : version is null ? new($"{what}-not-found", $"There is no {what} {id}.")
        : expected is not null && expected != version
            ? new($"{what}-version-mismatch", $"The {what} is at version {version} by now: read it again.")
        : null;
}
