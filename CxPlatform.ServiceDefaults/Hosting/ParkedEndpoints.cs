using CxPlatform.Messaging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.ServiceDefaults;

/// <param name="Items">Oldest first, at most 500.</param>
internal sealed record ParkedList(int Count, IReadOnlyList<ParkedEvent> Items);

/// <param name="Handled">How many went through.</param>
/// <param name="Remaining">How many still wait.</param>
internal sealed record Redriven(int Handled, int Remaining);

/// <summary>What operators do with events that could not be handled: look, mend the cause, drive them again.</summary>
internal static class ParkedEndpoints
{
    public static void MapParked(this IEndpointRouteBuilder routes)
    {
        foreach (var module in routes.ServiceProvider.GetServices<IModuleRuntime>())
        {
            var group = routes.MapGroup($"/v1/{module.Name}/admin/parked").RequireAuthorization(Policies.Admin)
                .WithGroupName(module.Name).WithTags("Operations");
            group.MapGet("", async (CancellationToken ct) =>
                TypedResults.Ok(new ParkedList(await module.ParkedCountAsync(ct), await module.ParkedAsync(500, ct))))
                .WithSummary("Events that could not be handled, with the reason");
            group.MapPost("/redrive", async ([FromQuery] string? stream, CancellationToken ct) =>
                TypedResults.Ok(new Redriven(await module.RedriveAsync(stream, ct), await module.ParkedCountAsync(ct))))
                .WithSummary("Handles parked events again: those of one stream, or all");
        }
    }
}
