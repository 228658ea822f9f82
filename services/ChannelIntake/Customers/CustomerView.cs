using CxPlatform.Contracts;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake.Customers;

/// <summary>What is known of a customer.</summary>
/// <param name="MergedInto">The customer it is known as since a merge; its identities are that one's.</param>
/// <param name="Merged">The customers that were merged into this one.</param>
internal sealed record CustomerView(
    Guid CustomerId,
    string? Name,
    string? Language,
    string? TimeZone,
    IReadOnlyList<Identity> Identities,
    OrganisationOfCustomer? Organisation,
    Preferences Preferences,
    Guid? MergedInto,
    IReadOnlyList<Guid> Merged,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ErasedAt)
{
    public static async Task<CustomerView?> FindAsync(IntakeDb db, Guid id, CancellationToken ct) =>
        await db.Customers.FirstOrDefaultAsync(customer => customer.Id == id, ct) is { } row ? await OfAsync(db, row, ct) : null;

    public static async Task<CustomerView> OfAsync(IntakeDb db, CustomerRow row, CancellationToken ct) =>
        (await OfAsync(db, [row], ct))[0];

    /// <summary>In the order of the rows.</summary>
    public static async Task<List<CustomerView>> OfAsync(IntakeDb db, IReadOnlyList<CustomerRow> rows, CancellationToken ct)
    {
        var ids = rows.Select(row => row.Id).ToList();
        var facts = await CustomerFacts.ReadAsync(db, ids, ct);
        var merged = (await db.Customers.Where(customer => customer.MergedInto != null && ids.Contains(customer.MergedInto.Value))
            .OrderBy(customer => customer.Id).Select(customer => new { customer.Id, customer.MergedInto }).ToListAsync(ct))
            .ToLookup(customer => customer.MergedInto!.Value, customer => customer.Id);
        return [.. rows.Select(row => new CustomerView(
            row.Id,
            row.Name,
            row.Language,
            row.TimeZone,
            facts[row.Id].Identities,
            row.OrganisationId is { } organisation && facts[row.Id].Organisation is { } name
                ? new(organisation, name, facts[row.Id].Tier)
                : null,
            Preferences.Of(row),
            row.MergedInto,
            [.. merged[row.Id]],
            row.CreatedAt,
            row.ErasedAt))];
    }
}

internal sealed record OrganisationOfCustomer(Guid OrganisationId, string Name, string? Tier);

/// <param name="Next">Cursor of the next page; null on the last.</param>
internal sealed record CustomerListView(IReadOnlyList<CustomerView> Items, string? Next);
