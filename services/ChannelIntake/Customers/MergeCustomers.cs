using System.Text.Json;
using System.Text.Json.Serialization;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake.Customers;

/// <param name="CustomerId">The other customer: the one to be merged, or that was merged.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record OtherCustomer(Guid CustomerId);

/// <summary>Makes two customers one, and two again. Identities move; nothing is rewritten that could not be moved back.</summary>
internal sealed class MergeCustomers(Unit<IntakeDb> unit)
{
    public async Task<Outcome<CustomerView>> MergeAsync(Guid id, Guid mergedId, CancellationToken ct)
    {
        if (id == mergedId)
            return new Refusal("input-invalid", "must be another customer.", "customerId");
        var customers = await Merges.LockAsync(unit.Db, [id, mergedId], ct);
        if (!customers.TryGetValue(id, out var customer) || !customers.TryGetValue(mergedId, out var merged))
            return CustomerRefusals.NotFound;
        if (merged.MergedInto == id)
            return await CustomerView.OfAsync(unit.Db, customer, ct);
        if ((CustomerRefusals.UnlessCurrent(customer) ?? CustomerRefusals.UnlessCurrent(merged)) is { } refusal)
            return refusal;

        var moved = await unit.Db.Identities.AsTracking().Where(identity => identity.CustomerId == mergedId).ToListAsync(ct);
        merged.MergedInto = id;
        merged.MergedIdentities = JsonSerializer.Serialize(
            moved.Select(identity => new Identity(Words.Read<IdentityKind>(identity.Kind), identity.Value)), EventTypes.Json);
        foreach (var identity in moved)
            identity.CustomerId = id;
        customer.Name ??= merged.Name;
        customer.Language ??= merged.Language;
        customer.TimeZone ??= merged.TimeZone;
        await unit.Db.SaveChangesAsync(ct);

        var identities = await CustomerView.IdentitiesAsync(unit.Db, id, ct);
        unit.AppendNext(
            "customer/" + id,
            new NewEvent(new CustomerMerged(id, mergedId)),
            new NewEvent(CustomerView.ChangeOf(customer, identities)));
        return await CustomerView.OfAsync(unit.Db, customer, ct);
    }

    public async Task<Outcome<CustomerView>> UnmergeAsync(Guid id, Guid mergedId, CancellationToken ct)
    {
        var customers = await Merges.LockAsync(unit.Db, [id, mergedId], ct);
        if (!customers.TryGetValue(id, out var customer) || !customers.TryGetValue(mergedId, out var merged))
            return CustomerRefusals.NotFound;
        if (merged.MergedInto != id)
            return new Refusal("customer-not-merged", "This customer is not merged into that one.");
        if (CustomerRefusals.UnlessCurrent(customer) is { } refusal)
            return refusal;

        foreach (var moved in JsonSerializer.Deserialize<List<Identity>>(merged.MergedIdentities ?? "[]", EventTypes.Json)!)
            if (await unit.Db.Identities.FindAsync([Words.Of(moved.Kind), moved.Value], ct) is { } identity && identity.CustomerId == id)
                identity.CustomerId = mergedId;
        merged.MergedInto = null;
        merged.MergedIdentities = null;
        await unit.Db.SaveChangesAsync(ct);

        unit.AppendNext("customer/" + id,
            new NewEvent(new CustomerUnmerged(id, mergedId)),
            new NewEvent(CustomerView.ChangeOf(customer, await CustomerView.IdentitiesAsync(unit.Db, id, ct))));
        unit.AppendNext(
            "customer/" + mergedId,
            new NewEvent(CustomerView.ChangeOf(merged, await CustomerView.IdentitiesAsync(unit.Db, mergedId, ct))));
        return await CustomerView.OfAsync(unit.Db, merged, ct);
    }
}
