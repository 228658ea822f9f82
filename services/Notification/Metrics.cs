using System.Diagnostics;
using System.Diagnostics.Metrics;
using CxPlatform.Contracts;
using CxPlatform.Notifications.Sending;

namespace CxPlatform.Notifications;

internal sealed class Metrics
{
    public const string Name = "CxPlatform.Notification";

    private readonly Counter<long> _messages;
    private readonly Histogram<double> _age;
    private long _backlog;

    public Metrics(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        _messages = meter.CreateCounter<long>("cx.messages", "{message}", "Attempts to send a message, by channel, template and outcome (sent, deferred, failed).");
        _age = meter.CreateHistogram<double>(
            "cx.message.age", "s", "From the event that asked for a message to its leaving.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.05, 0.25, 1, 5, 30, 60, 300, 900, 1800, 3600, 7200, 14400, 28800, 86400, 172800, 604800] });
        meter.CreateObservableGauge("cx.message.backlog", () => Interlocked.Read(ref _backlog), "{message}", "Messages that have yet to leave.");
    }

    public static ActivitySource Activities { get; } = new(Name);

    public long Backlog { set => Interlocked.Exchange(ref _backlog, value); }

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
