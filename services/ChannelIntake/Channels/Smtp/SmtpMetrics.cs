using System.Diagnostics.Metrics;
using CxPlatform.Mail;

namespace CxPlatform.Intake.Channels.Smtp;

/// <summary>What happens at the listener: how many are connected, what was taken and what was refused, and why.</summary>
internal sealed class SmtpMetrics
{
    private readonly UpDownCounter<int> _sessions;
    private readonly Counter<long> _events;

    public SmtpMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(Metrics.Name);
        _sessions = meter.CreateUpDownCounter<int>("cx.intake.smtp.sessions", "{session}", "Mail servers that are connected.");
        _events = meter.CreateCounter<long>("cx.intake.smtp.events", "{event}", "What the SMTP listener took and refused, by reason.");
    }

    public void Note(SmtpNotice notice)
    {
        if (notice is SmtpNotice.SessionBegun or SmtpNotice.SessionEnded)
            _sessions.Add(notice == SmtpNotice.SessionBegun ? 1 : -1);
        else
            _events.Add(1, new KeyValuePair<string, object?>("outcome", Word(notice)));
    }

    private static string Word(SmtpNotice notice) => notice switch
    {
        SmtpNotice.Accepted => "accepted",
        SmtpNotice.Deferred => "deferred",
        SmtpNotice.Refused => "refused",
        SmtpNotice.ConnectionRefused => "connection_refused",
        SmtpNotice.RecipientRefused => "recipient_refused",
        SmtpNotice.TooManyRecipients => "too_many_recipients",
        SmtpNotice.TooLarge => "too_large",
        SmtpNotice.TooManyErrors => "too_many_errors",
        SmtpNotice.TimedOut => "timed_out",
        SmtpNotice.BrokenOff => "broken_off",
        SmtpNotice.TlsFailed => "tls_failed",
        _ => "other",
    };
}
