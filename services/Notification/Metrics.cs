using System.Diagnostics;
using System.Diagnostics.Metrics;
using CxPlatform.Contracts;
using CxPlatform.Notifications.Sending;
using CxPlatform.Notifications.Storage;

namespace CxPlatform.Notifications;

internal sealed class Metrics
{
    public const string Name = "CxPlatform.Notification";

    private readonly Counter<long> _messages;
    private readonly Counter<long> _late;
    private readonly Histogram<double> _age;
    private readonly Counter<long> _deliveries;
    private readonly Histogram<double> _deliveryDuration;
    private long _backlog;
    private long _deliveryBacklog;
    private long _stoppedSubscriptions;

    public Metrics(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        _messages = meter.CreateCounter<long>("cx.messages", "{message}", "Attempts to send a message, by channel, template and outcome (sent, deferred, failed).");
        _late = meter.CreateCounter<long>("cx.message.late", "{message}", "Messages that have not left for an hour, each counted once, by channel and template.");
        _age = meter.CreateHistogram<double>(
            "cx.message.age", "s", "From the event that asked for a message to its leaving.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.05, 0.25, 1, 5, 30, 60, 300, 900, 1800, 3600, 7200, 14400, 28800, 86400, 172800, 604800] });
        meter.CreateObservableGauge("cx.message.backlog", () => Interlocked.Read(ref _backlog), "{message}", "Messages that have yet to leave.");
        _deliveries = meter.CreateCounter<long>("cx.deliveries", "{delivery}", "Attempts to deliver an event to a subscription, by outcome (delivered, failed, skipped).");
        _deliveryDuration = meter.CreateHistogram<double>(
            "cx.delivery.duration", "s", "How long endpoints took to answer, by outcome.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15] });
        meter.CreateObservableGauge("cx.delivery.backlog", () => Interlocked.Read(ref _deliveryBacklog), "{event}", "Events that subscriptions of this process have yet to get past.");
        meter.CreateObservableGauge(
            "cx.subscription.stopped", () => Interlocked.Read(ref _stoppedSubscriptions), "{subscription}",
            "Subscriptions that get nothing and were not paused by hand: their endpoint fails or is gone, or their key was revoked. Every process counts all of them.");
    }

    public static ActivitySource Activities { get; } = new(Name);

    public long Backlog { set => Interlocked.Exchange(ref _backlog, value); }

    public long DeliveryBacklog { set => Interlocked.Exchange(ref _deliveryBacklog, value); }

    public long StoppedSubscriptions { set => Interlocked.Exchange(ref _stoppedSubscriptions, value); }

    public void Delivered(DeliveryRow row)
    {
        var outcome = new KeyValuePair<string, object?>("outcome", row.Outcome.ToString().ToLowerInvariant());
        _deliveries.Add(1, outcome);
        if (row.Outcome != DeliveryOutcome.Skipped)
            _deliveryDuration.Record(row.Milliseconds / 1000.0, outcome);
    }

    public void Late(OutgoingMessage message) => _late.Add(1, new TagList { { "channel", Word(message.To.Channel) }, { "template", message.Template } });

    public void Attempted(OutgoingMessage message, string outcome, DateTimeOffset now)
    {
        var tags = new TagList { { "channel", Word(message.To.Channel) }, { "template", message.Template }, { "outcome", outcome } };
        _messages.Add(1, tags);
        if (outcome == "sent")
            _age.Record((now - message.CreatedAt).TotalSeconds, new TagList { { "channel", Word(message.To.Channel) }, { "template", message.Template } });
    }

#pragma warning disable CA1822 // Belongs to the metrics' words.
    public string Word(Channel channel) => channel == Channel.WebForm ? "web-form" : channel.ToString().ToLowerInvariant();
#pragma warning restore CA1822
}
