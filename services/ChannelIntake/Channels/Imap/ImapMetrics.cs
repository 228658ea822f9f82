using System.Diagnostics.Metrics;

namespace CxPlatform.Intake.Channels.Imap;

/// <summary>What comes out of the mailboxes, and which of them cannot be read.</summary>
internal sealed class ImapMetrics
{
    private readonly Counter<long> _messages;
    private readonly Gauge<int> _failing;

    public ImapMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(Metrics.Name);
        _messages = meter.CreateCounter<long>("cx.intake.imap.messages", "{message}", "Messages fetched: stored, duplicate or failed.");
        _failing = meter.CreateGauge<int>("cx.intake.imap.failing", "{mailbox}", "1 while a mailbox cannot be read.");
    }

    public void Taken(bool duplicate) => Count(duplicate ? "duplicate" : "stored");

    public void Failed() => Count("failed");

    /// <param name="mailbox">Its name in the configuration, not its address.</param>
    public void Failing(string mailbox, bool failing) =>
        _failing.Record(failing ? 1 : 0, new KeyValuePair<string, object?>("mailbox", mailbox));

    private void Count(string outcome) => _messages.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
