using System.Security.Claims;
using CxPlatform.Cases.Reading;
using CxPlatform.Cases.Storage;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Cases.Views;

/// <param name="Count">How many cases, at most 99; absent where it is not counted.</param>
/// <param name="More">There are more than that.</param>
/// <param name="Saved">Somebody made it: it can be changed and removed.</param>
internal sealed record ViewAnswer(string Key, string Name, CaseFilter Filter, int? Count, bool More, bool Saved, string? Team)
{
    public static ViewAnswer Of(InboxView view, BoundedCount? count = null) =>
        new(view.Key, view.Title, view.Filter, count?.Count, count?.More ?? false, view.IsSaved, view.Team);
}

internal sealed record ViewAnswers(IReadOnlyList<ViewAnswer> Items);

/// <summary>The views of whoever asks, with what is in them; GET /v1/cases?view=key lists one.</summary>
internal static class ViewEndpoints
{
    public static void MapViews(this IEndpointRouteBuilder cases)
    {
        var views = cases.MapGroup("/views").RequireAuthorization(Policies.CasesRead);
        views.MapGet("", async (ViewBook book, ClaimsPrincipal user, CancellationToken ct) =>
            {
                var me = await book.WhoAsync(user.AgentId(), ct);
                var counts = await book.CountAsync(await book.OfAsync(me, user.ActorId(), ct), me, ct);
                return TypedResults.Ok(new ViewAnswers([.. counts.Select(c => ViewAnswer.Of(c.View, c.Count))]));
            })
            .WithName("ListViews").WithSummary("The views of the inbox that you have, with how many cases each holds, counted to 99");

        views.MapPost("", (ViewRequest r, Work<CaseDb> work, ViewBook book, ClaimsPrincipal user, CancellationToken ct) =>
                ChangeAsync(user, book, work, (save, me, author, token) => save.MakeAsync(r, me, author, token), ct)
                    .ToHttp(view => TypedResults.Created($"/v1/cases?view={view.Key}", view)))
            .WithName("SaveView").WithSummary("Saves a view, for yourself or for a team of yours")
            .Produces<ViewAnswer>(201).ProducesProblem(400).ProducesProblem(429);

        views.MapPut("/{id:guid}", (Guid id, ViewRequest r, Work<CaseDb> work, ViewBook book, ClaimsPrincipal user, CancellationToken ct) =>
                ChangeAsync(user, book, work, (save, me, author, token) => save.ChangeAsync(id, r, me, author, token), ct)
                    .ToHttp(view => TypedResults.Ok(view)))
            .WithName("ChangeView").WithSummary("Changes a saved view").Produces<ViewAnswer>().ProducesProblem(400).ProducesProblem(404);

        views.MapDelete("/{id:guid}", (Guid id, Work<CaseDb> work, ViewBook book, ClaimsPrincipal user, CancellationToken ct) =>
                ChangeAsync(user, book, work, (save, me, author, token) => save.RemoveAsync(id, me, author, token), ct).ToHttp())
            .WithName("RemoveView").WithSummary("Removes a saved view").Produces(204).ProducesProblem(404);
    }

    internal static async Task<Outcome<T>> ChangeAsync<T>(
        ClaimsPrincipal user, ViewBook book, Work<CaseDb> work, Func<SaveView, Looker, string, CancellationToken, Task<Outcome<T>>> change,
        CancellationToken ct)
    {
        var me = await book.WhoAsync(user.AgentId(), ct);
        return await work.RunAsync<SaveView, Outcome<T>>((save, token) => change(save, me, user.ActorId(), token), ct);
    }
}
