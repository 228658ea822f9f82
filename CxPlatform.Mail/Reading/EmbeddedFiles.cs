using System.Buffers;

namespace CxPlatform.Mail;

/// <summary>Files that old programs write into the text itself: uuencoded, or in yEnc.</summary>
static class EmbeddedFiles
{
    const int MaxFiles = 200;

    /// <returns>The text without the files that were found in it.</returns>
    public static ReadOnlyMemory<byte> Take(ReadOnlyMemory<byte> text, List<MailPart> files)
    {
        if (text.Span.IndexOf("begin "u8) < 0) return text;
        var lines = new LineReader(text);
        var kept = new ArrayBufferWriter<byte>();
        var from = 0;
        while (!lines.AtEnd && files.Count < MaxFiles)
        {
            var start = lines.Start;
            if (Find(lines) is not { } file)
            {
                lines.Seek(start);
                lines.Advance();
                continue;
            }
            files.Add(File(file.Name, text[start..lines.Start], file.Encoding));
            kept.Write(text.Span[from..start]);
            from = lines.Start;
        }
        if (from == 0) return text;
        kept.Write(text.Span[from..]);
        return kept.WrittenMemory;
    }

    /// <summary>Leaves the reader after the file that begins at its line; null where none does.</summary>
    static (string Name, string Encoding)? Find(LineReader lines)
    {
        var line = lines.Line;
        if (line.StartsWith("=ybegin "u8) && line.IndexOf(" name="u8) is var at and > 0)
        {
            var name = Name(line[(at + 6)..]);
            while (!lines.AtEnd && !lines.Line.StartsWith("=yend"u8)) lines.Advance();
            // Without its end it is no file: it would take all the text that follows.
            if (lines.AtEnd) return null;
            lines.Advance();
            return (name, "x-yenc");
        }
        if (!line.StartsWith("begin "u8)) return null;
        var digits = 6;
        while (digits < line.Length && line[digits] is >= (byte)'0' and <= (byte)'7') digits++;
        if (digits is not (9 or 10) || digits + 1 >= line.Length || line[digits] != ' ') return null;
        var title = Name(line[(digits + 1)..]);
        lines.Advance();
        var count = 0;
        for (; !lines.AtEnd && IsUuLine(lines.Line); lines.Advance()) count++;
        if (count == 0) return null;
        if (!lines.AtEnd && lines.Line.TrimEnd((byte)' ').SequenceEqual("end"u8)) lines.Advance();
        return (title, "x-uuencode");
    }

    static bool IsUuLine(ReadOnlySpan<byte> line)
    {
        if (line.Length is 0 or > 90) return false;
        if (line.ContainsAnyExceptInRange((byte)' ', (byte)'`')) return false;
        var count = (line[0] - 32) & 63;
        // Spaces at the end are lost on the way, and some programs add a checksum.
        return count == 0 ? line.Length <= 2 : line.Length - 1 <= (count + 2) / 3 * 4 + 2 && line.Length > count;
    }

    static string Name(ReadOnlySpan<byte> bytes) => Charsets.Decode(bytes, null, new()).Trim();

    static MailPart File(string name, ReadOnlyMemory<byte> raw, string encoding) => new(
        [], ContentType.Default("application/octet-stream"),
        new("attachment", new Dictionary<string, string> { ["filename"] = name }), raw, encoding, []);
}
