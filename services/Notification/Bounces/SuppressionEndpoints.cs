using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notifications.Bounces;

/// <summary>An address that nothing is sent to.</summary>
/// <param name="Status">RFC 3463 status or the provider's code, when one was given.</param>
internal sealed record Suppression(string Address, string? Status, DateTimeOffset Since);

/// <summary>Takes an address back into use: it exists after all.</summary>
internal sealed class LiftSuppression(Unit<NotificationDb> unit)
{
    public async Task<Outcome<Done>> HandleAsync(string address, CancellationToken ct)
    {
        var lifted = await unit.Db.Suppressions.Where(row => row.Address == address).ExecuteDeleteAsync(ct);
        return lifted > 0 ? Done.Value : new Refusal("suppression-not-found", "Nothing keeps us from sending to this address.");
    }
}

internal static class SuppressionEndpoints
{
    private const int MostPerPage = 200;

    public static void MapSuppressions(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/notification/suppressions").WithTags("Messages").WithGroupName(NotificationModule.Name).RequireAuthorization(Policies.Admin);
        group.MapGet("/", ListAsync).WithName("ListSuppressions").WithSummary("Addresses that came back as not existing, in their order.").Produces<IReadOnlyList<Suppression>>();
        group.MapDelete("/{address}", (string address, Work<NotificationDb> work, CancellationToken ct) =>
                work.RunAsync<LiftSuppression, Outcome<Done>>((lift, token) => lift.HandleAsync(address.Trim().ToLowerInvariant(), token), ct).ToHttp())
            .WithName("LiftSuppression").WithSummary("Takes an address back into use.").Produces(StatusCodes.Status204NoContent);
    }

    /// <param name="after">The last address of the page before.</param>
    private static async Task<IResult> ListAsync(Work<NotificationDb> work, CancellationToken ct, string? after = null) => TypedResults.Ok(await work.ReadAsync(
        (db, token) => db.Suppressions.Where(row => after == null || row.Address.CompareTo(after) > 0).OrderBy(row => row.Address).Take(MostPerPage)
            .Select(row => new Suppression(row.Address, row.Status, row.Since)).ToListAsync(token),
        ct));
}
