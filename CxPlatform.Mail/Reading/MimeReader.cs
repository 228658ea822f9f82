using System.Text;

namespace CxPlatform.Mail;

/// <summary>
/// Reads messages: RFC 5322, 2045, 2046, 2047, 2231, 3676, 6532, and what is sent in their name. Reading never throws, whatever the bytes,
/// and takes time and memory in proportion to their number (see <see cref="MimeLimits"/>); what was broken is told in <see
/// cref="InboundMail.Warnings"/>. The result refers to the given memory, which must stay unchanged.
/// </summary>
public static class MimeReader
{
    const int MaxName = 300;

    public static InboundMail Read(ReadOnlyMemory<byte> raw)
    {
        var warnings = new WarningList();
        var root = EntityReader.Read(WithoutMark(raw, warnings), warnings);
        var headers = root.Headers;
        var collector = new BodyCollector(warnings);
        var body = collector.Collect(root);

        IReadOnlyList<MailAddress> Addresses(string name) =>
            [.. headers.FindAll(name).SelectMany(h => AddressParser.Parse(h.Raw, warnings)).Take(MimeLimits.MaxAddresses)];

        IReadOnlyList<string> Ids(string name) => headers.Find(name) is { } field ? MessageIds.Parse(field.Raw) : [];

        return new()
        {
            Root = root,
            Headers = headers,
            From = Addresses("From") is { Count: > 0 } from ? from : NameOnly(headers),
            Sender = Addresses("Sender") is [var sender, ..] ? sender : null,
            ReplyTo = Addresses("Reply-To"),
            To = Addresses("To"),
            Cc = Addresses("Cc"),
            ReturnPath = headers.Find("Return-Path") is { } path ? AddressParser.ParsePath(path.Raw, warnings) : null,
            Subject = ReadSubject(headers, warnings),
            Date = ReadDate(headers, warnings),
            MessageId = Ids("Message-ID") is [var id, ..] ? id : null,
            InReplyTo = Ids("In-Reply-To"),
            References = Ids("References"),
            TextBody = body.Text,
            HtmlBody = body.Html,
            Attachments = collector.Attachments,
            Warnings = warnings.Items,
        };
    }

    /// <summary>"JANE DOE &lt;&gt;": a sender whose program hid or lost the address is still somebody.</summary>
    static IReadOnlyList<MailAddress> NameOnly(IReadOnlyList<MailHeader> headers) =>
        headers.Value("From")?.Replace("<>", "", StringComparison.Ordinal).Trim(' ', '"', '\'', '<', '>', ':', ';') is { Length: > 0 } name
            && !name.Contains('@', StringComparison.Ordinal)
            ? [new(name.Length <= MaxName ? name : name[..MaxName], "")]
            : [];

    /// <summary>Where the field occurs more than once, the first that says something.</summary>
    static string ReadSubject(IReadOnlyList<MailHeader> headers, WarningList warnings)
    {
        foreach (var field in headers.FindAll("Subject"))
            if (CleanText.OneLine(EncodedWords.Decode(field.Raw, warnings)) is { Length: > 0 } subject) return subject;
        return "";
    }

    static DateTimeOffset? ReadDate(IReadOnlyList<MailHeader> headers, WarningList warnings)
    {
        if (headers.Find("Date") is not { } field) return null;
        var date = DateParser.Parse(field.Raw);
        if (date is null) warnings.Add("date", "The date cannot be read.");
        return date;
    }

    /// <summary>Files saved by editors begin with a byte order mark; UTF-16 is turned into UTF-8 first.</summary>
    static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> raw, WarningList warnings)
    {
        var span = raw.Span;
        if (span.StartsWith("\uFEFF"u8)) return raw[3..];
        Encoding utf16;
        if (span is [0xFF, 0xFE, ..]) utf16 = Encoding.Unicode;
        else if (span is [0xFE, 0xFF, ..]) utf16 = Encoding.BigEndianUnicode;
        else return raw;
        warnings.Add("utf-16", "The whole message is in UTF-16; read as such.");
        return Encoding.UTF8.GetBytes(utf16.GetString(span[2..]));
    }
}
