using System.Security.Cryptography;
using System.Text;
using CxPlatform.Contracts;
using CxPlatform.Intake.Contacts;
using CxPlatform.Mail;
using CxPlatform.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace CxPlatform.Intake.Channels.Email;

/// <summary>What was made of a mail: what people and programs are shown, and what the contact needs beside it.</summary>
internal sealed record MailReading
{
    public required Interpretation Shown { get; init; }
    public required string ProviderId { get; init; }
    public required Identity From { get; init; }
    public string? Name { get; init; }
    public string? DeliveredTo { get; init; }
    public string? AnswerTo { get; init; }
    public Bounce? Bounce { get; init; }
    public IReadOnlyList<Evidence> Evidence { get; init; } = [];
    public IReadOnlyList<InboundAttachment> Files { get; init; } = [];

    /// <summary>A server that we trust found the sender's address to be genuine.</summary>
    public bool IsAuthentic { get; init; }
}

/// <summary>The one reading of a mail: its bytes and its envelope in, what we make of it out. It stores nothing, asks nobody and answers
/// for any bytes, so that a preview and the contact cannot differ.</summary>
internal sealed class MailReader(
    Tokens tokens, IOptions<IntakeOptions> options, IOptions<PlatformOptions> platform, IConfiguration configuration, ILogger<MailReader> log)
{
    /// <summary>Files of one mail that are kept apart; the rest stays in the raw mail.</summary>
    public const int MostAttachments = 200;

    /// <summary>The warning that marks what a later version should read again.</summary>
    public const string NotUnderstood = "not-understood";

    private const int MostAddresses = 200;
    private const int MostReferences = 100;

    private readonly AddressSet _ours = InCopy.Ours(options.Value, platform.Value, configuration);

    /// <param name="pictureAddress">Where the file of that number is served, for pictures within the HTML; without it they are left out.
    /// </param>
    public MailReading Read(ReadOnlyMemory<byte> raw, Envelope envelope, Func<int, string>? pictureAddress = null)
    {
        try
        {
            return Understand(MimeReader.Read(raw), raw, envelope, pictureAddress);
        }
#pragma warning disable CA1031 // A mail that meets a fault of ours is still a customer's: it is kept whole and marked.
        catch (Exception e) when (e is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            log.MailNotUnderstood(e.GetType().Name);
            return Unread(raw);
        }
    }

    private MailReading Understand(InboundMail mail, ReadOnlyMemory<byte> raw, Envelope envelope, Func<int, string>? pictureAddress)
    {
        var warnings = mail.Warnings.Select(warning => $"{warning.Code}: {warning.Detail}").ToList();

        // A fault in reading one thing costs that thing and is told; the rest is read all the same.
        T Guarded<T>(string what, T otherwise, Func<T> read)
        {
            try
            {
                return read();
            }
#pragma warning disable CA1031 // See above.
            catch (Exception e) when (e is not OutOfMemoryException)
#pragma warning restore CA1031
            {
                log.MailNotUnderstood(e.GetType().Name);
                warnings.Add($"{NotUnderstood}: the {what} could not be read; it is kept in the raw mail.");
                return otherwise;
            }
        }

        var text = Guarded("text", "", () => Clean.Text(mail.Text));
        var reply = Guarded("reply", text, () => Clean.Text(ReplyOf(mail)));
        if (string.IsNullOrWhiteSpace(reply))
            reply = text;
        var providerId = ProviderId(mail, text, raw);
        var from = SenderOf(mail, providerId);
        var threads = new EmailThreads(tokens, mail, envelope.Recipient, text);
        var automatic = Guarded("kind of sender", Automatic.None, () => KindOf(mail, threads, from, envelope));
        var report = automatic == Automatic.Bounce ? Guarded("delivery report", null, () => DeliveryStatus.Read(mail)) : null;
        var bounce = BounceOf(report);
        var files = mail.Attachments.Take(MostAttachments).ToList();
        if (mail.Attachments.Count > MostAttachments)
            warnings.Add($"attachments: {MostAttachments} of {mail.Attachments.Count} are kept apart; the rest is in the raw mail.");
        warnings.AddRange(Guarded("types of the files", [], () => MailFiles.Mismatches(files)));
        var evidence = Guarded<IReadOnlyList<Evidence>>("threads", [], () => threads.Evidence(report?.OriginalMessageId));
        return new()
        {
            ProviderId = providerId,
            From = from,
            IsAuthentic = Guarded("authentication", false, () => MailEvidence.IsAuthentic(mail, options.Value.Spam)),
            Name = NameOf(mail),
            DeliveredTo = Clean.Line(threads.DeliveredTo, 254),
            AnswerTo = mail.ReplyTo.Select(address => Identities.Address(address.Address))
                .FirstOrDefault(address => address is not null && address != from.Value),
            Bounce = bounce,
            Evidence = evidence,
            Files = files,
            Shown = new()
            {
                From = Shown(mail),
                To = Shown(mail.To),
                Cc = Shown(mail.Cc),
                ReplyTo = Shown(mail.ReplyTo),
                InCopy = automatic != Automatic.None ? []
                    : Guarded("people in copy", [], () => InCopy.Of(mail, from, address => _ours.Has(address) || threads.IsOurs(address))),
                Subject = Clean.Line(mail.Subject, Limits.Subject),
                Date = mail.Date,
                MessageId = mail.MessageId is { Length: <= 998 } id ? Clean.Line(id, 998) : null,
                References = [.. mail.References.Concat(mail.InReplyTo).Select(reference => Clean.Line(reference, 998)).OfType<string>()
                    .Distinct().TakeLast(MostReferences)],
                Text = text,
                ReplyText = reply,
                Html = mail.HtmlBody is { } html ? Guarded("HTML", null, () => Sanitised(html, files, pictureAddress)) : null,
                Attachments = [.. files.Select((file, n) => new AttachmentView(NameOf(file, n), TypeOf(file), file.Size, file.Inline))],
                Automatic = automatic,
                Bounce = BounceView.Of(bounce),
                Spam = Guarded("authentication", SpamScore.None, () => MailEvidence.Of(mail, evidence, options.Value.Spam)),
                Language = Language.Guess(reply.Length > 0 ? reply : text),
                Warnings = warnings,
            },
        };
    }

    // A plain part with nothing in it stands beside the HTML that says it all.
    private static string ReplyOf(InboundMail mail) =>
        ReplyText.Of(mail.HtmlBody is not null && string.IsNullOrWhiteSpace(mail.TextBody) ? mail with { TextBody = null } : mail).Text;

    private static string? Sanitised(string html, List<InboundAttachment> files, Func<int, string>? pictureAddress)
    {
        string? AddressOf(string contentId)
        {
            var n = files.FindIndex(file => file.ContentId == contentId);
            return n < 0 || FileTypes.Image(MailFiles.Start(files[n])) is null ? null : pictureAddress?.Invoke(n);
        }

        return Clean.Text(HtmlSanitizer.Sanitize(html, new() { ContentIdToUrl = AddressOf }).Html);
    }

    private static MailReading Unread(ReadOnlyMemory<byte> raw)
    {
        var providerId = Hash(raw.Span);
        return new()
        {
            ProviderId = providerId,
            From = new(IdentityKind.ExternalId, "unknown-sender:" + providerId),
            Shown = new() { Warnings = [NotUnderstood + ": the mail could not be read; it is kept as it came."] },
        };
    }

    public static string NameOf(InboundAttachment file, int n) => Clean.Line(file.Name, Limits.Name) ?? $"attachment-{n + 1}";

    public static string TypeOf(InboundAttachment file) => Clean.Line(file.ContentType, Limits.Name) ?? FileTypes.Octets;

    private Automatic KindOf(InboundMail mail, EmailThreads threads, Identity from, Envelope envelope) =>
        threads.IsOurOwn || options.Value.OwnAddresses.Any(own => Identities.Address(own) == from.Value)
            ? Automatic.Loop
            : AutomaticMail.Classify(mail, envelope.Sender) switch
            {
                AutomaticKind.AutoReply => Automatic.AutoReply,
                AutomaticKind.Bounce => Automatic.Bounce,
                AutomaticKind.List => Automatic.List,
                _ => Automatic.None,
            };

    /// <summary>The Message-ID with a print of what the mail says: the same mail delivered twice is one contact, but a program
    /// that stamps all its mail with one Message-ID, or somebody who copies one, loses or hides nothing.</summary>
    private static string ProviderId(InboundMail mail, string text, ReadOnlyMemory<byte> raw)
    {
        if (Clean.Line(mail.MessageId, 998) is not { } id)
            return Hash(raw.Span);
        var said = $"{(mail.From is [var from, ..] ? from.Address : "")}\n{mail.Date:O}\n{mail.Subject}\n{text}";
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

    private static Mailbox Shown(InboundMail mail)
    {
        var author = mail.From.FirstOrDefault(address => address.Address.Contains('@', StringComparison.Ordinal))
            ?? (mail.From is [var first, ..] ? first : mail.Sender)
            ?? (mail.ReturnPath is { Length: > 0 } path ? new MailAddress(path) : null);
        // Some name themselves and hide their address; the envelope still knows it.
        if (author is { Address: "" })
            author = author with { Address = mail.Sender?.Address ?? mail.ReturnPath ?? "" };
        return author is null ? new(null, null) : Shown(author);
    }

    private static List<Mailbox> Shown(IReadOnlyList<MailAddress> addresses) => [.. addresses.Take(MostAddresses).Select(Shown)];

    private static Mailbox Shown(MailAddress address) => new(Clean.Line(address.Address, 320), Clean.Line(address.Name, Limits.Name));

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

    private static string Hash(ReadOnlySpan<byte> bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));
}
