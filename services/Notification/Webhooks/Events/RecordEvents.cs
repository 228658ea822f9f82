using System.Text;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;

namespace CxPlatform.Notifications.Webhooks.Events;

/// <summary>Keeps every case event as it is to be delivered, and what filters may ask about its case at that moment.</summary>
internal sealed class RecordEvents(Unit<NotificationDb> unit) : IObserve<NotificationDb>
{
    private static readonly SetStatement<OutgoingEventRow> InsertEvents = SetStatement.Insert(
        "outgoing_events",
        new Columns<OutgoingEventRow>()
            .Uuid("id", row => row.Id)
            .Text("stream", row => row.Stream)
            .Text("type", row => row.Type)
            .Instant("time", row => row.Time)
            .Text("facts", row => row.Facts)
            .Text("body", row => row.Body));

    private static readonly SetStatement<OutgoingCaseRow> SaveCases = SetStatement.Insert(
        "outgoing_cases",
        new Columns<OutgoingCaseRow>()
            .Uuid("case_id", row => row.CaseId)
            .Text("facts", row => row.Facts),
        "on conflict (case_id) do update set facts = excluded.facts");

    public async Task ObserveAsync(string source, IReadOnlyList<LoggedEvent> events, CancellationToken ct)
    {
        var ofCases = events.Where(e => source == "case" && e.Stream.StartsWith(OutgoingEvent.StreamPrefix, StringComparison.Ordinal)).ToList();
        if (ofCases.Count == 0)
            return;
        var sql = Sql.Of(unit);
        // Sequence numbers are given and committed in one order, so that reading after one misses nothing: a process that no longer leads
        // may still be at it.
        if (!sql.Embedded)
            await sql.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('outgoing_events', 0))", ct);
        var facts = await FactsAsync(sql, ofCases, ct);
        var changed = new Dictionary<Guid, OutgoingCaseRow>();
        var rows = new List<OutgoingEventRow>(ofCases.Count);
        foreach (var e in ofCases)
        {
            var caseId = OutgoingEvent.CaseOf(e.Stream);
            var before = facts.GetValueOrDefault(caseId);
            var after = (before ?? new()).After(e);
            var text = after.Write();
            if (after != before)
                changed[caseId] = new() { CaseId = caseId, Facts = text };
            facts[caseId] = after;
            rows.Add(new()
            {
                Id = e.Id,
                Stream = e.Stream,
                Type = CloudEvent.TypeOf(e),
                Time = e.Time,
                Facts = text,
                Body = Encoding.UTF8.GetString(CloudEvent.Write(e)),
            });
        }
        await sql.RunAsync(InsertEvents, rows, ct);
        await sql.RunAsync(SaveCases, [.. changed.Values], ct);
        unit.Announce();
    }

    private static async Task<Dictionary<Guid, CaseFacts>> FactsAsync(Sql sql, List<LoggedEvent> events, CancellationToken ct)
    {
        var ids = events.Select(e => OutgoingEvent.CaseOf(e.Stream)).Distinct().ToArray();
        var known = await sql.QueryAsync(
            $"select case_id, facts from outgoing_cases where case_id {sql.In("ids")}", [("ids", sql.List(ids))],
            reader => (Id: reader.GetGuid(0), Facts: CaseFacts.Read(reader.GetString(1))), ct);
        return known.ToDictionary(row => row.Id, row => row.Facts);
    }
}
