using System.Security.Claims;
using CxPlatform.Contracts.Routing.V1;
using CxPlatform.Messaging;
using CxPlatform.Routing.Assigning;
using CxPlatform.Routing.Keys;
using CxPlatform.Routing.Storage;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Routing.Agents;

/// <param name="OpenCases">How many cases they have now.</param>
internal sealed record AgentView(
    Guid Id, string Name, string? Email, string Role, bool Active, Presence Presence, int Capacity, long OpenCases,
    IReadOnlyList<string> Teams, IReadOnlyList<string> Queues, IReadOnlyList<string> Skills, Absence? Absence, long Version);

internal sealed record PresenceInput(Presence Presence);

/// <param name="From">Now when absent.</param>
/// <param name="Until">When they are back; at most 366 days after it.</param>
/// <param name="CoverId">Who keeps their promises meanwhile; somebody of the team when absent.</param>
internal sealed record AbsenceInput(DateTimeOffset Until, DateTimeOffset? From = null, Guid? CoverId = null)
{
    public InputErrors Check(DateTimeOffset now) => new InputErrors()
        .Check(Until > (From ?? now), "until", "must be after from.")
        .Check(Until <= (From ?? now).AddDays(366), "until", "must be at most 366 days after from.");

    public Absence Absence(DateTimeOffset now) => new(Time.Truncate(From ?? now), Time.Truncate(Until), CoverId);
}

internal static class AgentEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var agents = app.Group("/v1/agents", "Agents");

        agents.MapGet("", async (Work<RoutingDb> work, LoadSets loads, CancellationToken ct) =>
        {
            var rows = await work.ReadAsync((db, token) => db.Agents.ToListAsync(token), ct);
            var counts = await loads.CountsAsync([.. rows.Select(row => row.Id)], ct);
            var views = rows.Select(row => View(row, counts[row.Id])).OrderBy(agent => agent.Name, StringComparer.CurrentCulture);
            return TypedResults.Ok(new Listed<AgentView>([.. views]));
        }).RequireAuthorization(Policies.CasesRead).WithName("listAgents").WithSummary("All agents, by name");

        agents.MapGet("/me", async (
            ClaimsPrincipal user, Work<RoutingDb> work, LoadSets loads, HttpContext context, CancellationToken ct) =>
            user.AgentId() is { } id
                ? await ShowAsync(id, work, loads, context, ct)
                : Problems.Of(new Refusal("agent-not-found", "You are signed in with a key that is no agent's.")))
            .RequireAuthorization(Policies.Agent).Produces<AgentView>().WithName("getMyself").WithSummary("The agent who asks");

        agents.MapGet("/{id:guid}", (Guid id, Work<RoutingDb> work, LoadSets loads, HttpContext context, CancellationToken ct) =>
            ShowAsync(id, work, loads, context, ct))
            .RequireAuthorization(Policies.CasesRead).Produces<AgentView>().WithName("getAgent").WithSummary("One agent");

        agents.MapPost("", (AgentInput input, Work<RoutingDb> work, LoadSets loads, HttpContext context, CancellationToken ct) =>
            context.WriteAsync(
                input.Check(),
                _ => work.RunAsync<AgentCommands, Outcome<Saved>>(
                    async (commands, token) => Saved.Of(await commands.CreateAsync(input, token)), ct),
                saved => ShowAsync(saved.Id, work, loads, context, ct, created: true)))
            .RequireAuthorization(Policies.Admin).Produces<AgentView>(StatusCodes.Status201Created)
            .WithName("createAgent").WithSummary("Adds an agent, away at first");

        agents.MapPut("/{id:guid}", (
            Guid id, AgentInput input, Work<RoutingDb> work, LoadSets loads, HttpContext context, CancellationToken ct) =>
            context.WriteAsync(
                input.Check(),
                seen => work.RunAsync<AgentCommands, Outcome<Saved>>(
                    async (commands, token) => Saved.Of(await commands.ReplaceAsync(id, input, seen, token)), ct),
                _ => ShowAsync(id, work, loads, context, ct)))
            .RequireAuthorization(Policies.Admin).Produces<AgentView>()
            .WithName("replaceAgent").WithSummary("Changes an agent: the whole of it, except presence");

        agents.MapPut("/{id:guid}/presence", async (
            Guid id, PresenceInput input, ClaimsPrincipal user, Work<RoutingDb> work, LoadSets loads, HttpContext context,
            CancellationToken ct) =>
        {
            if (user.AgentId() != id && !user.HasRole(Roles.Lead))
                return Problems.Of(new Refusal("presence-forbidden", "Your own presence is yours to set; somebody else's takes a lead."));
            return await context.WriteAsync(
                new InputErrors(),
                _ => work.RunAsync<AgentCommands, Outcome<Saved>>(
                    async (commands, token) => Saved.Of(await commands.SetPresenceAsync(id, input.Presence, token)), ct),
                _ => ShowAsync(id, work, loads, context, ct));
        }).RequireAuthorization(Policies.Agent).Produces<AgentView>()
            .WithName("setPresence").WithSummary("Says whether an agent takes new cases");

        agents.MapPut("/{id:guid}/absence", (
            Guid id, AbsenceInput input, ClaimsPrincipal user, Work<RoutingDb> work, LoadSets loads, HttpContext context,
            TimeProvider clock, CancellationToken ct) =>
            AbsentAsync(id, input.Check(clock.GetUtcNow()), input.Absence(clock.GetUtcNow()), user, work, loads, context, ct))
            .RequireAuthorization(Policies.Agent).Produces<AgentView>()
            .WithName("setAbsence").WithSummary("Says when an agent is away, and who keeps their promises meanwhile");

        agents.MapDelete("/{id:guid}/absence", (
            Guid id, ClaimsPrincipal user, Work<RoutingDb> work, LoadSets loads, HttpContext context, CancellationToken ct) =>
            AbsentAsync(id, new InputErrors(), null, user, work, loads, context, ct))
            .RequireAuthorization(Policies.Agent).Produces<AgentView>()
            .WithName("endAbsence").WithSummary("Says that an agent is not away, or not any more");

        agents.MapPost("/{id:guid}/key", (Guid id, AgentKeyInput? input, Work<RoutingDb> work, CancellationToken ct) =>
            KeyEndpoints.IssueAsync(new(input?.Name, input?.Scopes, id), work, ct, agentInPath: true))
            .RequireAuthorization(Policies.Admin).Produces<IssuedKey>(StatusCodes.Status201Created).WithName("createAgentKey")
            .WithSummary("Makes a key with which the agent signs in; shown this once");
    }

    private static async Task<IResult> AbsentAsync(
        Guid id, InputErrors errors, Absence? absence, ClaimsPrincipal user, Work<RoutingDb> work, LoadSets loads, HttpContext context,
        CancellationToken ct)
    {
        if (user.AgentId() != id && !user.HasRole(Roles.Lead))
            return Problems.Of(new Refusal("absence-forbidden", "Your own absence is yours to state; somebody else's takes a lead."));
        return await context.WriteAsync(
            errors,
            _ => work.RunAsync<AgentCommands, Outcome<Saved>>(
                async (commands, token) => Saved.Of(await commands.SetAbsenceAsync(id, absence, token)), ct),
            _ => ShowAsync(id, work, loads, context, ct));
    }

    private static async Task<IResult> ShowAsync(
        Guid id, Work<RoutingDb> work, LoadSets loads, HttpContext context, CancellationToken ct, bool created = false)
    {
        if (await work.ReadAsync((db, token) => db.Agents.FirstOrDefaultAsync(row => row.Id == id, token), ct) is not { } row)
            return Problems.Of(AgentCommands.NotFound(id));
        context.SetVersion(row.Version);
        var view = View(row, (await loads.CountsAsync([id], ct))[id]);
        return created ? TypedResults.Created($"/v1/agents/{id}", view) : TypedResults.Ok(view);
    }

    private static AgentView View(AgentRow row, long open)
    {
        var agent = row.State;
        return new(
            agent.Id, agent.Name, agent.Email, agent.Role, agent.Active, agent.Presence, agent.Capacity, open,
            agent.Teams, agent.Queues, agent.Skills, agent.Absence, row.Version);
    }

    /// <summary>What a write answers under its Idempotency-Key: which one; what it looks like is read afterwards.</summary>
    internal sealed record Saved(Guid Id)
    {
        public static Outcome<Saved> Of(Outcome<AgentRow> row) => row.Map(saved => new Saved(saved.Id));
    }
}
