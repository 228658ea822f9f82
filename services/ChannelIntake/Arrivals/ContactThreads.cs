using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Intake.Contacts;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake;

/// <summary>Brings the contacts about one call, or whatever else a provider knows as one thing, onto one case: that of the first of them.
/// The thread's row is taken in the transaction that stores a contact of it. So of two at the same instant one waits for the other's
/// commit, finds its case, and is told of after it.</summary>
internal static class ContactThreads
{
    private static readonly SetStatement<ContactThreadRow> Take = new(
        new Columns<ContactThreadRow>()
            .Text("channel", row => row.Channel)
            .Text("thread", row => row.Thread)
            .Uuid("case_id", row => row.CaseId)
            .Uuid("caller", row => row.Caller),
        "insert into contact_threads (channel, thread, case_id, caller) select channel, thread, case_id, caller from rows " + OnConflict,
        "insert into contact_threads (channel, thread, case_id, caller) values (@channel, @thread, @case_id, @caller) " + OnConflict);

    private const string OnConflict = """
        on conflict (channel, thread) do update set caller = coalesce(contact_threads.caller, excluded.caller)
        returning case_id, caller
        """;

    /// <param name="unit">The transaction that stores them.</param>
    /// <param name="arrivals">In order of arrival.</param>
    public static async Task<List<Submitted<ReadyArrival>>> JoinAsync(
        Unit<IntakeDb> unit, List<Submitted<ReadyArrival>> arrivals, CancellationToken ct)
    {
        if (arrivals.TrueForAll(arrival => arrival.Member.Arrival.Thread is null))
            return arrivals;
        var joined = arrivals.ToDictionary(arrival => arrival.Member.Arrival.ContactId);
        // One order of threads for everybody: replicas wait for each other, but never in a circle.
        foreach (var thread in arrivals.Where(arrival => arrival.Member.Arrival.Thread is not null)
            .GroupBy(arrival => $"{Words.Of(arrival.Member.Arrival.Channel)}/{arrival.Member.Arrival.Thread}")
            .OrderBy(thread => thread.Key, StringComparer.Ordinal))
            foreach (var arrival in thread)
                joined[arrival.Member.Arrival.ContactId] = arrival with { Member = await JoinAsync(unit, arrival.Member, joined, ct) };
        return arrivals.ConvertAll(arrival => joined[arrival.Member.Arrival.ContactId]);
    }

    private static async Task<ReadyArrival> JoinAsync(
        Unit<IntakeDb> unit, ReadyArrival ready, Dictionary<Guid, Submitted<ReadyArrival>> group, CancellationToken ct)
    {
        var arrival = ready.Arrival;
        // Who could not say whom it is from is known by the thread's own name.
        var knowsCaller = arrival.From.Value != arrival.Thread;
        var row = new ContactThreadRow
        {
            Channel = Words.Of(arrival.Channel),
            Thread = arrival.Thread!,
            CaseId = arrival.ContactId,
            Caller = knowsCaller ? arrival.ContactId : null,
        };
        var (caseId, caller) = (await Take.RunAsync(
            unit, [row], reader => (reader.GetGuid(0), reader.IsDBNull(1) ? default(Guid?) : reader.GetGuid(1)), ct))[0];
        if (caseId == arrival.ContactId)
            return ready;
        arrival = arrival with { Evidence = [new(EvidenceKind.Explicit, arrival.Thread!, caseId)] };
        if (!knowsCaller && caller is { } other
            && (group.TryGetValue(other, out var known) ? known.Member.Arrival.From : await FromAsync(unit, other, ct)) is { Value.Length: > 0 } from)
            arrival = arrival with { From = from };
        var document = ContactView.DocumentOf(ready.Document) with { From = arrival.From, Evidence = arrival.Evidence };
        return ready with { Arrival = arrival, Document = JsonSerializer.Serialize(document, EventTypes.Json) };
    }

    private static async Task<Identity?> FromAsync(Unit<IntakeDb> unit, Guid contact, CancellationToken ct) =>
        await unit.Db.Contacts.Where(row => row.Id == contact).Select(row => row.Document).FirstOrDefaultAsync(ct) is { } document
            ? ContactView.DocumentOf(document).From
            : null;
}
