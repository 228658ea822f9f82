using System.Text;
using System.Text.RegularExpressions;

namespace CxPlatform.Mail;

/// <summary>What happened to a message for a recipient (RFC 3464 section 2.3.3).</summary>
public enum DeliveryAction { Unknown, Failed, Delayed, Delivered, Relayed, Expanded }

/// <summary>The fate of one recipient.</summary>
/// <param name="Address">Final-Recipient, without its type.</param>
/// <param name="OriginalAddress">Original-Recipient, without its type: where we had sent it; null when not told.</param>
/// <param name="Action">What happened.</param>
/// <param name="Status">
/// RFC 3463, for instance <c>5.1.1</c>; taken from what the server said where Status is missing or says nothing; null when neither tells.
/// </param>
/// <param name="Diagnostic">What the last server said, without its type; may name addresses.</param>
public sealed record DeliveryRecipient(string Address, string? OriginalAddress, DeliveryAction Action, string? Status, string? Diagnostic)
{
    /// <summary>No further attempt can change it: no such mailbox, no such domain, moved, takes no mail.</summary>
    public bool Hard => Action == DeliveryAction.Failed && Status is { Length: > 0 } status && BounceReason.IsHard(status, Diagnostic);

    /// <summary>It did not arrive, or not yet, for a reason that may pass: full, too big, filtered, delayed.</summary>
    public bool Soft => Action is DeliveryAction.Failed or DeliveryAction.Delayed && !Hard;
}

/// <summary>A delivery report: RFC 3464, or one of the many forms of their own that mail systems have.</summary>
public sealed partial record DeliveryStatus
{
    const int SearchedText = 100_000;

    /// <summary>The server that reports, without its type; null when not told.</summary>
    public string? ReportingMta { get; init; }

    /// <summary>ENVID of the original (RFC 3461); null when not told.</summary>
    public string? OriginalEnvelopeId { get; init; }

    /// <summary>
    /// The Message-ID of the message that is reported on, without angle brackets: from the copy that comes with the report as a part or in
    /// its text, or from what the report refers to; null when not told.
    /// </summary>
    public string? OriginalMessageId { get; init; }

    public IReadOnlyList<DeliveryRecipient> Recipients { get; init; } = [];

    /// <summary>Reads the report that a message holds; null when it holds none. Never throws.</summary>
    public static DeliveryStatus? Read(InboundMail mail)
    {
        ArgumentNullException.ThrowIfNull(mail);
        if (!BounceSigns.IsReport(mail)) return null;
        var text = TextOf(mail);
        return Standard(mail) is { Recipients.Count: > 0 } standard ? standard with { OriginalMessageId = OriginalId(mail, text) }
            : InText(text) is { Recipients.Count: > 0 } inText ? inText with { OriginalMessageId = OriginalId(mail, text) }
            : new() { OriginalMessageId = OriginalId(mail, text), Recipients = Failed(mail, text) };
    }

    internal static bool IsReport(string mediaType) =>
        mediaType is "message/delivery-status" or "message/global-delivery-status" or "message/feedback-report";

    internal static bool IsOriginal(string mediaType) =>
        mediaType is "message/rfc822" or "text/rfc822-headers" or "message/rfc822-headers" or "text/rfc822" or "message/global"
            or "message/global-headers" or "message/partial";

    /// <summary>The text of the report, and of parts that some programs send it or the original in.</summary>
    internal static string TextOf(InboundMail mail)
    {
        var text = mail.Text;
        if (text.Length > SearchedText) text = text[..SearchedText];
        foreach (var part in mail.Root.All())
        {
            if (text.Length > SearchedText) break;
            if (part.Parts.Count == 0 && part.MediaType is "text/plain" && part.FileName is not null)
                text += "\n" + CleanText.Lines(Encoding.UTF8.GetString(part.Content.Span[..Math.Min(part.Content.Length, SearchedText)]));
        }
        return text;
    }

    static DeliveryStatus? Standard(InboundMail mail) =>
        mail.Root.All().FirstOrDefault(p => IsReport(p.MediaType)) is { } part ? DeliveryReport.Read(part.Content) : null;

    /// <summary>The fields of RFC 3464 in a text.</summary>
    static DeliveryStatus? InText(string text) =>
        FinalRecipient.Match(text) is { Success: true } match ? DeliveryReport.Read(Encoding.UTF8.GetBytes(text[match.Index..])) : null;

    static IReadOnlyList<DeliveryRecipient> Failed(InboundMail mail, string text)
    {
        var found = BounceText.Read(mail, text);
        if (mail.Header("X-Failed-Recipients") is not { } failed) return found;
        var fallback = found is [var first, ..] ? first : null;
        return [.. MailAddress.ParseList(failed).Take(DeliveryReport.MaxRecipients).Select(a =>
            found.FirstOrDefault(r => r.Address.Equals(a.Address, StringComparison.OrdinalIgnoreCase))
            ?? new DeliveryRecipient(
                a.Address, null, fallback?.Action ?? DeliveryAction.Failed, fallback?.Status ?? ReplyStatus.Of(text) ?? "5.0.0",
                fallback?.Diagnostic))];
    }

    static string? OriginalId(InboundMail mail, string text)
    {
        foreach (var part in mail.Root.All())
            if (IsOriginal(part.MediaType) && (MimeReader.Read(part.Content).MessageId ?? IdInText(Start(part))) is { } id) return id;
        return IdInText(text) ?? (mail.InReplyTo is [var answered, ..] ? answered : mail.References is [.., var last] ? last : null);
    }

    static string Start(MailPart part) => Encoding.Latin1.GetString(part.Content.Span[..Math.Min(part.Content.Length, SearchedText)]);

    static string? IdInText(string text) => IdLine.Match(text) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex(
        @"^[\s>|]{0,10}(?:X-Original-|Original-)?Message-ID:\s{0,5}<([^<>\s]{1,900})>",
        RegexOptions.Multiline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex IdLine { get; }

    [GeneratedRegex(@"^(?:Final|Original)-Recipient:", RegexOptions.Multiline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex FinalRecipient { get; }
}
