using System.Buffers;

namespace CxPlatform.Mail;

/// <summary>What is told of an attachment beyond its header.</summary>
static class AttachedContent
{
    const int SearchedForSubject = 256 * 1024;
    const int MaxNameLength = 120;
    static readonly SearchValues<char> NotInNames = SearchValues.Create("\\/:*?\"<>|");

    public static int Length(MailPart part)
    {
        if (ContentDecoder.For(part.Encoding) is null) return part.Raw.Length;
        using var content = part.OpenContent();
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        var length = 0;
        while (content.Read(buffer) is var read and > 0) length += read;
        ArrayPool<byte>.Shared.Return(buffer);
        return length;
    }

    /// <summary>A forwarded message is known by its subject; null for what is no message.</summary>
    public static string? NameOfMessage(MailPart part)
    {
        if (part.MediaType is not ("message/rfc822" or "message/global")) return null;
        var headers = HeaderParser.Read(new LineReader(part.Start(SearchedForSubject)), new());
        var subject = headers.Value("Subject") ?? "";
        var name = string.Create(Math.Min(subject.Length, MaxNameLength), subject, static (span, text) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = NotInNames.Contains(text[i]) ? ' ' : text[i];
        });
        name = CleanText.OneLine(name);
        return (name.Length == 0 ? "message" : name) + ".eml";
    }
}
