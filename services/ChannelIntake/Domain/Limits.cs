using CxPlatform.ServiceDefaults;

namespace CxPlatform.Intake;

/// <summary>How much of everything is taken. A sender that can be told is refused above a limit; a mail or SMS, whose sender cannot, is cut
/// and kept whole as raw.</summary>
internal static class Limits
{
    /// <summary>Characters of a name or address.</summary>
    public const int Name = 200;

    /// <summary>Characters of a subject.</summary>
    public const int Subject = 500;

    /// <summary>Characters of a text from the API or the form.</summary>
    public const int Text = 1_000_000;

    /// <summary>Bytes of UTF-8 of a text inside an event; the whole is in the raw contact.</summary>
    public const int EventText = 64 * 1024;

    /// <summary>Bytes of a raw contact that stay in its row; more becomes a blob.</summary>
    public const int InlineRaw = 64 * 1024;

    /// <summary>Characters of a provider's id; a longer one is known by its hash.</summary>
    public const int ProviderId = 300;

    public const int References = 20;
    public const int ReferenceKey = 50;
    public const int ReferenceValue = 200;
    public const int Tags = 20;
    public const int Tag = 50;

    public const int Attachments = Uploads.MaxFiles;

    /// <summary>Bytes of one attachment from the API, decoded.</summary>
    public const int Attachment = Uploads.MaxFile;

    /// <summary>Bytes of an API contact's body: room for 25 MB of attachments in base64.</summary>
    public const int ApiBody = 36 * 1024 * 1024;

    /// <summary>Bytes of a raw mail.</summary>
    public const int Mail = 50 * 1024 * 1024;

    /// <summary>Bytes of a form or provider callback.</summary>
    public const int Form = 1024 * 1024;

    /// <summary>Bytes of a form with files: room for 25 MB of them.</summary>
    public const int FormWithFiles = Uploads.MaxForm;

    /// <summary>Bytes of a line in the chat.</summary>
    public const int Chat = 64 * 1024;

    /// <summary>Bytes of a provider's batch.</summary>
    public const int Webhook = 4 * 1024 * 1024;

    /// <summary>Cuts to a number of characters without splitting a surrogate pair.</summary>
    public static string Cut(string text, int characters)
    {
        if (text.Length <= characters)
            return text;
        return text[..(char.IsHighSurrogate(text[characters - 1]) ? characters - 1 : characters)];
    }

    /// <summary>Cuts to a number of UTF-8 bytes between characters.</summary>
    public static string CutBytes(string text, int bytes)
    {
        // Three bytes are the most that one UTF-16 unit can take: short texts need no counting.
        if (text.Length <= bytes / 3 || System.Text.Encoding.UTF8.GetByteCount(text) <= bytes)
            return text;
        int used = 0, at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (used + rune.Utf8SequenceLength > bytes)
                break;
            used += rune.Utf8SequenceLength;
            at += rune.Utf16SequenceLength;
        }
        return text[..at];
    }
}
