using System.Text.Json;
using System.Text.Json.Serialization;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Intake.Contacts;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake.Customers;

/// <param name="CustomerId">The other customer: the one to be merged, or that was merged.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record OtherCustomer(Guid CustomerId);

/// <summary>What a merge may change of the customer that stays.</summary>
internal sealed record CustomerFields(
    string? Name, bool NameByStaff, string? Language, string? TimeZone, string? Preferences, Guid? OrganisationId, bool OrganisationByStaff)
{
    public static CustomerFields Of(CustomerRow row) => new(
        row.Name, row.NameByStaff, row.Language, row.TimeZone, row.Preferences, row.OrganisationId, row.OrganisationByStaff);
}

/// <summary>How the customer that stays was before and after a merge.</summary>
internal sealed record TakenOver(CustomerFields Before, CustomerFields After);

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
        merged.MergedAt = unit.Now;
        merged.MergedIdentities = JsonSerializer.Serialize(moved.Select(CustomerFacts.Of), EventTypes.Json);
        foreach (var identity in moved)
            identity.CustomerId = id;
        var before = CustomerFields.Of(customer);
        TakeOver(customer, merged);
        merged.MergedFields = JsonSerializer.Serialize(new TakenOver(before, CustomerFields.Of(customer)), EventTypes.Json);
        unit.AppendNext("customer/" + id, new NewEvent(new CustomerMerged(id, mergedId)));
        await CustomerFacts.TellAsync(unit, [id], ct);
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

        var identities = JsonSerializer.Deserialize<List<Identity>>(merged.MergedIdentities ?? "[]", EventTypes.Json)!;
        foreach (var moved in identities)
            if (await unit.Db.Identities.FindAsync([Words.Of(moved.Kind), moved.Value], ct) is { } identity && identity.CustomerId == id)
                identity.CustomerId = mergedId;
        var family = await Merges.FamilyAsync(unit.Db, mergedId, ct);
        var contacts = await MoveContactsAsync(id, merged, identities, family, ct);
        GiveBack(customer, merged);
        merged.MergedInto = null;
        merged.MergedAt = null;
        merged.MergedIdentities = merged.MergedFields = null;
        unit.AppendNext("customer/" + id, new NewEvent(new CustomerUnmerged(id, mergedId) { Family = family[1..], Contacts = contacts }));
        await CustomerFacts.TellAsync(unit, [id, mergedId], ct);
        return await CustomerView.OfAsync(unit.Db, merged, ct);
    }

    // What the customer knows is kept, what it lacks is taken.
    private static void TakeOver(CustomerRow customer, CustomerRow merged)
    {
        if (customer.Name is null)
            (customer.Name, customer.NameKey, customer.NameByStaff) = (merged.Name, merged.NameKey, merged.NameByStaff);
        customer.Language ??= merged.Language;
        customer.TimeZone ??= merged.TimeZone;
        customer.Preferences ??= merged.Preferences;
        if (customer is { OrganisationId: null, OrganisationByStaff: false })
            (customer.OrganisationId, customer.OrganisationByStaff) = (merged.OrganisationId, merged.OrganisationByStaff);
        // Whoever asked for silence under one name has asked for it.
        var own = Preferences.Of(customer);
        if (Preferences.Of(merged).DoNotContact && !own.DoNotContact)
            customer.Preferences = JsonSerializer.Serialize(own with { Language = null, DoNotContact = true }, EventTypes.Json);
    }

    // What was changed since the merge is the customer's own.
    private static void GiveBack(CustomerRow customer, CustomerRow merged)
    {
        if (merged.MergedFields is null)
            return;
        var (before, after) = JsonSerializer.Deserialize<TakenOver>(merged.MergedFields, EventTypes.Json)!;
        if (customer.Name == after.Name && customer.NameByStaff == after.NameByStaff)
            (customer.Name, customer.NameKey, customer.NameByStaff) = (before.Name, Names.KeyOf(before.Name), before.NameByStaff);
        if (customer.Language == after.Language)
            customer.Language = before.Language;
        if (customer.TimeZone == after.TimeZone)
            customer.TimeZone = before.TimeZone;
        if (customer.Preferences == after.Preferences)
            customer.Preferences = before.Preferences;
        if (customer.OrganisationId == after.OrganisationId && customer.OrganisationByStaff == after.OrganisationByStaff)
            (customer.OrganisationId, customer.OrganisationByStaff) = (before.OrganisationId, before.OrganisationByStaff);
    }

    /// <summary>What came in while the two were one goes to whom it came from.</summary>
    /// <returns>The contacts that a case of the parting customer may have begun with.</returns>
    private async Task<List<Guid>> MoveContactsAsync(
        Guid id, CustomerRow merged, List<Identity> identities, List<Guid> family, CancellationToken ct)
    {
        var own = identities.Select(identity => (identity.Kind, identity.Value)).ToHashSet();
        var since = merged.MergedAt ?? unit.Now;
        var meanwhile = await unit.Db.Contacts.Where(contact => contact.CustomerId == id && contact.StoredAt >= since)
            .Select(contact => new { contact.Id, contact.Document }).ToListAsync(ct);
        var moved = meanwhile.Where(contact => ContactView.DocumentOf(contact.Document).From is var from && own.Contains((from.Kind, from.Value)))
            .Select(contact => contact.Id).ToList();
        await unit.Db.Contacts.Where(contact => moved.Contains(contact.Id))
            .ExecuteUpdateAsync(set => set.SetProperty(contact => contact.CustomerId, merged.Id), ct);
        var began = await unit.Db.Contacts.Where(contact => family.Contains(contact.CustomerId) && contact.CaseNumber != null)
            .Select(contact => contact.Id).ToListAsync(ct);
        return [.. moved.Union(began)];
    }
}
