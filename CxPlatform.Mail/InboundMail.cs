namespace CxPlatform.Mail;

/// <summary>
/// A message as it was read. Text has line feeds only, and neither NUL nor unpaired surrogates, so that every database takes it.
/// </summary>
public sealed record InboundMail
{
    /// <summary>The header fields in their order.</summary>
    public required IReadOnlyList<MailHeader> Headers { get; init; }

    /// <summary>Empty when nobody is named; a sender who gave a name alone has an empty address.</summary>
    public IReadOnlyList<MailAddress> From { get; init; } = [];
    public MailAddress? Sender { get; init; }
    public IReadOnlyList<MailAddress> ReplyTo { get; init; } = [];
    public IReadOnlyList<MailAddress> To { get; init; } = [];
    public IReadOnlyList<MailAddress> Cc { get; init; } = [];

    /// <summary>The address in Return-Path: empty for the null path <c>&lt;&gt;</c>, null when the field is absent.</summary>
    public string? ReturnPath { get; init; }

    /// <summary>The decoded subject on one line; empty when absent.</summary>
    public string Subject { get; init; } = "";

    /// <summary>When the sender says it was sent, with their offset; null when absent or unreadable.</summary>
    public DateTimeOffset? Date { get; init; }

    /// <summary>Without angle brackets; null when absent.</summary>
    public string? MessageId { get; init; }

    /// <summary>Message ids without angle brackets, as the field orders them.</summary>
    public IReadOnlyList<string> InReplyTo { get; init; } = [];

    /// <summary>Message ids without angle brackets, oldest first as the field orders them.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>The plain text the sender wrote (format=flowed unwrapped); null when they sent none.</summary>
    public string? TextBody { get; init; }

    /// <summary>The HTML the sender wrote, not sanitised; null when they sent none.</summary>
    public string? HtmlBody { get; init; }

    public IReadOnlyList<InboundAttachment> Attachments { get; init; } = [];

    /// <summary>What was broken in the message and how it was read all the same.</summary>
    public IReadOnlyList<MailWarning> Warnings { get; init; } = [];

    /// <summary>The message's structure; the bodies and attachments above are taken from it.</summary>
    public required MailPart Root { get; init; }

    /// <summary>The text, or else the HTML as text, or else the empty string.</summary>
    public string Text => HtmlBody is not null && string.IsNullOrWhiteSpace(TextBody) ? HtmlText.ToText(HtmlBody) : TextBody ?? "";

    /// <summary>
    /// The value of Auto-Submitted (RFC 3834) in lower case without parameters, for instance <c>auto-replied</c>; null when absent.
    /// </summary>
    public string? AutoSubmitted => FirstWord(Header("Auto-Submitted"));

    /// <summary>The decoded value of the first field of this name (case does not matter), or null.</summary>
    public string? Header(string name) => Headers.Value(name);

    /// <summary>The decoded values of all fields of this name, in order.</summary>
    public IEnumerable<string> HeaderValues(string name) => Headers.FindAll(name).Select(h => h.Value);

    internal static string? FirstWord(string? value)
    {
        if (value is null) return null;
        var end = value.AsSpan().IndexOfAny(";( \t");
        return (end < 0 ? value : value[..end]).Trim().ToLowerInvariant();
    }
}

/// <summary>A header field.</summary>
/// <param name="Name">As written, without the colon.</param>
/// <param name="Raw">
/// Unfolded, with encoded words as they were; bytes above 127 read as UTF-8, or where they are not, in the charset of the body or the one
/// that they look like.
/// </param>
public sealed record MailHeader(string Name, string Raw)
{
    /// <summary>For people: encoded words (RFC 2047) decoded, on one line, trimmed.</summary>
    public string Value => CleanText.OneLine(EncodedWords.Decode(Raw));
}

/// <summary>Something that was broken and how it was read.</summary>
/// <param name="Code">Stable, in kebab case, for instance <c>charset-unknown</c>.</param>
/// <param name="Detail">For people; holds no customer content beyond names of parameters and charsets.</param>
public sealed record MailWarning(string Code, string Detail);

/// <summary>A part that is not the message's text: a file, an image shown in the HTML, a forwarded message, a delivery report.</summary>
public sealed class InboundAttachment
{
    readonly MailPart part;
    readonly Lazy<int> size;

    internal InboundAttachment(MailPart part, bool inline)
    {
        (this.part, Inline) = (part, inline);
        size = new(() => AttachedContent.Length(part));
        Name = part.FileName ?? AttachedContent.NameOfMessage(part);
    }

    /// <summary>
    /// The decoded file name without any folder; a message without one is named by its subject; else null when the sender gave none. Not
    /// safe as a path on disk.
    /// </summary>
    public string? Name { get; }

    /// <summary>In lower case without parameters, for instance <c>image/png</c>.</summary>
    public string ContentType => part.MediaType;

    /// <summary>Whether it is meant to be shown within the message rather than beside it.</summary>
    public bool Inline { get; }

    /// <summary>Without angle brackets, as <c>cid:</c> links name it; null when absent.</summary>
    public string? ContentId => part.ContentId;

    /// <summary>All decoded bytes; decoded on first use, and kept: where they may be many, take <see cref="OpenContent"/>.</summary>
    public ReadOnlyMemory<byte> Content => part.Content;

    /// <summary>Reads the decoded bytes piece by piece.</summary>
    public Stream OpenContent() => part.OpenContent();

    /// <summary>The number of decoded bytes; counted on first use, without keeping them.</summary>
    public int Size => size.Value;
}

static class HeaderLookup
{
    public static MailHeader? Find(this IReadOnlyList<MailHeader> headers, string name)
    {
        foreach (var header in headers)
            if (header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return header;
        return null;
    }

    public static IEnumerable<MailHeader> FindAll(this IReadOnlyList<MailHeader> headers, string name) =>
        headers.Where(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    public static string? Value(this IReadOnlyList<MailHeader> headers, string name) => headers.Find(name)?.Value;
}
