using System.Text.RegularExpressions;

namespace CxPlatform.Mail;

/// <summary>
/// The fields of a delivery report (RFC 3464), wherever they stand: in their part, or in the text of a program that has no parts.
/// </summary>
static partial class DeliveryReport
{
    public const int MaxRecipients = 1_000;

    public static DeliveryStatus Read(ReadOnlyMemory<byte> content)
    {
        var lines = new LineReader(content);
        var warnings = new WarningList();
        IReadOnlyList<MailHeader> about = [];
        var recipients = new List<DeliveryRecipient>();
        while (!lines.AtEnd && recipients.Count < MaxRecipients)
        {
            var before = lines.Start;
            var block = HeaderParser.Read(lines, warnings);
            // A line that is no field ends a block without being read.
            if (lines.Start == before) lines.Advance();
            if (Recipient(block) is { } recipient) recipients.Add(recipient);
            else if (about.Count == 0) about = block;
        }
        return new()
        {
            ReportingMta = WithoutType(about.Value("Reporting-MTA")),
            OriginalEnvelopeId = about.Value("Original-Envelope-Id"),
            Recipients = recipients,
        };
    }

    static DeliveryRecipient? Recipient(List<MailHeader> block)
    {
        var original = Address(block.Value("Original-Recipient")) ?? Address(block.Value("X-Actual-Recipient"));
        var final = Address(block.Value("Final-Recipient"));
        // A program or a file that the mail went to is not whom we know.
        if (original is not null && final?.Contains('@', StringComparison.Ordinal) != true) final = original;
        final = final
            ?? Address(block.Value("Original-Rcpt-To")) ?? Address(block.Value("Removal-Recipient"));
        if (final is null) return null;
        var diagnostic = WithoutType(block.Value("Diagnostic-Code") ?? block.Value("X-Notes") ?? block.Value("X-Supplementary-Info"));
        var told = ReplyStatus.In(block.Value("Status"));
        // Many programs write 5.0.0 where the diagnostic says more.
        var status = told is null || told.EndsWith(".0.0", StringComparison.Ordinal) ? ReplyStatus.Of(diagnostic) ?? told : told;
        var action = block.Value("Action")?.Split(' ', '(', ';')[0].ToLowerInvariant() switch
        {
            "failed" or "failure" => DeliveryAction.Failed,
            "delayed" => DeliveryAction.Delayed,
            "delivered" => DeliveryAction.Delivered,
            "relayed" => DeliveryAction.Relayed,
            "expanded" => DeliveryAction.Expanded,
            "expired" => DeliveryAction.Failed,
            _ => status?[0] switch { '5' => DeliveryAction.Failed, '4' => DeliveryAction.Delayed, _ => DeliveryAction.Unknown },
        };
        return new(final, original, action, status, diagnostic);
    }

    static string? Address(string? field) =>
        WithoutType(field) is not { Length: > 0 } text ? null
        : MailAddress.ParseList(text) is [var address, ..] ? address.Address
        : text;

    /// <summary>"rfc822; jane@example.com": what precedes the semicolon says how to read what follows.</summary>
    static string? WithoutType(string? field) =>
        field is null ? null : TypePrefix.Match(field) is { Success: true } type ? field[type.Length..].Trim() : field.Trim();

    [GeneratedRegex(@"^\s*[A-Za-z0-9-]{1,20}\s*;", RegexOptions.CultureInvariant)]
    private static partial Regex TypePrefix { get; }
}

/// <summary>Status codes (RFC 3463) and reply codes (RFC 5321) in what servers say.</summary>
static partial class ReplyStatus
{
    /// <summary>The status code in a text, or null.</summary>
    public static string? In(string? text) =>
        text is not null && Status.Match(text) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>What a server's words come to: its status code, or what its words mean, or the class of its reply code.</summary>
    public static string? Of(string? text)
    {
        if (text is null) return null;
        var told = In(text);
        if (told is not null && !told.EndsWith(".0.0", StringComparison.Ordinal)) return told;
        var code = Reply.Match(text) is { Success: true } reply ? reply.Groups[1].Value : told?[..1];
        var meant = BounceReason.StatusOf(text);
        if (meant is not null) return code is null ? meant : code + meant[1..];
        return told ?? (code is null ? null : code + ".0.0");
    }

    public static bool HasCode(string text) => Reply.IsMatch(text);

    [GeneratedRegex(@"(?:^|[^\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)", RegexOptions.CultureInvariant)]
    private static partial Regex Status { get; }

    [GeneratedRegex(@"(?<![\d.])([45])[0-5]\d(?=[ -])", RegexOptions.CultureInvariant)]
    private static partial Regex Reply { get; }
}
