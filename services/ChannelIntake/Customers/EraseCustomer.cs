using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Intake.Channels.Chat;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake.Customers;

/// <summary>Forgets a customer and all that were merged into it: rows, log, raw contacts and files. Tombstones keep counts honest and
/// keep a provider's late retry from bringing anything back.</summary>
internal sealed class EraseCustomer(Unit<IntakeDb> unit, EventLog<IntakeDb> log, ChatBook chats, EraseUnread unread, AddressMarks marks)
{
    // A contact that was being stored while its customer was erased is found by then.
    private static readonly TimeSpan Sweep = TimeSpan.FromMinutes(1);

    public async Task<Outcome<Done>> HandleAsync(Guid id, CancellationToken ct)
    {
        var family = await Merges.FamilyAsync(unit.Db, id, ct);
        // Before the customers' rows, as whoever stores what was read goes: so the two never wait for each other in a circle.
        var files = await unread.HandleAsync(await SendersAsync(family, ct), ct);
        var customers = await Merges.LockAsync(unit.Db, family, ct);
        if (!customers.TryGetValue(id, out var customer))
            return CustomerRefusals.NotFound;
        if (customer.ErasedAt is not null)
            return Done.Value;
        if (customer.MergedInto is { } into)
            return new Refusal("customer-merged", $"This customer is known as {into} since a merge: erase that one, or unmerge first.");

        var identities = await unit.Db.Identities.AsTracking().Where(identity => family.Contains(identity.CustomerId)).ToListAsync(ct);
        var values = identities.ConvertAll(identity => identity.Value);
        List<string> addresses = [.. values.SelectMany(marks.AllOf)];
        foreach (var row in customers.Values.OrderBy(row => row.Id))
        {
            row.Name = row.NameKey = row.Language = row.TimeZone = row.Preferences = row.MergedIdentities = row.MergedFields = null;
            row.OrganisationId = null;
            row.NameByStaff = row.OrganisationByStaff = false;
            row.ErasedAt = unit.Now;
            await log.EraseAsync(unit, "customer/" + row.Id, ct);
            unit.AppendNext("customer/" + row.Id, new NewEvent(new CustomerErased(row.Id) { AddressMarks = addresses }));
        }
        unit.Db.Identities.RemoveRange(identities);
        // Who is never held is somebody known. Who is always held stays so: that protects the others.
        var allow = Words.Of(SenderVerdict.Allow);
        await unit.Db.SenderRules.Where(rule => rule.Verdict == allow && values.Contains(rule.Pattern)).ExecuteDeleteAsync(ct);
        await unit.Db.DistinctCustomers.Where(pair => family.Contains(pair.One) || family.Contains(pair.Other)).ExecuteDeleteAsync(ct);
        await chats.EraseAsync(family, ct);
        files.AddRange(await EraseContactsAsync(family, ct));
        // Files outlive a rollback, so they go when this has committed: at once, and with what the sweep finds.
        unit.Schedule($"erase/{id}/files", "customer/" + id, new EraseLeftovers(family, files), unit.Now);
        unit.Schedule($"erase/{id}/sweep", "customer/" + id, new EraseLeftovers(family, []), unit.Now + Sweep);
        await unread.Tallies.SaveAsync(unit, ct);
        return Done.Value;
    }

    /// <summary>What they are known by, and their calls: of a recording, only the call is told.</summary>
    private async Task<List<Identity>> SendersAsync(IReadOnlyList<Guid> family, CancellationToken ct)
    {
        var known = await unit.Db.Identities.Where(identity => family.Contains(identity.CustomerId)).ToListAsync(ct);
        var calls = await unit.Db.ContactThreads
            .Where(thread => unit.Db.Contacts.Any(contact => contact.Id == thread.Caller && family.Contains(contact.CustomerId)))
            .Select(thread => thread.Thread)
            .ToListAsync(ct);
        return [
            .. known.Select(identity => new Identity(Words.Read<IdentityKind>(identity.Kind), identity.Value)),
            .. calls.Select(call => new Identity(IdentityKind.ExternalId, call)),
        ];
    }

    /// <returns>The files that they referred to.</returns>
    public async Task<List<string>> EraseContactsAsync(IReadOnlyList<Guid> family, CancellationToken ct)
    {
        var contacts = await unit.Db.Contacts.AsTracking()
            .Where(contact => family.Contains(contact.CustomerId) && contact.ErasedAt == null).ToListAsync(ct);
        var ids = contacts.ConvertAll(contact => contact.Id);
        var blobs = await unit.Db.ContactBlobs.AsTracking().Where(blob => ids.Contains(blob.ContactId)).ToListAsync(ct);
        foreach (var contact in contacts)
        {
            var kind = Contacts.ContactView.DocumentOf(contact).From.Kind;
            contact.Document = JsonSerializer.Serialize(new ContactDocument { From = new(kind, ""), Text = "" }, EventTypes.Json);
            contact.Raw = null;
            contact.RawBlob = null;
            contact.ErasedAt = unit.Now;
            await log.EraseAsync(unit, "contact/" + contact.Id, ct);
        }
        unit.Db.ContactBlobs.RemoveRange(blobs);
        return [.. blobs.Select(blob => blob.Hash).Distinct()];
    }
}

/// <summary>Deletes files that nothing refers to any more.</summary>
[TimerType("intake.erase-leftovers")]
internal sealed record EraseLeftovers(IReadOnlyList<Guid> Customers, IReadOnlyList<string> Blobs);

internal sealed class EraseLeftoversHandler(Unit<IntakeDb> unit, EraseCustomer erase, IBlobs blobs) : IHandleTimer<EraseLeftovers>
{
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);

    public async Task HandleAsync(EraseLeftovers timer, TimerContext context, CancellationToken ct)
    {
        var late = await erase.EraseContactsAsync(timer.Customers, ct);
        await unit.Db.SaveChangesAsync(ct);
        var hashes = timer.Blobs.Concat(late).Distinct().ToList();
        var kept = await unit.Db.ContactBlobs.Where(blob => hashes.Contains(blob.Hash)).Select(blob => blob.Hash).Distinct()
            .ToListAsync(ct);
        // The same mail, delivered again, may wait to be read.
        kept.AddRange(await unit.Db.Arrivals.Where(arrival => arrival.RawBlob != null && hashes.Contains(arrival.RawBlob))
            .Select(arrival => arrival.RawBlob!).ToListAsync(ct));
        // Deleting what is gone already does nothing, so a timer that runs twice is harmless.
        var put = new List<string>();
        foreach (var hash in hashes.Except(kept))
            if (!await blobs.DeleteAsync(hash, ct))
                put.Add(hash);
        // Somebody brought the same file just now. Whether a contact came of it shows later.
        if (put.Count > 0)
            unit.Schedule(context.Key, context.Key, new EraseLeftovers(timer.Customers, put), unit.Now + Again);
    }
}
