using CxPlatform.Messaging;
using CxPlatform.Routing.Domain;
using CxPlatform.Routing.Storage;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Routing.Queues;

/// <param name="Waiting">Cases that wait for somebody to have them.</param>
/// <param name="OldestWaitingSince">Since when the one that waits longest does.</param>
/// <param name="Present">Agents who are there for it.</param>
/// <param name="Room">How many cases they could take together.</param>
internal sealed record QueueView(
    string Id, string Name, string Team, string Calendar, TimeSpan FirstResponse, TimeSpan? Resolution, IReadOnlyList<string> Skills,
    int Waiting, DateTimeOffset? OldestWaitingSince, int Present, int Room, long Version);

internal sealed record TeamView(string Id, string Name, long Version);

internal static class QueueEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        MapQueues(app.Group("/v1/queues", "Queues"));
        MapTeams(app.Group("/v1/teams", "Teams"));
    }

    private static void MapQueues(RouteGroupBuilder queues)
    {
        queues.MapGet("", async (Work<RoutingDb> work, CancellationToken ct) =>
            TypedResults.Ok(new Listed<QueueView>(await work.ReadAsync((db, token) => ViewsAsync(db, null, token), ct))))
            .RequireAuthorization(Policies.CasesRead)
            .WithName("listQueues").WithSummary("All queues, with what waits and who is there");

        queues.MapGet("/{id}", (string id, Work<RoutingDb> work, HttpContext context, CancellationToken ct) =>
            ShowAsync(id, work, context, ct))
            .RequireAuthorization(Policies.CasesRead).Produces<QueueView>()
            .WithName("getQueue").WithSummary("One queue");

        queues.MapPost("", (QueueInput input, Work<RoutingDb> work, HttpContext context, CancellationToken ct) => context.WriteAsync(
            input.Check(withId: true),
            _ => work.RunAsync<QueueCommands, Outcome<string>>(
                (commands, token) => commands.SaveQueueAsync(input.Id!, input, true, null, token), ct),
            id => ShowAsync(id, work, context, ct, created: true)))
            .RequireAuthorization(Policies.Admin).Produces<QueueView>(StatusCodes.Status201Created)
            .WithName("createQueue").WithSummary("Adds a queue");

        queues.MapPut("/{id}", (string id, QueueInput input, Work<RoutingDb> work, HttpContext context, CancellationToken ct) =>
            context.WriteAsync(
                input.Check(withId: false),
                seen => work.RunAsync<QueueCommands, Outcome<string>>(
                    (commands, token) => commands.SaveQueueAsync(id, input, false, seen, token), ct),
                _ => ShowAsync(id, work, context, ct)))
            .RequireAuthorization(Policies.Admin).Produces<QueueView>()
            .WithName("replaceQueue").WithSummary("Changes a queue: the whole of it");
    }

    private static void MapTeams(RouteGroupBuilder teams)
    {
        teams.MapGet("", async (Work<RoutingDb> work, CancellationToken ct) => TypedResults.Ok(new Listed<TeamView>(await work.ReadAsync(
            (db, token) => db.Teams.OrderBy(row => row.Id).Select(row => new TeamView(row.Id, row.Name, row.Version)).ToListAsync(token),
            ct))))
            .RequireAuthorization(Policies.CasesRead)
            .WithName("listTeams").WithSummary("All teams");

        teams.MapGet("/{id}", (string id, Work<RoutingDb> work, HttpContext context, CancellationToken ct) =>
            ShowTeamAsync(id, work, context, ct))
            .RequireAuthorization(Policies.CasesRead).Produces<TeamView>()
            .WithName("getTeam").WithSummary("One team");

        teams.MapPost("", (TeamInput input, Work<RoutingDb> work, HttpContext context, CancellationToken ct) => context.WriteAsync(
            input.Check(withId: true),
            _ => work.RunAsync<QueueCommands, Outcome<string>>(
                (commands, token) => commands.SaveTeamAsync(input.Id!, input, true, null, token), ct),
            id => ShowTeamAsync(id, work, context, ct, created: true)))
            .RequireAuthorization(Policies.Admin).Produces<TeamView>(StatusCodes.Status201Created)
            .WithName("createTeam").WithSummary("Adds a team");

        teams.MapPut("/{id}", (string id, TeamInput input, Work<RoutingDb> work, HttpContext context, CancellationToken ct) =>
            context.WriteAsync(
                input.Check(withId: false),
                seen => work.RunAsync<QueueCommands, Outcome<string>>(
                    (commands, token) => commands.SaveTeamAsync(id, input, false, seen, token), ct),
                _ => ShowTeamAsync(id, work, context, ct)))
            .RequireAuthorization(Policies.Admin).Produces<TeamView>()
            .WithName("replaceTeam").WithSummary("Renames a team");
    }

    private static async Task<IResult> ShowAsync(
        string id, Work<RoutingDb> work, HttpContext context, CancellationToken ct, bool created = false)
    {
        if (await work.ReadAsync((db, token) => ViewsAsync(db, id, token), ct) is not [var view])
            return Problems.Of(new Refusal("queue-not-found", $"There is no queue {id}."));
        context.SetVersion(view.Version);
        return created ? TypedResults.Created($"/v1/queues/{id}", view) : TypedResults.Ok(view);
    }

    private static async Task<IResult> ShowTeamAsync(
        string id, Work<RoutingDb> work, HttpContext context, CancellationToken ct, bool created = false)
    {
        if (await work.ReadAsync((db, token) => db.Teams.FirstOrDefaultAsync(row => row.Id == id, token), ct) is not { } row)
            return Problems.Of(new Refusal("team-not-found", $"There is no team {id}."));
        context.SetVersion(row.Version);
        var view = new TeamView(row.Id, row.Name, row.Version);
        return created ? TypedResults.Created($"/v1/teams/{id}", view) : TypedResults.Ok(view);
    }

    private static async Task<IReadOnlyList<QueueView>> ViewsAsync(RoutingDb db, string? id, CancellationToken ct)
    {
        var rows = await db.Queues.Where(row => id == null || row.Id == id).OrderBy(row => row.Id).ToListAsync(ct);
        var waiting = await db.Assignments.Where(row => row.Waiting && (id == null || row.QueueId == id)).GroupBy(row => row.QueueId)
            .Select(group => new { group.Key, Count = group.Count(), Oldest = group.Min(row => row.WaitingSince) })
            .ToDictionaryAsync(group => group.Key, ct);
        var there = await db.SeatsAsync(ct);
        var desk = new Desk(there.Select(seat => new Seat(seat.Row.State, seat.Load, seat.Row.LastAssigned)));
        return rows.ConvertAll(row =>
        {
            var queue = row.State;
            var depth = waiting.GetValueOrDefault(queue.Id);
            var availability = desk.AvailabilityOf(queue);
            return new QueueView(
                queue.Id, queue.Name, queue.Team, queue.Calendar, queue.FirstResponse, queue.Resolution, queue.Skills,
                depth?.Count ?? 0, depth?.Oldest, availability.Present, availability.Room, row.Version);
        });
    }
}
