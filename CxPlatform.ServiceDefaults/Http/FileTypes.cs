namespace CxPlatform.ServiceDefaults;

/// <summary>What a file is by its first bytes, whatever its sender says, and as what it may be served.</summary>
public static class FileTypes
{
    public const string Octets = "application/octet-stream";

    /// <summary>Bytes that <see cref="Sniff"/> looks at.</summary>
    public const int Looked = 512;

    // Offset, first bytes, type. The first match counts.
    private static readonly (int At, byte[] Bytes, string Type)[] Signatures =
    [
        (0, [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A], "image/png"),
        (0, [0xFF, 0xD8, 0xFF], "image/jpeg"),
        (0, "GIF87a"u8.ToArray(), "image/gif"),
        (0, "GIF89a"u8.ToArray(), "image/gif"),
        (8, "WEBP"u8.ToArray(), "image/webp"),
        (0, [.. "II*"u8, 0], "image/tiff"),
        (0, [.. "MM"u8, 0, .. "*"u8], "image/tiff"),
        (4, "ftypheic"u8.ToArray(), "image/heic"),
        (4, "ftypqt  "u8.ToArray(), "video/quicktime"),
        (4, "ftyp"u8.ToArray(), "video/mp4"),
        (8, "WAVE"u8.ToArray(), "audio/wav"),
        (0, "OggS"u8.ToArray(), "audio/ogg"),
        (0, "ID3"u8.ToArray(), "audio/mpeg"),
        (0, [0xFF, 0xFB], "audio/mpeg"),
        (0, "%PDF-"u8.ToArray(), "application/pdf"),
        (0, [.. "PK"u8, 3, 4], "application/zip"),
        (0, [.. "PK"u8, 5, 6], "application/zip"),
        (0, [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "application/x-ole-storage"),
        (0, "{\\rtf"u8.ToArray(), "application/rtf"),
        (0, [0x1F, 0x8B], "application/gzip"),
        (0, [.. "7z"u8, 0xBC, 0xAF, 0x27, 0x1C], "application/x-7z-compressed"),
        (0, "Rar!"u8.ToArray(), "application/vnd.rar"),
        (0, "MZ"u8.ToArray(), "application/x-msdownload"),
        (0, [0x7F, .. "ELF"u8], "application/x-executable"),
    ];

    // Containers whose contents have types of their own: declared as one of these, it is what it says.
    private static readonly (string Container, string[] Declared)[] Within =
    [
        ("application/zip",
        [
            "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ]),
        ("application/x-ole-storage",
            ["application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint", "application/vnd.ms-outlook"]),
    ];

    // What no browser runs, even if it were told to show it.
    private static readonly HashSet<string> Served =
    [
        "image/png", "image/jpeg", "image/gif", "image/webp", "image/tiff", "image/heic", "video/mp4", "video/quicktime", "audio/mpeg",
        "audio/ogg", "audio/wav", "application/pdf", "application/zip", .. Within.SelectMany(within => within.Declared),
    ];

    // Without a signature, these stand if the bytes are text; never HTML, SVG or XML.
    private static readonly HashSet<string> Texts =
        ["text/plain", "text/csv", "text/calendar", "text/vcard", "application/json", "message/rfc822"];

    private static readonly HashSet<string> Images = ["image/png", "image/jpeg", "image/gif", "image/webp"];

    /// <summary>By the first bytes; null when they have no known signature.</summary>
    public static string? Sniff(ReadOnlySpan<byte> start)
    {
        foreach (var (at, bytes, type) in Signatures)
            if (start.Length >= at + bytes.Length && start.Slice(at, bytes.Length).SequenceEqual(bytes))
                return type;
        return null;
    }

    /// <summary>The type to serve the file as: what its bytes show, or a declared one that they do not contradict; else octets.</summary>
    public static string Safe(string declared, ReadOnlySpan<byte> start)
    {
        var type = declared.Split(';')[0].Trim().ToLowerInvariant();
        if (Sniff(start) is { } found)
        {
            var actual = IsWithin(found, type) ? type : found;
            return Served.Contains(actual) ? actual : Octets;
        }
        return Texts.Contains(type) && !start.Contains((byte)0) ? type : Octets;
    }

    /// <summary>What a name of that type ends with; nothing for types without a usual ending.</summary>
    public static string Extension(string type) => type.ToLowerInvariant() switch
    {
        "image/jpeg" or "image/jpg" => ".jpg",
        "image/png" => ".png",
        "image/gif" => ".gif",
        "image/webp" => ".webp",
        "audio/mpeg" or "audio/mp3" => ".mp3",
        "audio/wav" or "audio/x-wav" => ".wav",
        "audio/ogg" => ".ogg",
        "audio/amr" => ".amr",
        "audio/mp4" or "audio/aac" => ".m4a",
        "video/mp4" => ".mp4",
        "video/3gpp" => ".3gp",
        "application/pdf" => ".pdf",
        "text/vcard" or "text/x-vcard" => ".vcf",
        "text/plain" => ".txt",
        _ => "",
    };

    /// <summary>A picture that may be shown within a mail; null when it is none.</summary>
    public static string? Image(ReadOnlySpan<byte> start) => Sniff(start) is { } type && Images.Contains(type) ? type : null;

    /// <summary>Whether the bytes' type is the declared one by another name, or a container of it.</summary>
    public static bool IsWithin(string found, string declared) =>
        found == declared
        || Array.Exists(Within, within => within.Container == found && within.Declared.Contains(declared))
        // Names that people use for the same thing.
        || (found, declared) is ("image/jpeg", "image/jpg" or "image/pjpeg") or ("audio/wav", "audio/x-wav")
            or ("application/zip", "application/x-zip-compressed" or "application/x-zip") or ("application/gzip", "application/x-gzip");
}
