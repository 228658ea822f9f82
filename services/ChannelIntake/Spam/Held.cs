using CxPlatform.Contracts;
using CxPlatform.Intake.Contacts;
using CxPlatform.Intake.Customers;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using CxPlatform.ServiceDefaults.Pages;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake;

/// <summary>A contact that waits because it looks like spam.</summary>
public sealed record HeldContact(
    Guid ContactId, Channel Channel, DateTimeOffset ReceivedAt, string From, string? Name, string? Subject, string Start, SpamScore Spam);

/// <param name="Next">Cursor of the next page; null on the last.</param>
public sealed record HeldPageView(IReadOnlyList<HeldContact> Items, string? Next);

/// <param name="AllowSender">Never hold this sender again.</param>
internal sealed record ReleaseRequest(bool AllowSender = false);

/// <summary>Lets a held contact go on as if it had just come: the others hear of it now, once.</summary>
internal sealed class ReleaseContact(Unit<IntakeDb> unit)
{
    public async Task<Outcome<Done>> HandleAsync(Guid id, bool allowSender, CancellationToken ct)
    {
        var row = await unit.Db.Contacts.AsTracking().FirstOrDefaultAsync(contact => contact.Id == id, ct);
        if (row is null || row.ErasedAt is not null)
            return new Refusal("contact-not-found", "There is no such contact.");
        var document = ContactView.DocumentOf(row);
        if (allowSender)
            await SenderRules.SetAsync(unit, document.From.Value, SenderVerdict.Allow, "Released.", ct);
        if (row.State != Words.Of(ContactState.Held))
            return Done.Value;
        row.State = Words.Of(ContactState.Accepted);
        var customerId = await Merges.CurrentAsync(unit.Db, row.CustomerId, ct);
        var customer = await unit.Db.Customers.FirstAsync(customer => customer.Id == customerId, ct);
        // Nobody has heard of it: two who release it at once meet in the stream's first version, and the second finds it done.
        var addresses = (document.InCopy ?? []).Select(person => person.Address).ToList();
        var owners = addresses.Count == 0 ? [] : await unit.Db.Identities
            .Where(identity => identity.Kind == Words.Of(IdentityKind.EmailAddress) && addresses.Contains(identity.Value))
            .ToDictionaryAsync(identity => identity.Value, identity => (Guid?)identity.CustomerId, ct);
        unit.Append("contact/" + id, 0, ContactEvents.Of(row, document, customer, owners.GetValueOrDefault));
        return Done.Value;
    }
}

internal static class Held
{
    public const string PagePath = "/contact/held";
    private const int PerPage = 50;

    public static void MapHeld(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/intake/held", async Task<IResult> ([FromQuery] string? cursor, Work<IntakeDb> work, CancellationToken ct) =>
                cursor is not null && PageCursor.Read(cursor) is null
                    ? Problems.Invalid("cursor", "must be the next of a page before.")
                    : TypedResults.Ok(await ReadAsync(work, cursor, ct)))
            .RequireAuthorization(Policies.CasesRead).WithTags("Spam").Produces<HeldPageView>().ProducesProblem(StatusCodes.Status400BadRequest)
            .WithName("ListHeld").WithSummary("Contacts that look like spam, the newest first. They wait until somebody releases them.");
        app.MapPost("/v1/contacts/{id:guid}/release", async (Guid id, ReleaseRequest? request, Work<IntakeDb> work, CancellationToken ct) =>
                (await ReleaseAsync(work, id, request?.AllowSender ?? false, ct)).ToHttp())
            .RequireAuthorization(Policies.CasesWrite).WithTags("Spam")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound)
            .WithName("ReleaseContact").WithSummary("Releases a held contact: it becomes a case, or joins its own.");
        app.MapGet(PagePath, async ([FromQuery] string? cursor, Work<IntakeDb> work, CancellationToken ct) =>
                Page.Of<HeldPage>(new
                {
                    Held = await ReadAsync(work, cursor, ct),
                    Waiting = cursor is null ? (await WaitingEndpoint.ReadAsync(work, null, ct)).Items : [],
                }))
            .RequireAuthorization(Policies.Agent).ExcludeFromDescription();
        app.MapPost(PagePath, async (HttpRequest http, Work<IntakeDb> work, CancellationToken ct) =>
            {
                var form = await http.ReadFormAsync(ct);
                if (Guid.TryParse(form["contact"], out var id))
                    await ReleaseAsync(work, id, form["allow"].Count > 0, ct);
                return Page.SeeOther(PagePath);
            })
            .RequireAuthorization(Policies.Agent).RequireAntiforgery().ExcludeFromDescription();
    }

    private static Task<Outcome<Done>> ReleaseAsync(Work<IntakeDb> work, Guid id, bool allowSender, CancellationToken ct) =>
        work.RunAsync<ReleaseContact, Outcome<Done>>((release, token) => release.HandleAsync(id, allowSender, token), ct);

    private static Task<HeldPageView> ReadAsync(Work<IntakeDb> work, string? cursor, CancellationToken ct)
    {
        var (after, held) = (cursor is null ? null : PageCursor.Read(cursor), Words.Of(ContactState.Held));
        return work.ReadAsync(
            async (db, token) =>
            {
                var query = db.Contacts.Where(contact => contact.State == held && contact.ErasedAt == null);
                if (after is not null)
                    query = query.Where(contact => contact.StoredAt < after.At
                        || (contact.StoredAt == after.At && contact.Id.CompareTo(after.Id) < 0));
                var rows = await query.OrderByDescending(contact => contact.StoredAt).ThenByDescending(contact => contact.Id)
                    .Take(PerPage + 1).ToListAsync(token);
                return new HeldPageView(
                    [.. rows.Take(PerPage).Select(Of)],
                    rows.Count > PerPage ? new PageCursor(rows[PerPage - 1].StoredAt, rows[PerPage - 1].Id).ToString() : null);
            },
            ct);
    }

    private static HeldContact Of(ContactRow row)
    {
        var document = ContactView.DocumentOf(row);
        return new(
            row.Id, Words.Read<Channel>(row.Channel), row.ReceivedAt, document.From.Value, document.Name, document.Subject,
            Clean.Line(document.Text, 300) ?? "", document.Spam ?? SpamScore.None);
    }
}
