using CxPlatform.Contracts;
using CxPlatform.Intake.Contacts;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CxPlatform.Intake.Customers;

internal static class CustomerEndpoints
{
    public static IServiceCollection AddCustomers(this IServiceCollection services) => services
        .AddScoped<ChangeCustomer>().AddScoped<ChangeIdentities>().AddScoped<ChangePreferences>().AddScoped<MergeCustomers>().AddScoped<DismissSuggestion>()
        .AddScoped<EraseCustomer>().AddScoped<EraseUnread>().AddScoped<NoteExport>().AddSingleton<CustomerExport>();

    public static void MapCustomers(this IEndpointRouteBuilder app)
    {
        var customers = app.MapGroup("/v1/customers").WithTags("Customers").ProducesProblem(StatusCodes.Status404NotFound);
        customers.MapGet("/{id:guid}", GetAsync).RequireAuthorization(Policies.CasesRead).Produces<CustomerView>()
            .WithName("GetCustomer").WithSummary("What is known of a customer.");
        customers.MapGet("/", FindAsync).RequireAuthorization(Policies.CasesRead).Produces<CustomerListView>()
            .ProducesProblem(StatusCodes.Status400BadRequest).WithName("FindCustomers").WithSummary(
                "Customers, the newest first: with exactly an identity, of an organisation, or by how an identity or a word of a name begins (q).");
        customers.MapGet("/{id:guid}/contacts", ContactsAsync).RequireAuthorization(Policies.CasesRead).Produces<ContactPageView>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .WithName("ListCustomersContacts")
            .WithSummary("One history over all channels, the newest first, merged customers' included, each with its case's number.");
        customers.MapGet("/{id:guid}/suggestions", SuggestionsAsync).RequireAuthorization(Policies.CasesRead).Produces<SuggestionListView>()
            .WithName("ListSuggestions").WithSummary("Customers who may be the same person, and why. Nothing is merged by itself.");
        customers.MapPost("/{id:guid}/suggestions/dismiss", (Guid id, OtherCustomer other, Work<IntakeDb> work, CancellationToken ct) =>
                work.RunAsync<DismissSuggestion, Outcome<Done>>(
                    (handler, token) => handler.HandleAsync(id, other.CustomerId, token), ct).ToHttp())
            .RequireAuthorization(Policies.CasesWrite).Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .WithName("DismissSuggestion").WithSummary("The two are two people: they are suggested to each other no more.");
        customers.MapGet("/{id:guid}/preferences", async (Guid id, Work<IntakeDb> work, CancellationToken ct) =>
                await work.ReadAsync((db, token) => CustomerView.FindAsync(db, id, token), ct) is { } customer
                    ? (IResult)TypedResults.Ok(customer.Preferences)
                    : Problems.Of(CustomerRefusals.NotFound))
            .RequireAuthorization(Policies.CasesRead).Produces<Preferences>()
            .WithName("GetPreferences").WithSummary("How a customer wants to be spoken to.");
        customers.MapPut("/{id:guid}/preferences", (Guid id, Preferences wanted, Work<IntakeDb> work, CancellationToken ct) =>
                work.RunAsync<ChangePreferences, Outcome<Preferences>>(
                    (handler, token) => handler.HandleAsync(id, wanted, token), ct).ToHttp(TypedResults.Ok))
            .RequireAuthorization(Policies.CasesWrite).Produces<Preferences>().ProducesProblem(StatusCodes.Status400BadRequest)
            .WithName("PutPreferences").WithSummary("Puts all of them: what is absent is not preferred.");
        customers.MapGet("/{id:guid}/export", ExportAsync).RequireAuthorization(Policies.PersonalData)
            .Produces<byte[]>(contentType: "application/zip").ProducesProblem(StatusCodes.Status409Conflict)
            .WithName("ExportCustomer").WithSummary("All that Intake keeps of a customer, as a ZIP file: JSON, raw contacts and attachments.");
        customers.MapPatch("/{id:guid}", (Guid id, CustomerPatch patch, Work<IntakeDb> work, CancellationToken ct) =>
                work.RunAsync<ChangeCustomer, Outcome<CustomerView>>(
                    (handler, token) => handler.HandleAsync(id, patch, token), ct).ToHttp(TypedResults.Ok))
            .RequireAuthorization(Policies.CasesWrite).Produces<CustomerView>().ProducesProblem(StatusCodes.Status400BadRequest)
            .WithName("ChangeCustomer").WithSummary("Sets name, language or time zone; absent leaves as it is, an empty text forgets.");
        customers.MapPut("/{id:guid}/identities", (
                Guid id, IdentityWish wish, Work<IntakeDb> work, IOptions<IntakeOptions> options, CancellationToken ct) =>
                work.RunAsync<ChangeIdentities, Outcome<CustomerView>>(
                    (handler, token) => handler.PutAsync(id, wish, options.Value.DefaultCountryCode, token), ct).ToHttp(TypedResults.Ok))
            .RequireAuthorization(Policies.CasesWrite).Produces<CustomerView>().ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .WithName("PutIdentity").WithSummary("Adds an address, number, handle or id to a customer, or says whether it is verified.");
        customers.MapDelete("/{id:guid}/identities", (
                Guid id, [FromQuery] string value, [FromQuery] string? kind, Work<IntakeDb> work, IOptions<IntakeOptions> options,
                CancellationToken ct) => RemoveIdentityAsync(id, value, kind, work, options, ct))
            .RequireAuthorization(Policies.CasesWrite).Produces<CustomerView>().ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .WithName("RemoveIdentity").WithSummary("An address, number, handle or id is this customer's no more; never the last one.");
        customers.MapPost("/{id:guid}/merge", (Guid id, OtherCustomer other, Work<IntakeDb> work, CancellationToken ct) =>
                work.RunAsync<MergeCustomers, Outcome<CustomerView>>(
                    (handler, token) => handler.MergeAsync(id, other.CustomerId, token), ct).ToHttp(TypedResults.Ok))
            .RequireAuthorization(Policies.CasesWrite).Produces<CustomerView>().ProducesProblem(StatusCodes.Status409Conflict)
            .WithName("MergeCustomers").WithSummary("Another customer is this one; nothing is lost, and it can be undone.");
        customers.MapPost("/{id:guid}/unmerge", (Guid id, OtherCustomer other, Work<IntakeDb> work, CancellationToken ct) =>
                work.RunAsync<MergeCustomers, Outcome<CustomerView>>(
                    (handler, token) => handler.UnmergeAsync(id, other.CustomerId, token), ct).ToHttp(TypedResults.Ok))
            .RequireAuthorization(Policies.CasesWrite).Produces<CustomerView>().ProducesProblem(StatusCodes.Status409Conflict)
            .WithName("UnmergeCustomers")
            .WithSummary("Undoes a merge: the other customer is one of its own again, with the identities that it brought.");
        customers.MapDelete("/{id:guid}", (Guid id, Work<IntakeDb> work, CancellationToken ct) =>
                work.RunAsync<EraseCustomer, Outcome<Done>>((handler, token) => handler.HandleAsync(id, token), ct).ToHttp())
            .RequireAuthorization(Policies.PersonalData).Produces(StatusCodes.Status204NoContent)
            .WithName("EraseCustomer")
            .WithSummary("Forgets a customer everywhere, attachments and raw contacts included. Cannot be undone.");
    }

    private static async Task<IResult> RemoveIdentityAsync(
        Guid id, string value, string? kind, Work<IntakeDb> work, IOptions<IntakeOptions> options, CancellationToken ct)
    {
        var stated = Words.TryRead<IdentityKind>(kind);
        if (kind is not null && stated is null)
            return Problems.Invalid("kind", Words.RuleOf<IdentityKind>());
        return await work.RunAsync<ChangeIdentities, Outcome<CustomerView>>(
            (handler, token) => handler.RemoveAsync(id, new(value, stated), options.Value.DefaultCountryCode, token), ct).ToHttp(TypedResults.Ok);
    }

    private static async Task<IResult> GetAsync(Guid id, Work<IntakeDb> work, CancellationToken ct) =>
        await work.ReadAsync((db, token) => CustomerView.FindAsync(db, id, token), ct) is { } customer
            ? TypedResults.Ok(customer)
            : Problems.Of(CustomerRefusals.NotFound);

    private static async Task<IResult> FindAsync(
        [FromQuery] string? identity,
        [FromQuery] string? kind,
        [FromQuery] string? q,
        [FromQuery] Guid? organisationId,
        [FromQuery] string? cursor,
        [FromQuery] int? limit,
        Work<IntakeDb> work,
        IOptions<IntakeOptions> options,
        CancellationToken ct)
    {
        var countryCode = options.Value.DefaultCountryCode;
        var stated = Words.TryRead<IdentityKind>(kind);
        if (kind is not null && stated is null)
            return Problems.Invalid("kind", Words.RuleOf<IdentityKind>());
        var read = identity is null ? null : Identities.Read(stated, identity, countryCode, "identity");
        if (read is { IsRefused: true })
            return Problems.Of(read.Refusal);
        Guid before = default;
        var errors = new InputErrors()
            .Check(q is null || q.Trim().Length is >= CustomerQuery.ShortestText and <= Limits.Name, "q",
                $"must be {CustomerQuery.ShortestText} to {Limits.Name} characters.")
            .Check(cursor is null || Guid.TryParseExact(cursor, "n", out before), "cursor", "must be the next of a page before.")
            .Check(limit is null or (>= 1 and <= CustomerQuery.MostPerPage), "limit", $"must be 1 to {CustomerQuery.MostPerPage}.");
        if (errors.Any)
            return errors.ToHttp();
        var query = new CustomerQuery(read?.Value, q, organisationId, cursor is null ? null : before, limit ?? 50);
        return TypedResults.Ok(await work.ReadAsync((db, token) => CustomerSearch.FindAsync(db, query, countryCode, token), ct));
    }

    private static async Task<IResult> ContactsAsync(
        Guid id, [FromQuery] string? channel, [FromQuery] string? cursor, [FromQuery] int? limit, Work<IntakeDb> work, CancellationToken ct)
    {
        if (limit is < 1 or > ContactHistory.MostPerPage)
            return Problems.Invalid("limit", $"must be 1 to {ContactHistory.MostPerPage}.");
        var only = Words.TryRead<Channel>(channel);
        if (channel is not null && only is null)
            return Problems.Invalid("channel", Words.RuleOf<Channel>());
        return await work.ReadAsync<IResult>(
            async (db, token) =>
                !await db.Customers.AnyAsync(row => row.Id == id, token) ? Problems.Of(CustomerRefusals.NotFound)
                : await ContactHistory.ReadAsync(db, id, only, cursor, limit ?? 50, token) is { } page ? TypedResults.Ok(page)
                : Problems.Invalid("cursor", "must be the next of a page before."),
            ct);
    }

    private static async Task<IResult> SuggestionsAsync(
        Guid id, Work<IntakeDb> work, IOptions<IntakeOptions> options, CancellationToken ct) => await work.ReadAsync<IResult>(
        async (db, token) =>
        {
            if (await db.Customers.FirstOrDefaultAsync(row => row.Id == id, token) is not { } customer)
                return Problems.Of(CustomerRefusals.NotFound);
            return CustomerRefusals.UnlessCurrent(customer) is { } refusal
                ? Problems.Of(refusal)
                : TypedResults.Ok(new SuggestionListView(
                    await Suggestions.ForAsync(db, customer, options.Value.DefaultCountryCode, token)));
        },
        ct);

    private static async Task<IResult> ExportAsync(
        Guid id, Work<IntakeDb> work, CustomerExport export, HttpContext context, CancellationToken ct)
    {
        var noted = await work.RunAsync<NoteExport, Outcome<Done>>((handler, token) => handler.HandleAsync(id, token), ct);
        if (noted.IsRefused)
            return Problems.Of(noted.Refusal);
        context.Response.Headers.CacheControl = "private, no-store";
        return TypedResults.Stream(output => export.WriteAsync(output, id, context.RequestAborted), "application/zip", $"customer-{id:n}.zip");
    }
}
