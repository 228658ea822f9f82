using System.Text.RegularExpressions;

namespace CxPlatform.Mail;

/// <summary>What happened to a message for a recipient (RFC 3464 section 2.3.3).</summary>
public enum DeliveryAction { Unknown, Failed, Delayed, Delivered, Relayed, Expanded }

/// <summary>The fate of one recipient.</summary>
/// <param name="Address">Final-Recipient, without its type.</param>
/// <param name="OriginalAddress">Original-Recipient, without its type: where we had sent it; null when not told.</param>
/// <param name="Action">What happened.</param>
/// <param name="Status">
/// RFC 3463, for instance <c>5.1.1</c>; taken from the diagnostic where Status is missing; null when neither tells.
/// </param>
/// <param name="Diagnostic">What the last server said, without its type; may name addresses.</param>
public sealed record DeliveryRecipient(string Address, string? OriginalAddress, DeliveryAction Action, string? Status, string? Diagnostic)
{
    /// <summary>It will never arrive: the address is wrong or refuses for good (5.x.x).</summary>
    public bool Hard => Action == DeliveryAction.Failed && Status?[0] == '5';

    /// <summary>It did not arrive, or not yet, for a reason that may pass (4.x.x).</summary>
    public bool Soft => Action is DeliveryAction.Failed or DeliveryAction.Delayed && !Hard;
}

/// <summary>A delivery report (RFC 3464), or the reports of Exim and qmail, which have forms of their own.</summary>
public sealed partial record DeliveryStatus
{
    const int MaxRecipients = 1_000;
    const int SearchedText = 100_000;

    /// <summary>The server that reports, without its type; null when not told.</summary>
    public string? ReportingMta { get; init; }

    /// <summary>ENVID of the original (RFC 3461); null when not told.</summary>
    public string? OriginalEnvelopeId { get; init; }

    /// <summary>
    /// The Message-ID of the message that is reported on, without angle brackets, from the copy that comes with the report; null without
    /// one.
    /// </summary>
    public string? OriginalMessageId { get; init; }

    public IReadOnlyList<DeliveryRecipient> Recipients { get; init; } = [];

    /// <summary>Reads the report that a message holds; null when it holds none. Never throws.</summary>
    public static DeliveryStatus? Read(InboundMail mail)
    {
        ArgumentNullException.ThrowIfNull(mail);
        var report = mail.Root.All().FirstOrDefault(p => IsReport(p.MediaType));
        return report is not null ? ReadReport(mail, report) : ReadExim(mail) ?? ReadQmail(mail);
    }

    internal static bool IsReport(string mediaType) => mediaType is "message/delivery-status" or "message/global-delivery-status";

    static DeliveryStatus ReadReport(InboundMail mail, MailPart report)
    {
        var lines = new LineReader(report.Content);
        var warnings = new WarningList();
        IReadOnlyList<MailHeader> about = [];
        var recipients = new List<DeliveryRecipient>();
        while (!lines.AtEnd && recipients.Count < MaxRecipients)
        {
            var before = lines.Start;
            var block = HeaderParser.Read(lines, warnings);
            // A line that is no field ends a block without being read.
            if (lines.Start == before) lines.Advance();
            if ((block.Value("Final-Recipient") ?? block.Value("Original-Recipient")) is not null) recipients.Add(ReadRecipient(block));
            else if (about.Count == 0) about = block;
        }
        return new()
        {
            ReportingMta = WithoutType(about.Value("Reporting-MTA")),
            OriginalEnvelopeId = about.Value("Original-Envelope-Id"),
            OriginalMessageId = OriginalId(mail),
            Recipients = recipients,
        };
    }

    static DeliveryRecipient ReadRecipient(List<MailHeader> block)
    {
        var original = Address(block.Value("Original-Recipient"));
        var final = Address(block.Value("Final-Recipient")) ?? original ?? "";
        var diagnostic = WithoutType(block.Value("Diagnostic-Code"));
        var status = StatusText().Match(block.Value("Status") ?? "") is { Success: true } match ? match.Value : StatusIn(diagnostic);
        var action = block.Value("Action")?.Split(' ', '(')[0].ToLowerInvariant() switch
        {
            "failed" => DeliveryAction.Failed,
            "delayed" => DeliveryAction.Delayed,
            "delivered" => DeliveryAction.Delivered,
            "relayed" => DeliveryAction.Relayed,
            "expanded" => DeliveryAction.Expanded,
            _ => status?[0] == '5' ? DeliveryAction.Failed : DeliveryAction.Unknown,
        };
        return new(final, original, action, status, diagnostic);
    }

    static string? Address(string? field) =>
        WithoutType(field) is not { Length: > 0 } text ? null
        : MailAddress.ParseList(text) is [var address, ..] ? address.Address
        : text;

    /// <summary>"rfc822; jane@example.com": what precedes the semicolon says how to read what follows.</summary>
    static string? WithoutType(string? field) => field?[(field.IndexOf(';', StringComparison.Ordinal) + 1)..].Trim();

    /// <summary>From "550 5.1.1 no such user", or the class alone from "550 no such user".</summary>
    static string? StatusIn(string? text)
    {
        if (text is null) return null;
        if (StatusText().Match(text) is { Success: true } status) return status.Value;
        return ReplyCode().Match(text) is { Success: true } code ? code.Groups[1].Value + ".0.0" : null;
    }

    static string? OriginalId(InboundMail mail)
    {
        foreach (var part in mail.Root.All())
            if (part.MediaType is "message/rfc822" or "text/rfc822-headers" or "message/global" or "message/global-headers"
                && MimeReader.Read(part.Content).MessageId is { } id) return id;
        return IdInText(mail.Text);
    }

    static string? IdInText(string text) =>
        IdLine().Match(text.Length > SearchedText ? text[..SearchedText] : text) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>Exim gives up on an address for good when it names it here.</summary>
    static DeliveryStatus? ReadExim(InboundMail mail)
    {
        if (mail.Header("X-Failed-Recipients") is not { } failed) return null;
        var status = StatusIn(FirstReply().Match(mail.Text.Length > SearchedText ? mail.Text[..SearchedText] : mail.Text).Value) ?? "5.0.0";
        var recipients = MailAddress.ParseList(failed).Take(MaxRecipients);
        return new()
        {
            OriginalMessageId = OriginalId(mail),
            Recipients = [.. recipients.Select(a => new DeliveryRecipient(a.Address, null, DeliveryAction.Failed, status, null))],
        };
    }

    /// <summary>
    /// qmail's own form (QSBMF): paragraphs that begin with an address in angle brackets, then the reason; below a line the original.
    /// </summary>
    static DeliveryStatus? ReadQmail(InboundMail mail)
    {
        var text = mail.Text.Length > SearchedText ? mail.Text[..SearchedText] : mail.Text;
        if (!text.StartsWith("Hi. This is the ", StringComparison.Ordinal)) return null;
        var end = text.IndexOf("\n---", StringComparison.Ordinal);
        var recipients = new List<DeliveryRecipient>();
        foreach (Match match in QmailParagraph().Matches(end < 0 ? text : text[..end]))
        {
            var reason = match.Groups[2].Value.Replace('\n', ' ').Trim();
            recipients.Add(new(match.Groups[1].Value, null, DeliveryAction.Failed, StatusIn(reason), reason));
            if (recipients.Count >= MaxRecipients) break;
        }
        return recipients.Count == 0 ? null : new() { OriginalMessageId = IdInText(text), Recipients = recipients };
    }

    [GeneratedRegex(@"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])", RegexOptions.CultureInvariant)]
    private static partial Regex StatusText();

    [GeneratedRegex(@"(?<!\d)([245])[0-5]\d(?=[ -])", RegexOptions.CultureInvariant)]
    private static partial Regex ReplyCode();

    [GeneratedRegex(@"(?<!\d)[45][0-5]\d[ -][^\n]{0,500}", RegexOptions.CultureInvariant)]
    private static partial Regex FirstReply();

    [GeneratedRegex(@"^(?i:Message-ID):\s{0,5}<([^<>\s]{1,900})>", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex IdLine();

    [GeneratedRegex(@"^<([^<>\s]{1,320})>:\n((?:[^\n]{1,1000}\n?){0,20})", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex QmailParagraph();
}
