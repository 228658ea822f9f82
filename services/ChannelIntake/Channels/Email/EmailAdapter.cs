using System.Security.Cryptography;
using System.Text;
using CxPlatform.Contracts;
using CxPlatform.Mail;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace CxPlatform.Intake.Channels.Email;

/// <summary>Makes an arrival of any bytes that claim to be a mail.</summary>
internal sealed class EmailAdapter(
    ContactIntake intake, IBlobs blobs, Tokens tokens, IOptions<IntakeOptions> options, ILogger<EmailAdapter> log)
{
    private const int MostAttachments = 200;

    /// <param name="recipient">Where the mail server delivered it, when it says so.</param>
    /// <param name="envelopeFrom">The envelope's sender, when the mail server says so; empty for the null path.</param>
    public async Task<Arrival> ReadAsync(ReadOnlyMemory<byte> raw, string? recipient, string? envelopeFrom, CancellationToken ct)
    {
        Arrival arrival;
        IReadOnlyList<InboundAttachment> files;
        try
        {
            var mail = MimeReader.Read(raw);
            arrival = Understand(mail, raw, recipient, envelopeFrom);
            files = mail.Attachments;
        }
#pragma warning disable CA1031 // A mail that meets a fault of ours is still a customer's: it is kept whole and marked.
        catch (Exception e) when (e is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            log.MailNotUnderstood(e.GetType().Name);
            return NotUnderstood(raw);
        }
        return arrival with { Attachments = await StoreAsync(files, ct) };
    }

    private Arrival Understand(InboundMail mail, ReadOnlyMemory<byte> raw, string? recipient, string? envelopeFrom)
    {
        var providerId = ProviderId(mail, raw);
        var from = SenderOf(mail, providerId);
        var threads = new EmailThreads(tokens, mail, recipient);
        var automatic = threads.IsOurOwn || IsOurs(from.Value) ? Automatic.Loop : AutomaticMail.Classify(mail, envelopeFrom) switch
        {
            AutomaticKind.AutoReply => Automatic.AutoReply,
            AutomaticKind.Bounce => Automatic.Bounce,
            AutomaticKind.List => Automatic.List,
            _ => Automatic.None,
        };
        var report = automatic == Automatic.Bounce ? DeliveryStatus.Read(mail) : null;
        var text = ReplyText.Strip(mail.Text);
        return new()
        {
            ContactId = intake.NewId(),
            Channel = Channel.Email,
            ProviderId = providerId,
            ReceivedAt = intake.Now,
            From = from,
            Name = NameOf(mail),
            AnswerTo = mail.ReplyTo.Select(address => Identities.Address(address.Address))
                .FirstOrDefault(address => address is not null && address != from.Value),
            To = Clean.Line(threads.DeliveredTo, 254),
            Cc = [.. mail.Cc.Select(address => Identities.Address(address.Address)).OfType<string>().Distinct().Take(50)],
            Subject = Clean.Line(mail.Subject, Limits.Subject),
            Text = Clean.Text(text),
            Automatic = automatic,
            Bounce = BounceOf(report),
            Evidence = threads.Evidence(report?.OriginalMessageId),
            MessageId = mail.MessageId is { Length: <= 998 } id ? Clean.Line(id, 998) : null,
            Warnings = [.. mail.Warnings.Select(warning => $"{warning.Code}: {warning.Detail}")],
            Raw = raw,
            RawType = "message/rfc822",
        };
    }

    private Arrival NotUnderstood(ReadOnlyMemory<byte> raw)
    {
        var providerId = Hash(raw.Span);
        return new()
        {
            ContactId = intake.NewId(),
            Channel = Channel.Email,
            ProviderId = providerId,
            ReceivedAt = intake.Now,
            From = new(IdentityKind.ExternalId, "unknown-sender:" + providerId),
            Text = "",
            Warnings = ["not-understood: the mail could not be read; it is kept as it came."],
            Raw = raw,
            RawType = "message/rfc822",
        };
    }

    /// <summary>The Message-ID with a print of what the mail says: the same mail delivered twice is one contact, but a program
    /// that stamps all its mail with one Message-ID, or somebody who copies one, loses or hides nothing.</summary>
    private static string ProviderId(InboundMail mail, ReadOnlyMemory<byte> raw)
    {
        if (Clean.Line(mail.MessageId, 998) is not { } id)
            return Hash(raw.Span);
        var said = $"{(mail.From is [var from, ..] ? from.Address : "")}\n{mail.Date:O}\n{mail.Subject}\n{mail.Text}";
        return $"{id}#{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(said)))[..16]}";
    }

    private static Identity SenderOf(InboundMail mail, string providerId)
    {
        var candidates = mail.From.Select(address => address.Address).Append(mail.Sender?.Address).Append(mail.ReturnPath)
            .Where(address => !string.IsNullOrWhiteSpace(address)).OfType<string>().ToList();
        foreach (var candidate in candidates)
            if (Identities.Address(candidate) is { } address)
                return new(IdentityKind.EmailAddress, address);
        // Local mail comes from "root"; anything is better than nobody, and nobody is never everybody.
        foreach (var candidate in candidates)
            if (Clean.Line(candidate, Limits.Name) is { } line && Identities.Named(IdentityKind.Handle, line) is { } handle)
                return handle;
        return new(IdentityKind.ExternalId, "unknown-sender:" + Hash(Encoding.UTF8.GetBytes(providerId)));
    }

    // A mail program that knows no name shows the address in its place.
    private static string? NameOf(InboundMail mail) =>
        mail.From is [{ Name: { } name }, ..] && !name.Contains('@', StringComparison.Ordinal) ? Clean.Line(name, Limits.Name) : null;

    private bool IsOurs(string address) => options.Value.OwnAddresses.Any(own => Identities.Address(own) == address);

    private Bounce? BounceOf(DeliveryStatus? report)
    {
        if (report?.Recipients.OrderByDescending(recipient => recipient.Hard)
            .FirstOrDefault(recipient => recipient.Hard || recipient.Soft) is not { } failed)
            return null;
        var sentTo = failed.OriginalAddress ?? failed.Address;
        var ours = tokens.TryReadMessageId(report.OriginalMessageId, out _, out var caseId);
        return new(
            Identities.Address(sentTo) ?? Clean.Line(sentTo, 254) ?? "",
            failed.Hard,
            Clean.Line(failed.Status, 20),
            Clean.Line(failed.Diagnostic, 500),
            ours ? caseId : null,
            Clean.Line(report.OriginalMessageId, 998));
    }

    private async Task<IReadOnlyList<Attachment>> StoreAsync(IReadOnlyList<InboundAttachment> files, CancellationToken ct)
    {
        if (files.Count == 0)
            return [];
        var attachments = new List<Attachment>(Math.Min(files.Count, MostAttachments));
        foreach (var file in files.Take(MostAttachments))
        {
            var name = Clean.Line(file.Name, Limits.Name) ?? $"attachment-{attachments.Count + 1}";
            attachments.Add(new(
                name, Clean.Line(file.ContentType, Limits.Name) ?? "application/octet-stream", file.Size,
                (await blobs.PutAsync(file.Content, ct)).Hash, file.Inline));
        }
        return attachments;
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));
}
