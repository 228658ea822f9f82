using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.Merging;

/// <summary>What concerns two cases: each decides for itself, and both are written in one transaction, so there is no state between. When
/// somebody was faster on either, both are decided again.</summary>
internal sealed class CasesTogether(CaseStore store, EventLog<CaseDb> log)
{
    /// <param name="into">The other case's id or number.</param>
    /// <param name="withdraw">Why the case's promises are withdrawn; null: they move.</param>
    public async Task<Outcome<CaseChanged>> MergeAsync(
        Guid id, string into, bool otherCustomer, string? withdraw, Person by, long? expected, CancellationToken ct)
    {
        if (await PairAsync(id, into, "into", ct) is var pair && pair.IsRefused)
            return pair.Refusal;
        var (from, target) = pair.Value;
        if (Moves.Refuse(from.Case, new MergeInto(target.Case, withdraw, by)) is { } refusal)
            return refusal;
        if (from.Case.MergedInto?.CaseId == target.Id)
            return new CaseChanged(from.Id, from.Number, from.Version, from.Status);
        var taken = await store.ActAsync(target.Id, new TakeIn(from.Case, otherCustomer, withdraw is null, by), ct);
        return taken.IsRefused ? taken : await store.ActAsync(id, new MergeInto(target.Case, withdraw, by), ct, expected);
    }

    public async Task<Outcome<CaseChanged>> UndoAsync(Guid id, Person by, long? expected, CancellationToken ct)
    {
        if (await store.FindAsync(id, ct) is not { } row)
            return new Refusal("case-not-found", "There is no such case.");
        IReadOnlyList<Promise> back = [];
        if (row.Case.MergedInto is { } into && await store.FindAsync(into.CaseId, ct) is { } target)
        {
            if (target.Case.SplitOff.Count > 0 && !row.Case.WasSplitFrom(target.Id)
                && (await WrittenAsync(row, ct)).Exists(one => target.Case.SplitOff.Contains(one.Contact.ContactId)))
                return new Refusal("messages-split-off",
                    $"Messages of case {row.Number} were made a case of their own on {target.Number}: split the others off there as well.");
            back = [.. target.Case.OpenPromises.Where(promise => promise.FromCaseId == id)];
            var beside = (await store.WholeAsync(row, ct)).SelectMany(part => part.Case.SideConversations).Select(side => side.Id);
            await store.ActAsync(target.Id, new GiveBack(row.Case, [.. beside], by), ct);
        }
        return await store.ActAsync(id, new UndoMerge(back, by), ct, expected);
    }

    /// <param name="kind">What the case is to the other one.</param>
    public async Task<Outcome<CaseChanged>> LinkAsync(Guid id, LinkKind kind, string to, Person? by, long? expected, CancellationToken ct)
    {
        if (await PairAsync(id, to, "to", ct) is var pair && pair.IsRefused)
            return pair.Refusal;
        var (one, other) = pair.Value;
        var linked = await store.ActAsync(other.Id, new LinkCase(Decider.Inverse(kind), one.Id, one.Number, by), ct);
        return linked.IsRefused ? linked : await store.ActAsync(one.Id, new LinkCase(kind, other.Id, other.Number, by), ct, expected);
    }

    public async Task<Outcome<CaseChanged>> UnlinkAsync(Guid id, LinkKind kind, string to, Person by, long? expected, CancellationToken ct)
    {
        if (await PairAsync(id, to, "to", ct) is var pair && pair.IsRefused)
            return pair.Refusal;
        var (one, other) = pair.Value;
        var unlinked = await store.ActAsync(other.Id, new UnlinkCase(Decider.Inverse(kind), one.Id, by), ct);
        return unlinked.IsRefused ? unlinked : await store.ActAsync(one.Id, new UnlinkCase(kind, other.Id, by), ct, expected);
    }

    /// <summary>Opens a case of its own with messages that came in on this one, or on one that is part of it. Its id is the first message's,
    /// so the same message can never open two; of one that has opened a case before, the log holds that it is split off once.</summary>
    public async Task<Outcome<CaseChanged>> SplitAsync(
        Guid id, IReadOnlyList<Guid> contacts, string? subject, Person by, long? expected, CancellationToken ct)
    {
        if (await store.FindAsync(id, ct) is not { } row)
            return new Refusal("case-not-found", "There is no such case.");
        var all = await WrittenAsync(row, ct);
        var chosen = all.FindAll(one => contacts.Contains(one.Contact.ContactId));
        if (contacts.FirstOrDefault(contact => chosen.TrueForAll(one => one.Contact.ContactId != contact)) is var missing && missing != Guid.Empty)
            return new Refusal("contacts-invalid", $"must be messages of case {row.Number}; {missing} is none.", "contacts");
        // Whether it may be is asked before anything is opened; the number is known only after.
        var first = chosen.FirstOrDefault();
        var into = first is null or { Opened: true } ? Guid.CreateVersion7(store.Now) : first.Contact.ContactId;
        var stays = all.Find(one => one.IsWordOf(row.Case.CustomerId) && !chosen.Contains(one) && !row.Case.SplitOff.Contains(one.Contact.ContactId));
        var wish = new SplitOff(into, "", [.. contacts.Distinct()], stays?.Contact.Text, by);
        if (Decider.RefuseSplit(row.Case, wish) is { } refusal)
            return refusal;
        var opening = first!.Apart;
        if (!string.IsNullOrWhiteSpace(subject))
            opening = opening with { Subject = subject.Trim() };
        var opened = await store.OpenAsync(new(into, "", opening), ct);
        if (opened.IsRefused)
            return opened;
        foreach (var further in chosen.Skip(1))
            if (await store.ActAsync(into, new JoinContact(further.Apart, EvidenceKind.Explicit), ct) is { IsRefused: true } refused)
                return refused;
        await store.ActAsync(into, new LinkCase(LinkKind.SplitFrom, id, row.Number, by), ct);
        return await store.ActAsync(id, wish with { IntoNumber = opened.Value.Number }, ct, expected);
    }

    /// <summary>What came in on the case and on those that are part of it, oldest first.</summary>
    private async Task<List<Written>> WrittenAsync(CaseRow row, CancellationToken ct)
    {
        var all = new List<Written>();
        foreach (var part in (await store.WholeAsync(row, ct)).Select(one => one.Case))
            all.AddRange((await log.ReadStreamAsync(CaseState.StreamOf(part.Id), ct))
                .Select(e => Written.Of(EventTypes.Read(e.Type, e.Data), part)).OfType<Written>()
                .Where(one => part.Id == row.Id || !part.SplitOff.Contains(one.Contact.ContactId)));
        return [.. all.OrderBy(one => one.Contact.ReceivedAt)];
    }

    private async Task<Outcome<(CaseRow One, CaseRow Other)>> PairAsync(Guid id, string other, string field, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(other))
            return new Refusal(field + "-required", "is required: a case's number or id.", field);
        if (await store.FindAsync(id, ct) is not { } row)
            return new Refusal("case-not-found", "There is no such case.");
        other = other.Trim();
        var found = Guid.TryParse(other, out var otherId) ? await store.FindAsync(otherId, ct) : await store.FindAsync(other, ct);
        return found is null ? new Refusal(field + "-invalid", $"must be a case's number or id; there is no case {other}.", field) : (row, found);
    }
}
