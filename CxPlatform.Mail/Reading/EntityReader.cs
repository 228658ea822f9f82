using System.Text;

namespace CxPlatform.Mail;

/// <summary>
/// Divides a message into its parts (RFC 2046) in one pass: the boundaries of all open multiparts are kept on a stack, so an outer boundary
/// ends what an inner one left open. Never throws, whatever is missing.
/// </summary>
sealed class EntityReader
{
    const int MaxBoundaryLength = 200;

    readonly LineReader lines;
    readonly WarningList warnings;
    readonly List<byte[]> boundaries = [];
    int parts;

    EntityReader(ReadOnlyMemory<byte> data, WarningList warnings) => (lines, this.warnings) = (new(data), warnings);

    public static MailPart Read(ReadOnlyMemory<byte> data, WarningList warnings)
    {
        var reader = new EntityReader(data, warnings);
        reader.SkipToHeader();
        return reader.ReadEntity("text/plain", 0);
    }

    /// <summary>Empty lines before the header would otherwise end it before it began.</summary>
    void SkipToHeader()
    {
        while (!lines.AtEnd && lines.Line.Trim(" \t"u8).Length == 0) lines.Advance();
        if (lines.AtEnd || !HeaderParser.IsKnownHeader(lines.Line) && !lines.Line.StartsWith("From "u8)) lines.Seek(0);
        else if (lines.Start > 0) warnings.Add("header-start", "Empty lines stand before the header; ignored.");
    }

    MailPart ReadEntity(string defaultType, int depth)
    {
        parts++;
        var headers = HeaderParser.Read(lines, AtBoundary, warnings);
        var type = ReadType(headers, defaultType);
        var disposition = headers.Find("Content-Disposition") is { } field ? ParameterParser.Parse(field.Raw, warnings) : ContentType.None;
        var encoding = ReadEncoding(headers);
        var bodyStart = lines.Start;
        if (type.IsMultipart)
        {
            if (depth >= MimeLimits.MaxDepth)
                warnings.Add("depth-limit", "Parts are nested deeper than is read; the innermost is left undivided.");
            else if (ReadMultipart(type, depth) is { Count: > 0 } children)
                return new(headers, type, disposition, lines.Data[bodyStart..lines.Start], "", children);
            else
            {
                lines.Seek(bodyStart);
                warnings.Add("multipart-empty", "A multipart holds no boundary; its text is read as one plain part.");
                type = type with { Value = depth == 0 || type.Is("multipart/alternative") ? "text/plain" : "application/octet-stream" };
            }
        }
        return new(headers, type, disposition, ReadLeaf(bodyStart), encoding, []);
    }

    ContentType ReadType(List<MailHeader> headers, string defaultType)
    {
        if (headers.Find("Content-Type") is not { } field) return ContentType.Default(defaultType);
        var type = ParameterParser.Parse(field.Raw, warnings);
        var slash = type.Value.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && slash < type.Value.Length - 1) return type;
        warnings.Add("content-type", "A Content-Type cannot be read; taken for plain text.");
        return type with { Value = "text/plain" };
    }

    string ReadEncoding(List<MailHeader> headers)
    {
        var field = headers.Find("Content-Transfer-Encoding")?.Raw.Trim(' ', '"', '\'');
        var encoding = InboundMail.FirstWord(field)?.Trim('"', '\'', '.', ',') ?? "";
        if (TransferDecoder.IsKnown(encoding)) return encoding;
        // Near misses that occur: "quoted-printable charset=...", "base-64", "quoted/printable", "bit7".
        var letters = string.Concat(encoding.Where(char.IsAsciiLetterOrDigit));
        var meant = letters is "base64" ? "base64" : letters is "quotedprintable" or "quoteprintable" ? "quoted-printable" : "";
        var read = meant.Length == 0 ? "unencoded" : meant;
        warnings.Add("transfer-encoding", $"A Content-Transfer-Encoding is not known; read as {read}.");
        return meant;
    }

    ReadOnlyMemory<byte> ReadLeaf(int start)
    {
        while (!lines.AtEnd && !AtBoundary()) lines.Advance();
        return lines.Data[start..(lines.AtEnd ? lines.Data.Length : lines.BeforeLineEnd(start, lines.Start))];
    }

    List<MailPart> ReadMultipart(ContentType type, int depth)
    {
        var bodyStart = lines.Start;
        var children = new List<MailPart>();
        var declared = type["boundary"] is { Length: > 0 and <= MaxBoundaryLength } text ? Encoding.UTF8.GetBytes(text.TrimEnd()) : null;
        var candidate = ReadParts(declared, type, depth, children);
        if (children.Count > 0 || candidate is null) return children;
        warnings.Add("boundary-wrong", "A multipart's boundary is missing or does not occur; the one that occurs was used.");
        lines.Seek(bodyStart);
        ReadParts(candidate, type, depth, children);
        return children;
    }

    /// <returns>Where no part was found: what looks like a boundary, or null.</returns>
    byte[]? ReadParts(byte[]? boundary, ContentType type, int depth, List<MailPart> children)
    {
        byte[]? candidate = null;
        var level = boundaries.Count;
        // Without a boundary an empty placeholder is pushed: nothing matches it, and the levels stay aligned.
        boundaries.Add(boundary ?? []);
        var ended = false;
        while (!lines.AtEnd)
        {
            var (matched, close) = Match();
            if (matched < 0)
            {
                if (children.Count == 0) candidate ??= Candidate();
                lines.Advance();
                continue;
            }
            if (matched < level) break;
            lines.Advance();
            if (close)
            {
                ended = true;
                continue;
            }
            if (ended) warnings.Add("boundary-after-end", "Parts follow the end of a multipart; read as further parts.");
            ended = false;
            if (parts >= MimeLimits.MaxParts)
            {
                boundaries.RemoveAt(level);
                warnings.Add("part-limit", "The message holds more parts than are read; the rest is one part.");
                children.Add(new([], ContentType.Default("application/octet-stream"), ContentType.None, ReadLeaf(lines.Start), "", []));
                return null;
            }
            children.Add(ReadEntity(type.Is("multipart/digest") ? "message/rfc822" : "text/plain", depth + 1));
        }
        boundaries.RemoveAt(level);
        if (children.Count > 0 && !ended)
            warnings.Add("boundary-end", "A multipart lacks its end boundary; it ends where the text around it does.");
        return children.Count > 0 ? null : candidate;
    }

    bool AtBoundary() => Match().Level >= 0;

    (int Level, bool Close) Match()
    {
        var line = lines.Line;
        if (line.Length < 3 || line[0] != '-' || line[1] != '-') return (-1, false);
        line = line[2..].TrimEnd(" \t"u8);
        for (var level = boundaries.Count - 1; level >= 0; level--)
        {
            ReadOnlySpan<byte> boundary = boundaries[level];
            if (boundary.Length == 0 || !line.StartsWith(boundary)) continue;
            if (line.Length == boundary.Length) return (level, false);
            if (line.Length == boundary.Length + 2 && line.EndsWith("--"u8)) return (level, true);
        }
        return (-1, false);
    }

    /// <summary>A line that looks like a boundary: dashes and a token, and a content field on the line after.</summary>
    byte[]? Candidate()
    {
        var line = lines.Line;
        if (line.Length is < 5 or > MaxBoundaryLength || line[0] != '-' || line[1] != '-') return null;
        line = line.TrimEnd(" \t"u8);
        if (line.ContainsAny((byte)' ', (byte)'\t')) return null;
        var boundary = line[2..].ToArray();
        var here = lines.Start;
        lines.Advance();
        var header = !lines.AtEnd && lines.Line is { Length: > 8 } next && Ascii.EqualsIgnoreCase(next[..8], "content-"u8);
        lines.Seek(here);
        return header ? boundary : null;
    }
}
