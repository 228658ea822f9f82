using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace CxPlatform.Messaging;

/// <summary>What Messaging measures: relay lag, events relayed and handled, timers run, parked events.</summary>
public sealed class MessagingMetrics : IDisposable
{
    public const string Name = "CxPlatform.Messaging";

    private readonly Meter _meter;
    private readonly Counter<long> _relayed;
    private readonly Counter<long> _handled;
    private readonly Counter<long> _timers;
    private readonly ConcurrentDictionary<(string Module, string Target), double> _lag = new();
    private readonly ConcurrentDictionary<string, int> _parked = new();

    public MessagingMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(Name);
        _relayed = _meter.CreateCounter<long>("cx.relay.events", "{event}", "Events sent by the relay.");
        _handled = _meter.CreateCounter<long>("cx.handled.events", "{event}", "Events handled, each counted once.");
        _timers = _meter.CreateCounter<long>("cx.timers.run", "{timer}", "Timers run.");
        _meter.CreateObservableGauge(
            "cx.relay.lag",
            () => _lag.Select(pair => new Measurement<double>(pair.Value, new("module", pair.Key.Module), new("target", pair.Key.Target))),
            "s",
            "Age of the oldest event that the target has not got yet.");
        _meter.CreateObservableGauge(
            "cx.parked", () => _parked.Select(pair => new Measurement<int>(pair.Value, new KeyValuePair<string, object?>("module", pair.Key))), "{event}", "Events that could not be handled and wait for somebody.");
    }

    internal static ActivitySource Activities { get; } = new(Name);

    /// <summary>The worst lag of a module's relay, seconds.</summary>
    public double WorstLag(string module) => _lag.Where(pair => pair.Key.Module == module).Select(pair => pair.Value).DefaultIfEmpty().Max();

    internal void Relayed(string module, string target, int count) => _relayed.Add(count, new("module", module), new("target", target));

    internal void Handled(string module, string source, int count) => _handled.Add(count, new("module", module), new("source", source));

    internal void TimersRun(string module, int count) => _timers.Add(count, new KeyValuePair<string, object?>("module", module));

    internal void Lag(string module, string target, TimeSpan lag) => _lag[(module, target)] = Math.Max(0, lag.TotalSeconds);

    internal void Parked(string module, int count) => _parked[module] = count;

    public void Dispose() => _meter.Dispose();
}
