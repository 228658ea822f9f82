using CxPlatform.Cases.Storage;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Feed;

/// <param name="Position">How far the log was looked at.</param>
/// <param name="More">There may be more behind it already.</param>
internal sealed record CaseEventPage(IReadOnlyList<LoggedEvent> Events, long Position, bool More);

/// <summary>Reads the case events that somebody wants out of the log.</summary>
internal sealed class CaseEvents(EventLog<CaseDb> log)
{
    private const int Batch = 1000;

    // A request for what is rare is answered in good time, and goes on where it stopped.
    private const int MostLookedAt = 10_000;

    // The log holds calendars too: they are no case events.
    public static bool IsCaseEvent(LoggedEvent e) => e.Stream.StartsWith("case/", StringComparison.Ordinal);

    public async Task<CaseEventPage> ReadAsync(long after, int limit, EventSelection selection, CancellationToken ct)
    {
        var batch = selection.IsAll ? limit : Batch;
        var found = new List<LoggedEvent>();
        for (var looked = 0; looked < MostLookedAt;)
        {
            var events = await log.ReadAsync(after, batch, ct);
            var facts = selection.IsOfTypesAlone ? null : await FactsBeforeAsync(events, after, ct);
            foreach (var e in events)
            {
                after = e.Position;
                if (!IsCaseEvent(e))
                    continue;
                // As webhooks have it: what is so about the case right after the event.
                if (facts is not null)
                    facts[e.Stream] = facts.GetValueOrDefault(e.Stream, new()).After(e);
                if (!selection.HasType(e) || !(facts is null || selection.Filter.Matches(facts[e.Stream])))
                    continue;
                found.Add(e);
                if (found.Count == limit)
                    return new(found, after, true);
            }
            if (events.Count < batch)
                return new(found, after, false);
            looked += events.Count;
        }
        return new(found, after, true);
    }

    private async Task<Dictionary<string, CaseFacts>> FactsBeforeAsync(IReadOnlyList<LoggedEvent> events, long upTo, CancellationToken ct)
    {
        // Whoever begins here needs no looking back.
        var begun = events.Where(e => e.Version == 1).Select(e => e.Stream).ToHashSet();
        var streams = events.Where(IsCaseEvent).Select(e => e.Stream).Where(stream => !begun.Contains(stream)).Distinct().ToList();
        var facts = new Dictionary<string, CaseFacts>();
        if (streams.Count > 0)
            foreach (var e in await log.ReadStreamsAsync(streams, CaseFacts.Types, upTo, ct))
                facts[e.Stream] = facts.GetValueOrDefault(e.Stream, new()).After(e);
        return facts;
    }
}
