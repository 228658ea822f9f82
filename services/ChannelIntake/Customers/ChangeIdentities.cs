using System.Text.Json.Serialization;
using CxPlatform.Contracts;
using CxPlatform.Intake.Organisations;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake.Customers;

/// <summary>An identity as staff give it.</summary>
/// <param name="Kind">Absent: told from the value, an address or a phone number.</param>
/// <param name="Verified">Whether they have shown that it is theirs; absent leaves as it is, and does not verify a new one.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record IdentityWish(string? Value = null, IdentityKind? Kind = null, bool? Verified = null);

/// <summary>Staff know another address or number of a customer, or that one is theirs no more, or that it is truly theirs.</summary>
internal sealed class ChangeIdentities(Unit<IntakeDb> unit)
{
    /// <summary>More than anybody has: a list without an end would be carried by every event about the customer.</summary>
    public const int Most = 50;

    public async Task<Outcome<CustomerView>> PutAsync(Guid id, IdentityWish wish, string? countryCode, CancellationToken ct)
    {
        var (customer, identity, refusal) = await BeginAsync(id, wish, countryCode, ct);
        if (refusal is not null)
            return refusal;
        var row = await unit.Db.Identities.FindAsync([Words.Of(identity!.Kind), identity.Value], ct);
        if (row is not null && row.CustomerId != id)
            return new Refusal("identity-taken", $"It is the customer's {row.CustomerId}: merge the two if they are one person.");
        if (row is null && await unit.Db.Identities.CountAsync(known => known.CustomerId == id, ct) >= Most)
            return new Refusal("identity-limit", $"A customer has at most {Most} identities.");
        if (row is not null && row.Verified == (wish.Verified ?? row.Verified))
            return await CustomerView.OfAsync(unit.Db, customer!, ct);

        if (row is null)
        {
            row = new()
            {
                Kind = Words.Of(identity.Kind),
                Value = identity.Value,
                CustomerId = id,
                Domain = Identities.DomainOf(identity),
                CreatedAt = unit.Now,
            };
            unit.Db.Identities.Add(row);
            if (customer is { OrganisationId: null, OrganisationByStaff: false } && row.Domain is { } domain)
                customer.OrganisationId = (await Membership.OfDomainsAsync(unit.Db, [domain], ct)).Of(identity)?.Id;
        }
        row.Verified = wish.Verified ?? row.Verified;
        await CustomerFacts.TellAsync(unit, [id], ct);
        return await CustomerView.OfAsync(unit.Db, customer!, ct);
    }

    public async Task<Outcome<CustomerView>> RemoveAsync(Guid id, IdentityWish wish, string? countryCode, CancellationToken ct)
    {
        var (customer, identity, refusal) = await BeginAsync(id, wish, countryCode, ct);
        if (refusal is not null)
            return refusal;
        if (await unit.Db.Identities.FindAsync([Words.Of(identity!.Kind), identity.Value], ct) is not { } row || row.CustomerId != id)
            return await CustomerView.OfAsync(unit.Db, customer!, ct);
        if (await unit.Db.Identities.CountAsync(known => known.CustomerId == id, ct) == 1)
            return new Refusal("identity-last", "It is the last one: nobody could find or reach this customer. Add another first.");
        unit.Db.Identities.Remove(row);
        await CustomerFacts.TellAsync(unit, [id], ct);
        return await CustomerView.OfAsync(unit.Db, customer!, ct);
    }

    private async Task<(CustomerRow? Customer, Identity? Identity, Refusal? Refusal)> BeginAsync(
        Guid id, IdentityWish wish, string? countryCode, CancellationToken ct)
    {
        var read = Identities.Read(wish.Kind, wish.Value, countryCode, "value");
        if (read.IsRefused)
            return (null, null, read.Refusal);
        // Whoever writes in just now under an identity holds its row; the customer is held by us.
        if (!(await Merges.LockAsync(unit.Db, [id], ct)).TryGetValue(id, out var customer))
            return (null, null, CustomerRefusals.NotFound);
        return (customer, read.Value, CustomerRefusals.UnlessCurrent(customer));
    }
}
