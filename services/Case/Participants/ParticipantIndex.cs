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
        if (before is null ? after is { Participants.Count: 0, SideConversations.Count: 0 }
            : ReferenceEquals(before.Participants, after.Participants) && ReferenceEquals(before.SideConversations, after.SideConversations))
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

    /// <summary>Whether the conversation is with somebody whose address has one of these marks.</summary>
    public bool IsWithOneOf(SideConversation side, IReadOnlyList<string> asked) =>
        asked.Count > 0 && side.Parties.Any(party => party.Value.Length > 0 && asked.Contains(marks.Of(party.Value)));

    private static HashSet<Guid> CustomersOf(CaseState? s) => [.. s?.Participants.Select(p => p.CustomerId).OfType<Guid>() ?? []];

    private HashSet<string> MarksOf(CaseState? s) => s is null ? [] :
        [.. s.Participants.Select(p => p.From).OfType<Identity>().Concat(s.SideConversations.SelectMany(side => side.Parties))
            .Where(address => address.Value.Length > 0).Select(address => marks.Of(address.Value))];
}
