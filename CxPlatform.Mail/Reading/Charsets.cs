using System.Collections.Frozen;
using System.Text;
using System.Text.Unicode;

namespace CxPlatform.Mail;

/// <summary>Bytes to text for the charsets that mail names (RFC 2045 section 5.1, RFC 6532), including those it names wrongly.</summary>
static class Charsets
{
    const int MaxNameLength = 80;
    static readonly UTF8Encoding Utf8Text = new(encoderShouldEmitUTF8Identifier: false);

    // Names that the framework does not know, or reads more strictly than senders mean them (as the WHATWG encoding standard does too).
    static readonly FrozenDictionary<string, string> Aliases = new Dictionary<string, string>
    {
        ["utf8"] = "utf-8",
        ["utf-8"] = "utf-8",
        ["unicode-1-1-utf-8"] = "utf-8",
        ["cp65001"] = "utf-8",
        ["utf8mb4"] = "utf-8",
        ["csutf8"] = "utf-8",
        ["us-ascii"] = "us-ascii",
        ["ascii"] = "us-ascii",
        ["ansi_x3.4-1968"] = "us-ascii",
        ["ansi_x3.4-1986"] = "us-ascii",
        ["iso646-us"] = "us-ascii",
        ["us"] = "us-ascii",
        ["646"] = "us-ascii",
        ["7bit"] = "us-ascii",
        ["8bit"] = "us-ascii",
        ["x-unknown"] = "us-ascii",
        ["unknown-8bit"] = "us-ascii",
        ["unknown"] = "us-ascii",
        ["utf-8n"] = "utf-8",
        ["binary"] = "us-ascii",
        ["iso-latin-1"] = "windows-1252",
        ["iso8859_1"] = "windows-1252",
        ["iso-8859-1-windows-3.1-latin-1"] = "windows-1252",
        ["windows-1252"] = "windows-1252",
        ["koi8r"] = "koi8-r",
        ["koi8u"] = "koi8-u",
        ["mac"] = "macintosh",
        ["x-mac-roman"] = "macintosh",
        ["euc_jp"] = "euc-jp",
        ["eucjp"] = "euc-jp",
        ["x-euc-jp"] = "euc-jp",
        ["euc_kr"] = "ks_c_5601-1987",
        ["euckr"] = "ks_c_5601-1987",
        ["ksc5601"] = "ks_c_5601-1987",
        ["gb_18030"] = "gb18030",
        ["euc-cn"] = "gb18030",
        ["x-euc-cn"] = "gb18030",
        ["big5hkscs"] = "big5",
        ["x-sjis-jp"] = "shift_jis",
        ["s-jis"] = "shift_jis",
        ["default"] = "us-ascii",
        ["default_charset"] = "us-ascii",
        ["x-user-defined"] = "us-ascii",
        ["none"] = "us-ascii",
        ["iso-8859-1"] = "windows-1252",
        ["iso8859-1"] = "windows-1252",
        ["iso_8859-1"] = "windows-1252",
        ["iso88591"] = "windows-1252",
        ["latin1"] = "windows-1252",
        ["latin-1"] = "windows-1252",
        ["l1"] = "windows-1252",
        ["cp1252"] = "windows-1252",
        ["ansi"] = "windows-1252",
        ["iso-8859-8-i"] = "iso-8859-8",
        ["iso-8859-8-e"] = "iso-8859-8",
        ["iso-8859-6-i"] = "iso-8859-6",
        ["iso-8859-6-e"] = "iso-8859-6",
        ["iso-8859-9"] = "windows-1254",
        ["latin5"] = "windows-1254",
        ["iso-8859-11"] = "windows-874",
        ["tis-620"] = "windows-874",
        ["latin-9"] = "iso-8859-15",
        ["gb2312"] = "gb18030",
        ["gbk"] = "gb18030",
        ["x-gbk"] = "gb18030",
        ["gb_2312-80"] = "gb18030",
        ["cp936"] = "gb18030",
        ["ms936"] = "gb18030",
        ["hz-gb-2312"] = "hz-gb-2312",
        ["cp950"] = "big5",
        ["big5-hkscs"] = "big5",
        ["x-x-big5"] = "big5",
        ["ks_c_5601-1987"] = "ks_c_5601-1987",
        ["euc-kr"] = "ks_c_5601-1987",
        ["cp949"] = "ks_c_5601-1987",
        ["uhc"] = "ks_c_5601-1987",
        ["ms949"] = "ks_c_5601-1987",
        ["shift-jis"] = "shift_jis",
        ["sjis"] = "shift_jis",
        ["x-sjis"] = "shift_jis",
        ["cp932"] = "shift_jis",
        ["ms932"] = "shift_jis",
        ["windows-31j"] = "shift_jis",
        ["iso-2022-jp-1"] = "iso-2022-jp",
        ["iso-2022-jp-2"] = "iso-2022-jp",
        ["iso-2022-jp-ms"] = "iso-2022-jp",
        ["cp50220"] = "iso-2022-jp",
        ["cp50221"] = "iso-2022-jp",
        ["unicode-1-1-utf-7"] = "utf-7",
        ["utf7"] = "utf-7",
        ["utf16"] = "utf-16",
        ["ucs-2"] = "utf-16",
        ["unicode"] = "utf-16",
        ["koi8-ru"] = "koi8-u",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Decodes; what says no charset, or is not as it says, is read in the one that it looks like, with a warning.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes, string? charset, WarningList warnings)
    {
        if (bytes.StartsWith("\uFEFF"u8)) return Utf8Text.GetString(bytes[3..]);
        if (bytes is [0xFF, 0xFE, ..] && bytes.Length % 2 == 0) return Encoding.Unicode.GetString(bytes[2..]);
        if (bytes is [0xFE, 0xFF, ..] && bytes.Length % 2 == 0) return Encoding.BigEndianUnicode.GetString(bytes[2..]);
        var name = Normalise(charset);
        if (name is null) return Guess(bytes, "without a charset", "charset-missing", warnings);
        if (name == "us-ascii") return Guess(bytes, "that says US-ASCII", "charset-missing", warnings);
        if (name == "utf-8") return DecodeUtf8(bytes, warnings);
        if (name is "utf-16" or "utf-16le" or "utf-16be" && Ascii.IsValid(bytes) && !bytes.Contains((byte)0))
        {
            warnings.Add("charset-wrong", "The text says UTF-16 but is ASCII; read as such.");
            return Encoding.ASCII.GetString(bytes);
        }
        if (name == "utf-16") name = CharsetGuess.Of(bytes) is "utf-16be" ? "utf-16be" : "utf-16le";
        if (Find(name) is not { } encoding)
        {
            warnings.Add("charset-unknown", $"The charset '{CleanText.OneLine(Cut(name))}' is not known; read as what it looks like.");
            return Guess(bytes, "in an unknown charset", "charset-missing", warnings);
        }
        // Many senders claim an older charset for what is UTF-8; text in one-byte charsets is hardly ever valid UTF-8 by chance.
        if (encoding.IsSingleByte && !Ascii.IsValid(bytes) && Utf8.IsValid(bytes))
        {
            warnings.Add("charset-wrong", $"The text says '{Cut(name)}' but is UTF-8; read as UTF-8.");
            return Utf8Text.GetString(bytes);
        }
        return encoding.GetString(bytes);
    }

    public static bool IsKnown(string charset) =>
        Normalise(charset) is { } name && IsKnownName(name);

    static string Guess(ReadOnlySpan<byte> bytes, string claimed, string code, WarningList warnings)
    {
        var guess = CharsetGuess.Of(bytes);
        if (guess == "us-ascii") return Encoding.ASCII.GetString(bytes);
        warnings.Add(code, $"Text {claimed} looks like {guess}; read as such.");
        return guess == "utf-8" ? Utf8Text.GetString(bytes) : Find(guess)!.GetString(bytes);
    }

    static string DecodeUtf8(ReadOnlySpan<byte> bytes, WarningList warnings)
    {
        if (Utf8.IsValid(bytes)) return Utf8Text.GetString(bytes);
        // Cut-off or damaged UTF-8 still holds whole sequences; other text mislabelled as UTF-8 holds hardly any.
        if (!IsMostlyUtf8(bytes)) return Guess(bytes, "that says UTF-8", "charset-wrong", warnings);
        warnings.Add("charset-wrong", "The UTF-8 text is damaged; damaged bytes replaced.");
        return Utf8Text.GetString(bytes);
    }

    static bool IsMostlyUtf8(ReadOnlySpan<byte> bytes)
    {
        int whole = 0, broken = 0;
        while (bytes.IndexOfAnyInRange((byte)0x80, (byte)0xFF) is var high and >= 0)
        {
            bytes = bytes[high..];
            if (Rune.DecodeFromUtf8(bytes, out _, out var length) == System.Buffers.OperationStatus.Done) whole++;
            else broken++;
            bytes = bytes[Math.Max(1, length)..];
        }
        return whole >= broken;
    }

    static string? Normalise(string? charset)
    {
        var name = charset?.Trim(' ', '\t', '"', '\'', ';', ',').ToLowerInvariant();
        if (string.IsNullOrEmpty(name)) return null;
        if (Aliases.TryGetValue(name, out var known)) return known;
        if (name.Length > MaxNameLength || Find(name) is not null) return name;
        // "x-iso-8859-1", "utf-8;format=flowed" or "windows-1252http-equivcontent-type": the known name within.
        if (name.StartsWith("x-", StringComparison.Ordinal) && Normalise(name[2..]) is { } inner && IsKnownName(inner)) return inner;
        for (var length = name.Length - 1; length >= 5; length--)
        {
            var start = name[..length];
            if (Aliases.TryGetValue(start, out known)) return known;
            if (!char.IsAsciiDigit(name[length]) && Find(start) is not null) return start;
        }
        return name;
    }

    static bool IsKnownName(string name) => name is "us-ascii" or "utf-8" || Find(name) is not null;

    static Encoding? Find(string name)
    {
        if (name.Length > MaxNameLength) return null;
        switch (name)
        {
            case "utf-16" or "utf-16le": return Encoding.Unicode;
            case "utf-16be": return Encoding.BigEndianUnicode;
            case "utf-32" or "utf-32le": return Encoding.UTF32;
            case "utf-7":
#pragma warning disable SYSLIB0001 // Old mail is still read; nothing is ever written or decided by it.
                return new UTF7Encoding();
#pragma warning restore SYSLIB0001
        }
        try
        {
            if (CodePagesEncodingProvider.Instance.GetEncoding(name) is { } encoding) return encoding;
            return name.StartsWith("cp", StringComparison.Ordinal) && int.TryParse(name.AsSpan(2), out var page) && page is > 0 and < 65536
                ? CodePagesEncodingProvider.Instance.GetEncoding(page)
                : null;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    static string Cut(string name) => name.Length > MaxNameLength ? name[..MaxNameLength] : name;
}
