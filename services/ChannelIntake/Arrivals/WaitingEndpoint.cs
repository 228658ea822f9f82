using CxPlatform.Contracts;
using CxPlatform.Intake.Contacts;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake;

/// <summary>Something that came in and is not read yet.</summary>
/// <param name="ContactId">What its contact will be known by, where it is one.</param>
/// <param name="State">Pending or failed.</param>
/// <param name="Fault">What was in the way at the last attempt.</param>
/// <param name="Due">When it is tried next.</param>
/// <param name="Raw">Address of it as it came.</param>
public sealed record WaitingArrival(
    Guid ContactId, Channel Channel, ContactState State, DateTimeOffset ReceivedAt, int Attempts, string? Fault, DateTimeOffset Due, string Raw);

/// <param name="Next">Cursor of the next page; null on the last.</param>
public sealed record WaitingPageView(IReadOnlyList<WaitingArrival> Items, string? Next);

internal static class WaitingEndpoint
{
    private const int PerPage = 50;

    public static void MapWaiting(this IEndpointRouteBuilder app) => app.MapGet("/v1/intake/waiting", GetAsync)
        .RequireAuthorization(Policies.CasesRead).WithTags("Operations").Produces<WaitingPageView>()
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .WithName("ListWaiting").WithSummary("What is kept and could not be read yet, the oldest first. Normally nothing.");

    private static async Task<IResult> GetAsync([FromQuery] string? cursor, Work<IntakeDb> work, CancellationToken ct)
    {
        var after = cursor is null ? null : PageCursor.Read(cursor);
        if (cursor is not null && after is null)
            return Problems.Invalid("cursor", "must be the next of a page before.");
        return TypedResults.Ok(await ReadAsync(work, after, ct));
    }

    public static Task<WaitingPageView> ReadAsync(Work<IntakeDb> work, PageCursor? after, CancellationToken ct) => work.ReadAsync(
        async (db, token) =>
        {
            var query = db.Arrivals.AsQueryable();
            if (after is not null)
                query = query.Where(row => row.TakenAt > after.At || (row.TakenAt == after.At && row.Id.CompareTo(after.Id) > 0));
            var rows = await query.OrderBy(row => row.TakenAt).ThenBy(row => row.Id).Take(PerPage + 1)
                .Select(row => new { row.Id, row.Channel, row.TakenAt, row.Attempts, row.Fault, row.Due }).ToListAsync(token);
            return new WaitingPageView(
                [.. rows.Take(PerPage).Select(row => new WaitingArrival(
                    row.Id, Words.Read<Channel>(row.Channel), row.Fault is null ? ContactState.Pending : ContactState.Failed, row.TakenAt,
                    row.Attempts, row.Fault, row.Due, $"/v1/contacts/{row.Id}/raw"))],
                rows.Count > PerPage ? new PageCursor(rows[PerPage - 1].TakenAt, rows[PerPage - 1].Id).ToString() : null);
        },
        ct);
}
