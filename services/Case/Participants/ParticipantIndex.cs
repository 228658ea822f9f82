using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Cases.Participants;

/// <summary>Whose cases there are beside those that are theirs: by the customer, and by the mark of an address while nobody knows whose
/// it is.</summary>
internal sealed class ParticipantIndex(Unit<CaseDb> unit, AddressMarks marks)
{
    public async Task WriteAsync(CaseState? before, CaseState after, CancellationToken ct)
    {
        if (ReferenceEquals(before?.Participants, after.Participants) || (before is null && after.Participants.Count == 0))
            return;
        var (was, now) = (CustomersOf(before), CustomersOf(after));
        foreach (var customerId in now.Except(was))
            unit.Db.Participants.Add(new() { CaseId = after.Id, CustomerId = customerId });
        foreach (var customerId in was.Except(now))
            if (await unit.Db.Participants.FindAsync([after.Id, customerId], ct) is { } row)
                unit.Db.Participants.Remove(row);
        var (kept, keeps) = (MarksOf(before), MarksOf(after));
        foreach (var mark in keeps.Except(kept))
            unit.Db.ParticipantAddresses.Add(new() { CaseId = after.Id, Mark = mark });
        foreach (var mark in kept.Except(keeps))
            if (await unit.Db.ParticipantAddresses.FindAsync([after.Id, mark], ct) is { } row)
                unit.Db.ParticipantAddresses.Remove(row);
    }

    /// <summary>Whether the participant's address has one of these marks.</summary>
    public bool IsOneOf(Participant participant, IReadOnlyList<string> asked) =>
        asked.Count > 0 && participant.From is { Value.Length: > 0 } from && asked.Contains(marks.Of(from.Value));

    private static HashSet<Guid> CustomersOf(CaseState? s) => [.. s?.Participants.Select(p => p.CustomerId).OfType<Guid>() ?? []];

    private HashSet<string> MarksOf(CaseState? s) =>
        [.. s?.Participants.Where(p => p.From is { Value.Length: > 0 }).Select(p => marks.Of(p.From!.Value)) ?? []];
}
