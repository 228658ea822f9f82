namespace CxPlatform.Mail;

/// <summary>A node of a message's structure (RFC 2045, 2046): a multipart with its parts, or a leaf with its content.</summary>
public sealed class MailPart
{
    readonly ReadOnlyMemory<byte> raw;
    readonly string encoding;
    readonly Lazy<ReadOnlyMemory<byte>> content;

    internal MailPart(
        IReadOnlyList<MailHeader> headers, ContentType type, ContentType disposition, ReadOnlyMemory<byte> raw, string encoding,
        IReadOnlyList<MailPart> parts)
    {
        Headers = headers;
        Type = type;
        Disposition = disposition;
        this.raw = raw;
        this.encoding = encoding;
        Parts = parts;
        content = new(() => TransferDecoder.Decode(this.raw, this.encoding));
        FileName = CleanFileName(disposition["filename"]) ?? CleanFileName(type["name"]);
        ContentId = headers.Find("Content-ID") is { } id && MessageIds.Parse(id.Raw) is [var first, ..] ? first : null;
    }

    internal ContentType Type { get; }
    internal ContentType Disposition { get; }

    public IReadOnlyList<MailHeader> Headers { get; }

    /// <summary>In lower case without parameters; <c>text/plain</c> when absent or unreadable.</summary>
    public string MediaType => Type.Value;

    /// <summary>A parameter of Content-Type, decoded (RFC 2231), or null.</summary>
    public string? Parameter(string name) => Type[name];

    /// <summary>The parts of a multipart; empty for a leaf.</summary>
    public IReadOnlyList<MailPart> Parts { get; }

    public bool IsMultipart => Parts.Count > 0;

    /// <summary>The decoded file name without any folder, or null.</summary>
    public string? FileName { get; }

    /// <summary>Without angle brackets, or null.</summary>
    public string? ContentId { get; }

    /// <summary>As it stood in the message, before the transfer encoding is taken off.</summary>
    public ReadOnlyMemory<byte> Raw => raw;

    /// <summary>The decoded bytes of a leaf, decoded on first use; for a multipart, what stood between its header and its end.</summary>
    public ReadOnlyMemory<byte> Content => content.Value;

    internal string Encoding => encoding;

    /// <summary>The first bytes of the content, without decoding all of it where it is long.</summary>
    internal ReadOnlyMemory<byte> Start(int most)
    {
        if (raw.Length <= most || ContentDecoder.For(encoding) is null) return Content[..Math.Min(most, Content.Length)];
        using var stream = OpenContent();
        var start = new byte[most];
        return start.AsMemory(0, stream.ReadAtLeast(start, most, throwOnEndOfStream: false));
    }

    /// <summary>Reads the content piece by piece, without holding it in memory as <see cref="Content"/> does.</summary>
    public Stream OpenContent() => new DecodedStream(raw, encoding);

    /// <summary>This part and all below it, in order.</summary>
    public IEnumerable<MailPart> All()
    {
        yield return this;
        foreach (var part in Parts)
            foreach (var inner in part.All())
                yield return inner;
    }

    static string? CleanFileName(string? name)
    {
        if (name is null) return null;
        // A path tells nothing but the sender's folders, and invites writing outside ours.
        var clean = CleanText.OneLine(name[(name.LastIndexOfAny(['/', '\\']) + 1)..]);
        return clean.Length == 0 ? null : clean;
    }
}
