using System.Diagnostics.Metrics;
using CxPlatform.Contracts;

namespace CxPlatform.Routing;

/// <summary>What routing measures. Attributes are queues, kinds and priorities: few, and never ids or content.</summary>
internal sealed class RoutingMetrics
{
    public const string Name = "CxPlatform.Routing";

    private readonly Counter<long> _decisions;
    private readonly Histogram<double> _latency;
    private volatile IReadOnlyDictionary<string, int> _depths = new Dictionary<string, int>();

    public RoutingMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        _decisions = meter.CreateCounter<long>("cx.routing.decisions", "{decision}",
            "Decisions, by queue, kind, priority and whether somebody has the case.");
        _latency = meter.CreateHistogram<double>(
            "cx.routing.decision.duration", "s", "From a contact's arrival to the first decision on its case.",
            advice: new() { HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 30, 300, 3600] });
        meter.CreateObservableGauge(
            "cx.queue.depth",
            () => _depths.Select(depth => new Measurement<int>(depth.Value, new KeyValuePair<string, object?>("queue", depth.Key))),
            "{case}",
            "Cases that wait for somebody to have them, by queue.");
    }

    public void Decided(string queue, Kind kind, Priority priority, bool assigned) => _decisions.Add(
        1, new("queue", queue), new("kind", Word(kind)), new("priority", Word(priority)), new("assigned", assigned));

    public void FirstDecision(string queue, TimeSpan latency) =>
        _latency.Record(Math.Max(0, latency.TotalSeconds), new KeyValuePair<string, object?>("queue", queue));

    public void Depths(IReadOnlyDictionary<string, int> depths) => _depths = depths;

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
