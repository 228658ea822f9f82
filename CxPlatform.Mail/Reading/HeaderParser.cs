using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace CxPlatform.Mail;

/// <summary>Reads a header section (RFC 5322 section 2.2, RFC 6532), up to and including the empty line that ends it.</summary>
static class HeaderParser
{
    /// <summary>
    /// Leaves <paramref name="lines"/> at the first line of the body, or at a line for which <paramref name="isBoundary"/> holds: a section
    /// that a boundary cuts off has no body.
    /// </summary>
    public static List<MailHeader> Read(LineReader lines, Func<bool> isBoundary, WarningList warnings)
    {
        var fields = new List<MailHeader>();
        var undecoded = new List<(int Index, byte[] Bytes)>();
        var field = new FieldBuilder();
        var sectionStart = lines.Start;
        for (; !lines.AtEnd && !isBoundary(); lines.Advance())
        {
            var line = lines.Line;
            if (line.Length == 0)
            {
                lines.Advance();
                break;
            }
            if (line[0] is (byte)' ' or (byte)'\t')
            {
                if (IsBlank(line) && !HeaderGoesOnAfter(lines))
                {
                    warnings.Add("header-end", "The header ends with a line of spaces instead of an empty one.");
                    lines.Advance();
                    break;
                }
                if (field.Started) field.Append(line);
                else warnings.Add("header-line", "A continuation line precedes the first header field; ignored.");
                continue;
            }
            var colon = NameLength(line);
            if (colon > 0)
            {
                Finish();
                field.Start(line, colon);
                continue;
            }
            if (fields.Count == 0 && !field.Started && (line.StartsWith("From "u8) || line.StartsWith(">From "u8))) continue;
            if (field.Started && NextLineIsKnownHeader(lines))
            {
                warnings.Add("header-line", "A header line has no name; read as the continuation of the field above.");
                field.Append([(byte)' ', .. line]);
                continue;
            }
            warnings.Add("header-end", "The header ends without an empty line; the body begins at the first line that is no header field.");
            break;
        }
        Finish();
        DecodeWithTheBody();
        return fields;

        void Finish()
        {
            if (!field.Started) return;
            var tooLong = lines.Start - sectionStart > MimeLimits.MaxHeaderSectionBytes && fields.Count > 0;
            if (tooLong || fields.Count >= MimeLimits.MaxHeaderFields)
                warnings.Add("header-limit", "The header is larger than is read; the fields beyond the limit are ignored.");
            else
            {
                fields.Add(field.Build(warnings, out var bytes));
                if (bytes is not null) undecoded.Add((fields.Count - 1, bytes));
            }
            field.Clear();
        }

        // Who writes bytes above 127 into a header without saying in what charset writes them in the body's.
        void DecodeWithTheBody()
        {
            if (undecoded.Count == 0) return;
            warnings.Add("header-charset", "A header field holds unencoded bytes that are not UTF-8.");
            var charset = fields.Find("Content-Type") is { } type ? ParameterParser.Parse(type.Raw, new())["charset"] : null;
            if (charset is null || !Charsets.IsKnown(charset)) charset = CharsetGuess.Of([.. undecoded.SelectMany(field => field.Bytes)]);
            foreach (var (index, bytes) in undecoded)
                fields[index] = FieldBuilder.Field(
                    fields[index].Name, Charsets.Decode(bytes, bytes.Contains((byte)0x1B) ? null : charset, warnings));
        }
    }

    /// <summary>Reads a block of fields that stands by itself, as in a delivery report.</summary>
    public static List<MailHeader> Read(LineReader lines, WarningList warnings) => Read(lines, static () => false, warnings);

    /// <summary>Whether a line begins with a field that mail knows; for telling a header from text.</summary>
    public static bool IsKnownHeader(ReadOnlySpan<byte> line)
    {
        var length = NameLength(line);
        if (length is <= 0 or > 60) return false;
        Span<char> name = stackalloc char[length];
        for (var i = 0; i < length; i++) name[i] = (char)(line[i] | (line[i] is >= (byte)'A' and <= (byte)'Z' ? 0x20 : 0));
        name = name.TrimEnd(' ');
        return name.StartsWith("content-") || name.StartsWith("x-") || name.StartsWith("resent-") || name.StartsWith("list-")
            || name is "from" or "to" or "cc" or "bcc" or "subject" or "date" or "message-id" or "received" or "mime-version" or "sender"
                or "reply-to" or "return-path" or "in-reply-to" or "references" or "delivered-to" or "precedence" or "importance"
                or "user-agent" or "dkim-signature" or "authentication-results" or "auto-submitted";
    }

    public static bool StartsField(ReadOnlySpan<byte> line) => NameLength(line) > 0 || line.StartsWith("From "u8) || line.StartsWith(">From "u8);

    /// <summary>
    /// The length of the field name if the line begins with one and a colon, else 0. Spaces before the colon are obsolete but legal.
    /// </summary>
    static int NameLength(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        if (colon <= 0) return 0;
        var name = line[..colon].TrimEnd(" \t"u8);
        foreach (var c in name)
            if (c is <= 32 or >= 127) return 0;
        return name.Length == 0 ? 0 : colon;
    }

    static bool IsBlank(ReadOnlySpan<byte> line) => line.Trim(" \t"u8).Length == 0;

    static bool HeaderGoesOnAfter(LineReader lines)
    {
        var here = lines.Start;
        lines.Advance();
        var line = lines.AtEnd ? default : lines.Line;
        // A second line of spaces is not looked beyond: that would look at a run of them again and again.
        var more = line.Length > 0 && !IsBlank(line) && (line[0] is (byte)' ' or (byte)'\t' || IsKnownHeader(line));
        lines.Seek(here);
        return more;
    }

    public static bool NextLineIsKnownHeader(LineReader lines)
    {
        var here = lines.Start;
        lines.Advance();
        var known = !lines.AtEnd && IsKnownHeader(lines.Line);
        lines.Seek(here);
        return known;
    }

    sealed class FieldBuilder
    {
        readonly List<byte> value = [];
        string name = "";
        bool cut;

        public bool Started { get; private set; }

        public void Start(ReadOnlySpan<byte> line, int colon)
        {
            Started = true;
            name = Encoding.ASCII.GetString(line[..Math.Min(colon, 1000)]).TrimEnd();
            Append(line[(colon + 1)..]);
        }

        public void Append(ReadOnlySpan<byte> line)
        {
            var room = MimeLimits.MaxHeaderFieldBytes - value.Count;
            cut |= line.Length > room;
            value.AddRange(line[..Math.Min(line.Length, room)]);
        }

        /// <param name="undecoded">The value's bytes where they are not UTF-8, so that their charset has to be guessed.</param>
        public MailHeader Build(WarningList warnings, out byte[]? undecoded)
        {
            if (cut) warnings.Add("header-limit", "A header field is longer than is read; cut off.");
            var bytes = CollectionsMarshal.AsSpan(value);
            if (bytes.Contains((byte)0)) warnings.Add("nul", "The header holds NUL bytes; removed.");
            undecoded = Utf8.IsValid(bytes) && bytes.IndexOf("\u001B$"u8) < 0 ? null : bytes.ToArray();
            return Field(name, undecoded is null ? Encoding.UTF8.GetString(bytes) : "");
        }

        public static MailHeader Field(string name, string text) =>
            new(name, text.Trim(' ', '\t', '\r').Replace("\0", "", StringComparison.Ordinal));

        public void Clear()
        {
            Started = cut = false;
            value.Clear();
        }
    }
}
