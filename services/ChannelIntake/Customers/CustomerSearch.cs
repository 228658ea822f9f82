using System.Linq.Expressions;
using CxPlatform.Contracts;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake.Customers;

/// <param name="Identity">Exactly this one.</param>
/// <param name="Text">How an identity, a word of the name or a word of the organisation begins.</param>
internal sealed record CustomerQuery(Identity? Identity, string? Text, Guid? OrganisationId, Guid? Before, int Take)
{
    public const int ShortestText = 2;
    public const int MostPerPage = 100;
}

/// <summary>Finds customers as they are known now: neither merged nor erased, the newest first.</summary>
internal static class CustomerSearch
{
    public static async Task<CustomerListView> FindAsync(IntakeDb db, CustomerQuery asked, string? countryCode, CancellationToken ct)
    {
        var query = db.Customers.Where(customer => customer.MergedInto == null && customer.ErasedAt == null);
        if (asked.Identity is { } identity)
        {
            var (kind, value) = (Words.Of(identity.Kind), identity.Value);
            query = query.Where(customer => db.Identities.Any(
                known => known.Kind == kind && known.Value == value && known.CustomerId == customer.Id));
        }
        if (asked.OrganisationId is { } organisation)
            query = query.Where(customer => customer.OrganisationId == organisation);
        if (asked.Text is { } text)
            query = query.Where(Matching(db, text, countryCode));
        if (asked.Before is { } before)
            query = query.Where(customer => customer.Id.CompareTo(before) < 0);
        var rows = await query.OrderByDescending(customer => customer.Id).Take(asked.Take + 1).ToListAsync(ct);
        var page = rows.Take(asked.Take).ToList();
        return new(await CustomerView.OfAsync(db, page, ct), rows.Count > asked.Take ? page[^1].Id.ToString("n") : null);
    }

    private static Expression<Func<CustomerRow, bool>> Matching(IntakeDb db, string text, string? countryCode)
    {
        var start = Identities.WithoutInvisible(text).Trim().ToLowerInvariant();
        // Without letters or digits it begins no name.
        var word = Names.KeyOf(text) ?? "\n";
        var phone = Phones.Read(text, countryCode) ?? start;
        return customer =>
            customer.NameKey!.Contains(word)
            || db.Identities.Any(known => known.CustomerId == customer.Id && (known.Value.StartsWith(start) || known.Value.StartsWith(phone)))
            || db.Organisations.Any(known => known.Id == customer.OrganisationId && known.NameKey.Contains(word));
    }
}
