using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using CxPlatform.Contracts;
using CxPlatform.Messaging;

namespace CxPlatform.Intake;

/// <summary>What Intake measures. Every arrival is counted as received and then exactly once as stored, duplicate, kept (to be
/// read later), ignored, refused or failed.</summary>
internal sealed class Metrics : IDisposable
{
    public const string Name = "CxPlatform.Intake";

    private readonly Meter _meter;
    private readonly Counter<long> _received;
    private readonly Counter<long> _outcomes;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _media;
    private long _missing;
    private long _waiting;
    private long _held;
    private readonly ConcurrentDictionary<Channel, Tally> _tallies = [];

    public Metrics(IMeterFactory meters)
    {
        _meter = meters.Create(Name);
        _received = _meter.CreateCounter<long>("cx.intake.received", "{contact}", "Contacts that arrived.");
        _outcomes = _meter.CreateCounter<long>(
            "cx.intake.outcome", "{contact}", "What became of contacts that arrived: stored, duplicate, kept, ignored, refused or failed.");
        _meter.CreateObservableGauge("cx.intake.missing", () => Interlocked.Read(ref _missing), "{contact}",
            "Contacts of the last two hours that were received and are not there; 0 unless something was lost.");
        _meter.CreateObservableGauge("cx.intake.waiting", () => Interlocked.Read(ref _waiting), "{contact}",
            "Contacts of the last two hours that are durable and not read yet.");
        _meter.CreateObservableGauge("cx.intake.held", () => Interlocked.Read(ref _held), "{contact}",
            "Contacts of the last two hours that are held as spam.");
        _media = _meter.CreateCounter<long>("cx.intake.media", "{file}", "Files that providers keep for us: fetched, or failed to be.");
        _duration = _meter.CreateHistogram("cx.intake.duration", "s", "From arrival to durable.", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 20] });
    }

    /// <summary>What the last look found: how many contacts are not where they should be, how many wait to be read, how many are held.</summary>
    public void Reconciled(long missing, long waiting, long held)
    {
        Interlocked.Exchange(ref _missing, missing);
        Interlocked.Exchange(ref _waiting, waiting);
        Interlocked.Exchange(ref _held, held);
    }

    public static ActivitySource Source { get; } = new(Name);

    /// <summary>Since this process started.</summary>
    public IReadOnlyDictionary<Channel, Tally> Tallies => _tallies;

    public void Received(Channel channel)
    {
        _received.Add(1, Tag(channel));
        Interlocked.Increment(ref Of(channel).Received);
    }

    private void Stored(Channel channel, bool duplicate, TimeSpan duration)
    {
        Interlocked.Increment(ref duplicate ? ref Of(channel).Duplicates : ref Of(channel).Stored);
        _outcomes.Add(1, Tag(channel), new("outcome", duplicate ? "duplicate" : "stored"));
        _duration.Record(duration.TotalSeconds, Tag(channel));
    }

    /// <summary>What became of it once it was durable.</summary>
    public void Settled(Channel channel, Outcome<Receipt> outcome, TimeSpan duration)
    {
        if (outcome.IsRefused)
            Refused(channel);
        else
            Stored(channel, outcome.Value.Duplicate, duration);
    }

    /// <summary>Durable, and to be read later.</summary>
    public void Kept(Channel channel)
    {
        Interlocked.Increment(ref Of(channel).Kept);
        _outcomes.Add(1, Tag(channel), new("outcome", "kept"));
    }

    public void Media(string outcome) => _media.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>A provider's news of nothing that a customer did.</summary>
    public void Ignored(Channel channel)
    {
        Interlocked.Increment(ref Of(channel).Ignored);
        _outcomes.Add(1, Tag(channel), new("outcome", "ignored"));
    }

    public void Refused(Channel channel)
    {
        Interlocked.Increment(ref Of(channel).Refused);
        _outcomes.Add(1, Tag(channel), new("outcome", "refused"));
    }

    public void Failed(Channel channel)
    {
        Interlocked.Increment(ref Of(channel).Failed);
        _outcomes.Add(1, Tag(channel), new("outcome", "failed"));
    }

    /// <summary>Another host in the same process has instruments of the same names.</summary>
    public bool Owns(Instrument instrument) => instrument.Meter == _meter;

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Tag(Channel channel) => new("channel", Words.Of(channel));

    private Tally Of(Channel channel) => _tallies.GetOrAdd(channel, static _ => new());

    internal sealed class Tally
    {
        public long Received;
        public long Stored;
        public long Duplicates;
        public long Kept;
        public long Ignored;
        public long Refused;
        public long Failed;
    }
}
