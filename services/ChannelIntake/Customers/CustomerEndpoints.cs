using CxPlatform.Contracts;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CxPlatform.Intake.Customers;

internal static class CustomerEndpoints
{
    public static IServiceCollection AddCustomers(this IServiceCollection services) => services
        .AddScoped<ChangeCustomer>().AddScoped<MergeCustomers>().AddScoped<EraseCustomer>();

    public static void MapCustomers(this IEndpointRouteBuilder app)
    {
        var customers = app.MapGroup("/v1/customers").WithTags("Customers").ProducesProblem(StatusCodes.Status404NotFound);
        customers.MapGet("/{id:guid}", GetAsync).RequireAuthorization(Policies.CasesRead).Produces<CustomerView>()
            .WithName("GetCustomer").WithSummary("What is known of a customer.");
        customers.MapGet("/", FindAsync).RequireAuthorization(Policies.CasesRead).Produces<CustomerListView>()
            .WithName("FindCustomers")
            .WithSummary("The customer with an identity: an address, a phone number, a handle or an id of another system.");
        customers.MapPatch("/{id:guid}", (Guid id, CustomerPatch patch, Work<IntakeDb> work, CancellationToken ct) =>
                work.RunAsync<ChangeCustomer, Outcome<CustomerView>>(
                    (handler, token) => handler.HandleAsync(id, patch, token), ct).ToHttp(TypedResults.Ok))
            .RequireAuthorization(Policies.CasesWrite).Produces<CustomerView>().ProducesProblem(StatusCodes.Status400BadRequest)
            .WithName("ChangeCustomer").WithSummary("Sets name, language or time zone; absent leaves as it is, an empty text forgets.");
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
            .RequireAuthorization(Policies.Admin).Produces(StatusCodes.Status204NoContent)
            .WithName("EraseCustomer")
            .WithSummary("Forgets a customer everywhere, attachments and raw contacts included. Cannot be undone.");
    }

    private static async Task<IResult> GetAsync(Guid id, Work<IntakeDb> work, CancellationToken ct) =>
        await work.ReadAsync((db, token) => CustomerView.FindAsync(db, id, token), ct) is { } customer
            ? TypedResults.Ok(customer)
            : Problems.Of(CustomerRefusals.NotFound);

    private static async Task<IResult> FindAsync(
        [FromQuery] string identity,
        [FromQuery] IdentityKind? kind,
        Work<IntakeDb> work,
        IOptions<IntakeOptions> options,
        CancellationToken ct)
    {
        var read = Identities.Read(kind, identity, options.Value.DefaultCountryCode, "identity");
        if (read.IsRefused)
            return Problems.Of(read.Refusal);
        var (word, value) = (Words.Of(read.Value.Kind), read.Value.Value);
        return TypedResults.Ok(await work.ReadAsync(
            async (db, token) =>
            {
                var row = await db.Identities.FirstOrDefaultAsync(known => known.Kind == word && known.Value == value, token);
                var customer = row is null ? null : await CustomerView.FindAsync(db, row.CustomerId, token);
                return new CustomerListView(customer is null ? [] : [customer]);
            },
            ct));
    }
}
