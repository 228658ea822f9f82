using System.Globalization;
using System.Security.Claims;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Intake.Contacts;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using CxPlatform.ServiceDefaults.Pages;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CxPlatform.Intake.Customers;

/// <summary>What a customer's page shows.</summary>
/// <remarks>Public as every parameter of a component must be; what it holds is the module's own.</remarks>
public sealed record CustomerModel
{
    internal CustomerModel(
        CustomerView customer, ContactPageView contacts, IReadOnlyList<Suggestion> suggestions, Channel? channel, bool mayErase) =>
        (Customer, Contacts, Suggestions, Channel, MayErase) = (customer, contacts, suggestions, channel, mayErase);

    internal CustomerView Customer { get; }

    internal ContactPageView Contacts { get; }

    internal IReadOnlyList<Suggestion> Suggestions { get; }

    /// <summary>The only one whose contacts are shown.</summary>
    public Channel? Channel { get; }

    public bool MayErase { get; }

    public string? Error { get; init; }

    public bool IsCurrent => Customer is { MergedInto: null, ErasedAt: null };

    public string Title => Customer.Name ?? (Customer.Identities is [var first, ..] ? first.Value : "A customer without a name");

    public string Address => CustomerPages.AddressOf(Customer.CustomerId);
}

/// <summary>What the search shows.</summary>
public sealed record CustomersModel
{
    internal CustomersModel(CustomerListView found, string? asked) => (Found, Asked) = (found, asked);

    internal CustomerListView Found { get; }

    public string? Asked { get; }
}

/// <summary>Customers for staff: a search and a page for each. GET shows, POST does what the API does, through the same handlers.</summary>
internal static class CustomerPages
{
    public const string Path = "/contact/customers";
    private const int ContactsPerPage = 30;

    public static string AddressOf(Guid id) => $"{Path}/{id}";

    public static void MapCustomerPages(this IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup(Path).RequireAuthorization(Policies.Agent).ExcludeFromDescription();
        pages.MapGet("", SearchAsync);
        pages.MapGet("/{id:guid}", ShowAsync);
        pages.MapPost("/{id:guid}", ActAsync).RequireAntiforgery().WithMetadata(new RequestSizeLimitAttribute(Limits.Form));
        pages.MapPost("/{id:guid}/erase", EraseAsync).RequireAuthorization(Policies.PersonalData).RequireAntiforgery();
    }

    private static async Task<IResult> SearchAsync(
        [FromQuery] string? q, [FromQuery] string? cursor, Work<IntakeDb> work, IOptions<IntakeOptions> options, CancellationToken ct)
    {
        var text = q?.Trim() is { Length: >= CustomerQuery.ShortestText } words ? Limits.Cut(words, Limits.Name) : null;
        var before = Guid.TryParseExact(cursor, "n", out var id) ? id : (Guid?)null;
        var found = await work.ReadAsync(
            (db, token) => CustomerSearch.FindAsync(db, new(null, text, null, before, 50), options.Value.DefaultCountryCode, token), ct);
        return Page.Of<CustomersPage>(new { Model = new CustomersModel(found, q) });
    }

    private static async Task<IResult> ShowAsync(
        Guid id, [FromQuery] string? channel, [FromQuery] string? cursor, HttpContext context, Work<IntakeDb> work,
        IOptions<IntakeOptions> options, CancellationToken ct) =>
        await ReadAsync(id, channel, cursor, context.User, work, options, ct) is { } model
            ? Page.Of<CustomerPage>(new { Model = model })
            : TypedResults.NotFound();

    private static async Task<IResult> ActAsync(
        Guid id, HttpContext context, Work<IntakeDb> work, IOptions<IntakeOptions> options, CancellationToken ct)
    {
        var form = await context.Request.ReadFormAsync(ct);
        var country = options.Value.DefaultCountryCode;
        var refusal = form["do"].ToString() switch
        {
            "change" => (await work.RunAsync<ChangeCustomer, Outcome<CustomerView>>((handler, token) =>
                handler.HandleAsync(id, new(form["name"].ToString(), null, form["timeZone"].ToString()), token), ct)).Refusal,
            "identify" => (await work.RunAsync<ChangeIdentities, Outcome<CustomerView>>((handler, token) => handler.PutAsync(
                id, IdentityOf(form) with { Verified = form["verified"].Count > 0 ? true : null }, country, token), ct)).Refusal,
            "verify" => (await work.RunAsync<ChangeIdentities, Outcome<CustomerView>>((handler, token) => handler.PutAsync(
                id, IdentityOf(form) with { Verified = true }, country, token), ct)).Refusal,
            "forget" => (await work.RunAsync<ChangeIdentities, Outcome<CustomerView>>((handler, token) => handler.RemoveAsync(
                id, IdentityOf(form), country, token), ct)).Refusal,
            "prefer" => (await PreferAsync(id, form, work, ct)).Refusal,
            "merge" when Other(form) is { } other => (await work.RunAsync<MergeCustomers, Outcome<CustomerView>>((handler, token) =>
                handler.MergeAsync(id, other, token), ct)).Refusal,
            "unmerge" when Other(form) is { } other => (await work.RunAsync<MergeCustomers, Outcome<CustomerView>>((handler, token) =>
                handler.UnmergeAsync(id, other, token), ct)).Refusal,
            "dismiss" when Other(form) is { } other => (await work.RunAsync<DismissSuggestion, Outcome<Done>>((handler, token) =>
                handler.HandleAsync(id, other, token), ct)).Refusal,
            _ => new("input-invalid", "must be one of change, identify, verify, forget, prefer, merge, unmerge, dismiss.", "do"),
        };
        if (refusal is null)
            return Page.SeeOther(AddressOf(id));
        return await ReadAsync(id, null, null, context.User, work, options, ct) is { } model
            ? Page.Of<CustomerPage>(
                new { Model = model with { Error = refusal.Text } }, Outcomes.StatusOf(refusal))
            : TypedResults.NotFound();
    }

    private static async Task<IResult> EraseAsync(
        Guid id, HttpContext context, Work<IntakeDb> work, IOptions<IntakeOptions> options, CancellationToken ct)
    {
        var form = await context.Request.ReadFormAsync(ct);
        // There is no way back: a box to tick first.
        var refusal = form["sure"].Count == 0
            ? new Refusal("input-invalid", "Please confirm that everything is to be forgotten.", "sure")
            : (await work.RunAsync<EraseCustomer, Outcome<Done>>((handler, token) => handler.HandleAsync(id, token), ct)).Refusal;
        if (refusal is null)
            return Page.SeeOther(AddressOf(id));
        return await ReadAsync(id, null, null, context.User, work, options, ct) is { } model
            ? Page.Of<CustomerPage>(new { Model = model with { Error = refusal.Detail } }, Outcomes.StatusOf(refusal))
            : TypedResults.NotFound();
    }

    private static Task<Outcome<Preferences>> PreferAsync(Guid id, IFormCollection form, Work<IntakeDb> work, CancellationToken ct)
    {
        Outcome<Preferences> Wrong(string field, string rule) => new Refusal("input-invalid", rule, field);
        var (from, until) = (form["quietFrom"].ToString(), form["quietUntil"].ToString());
        QuietHours? quiet = null;
        if (from.Length > 0 || until.Length > 0)
        {
            if (!TimeOnly.TryParse(from, CultureInfo.InvariantCulture, out var begin))
                return Task.FromResult(Wrong("quietFrom", "must be a time, such as 22:00."));
            if (!TimeOnly.TryParse(until, CultureInfo.InvariantCulture, out var end))
                return Task.FromResult(Wrong("quietUntil", "must be a time, such as 07:00."));
            quiet = new(begin, end, form["quietZone"].ToString());
        }
        var wanted = new Preferences(
            Words.TryRead<Channel>(form["channel"]), form["language"].ToString().Trim(), quiet, form["doNotContact"].Count > 0);
        return work.RunAsync<ChangePreferences, Outcome<Preferences>>((handler, token) => handler.HandleAsync(id, wanted, token), ct);
    }

    private static IdentityWish IdentityOf(IFormCollection form) =>
        new(form["value"].ToString(), Words.TryRead<IdentityKind>(form["kind"]));

    private static Guid? Other(IFormCollection form) => Guid.TryParse(form["other"], out var id) ? id : null;

    private static Task<CustomerModel?> ReadAsync(
        Guid id, string? channel, string? cursor, ClaimsPrincipal user, Work<IntakeDb> work, IOptions<IntakeOptions> options,
        CancellationToken ct) => work.ReadAsync(
        async (db, token) =>
        {
            if (await db.Customers.FirstOrDefaultAsync(customer => customer.Id == id, token) is not { } row)
                return null;
            var only = Words.TryRead<Channel>(channel);
            // A cursor of yesterday leads to the beginning.
            var contacts = await ContactHistory.ReadAsync(db, id, only, cursor, ContactsPerPage, token)
                ?? await ContactHistory.ReadAsync(db, id, only, null, ContactsPerPage, token);
            return new CustomerModel(
                await CustomerView.OfAsync(db, row, token),
                contacts!,
                CustomerRefusals.UnlessCurrent(row) is null
                    ? await Suggestions.ForAsync(db, row, options.Value.DefaultCountryCode, token)
                    : [],
                only,
                user.HasScope(Scopes.Admin) || user.HasRole(Roles.Lead));
        },
        ct);
}
