using System.Security.Claims;
using CxPlatform.Cases.Reading;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Cases.Presence;

internal static class PresenceEndpoints
{
    public static void MapPresence(this IEndpointRouteBuilder cases) => cases
        .MapGet("/{key}/presence", async (string key, CaseReader reader, CasePresence presence, ClaimsPrincipal user, CancellationToken ct) =>
            await reader.IdOfAsync(key, ct) is { } id ? TypedResults.Ok(await presence.OthersAsync(id, user, ct)) : Http.NotFound(key))
        .RequireAuthorization(Policies.CasesRead).WithName("GetPresence")
        .WithSummary("Which colleagues have the case open, and who of them is typing").Produces<PresentOnCase>().ProducesProblem(404);
}
