namespace CxPlatform.Mail;

/// <summary>A message to be written. Every field is checked by <see cref="MimeWriter"/>.</summary>
public sealed record OutboundMail
{
    public required MailAddress From { get; init; }

    /// <summary>Who sent it on behalf of <see cref="From"/>, if another.</summary>
    public MailAddress? Sender { get; init; }

    public IReadOnlyList<MailAddress> ReplyTo { get; init; } = [];
    public IReadOnlyList<MailAddress> To { get; init; } = [];
    public IReadOnlyList<MailAddress> Cc { get; init; } = [];
    public string Subject { get; init; } = "";
    public required DateTimeOffset Date { get; init; }

    /// <summary>Without angle brackets, <c>left@right</c>; chosen by the caller, so that sending again is recognised.</summary>
    public required string MessageId { get; init; }

    /// <summary>Without angle brackets.</summary>
    public string? InReplyTo { get; init; }

    /// <summary>Without angle brackets, oldest first.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>RFC 3834: <c>auto-replied</c> or <c>auto-generated</c>; null leaves the field out.</summary>
    public string? AutoSubmitted { get; init; }

    /// <summary>Further fields in their order; not those that this record has members for, nor the MIME fields.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ExtraHeaders { get; init; } = [];

    /// <summary>Plain text; any line ends.</summary>
    public string Text { get; init; } = "";

    /// <summary>The same as HTML, or null.</summary>
    public string? Html { get; init; }

    public IReadOnlyList<OutboundAttachment> Attachments { get; init; } = [];
}

/// <summary>A file to be sent.</summary>
/// <param name="Name">The file's name without a folder.</param>
/// <param name="ContentType">A media type without parameters, for instance <c>image/png</c>.</param>
/// <param name="Content">The bytes.</param>
/// <param name="ContentId">Without angle brackets: shown within the HTML where that says <c>cid:</c> and this id.</param>
public sealed record OutboundAttachment(string Name, string ContentType, ReadOnlyMemory<byte> Content, string? ContentId = null);
