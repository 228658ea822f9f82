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
            back = [.. target.Case.OpenPromises.Where(promise => promise.FromCaseId == id)];
            await store.ActAsync(target.Id, new GiveBack(row.Case, by), ct);
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

    /// <summary>Opens a case of its own with messages that came in on this one. Its id is the first message's, so the same message can
    /// never open two.</summary>
    public async Task<Outcome<CaseChanged>> SplitAsync(
        Guid id, IReadOnlyList<Guid> contacts, string? subject, Person by, long? expected, CancellationToken ct)
    {
        if (await store.FindAsync(id, ct) is not { } row)
            return new Refusal("case-not-found", "There is no such case.");
        var written = (await log.ReadStreamAsync(CaseState.StreamOf(id), ct)).Select(e => EventTypes.Read(e.Type, e.Data))
            .OfType<CustomerReplied>().Where(e => contacts.Contains(e.ContactId)).Select(e => ContactOf(e, row.Case, subject)).ToList();
        var missing = contacts.Where(contact => contact != row.Case.ContactId && written.TrueForAll(w => w.ContactId != contact)).ToList();
        if (missing.Count > 0)
            return new Refusal("contacts-invalid", $"contacts: no message of case {row.Number} has the id {missing[0]}.", "contacts");
        // Whether it may be is asked before anything is opened; the number is known only after.
        var wish = new SplitOff(written.Count > 0 ? written[0].ContactId : Guid.Empty, "", [.. contacts.Distinct()], by);
        if (Decider.RefuseSplit(row.Case, wish) is { } refusal)
            return refusal;
        var opened = await store.OpenAsync(new(written[0].ContactId, "", written[0]), ct);
        if (opened.IsRefused)
            return opened;
        foreach (var further in written.Skip(1))
            if (await store.ActAsync(written[0].ContactId, new JoinContact(further, EvidenceKind.Explicit), ct) is { IsRefused: true } refused)
                return refused;
        await store.ActAsync(written[0].ContactId, new LinkCase(LinkKind.SplitFrom, id, row.Number, by), ct);
        return await store.ActAsync(id, wish with { IntoNumber = opened.Value.Number }, ct, expected);
    }

    private static ContactReceived ContactOf(CustomerReplied e, CaseState s, string? subject) => new()
    {
        ContactId = e.ContactId,
        Channel = e.Channel,
        ProviderId = e.ContactId.ToString(),
        Brand = s.Brand,
        ReceivedAt = e.ReceivedAt,
        CustomerId = e.CustomerId,
        CustomerName = e.CustomerName,
        From = e.From,
        Language = s.Language,
        TimeZone = e.CustomerId == s.CustomerId ? s.TimeZone : null,
        Subject = string.IsNullOrWhiteSpace(subject) ? null : subject.Trim(),
        Text = e.Text,
        Attachments = e.Attachments,
        Automatic = e.Automatic,
        MessageId = e.MessageId,
    };

    private async Task<Outcome<(CaseRow One, CaseRow Other)>> PairAsync(Guid id, string other, string field, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(other))
            return new Refusal(field + "-required", $"{field}: is required: a case's number or id.", field);
        if (await store.FindAsync(id, ct) is not { } row)
            return new Refusal("case-not-found", "There is no such case.");
        other = other.Trim();
        var found = Guid.TryParse(other, out var otherId) ? await store.FindAsync(otherId, ct) : await store.FindAsync(other, ct);
        return found is null ? new Refusal(field + "-invalid", $"{field}: there is no case {other}.", field) : (row, found);
    }
}
