using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
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
    Guid? MergedInto,
    IReadOnlyList<Guid> Merged,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ErasedAt)
{
    public static async Task<CustomerView?> FindAsync(IntakeDb db, Guid id, CancellationToken ct) =>
        await db.Customers.FirstOrDefaultAsync(customer => customer.Id == id, ct) is { } row ? await OfAsync(db, row, ct) : null;

    public static async Task<CustomerView> OfAsync(IntakeDb db, CustomerRow row, CancellationToken ct) => new(
        row.Id,
        row.Name,
        row.Language,
        row.TimeZone,
        await IdentitiesAsync(db, row.Id, ct),
        row.MergedInto,
        await db.Customers.Where(customer => customer.MergedInto == row.Id).Select(customer => customer.Id).ToListAsync(ct),
        row.CreatedAt,
        row.ErasedAt);

    public static async Task<List<Identity>> IdentitiesAsync(IntakeDb db, Guid id, CancellationToken ct)
    {
        var rows = await db.Identities.Where(identity => identity.CustomerId == id)
            .OrderBy(identity => identity.CreatedAt).ThenBy(identity => identity.Value).ToListAsync(ct);
        return rows.ConvertAll(row => new Identity(Words.Read<IdentityKind>(row.Kind), row.Value, row.Verified));
    }

    public static CustomerChanged ChangeOf(CustomerRow row, IReadOnlyList<Identity> identities) => new()
    {
        CustomerId = row.Id,
        Name = row.Name,
        Language = row.Language,
        TimeZone = row.TimeZone,
        Identities = identities,
    };
}

internal sealed record CustomerListView(IReadOnlyList<CustomerView> Items);
