using System.Text;

namespace CxPlatform.Mail;

/// <summary>
/// Divides a message into its parts (RFC 2046) in one pass: the boundaries of all open multiparts are kept on a stack, so an outer boundary
/// ends what an inner one left open. Never throws, whatever is missing.
/// </summary>
sealed class EntityReader
{
    const int MaxBoundaryLength = 200;

    /// <summary>A boundary that no content field follows must be this long to be taken for one, and is looked for this often.</summary>
    const int MinUnannounced = 8, MaxSearches = 8;

    readonly LineReader lines;
    readonly WarningList warnings;
    readonly List<byte[]> boundaries = [];
    int parts, searches, headerBytes;

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
        if (lines.AtEnd)
        {
            lines.Seek(0);
            return;
        }
        // A line that some program wrote above the header, or an indented first field.
        if (!HeaderParser.StartsField(lines.Line) && HeaderParser.NextLineIsKnownHeader(lines))
        {
            warnings.Add("header-start", "A line that is no header field precedes the header; ignored.");
            var indented = lines.Line.Length - lines.Line.TrimStart(" \t"u8).Length;
            if (indented > 0 && HeaderParser.IsKnownHeader(lines.Line[indented..])) lines.Indent(indented);
            else lines.Advance();
            return;
        }
        if (!HeaderParser.IsKnownHeader(lines.Line) && !lines.Line.StartsWith("From "u8)) lines.Seek(0);
        else if (lines.Start > 0) warnings.Add("header-start", "Empty lines stand before the header; ignored.");
    }

    MailPart ReadEntity(string defaultType, int depth)
    {
        parts++;
        var start = lines.Start;
        var headers = HeaderParser.Read(lines, AtBoundary, warnings);
        headerBytes += lines.Start - start;
        var disposition = headers.Find("Content-Disposition") is { } field ? ParameterParser.Parse(field.Raw, warnings) : ContentType.None;
        var type = ReadType(headers, disposition, defaultType);
        var encoding = ReadEncoding(headers);
        var bodyStart = lines.Start;
        if (type.IsMultipart)
        {
            if (depth >= MimeLimits.MaxDepth)
                warnings.Add("depth-limit", "Parts are nested deeper than is read; the innermost is left undivided.");
            else if (ReadMultipart(type, depth) is { Count: > 0 } children)
                return new(headers, type, disposition, lines.Data[bodyStart..lines.Start], "", children);
            else if (ReadEncodedMultipart(type, encoding, bodyStart, depth) is { Count: > 0 } encoded)
                return new(headers, type, disposition, lines.Data[bodyStart..lines.Start], "", encoded);
            else
            {
                lines.Seek(bodyStart);
                warnings.Add("multipart-empty", "A multipart holds no boundary; its text is read as one plain part.");
                var bare = lines.Data.Span[bodyStart..].TrimStart(" \t\r\n"u8);
                if (IsClosedAtOnce(type, bare)) return new(headers, type with { Value = "text/plain" }, disposition, default, "", []);
                type = type with { Value = LooksLikeHtml(bare) ? "text/html" : depth == 0 || type.Is("multipart/alternative") ? "text/plain" : "application/octet-stream" };
            }
        }
        var raw = ReadLeaf(bodyStart);
        if (!ContentDecoder.IsIn(encoding, raw.Span))
        {
            warnings.Add("transfer-encoding", $"A part says that it is in {encoding} but is not; read as it stands.");
            encoding = "";
        }
        return new(headers, type, disposition, raw, encoding, []);
    }

    /// <summary>A multipart of no parts: nothing but its end.</summary>
    static bool IsClosedAtOnce(ContentType type, ReadOnlySpan<byte> body) =>
        type["boundary"] is { Length: > 0 and <= MaxBoundaryLength } boundary && body.StartsWith(Encoding.UTF8.GetBytes($"--{boundary}--"));

    static bool LooksLikeHtml(ReadOnlySpan<byte> body) =>
        body.Length > 6 && (Ascii.EqualsIgnoreCase(body[..5], "<html"u8) || Ascii.EqualsIgnoreCase(body[..6], "<!doct"u8));

    ContentType ReadType(List<MailHeader> headers, ContentType disposition, string defaultType)
    {
        ContentType? first = null;
        foreach (var field in headers.FindAll("Content-Type"))
        {
            var type = ParameterParser.Parse(field.Raw, warnings);
            var slash = type.Value.IndexOf('/', StringComparison.Ordinal);
            if (slash > 0 && slash < type.Value.Length - 1) return type;
            first ??= type;
        }
        if (first is null) return ContentType.Default(defaultType);
        var file = (disposition["filename"] ?? first["name"]) is not null && !first.Value.StartsWith("text", StringComparison.Ordinal);
        warnings.Add("content-type", $"A Content-Type cannot be read; taken for {(file ? "a file" : "plain text")}.");
        return first with { Value = file ? "application/octet-stream" : "text/plain" };
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
        if (boundaries.Count == 0) lines.AdvanceToEnd();
        while (!lines.AtEnd && !AtBoundary()) lines.AdvanceToDashes();
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

    /// <summary>A multipart may not be encoded as a whole (RFC 2045 section 6.4), and sometimes is.</summary>
    List<MailPart> ReadEncodedMultipart(ContentType type, string encoding, int bodyStart, int depth)
    {
        if (encoding is not ("base64" or "quoted-printable")) return [];
        lines.Seek(bodyStart);
        var inner = new EntityReader(TransferDecoder.Decode(ReadLeaf(bodyStart), encoding), warnings) { parts = parts };
        var children = inner.ReadMultipart(type, depth + 1);
        parts = inner.parts;
        if (children.Count > 0) warnings.Add("multipart-encoded", $"A multipart is in {encoding} as a whole; decoded and then divided.");
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
                lines.AdvanceToDashes();
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
            if (parts >= MimeLimits.MaxParts || headerBytes > MimeLimits.MaxHeaderBytes)
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

    bool EndsLater(byte[] boundary)
    {
        if (boundary.Length < MinUnannounced || searches == MaxSearches) return false;
        // A line of dashes alone is a rule that somebody drew.
        if (!boundary.Any(b => char.IsAsciiLetterOrDigit((char)b))) return false;
        searches++;
        var rest = lines.Data.Span[lines.End..];
        return rest.IndexOf([(byte)'\n', (byte)'-', (byte)'-', .. boundary, (byte)'-', (byte)'-']) >= 0;
    }

    /// <summary>
    /// A line that looks like a boundary: dashes and a token, and a content field on the line after, or the same with dashes behind it
    /// further on.
    /// </summary>
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
        return header || EndsLater(boundary) ? boundary : null;
    }
}
