using CxPlatform.Intake.Customers;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake.Organisations;

/// <param name="Next">Cursor of the next page; null on the last.</param>
internal sealed record OrganisationListView(IReadOnlyList<OrganisationView> Items, string? Next);

internal static class OrganisationEndpoints
{
    private const int MostPerPage = 100;

    public static IServiceCollection AddOrganisations(this IServiceCollection services) => services
        .AddScoped<ChangeOrganisation>().AddScoped<ChangeMembership>().AddScoped<Proposals>();

    public static void MapOrganisations(this IEndpointRouteBuilder app)
    {
        var organisations = app.MapGroup("/v1/organisations").WithTags("Organisations").ProducesProblem(StatusCodes.Status404NotFound);
        organisations.MapGet("/", ListAsync).RequireAuthorization(Policies.CasesRead).Produces<OrganisationListView>()
            .WithName("ListOrganisations").WithSummary("Organisations, the newest first; q finds those with a word that begins so.");
        organisations.MapGet("/{id:guid}", async (Guid id, Work<IntakeDb> work, CancellationToken ct) =>
                (await ReadAsync(work, db => db.Organisations.Where(row => row.Id == id), ct)) is [var found]
                    ? (IResult)TypedResults.Ok(found)
                    : Problems.Of(ChangeOrganisation.NotFound))
            .RequireAuthorization(Policies.CasesRead).Produces<OrganisationView>()
            .WithName("GetOrganisation").WithSummary("An organisation. Its members: GET /v1/customers?organisationId=");
        organisations.MapPost("/", (OrganisationFields fields, Work<IntakeDb> work, CancellationToken ct) =>
                work.RunAsync<ChangeOrganisation, Outcome<OrganisationView>>((handler, token) => handler.AddAsync(fields, token), ct)
                    .ToHttp(made => TypedResults.Created($"/v1/organisations/{made.OrganisationId}", made)))
            .RequireAuthorization(Policies.CasesWrite).Produces<OrganisationView>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict)
            .WithName("AddOrganisation").WithSummary("Confirms an organisation: whoever writes from its domains becomes a member.");
        organisations.MapPut("/{id:guid}", (Guid id, OrganisationFields fields, Work<IntakeDb> work, CancellationToken ct) =>
                work.RunAsync<ChangeOrganisation, Outcome<OrganisationView>>((handler, token) => handler.ChangeAsync(id, fields, token), ct)
                    .ToHttp(TypedResults.Ok))
            .RequireAuthorization(Policies.CasesWrite).Produces<OrganisationView>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict)
            .WithName("ChangeOrganisation").WithSummary("Puts name, tier and domains; members follow.");
        organisations.MapDelete("/{id:guid}", (Guid id, Work<IntakeDb> work, CancellationToken ct) =>
                work.RunAsync<ChangeOrganisation, Outcome<Done>>((handler, token) => handler.DeleteAsync(id, token), ct).ToHttp())
            .RequireAuthorization(Policies.CasesWrite).Produces(StatusCodes.Status204NoContent)
            .WithName("DeleteOrganisation").WithSummary("Deletes an organisation; its members stay customers.");
        organisations.MapGet("/proposals", async (Work<IntakeDb> work, CancellationToken ct) =>
                TypedResults.Ok(new DomainProposalListView(await work.ReadAsync(Proposals.ReadAsync, ct))))
            .RequireAuthorization(Policies.CasesRead)
            .WithName("ListOrganisationProposals")
            .WithSummary("Mail domains that several customers share and that nobody has decided on; free mail is left out.");
        organisations.MapPost("/proposals/dismiss", (DomainFields fields, Work<IntakeDb> work, CancellationToken ct) =>
                work.RunAsync<Proposals, Outcome<Done>>((handler, token) => handler.DismissAsync(fields, token), ct).ToHttp())
            .RequireAuthorization(Policies.CasesWrite).Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict)
            .WithName("DismissOrganisationProposal").WithSummary("The domain is no organisation's: it is not proposed again.");
        app.MapPut("/v1/customers/{id:guid}/organisation", (Guid id, MembershipWish wish, Work<IntakeDb> work, CancellationToken ct) =>
                work.RunAsync<ChangeMembership, Outcome<CustomerView>>(
                    (handler, token) => handler.HandleAsync(id, wish.OrganisationId, token), ct).ToHttp(TypedResults.Ok))
            .RequireAuthorization(Policies.CasesWrite).WithTags("Customers").Produces<CustomerView>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .WithName("ChangeCustomersOrganisation").WithSummary("Says where a customer belongs, whatever the domain of their mail; null: nowhere.");
    }

    private static async Task<IResult> ListAsync(
        [FromQuery] string? q, [FromQuery] string? cursor, [FromQuery] int? limit, Work<IntakeDb> work, CancellationToken ct)
    {
        if (limit is < 1 or > MostPerPage)
            return Problems.Invalid("limit", $"must be 1 to {MostPerPage}.");
        Guid before = default;
        if (cursor is not null && !Guid.TryParseExact(cursor, "n", out before))
            return Problems.Invalid("cursor", "must be the next of a page before.");
        var take = limit ?? 50;
        var found = await ReadAsync(
            work,
            db =>
            {
                var query = db.Organisations.AsQueryable();
                if (q is not null)
                {
                    var word = Names.KeyOf(q) ?? "\n";
                    query = query.Where(row => row.NameKey.Contains(word));
                }
                if (cursor is not null)
                    query = query.Where(row => row.Id.CompareTo(before) < 0);
                return query.OrderByDescending(row => row.Id).Take(take + 1);
            },
            ct);
        return TypedResults.Ok(new OrganisationListView(
            [.. found.Take(take)], found.Count > take ? found[take - 1].OrganisationId.ToString("n") : null));
    }

    private static Task<List<OrganisationView>> ReadAsync(
        Work<IntakeDb> work, Func<IntakeDb, IQueryable<OrganisationRow>> query, CancellationToken ct) => work.ReadAsync(
        async (db, token) =>
        {
            var rows = await query(db).Where(row => row.DeletedAt == null).ToListAsync(token);
            var ids = rows.Select(row => (Guid?)row.Id).ToList();
            var domains = (await db.OrganisationDomains.Where(row => ids.Contains(row.OrganisationId)).OrderBy(row => row.Domain)
                .ToListAsync(token)).ToLookup(row => row.OrganisationId, row => row.Domain);
            var members = await db.Customers
                .Where(row => ids.Contains(row.OrganisationId) && row.MergedInto == null && row.ErasedAt == null)
                .GroupBy(row => row.OrganisationId!.Value)
                .Select(group => new { group.Key, Count = group.LongCount() })
                .ToDictionaryAsync(group => group.Key, group => group.Count, token);
            return rows.ConvertAll(row => new OrganisationView(
                row.Id, row.Name, row.Tier, [.. domains[row.Id]], members.GetValueOrDefault(row.Id), row.CreatedAt));
        },
        ct);
}
