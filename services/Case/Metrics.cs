using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using CxPlatform.Cases.Domain;
using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Cases;

/// <summary>Response times in seconds as the customer feels them, each also in business time; promises by how they came out; who is
/// waiting.
/// Attributes are bounded: channel, priority, queue, outcome.</summary>
internal sealed class CaseMetrics : IDisposable
{
    public const string Name = "CxPlatform.Case";

    private static readonly InstrumentAdvice<double> Buckets = new()
    {
        HistogramBucketBoundaries = [1, 5, 30, 60, 300, 900, 1800, 3600, 7200, 14400, 28800, 86400, 172800, 604800],
    };

    private readonly Meter _meter;
    private readonly Duration _acknowledgement;
    private readonly Duration _firstResponse;
    private readonly Duration _nextResponse;
    private readonly Duration _resolution;
    private readonly Counter<long> _promises;
    private readonly Counter<long> _outcomes;
    private IReadOnlyList<Waiting> _waiting = [];

    public CaseMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(Name);
        _acknowledgement = new(_meter, "acknowledgement", "From the contact to what the customer is told.");
        _firstResponse = new(_meter, "first_response", "From the contact to a person's first answer.");
        _nextResponse = new(_meter, "next_response", "From a further message of the customer to a person's answer.");
        _resolution = new(_meter, "resolution", "From the contact to the agreed end.");
        _promises = _meter.CreateCounter<long>("cx.promise.outcome", "{promise}", "Promises by how they came out.");
        _outcomes = _meter.CreateCounter<long>(
            "cx.case.outcome", "{case}", "Cases by how they came out and who agreed: the customer, their silence, or only we.");
        _meter.CreateObservableGauge(
            "cx.case.waiting", () => _waiting.Select(w => new Measurement<long>(w.Count, w.Tags)), "{case}",
            "Cases whose customer waits for us.");
        _meter.CreateObservableGauge(
            "cx.customer.waiting.oldest", () => _waiting.Select(w => new Measurement<double>(w.Oldest.TotalSeconds, w.Tags)), "s",
            "How long the longest-waiting customer has been waiting.");
    }

    public static ActivitySource Activities { get; } = new(Name);

    internal sealed record Waiting(string Queue, string Priority, long Count, TimeSpan Oldest)
    {
        public TagList Tags => new() { { "queue", Queue }, { "priority", Priority } };
    }

    /// <summary>Who waits, as it was counted last.</summary>
    public void SetWaiting(IReadOnlyList<Waiting> waiting) => _waiting = waiting;

    /// <summary>Measures what was done, after it is durable.</summary>
    public void Observe(CaseState? before, CaseState after, IReadOnlyList<object> events, DateTimeOffset at, BusinessCalendar calendar)
    {
        foreach (var e in events)
        {
            switch (e)
            {
                case CaseAcknowledged:
                    _acknowledgement.Record(after.OpenedAt, at, calendar, Tags(after));
                    break;
                case ReplySent or SolutionProposed or CaseResolved { Agreement: Agreement.Agent }:
                    foreach (var answered in Answered(before, after))
                        (answered.Kind == ClockKind.FirstResponse ? _firstResponse : _nextResponse)
                            .Record(answered.StartedAt, at, calendar, Tags(after));
                    break;
            }
            switch (e)
            {
                case CaseResolved resolved:
                    _resolution.Record(after.OpenedAt, at, calendar, Tags(after, Word(resolved.Agreement)));
                    var outcome = Tags(after, Word(resolved.Result));
                    outcome.Add("agreement", Word(resolved.Agreement));
                    _outcomes.Add(1, outcome);
                    break;
                case PromiseKept kept:
                    // Kept late before anybody noticed that it broke: whoever takes one figure from the other must not miss it.
                    if (kept.Late && before?.OpenPromises.Any(p => p.Id == kept.PromiseId) == true)
                        _promises.Add(1, Tags(after, "broken"));
                    _promises.Add(1, Tags(after, kept.Late ? "kept_late" : "kept"));
                    break;
                case PromiseBroken:
                    _promises.Add(1, Tags(after, "broken"));
                    break;
                case PromiseWithdrawn:
                    _promises.Add(1, Tags(after, "withdrawn"));
                    break;
                case PromiseRenegotiated:
                    _promises.Add(1, Tags(after, "renegotiated"));
                    break;
            }
        }
    }

    // The response clocks that the decision ended: the same lives that the case shows.
    private static IEnumerable<ClockLife> Answered(CaseState? before, CaseState after)
    {
        var running = before is null ? []
            : ClockHistory.Of(before).Where(life => life.EndedAt is null).Select(life => (life.Kind, life.Round)).ToList();
        return ClockHistory.Of(after).Where(life => life is { EndedAt: not null, Kind: ClockKind.FirstResponse or ClockKind.NextResponse }
            && running.Contains((life.Kind, life.Round)));
    }

    private static TagList Tags(CaseState s, string? outcome = null)
    {
        var tags = new TagList
        {
            { "channel", Word(s.Channel) }, { "priority", Word(s.Priority) }, { "queue", s.QueueId ?? "none" },
        };
        if (outcome is not null)
            tags.Add("outcome", outcome);
        return tags;
    }

    /// <summary>The word that the API has for it.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    public void Dispose() => _meter.Dispose();

    private sealed class Duration(Meter meter, string what, string description)
    {
        private readonly Histogram<double> _elapsed = meter.CreateHistogram($"cx.case.{what}.duration", "s", description, advice: Buckets);
        private readonly Histogram<double> _business =
            meter.CreateHistogram($"cx.case.{what}.business_duration", "s", description + " Business time.", advice: Buckets);

        public void Record(DateTimeOffset from, DateTimeOffset to, BusinessCalendar calendar, TagList tags)
        {
            _elapsed.Record(Math.Max(0, (to - from).TotalSeconds), tags);
            if (_business.Enabled)
                _business.Record(calendar.Between(from, to).TotalSeconds, tags);
        }
    }
}
