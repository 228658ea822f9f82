using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace CxPlatform.Mail;

/// <summary>Finds in a message's structure what its sender wrote, and what they attached.</summary>
sealed partial class BodyCollector(WarningList warnings)
{
    const int MaxWrappers = 4;

    readonly List<InboundAttachment> attachments = [];
    bool hasOtherText, found;
    int wrappers, textLeft = MimeLimits.MaxTextBytes;

    public IReadOnlyList<InboundAttachment> Attachments => attachments;

    public readonly record struct Body(string? Text, string? Html)
    {
        public bool IsEmpty => Text is null && Html is null;
    }

    public Body Collect(MailPart root)
    {
        hasOtherText = root.All().Any(p =>
            !p.IsMultipart && IsBody(p.MediaType) && p.FileName is null && !p.Disposition.Is("attachment"));
        return Collect(root, Place.Alone);
    }

    enum Place { Alone, Alternative, Related }

    Body Collect(MailPart part, Place place) => part.IsMultipart ? CollectMultipart(part) : CollectLeaf(part, place);

    Body CollectMultipart(MailPart part) => part.MediaType switch
    {
        "multipart/alternative" => CollectAlternative(part),
        "multipart/related" => CollectRelated(part),
        _ => Join(part.Parts.Select(p => Collect(p, Place.Alone)).Where(b => !b.IsEmpty).ToList()),
    };

    /// <summary>
    /// Plain text from where it was sent as such, HTML from the last, which is the one the sender prefers (RFC 2046 section 5.1.4).
    /// </summary>
    Body CollectAlternative(MailPart part)
    {
        var bodies = part.Parts.Select(p => Collect(p, Place.Alternative)).ToList();
        var text = bodies.Where(b => b.Html is null).Select(b => b.Text).FirstOrDefault(t => !string.IsNullOrWhiteSpace(t))
            ?? bodies.Select(b => b.Text).FirstOrDefault(t => t is not null);
        return new(text, bodies.LastOrDefault(b => b.Html is not null).Html);
    }

    /// <summary>The root is what Start names, or else the first (RFC 2387); everything else belongs to it.</summary>
    Body CollectRelated(MailPart part)
    {
        var start = part.Parameter("start")?.Trim('<', '>', ' ');
        var root = part.Parts.FirstOrDefault(p => start is not null && p.ContentId == start) ?? part.Parts[0];
        var body = Collect(root, Place.Alone);
        foreach (var other in part.Parts)
        {
            if (other == root) continue;
            var further = Collect(other, Place.Related);
            if (body.IsEmpty) body = further;
        }
        return body;
    }

    /// <summary>
    /// Where one part of a mixed message has only HTML and another only text, each form is completed from the other, so that neither loses
    /// a part.
    /// </summary>
    static Body Join(List<Body> bodies)
    {
        if (bodies.Count <= 1) return bodies.FirstOrDefault();
        var anyText = bodies.Exists(b => b.Text is not null);
        var anyHtml = bodies.Exists(b => b.Html is not null);
        return new(
            anyText ? JoinText(bodies.ConvertAll(AsText)) : null,
            anyHtml ? string.Join("\n<br>\n", bodies.Select(AsHtml)) : null);
    }

    static string AsText(Body body) => body.Text ?? HtmlText.ToText(body.Html!);
    static string AsHtml(Body body) => body.Html ?? $"<pre>{WebUtility.HtmlEncode(body.Text)}</pre>";

    static string JoinText(List<string> texts)
    {
        var result = new StringBuilder();
        foreach (var text in texts)
        {
            if (result.Length > 0 && result[^1] != '\n') result.Append('\n');
            result.Append(text);
        }
        return result.ToString();
    }

    Body CollectLeaf(MailPart part, Place place)
    {
        if (place != Place.Related && IsBody(part.MediaType) && !IsAttached(part, place)) return ReadText(part);
        if (SignedContent.IsWrapper(part.MediaType) && wrappers < MaxWrappers && SignedContent.Find(part.Content) is { } inner)
        {
            wrappers++;
            warnings.Add("signed", "The message is wrapped in its signature, which was not checked.");
            attachments.Add(new(part, false));
            return Collect(EntityReader.Read(inner, warnings), place);
        }
        WarnOf(part);
        if (part.MediaType == "message/partial" && part.Parameter("number")?.Trim() is "1" && wrappers < MaxWrappers)
        {
            // The first piece begins with the message's header, and mostly holds its text.
            wrappers++;
            attachments.Add(new(part, false));
            return Collect(EntityReader.Read(part.Content, warnings), place);
        }
        var shown = part.Disposition.Is("inline") || part.ContentId is not null || place == Place.Related;
        // Some programs call the pictures of their HTML attachments.
        var picture = place == Place.Related && part.ContentId is not null && part.MediaType.StartsWith("image/", StringComparison.Ordinal);
        attachments.Add(new(part, picture || shown && !part.Disposition.Is("attachment")));
        return default;
    }

    Body ReadText(MailPart part)
    {
        found = true;
        var html = part.MediaType is "text/html" or "application/xhtml+xml";
        var content = part.Start(textLeft + 1);
        if (content.Length > textLeft)
        {
            warnings.Add("text-limit", "The text is longer than is shown; all of it is an attachment.");
            content = content[..textLeft];
            attachments.Add(new(part, false));
        }
        textLeft -= content.Length;
        if (!html) content = TakeFiles(content);
        var decoded = Charsets.Decode(content.Span, Charset(part, html), warnings);
        if (decoded.Contains('\0')) warnings.Add("nul", "The text holds NUL bytes; removed.");
        var text = CleanText.Lines(decoded);
        if (html) return new(null, text);
        if (part.MediaType is "text/enriched" or "text/richtext") text = EnrichedText.ToText(text, part.MediaType == "text/richtext");
        if ("flowed".Equals(part.Parameter("format"), StringComparison.OrdinalIgnoreCase))
            text = FlowedText.Unwrap(text, "yes".Equals(part.Parameter("delsp"), StringComparison.OrdinalIgnoreCase));
        return new(text, null);
    }

    ReadOnlyMemory<byte> TakeFiles(ReadOnlyMemory<byte> content)
    {
        var files = new List<MailPart>();
        content = EmbeddedFiles.Take(content, files);
        foreach (var file in files) attachments.Add(new(file, false));
        if (files.Count > 0) warnings.Add("embedded-file", "The text holds files within itself; read as attachments.");
        return content;
    }

    /// <summary>What is kept but cannot be looked into.</summary>
    void WarnOf(MailPart part)
    {
        if (part.MediaType is "application/ms-tnef" or "application/vnd.ms-tnef")
            warnings.Add("tnef", "Outlook has packed attachments into winmail.dat (TNEF); kept as it is.");
        else if (part.MediaType is "application/pgp-encrypted" || SignedContent.IsWrapper(part.MediaType))
            warnings.Add("encrypted", "The message is encrypted; what it says cannot be read.");
        else if (part.MediaType is "message/partial")
            warnings.Add("partial", "The message is one piece of a longer one; the others come separately, or do not.");
        else if (part.MediaType is "message/external-body")
            warnings.Add("external-body", "An attachment was not sent but is only referred to.");
    }

    /// <summary>A text with a file name is a file, unless there is no other that could be the message's text.</summary>
    bool IsAttached(MailPart part, Place place) =>
        part.Disposition.Is("attachment") || part.FileName is not null && place != Place.Alternative && (hasOtherText || found);

    static bool IsBody(string mediaType) => mediaType switch
    {
        "application/xhtml+xml" => true,
        "text/calendar" or "text/csv" or "text/vcard" or "text/x-vcard" or "text/directory" or "text/rfc822-headers" or "text/x-amp-html"
            or "text/css" or "text/xml" or "text/rtf" or "text/javascript" or "text/x-patch" or "text/x-diff" => false,
        _ => mediaType.StartsWith("text/", StringComparison.Ordinal),
    };

    /// <summary>HTML may name its charset itself; the header comes first where it does.</summary>
    static string? Charset(MailPart part, bool html)
    {
        if (part.Parameter("charset") is { Length: > 0 } charset && (!html || Charsets.IsKnown(charset))) return charset;
        if (!html) return null;
        var head = Encoding.Latin1.GetString(part.Start(4096).Span);
        return MetaCharset().Match(head) is { Success: true } match ? match.Groups[1].Value : part.Parameter("charset");
    }

    [GeneratedRegex(
        """<meta[^>]{0,200}charset\s{0,5}=\s{0,5}["']?([A-Za-z0-9_:.-]{1,40})""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex MetaCharset();
}
