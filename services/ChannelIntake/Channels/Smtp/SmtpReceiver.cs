using System.Diagnostics;
using CxPlatform.Intake.Channels.Email;
using CxPlatform.Mail;
using CxPlatform.Messaging;

namespace CxPlatform.Intake.Channels.Smtp;

/// <summary>What becomes of mail that the listener takes.</summary>
internal sealed class SmtpReceiver(SmtpRecipients recipients, MailIntake intake, SmtpMetrics metrics, ILogger<SmtpReceiver> log)
    : ISmtpReceiver
{
    private static readonly SmtpReply ComeAgain = new(451, "4.3.0", "It cannot be stored now; please come again");

    public SmtpReply? CheckRecipient(string recipient) => recipients.Check(recipient);

    public async Task<SmtpReply> ReceiveAsync(SmtpDelivery delivery, CancellationToken cancel)
    {
        using var activity = Metrics.Source.StartActivity("smtp receive", ActivityKind.Server);
        try
        {
            var recipient = recipients.Choose(delivery.Recipients);
            await using var mail = await delivery.OpenAsync(recipient, cancel);
            var outcome = await intake.TakeAsync(mail, new(recipient, delivery.From), cancel);
            return outcome.IsRefused ? ComeAgain : new(250, "2.0.0", $"Stored as {outcome.Value.ContactId}");
        }
#pragma warning disable CA1031 // Whatever it was, the sender still has the mail and must keep it.
        catch (Exception e) when (!cancel.IsCancellationRequested)
#pragma warning restore CA1031
        {
            log.SmtpDeferred(e.WithoutWords(), e.GetType().Name);
            return ComeAgain;
        }
    }

    public void Note(SmtpNotice notice) => metrics.Note(notice);
}
