using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake.Customers;

/// <summary>All that is told of customers when something about them changes.</summary>
internal static class CustomerFacts
{
    public static async Task<Dictionary<Guid, CustomerChanged>> ReadAsync(IntakeDb db, IReadOnlyCollection<Guid> ids, CancellationToken ct)
    {
        var rows = await db.Customers.Where(row => ids.Contains(row.Id)).ToListAsync(ct);
        var identities = (await db.Identities.Where(row => ids.Contains(row.CustomerId))
            .OrderBy(row => row.CreatedAt).ThenBy(row => row.Value).ToListAsync(ct)).ToLookup(row => row.CustomerId, Of);
        var wanted = rows.Select(row => row.OrganisationId).OfType<Guid>().Distinct().ToList();
        var organisations = wanted.Count == 0
            ? []
            : await db.Organisations.Where(row => wanted.Contains(row.Id) && row.DeletedAt == null).ToDictionaryAsync(row => row.Id, ct);
        return rows.ToDictionary(row => row.Id, row =>
        {
            var preferences = Preferences.Of(row);
            var organisation = row.OrganisationId is { } id ? organisations.GetValueOrDefault(id) : null;
            return new CustomerChanged
            {
                CustomerId = row.Id,
                Name = row.Name,
                Language = row.Language,
                TimeZone = row.TimeZone,
                Identities = [.. identities[row.Id]],
                Organisation = organisation?.Name,
                Tier = organisation?.Tier,
                PreferredChannel = preferences.Channel,
                QuietHours = preferences.QuietHours,
                DoNotContact = preferences.DoNotContact,
            };
        });
    }

    /// <summary>Tells of customers as they are now: what was changed of them is written first.</summary>
    public static async Task TellAsync(Unit<IntakeDb> unit, IReadOnlyCollection<Guid> ids, CancellationToken ct)
    {
        await unit.Db.SaveChangesAsync(ct);
        foreach (var (id, change) in (await ReadAsync(unit.Db, ids, ct)).OrderBy(pair => pair.Key))
            unit.AppendNext("customer/" + id, new NewEvent(change));
    }

    public static Identity Of(IdentityRow row) => new(Words.Read<IdentityKind>(row.Kind), row.Value, row.Verified);
}
