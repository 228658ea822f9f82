using System.Collections.Frozen;
using System.Text;
using System.Text.Unicode;

namespace CxPlatform.Mail;

/// <summary>Bytes to text for the charsets that mail names (RFC 2045 section 5.1, RFC 6532), including those it names wrongly.</summary>
static class Charsets
{
    static readonly UTF8Encoding Utf8Text = new(encoderShouldEmitUTF8Identifier: false);
    static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

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

    /// <summary>Decodes; what is not as the charset says is read as UTF-8 where it is that, else as windows-1252, with a warning.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes, string? charset, WarningList warnings)
    {
        if (bytes.StartsWith("\uFEFF"u8)) bytes = bytes[3..];
        var name = Normalise(charset);
        if (name is null or "us-ascii") return Guess(bytes, name ?? charset, warnings);
        if (name == "utf-8") return DecodeUtf8(bytes, warnings);
        if (Find(name) is not { } encoding)
        {
            warnings.Add("charset-unknown", $"The charset '{CleanText.OneLine(Cut(name))}' is not known; read as UTF-8 or windows-1252.");
            return Guess(bytes, null, warnings);
        }
        // Many senders claim a Western charset for what is plainly UTF-8; text in that charset is hardly ever valid UTF-8 by chance.
        if (encoding == Windows1252 && !Ascii.IsValid(bytes) && Utf8.IsValid(bytes))
        {
            warnings.Add("charset-wrong", $"The text says '{Cut(name)}' but is UTF-8; read as UTF-8.");
            return Utf8Text.GetString(bytes);
        }
        return encoding.GetString(bytes);
    }

    public static bool IsKnown(string charset) =>
        Normalise(charset) is { } name && (name is "us-ascii" or "utf-8" || Find(name) is not null);

    static string Guess(ReadOnlySpan<byte> bytes, string? claimed, WarningList warnings)
    {
        if (Ascii.IsValid(bytes)) return Encoding.ASCII.GetString(bytes);
        var utf8 = Utf8.IsValid(bytes);
        var what = claimed is null ? "without a charset" : "in US-ASCII";
        warnings.Add("charset-missing", $"Text above 127 {what}; read as {(utf8 ? "UTF-8" : "windows-1252")}.");
        return (utf8 ? Utf8Text : Windows1252).GetString(bytes);
    }

    static string DecodeUtf8(ReadOnlySpan<byte> bytes, WarningList warnings)
    {
        if (Utf8.IsValid(bytes)) return Utf8Text.GetString(bytes);
        // Cut-off or damaged UTF-8 still holds whole sequences; Western text mislabelled as UTF-8 holds none.
        var damaged = HoldsUtf8Sequence(bytes);
        warnings.Add("charset-wrong", damaged
            ? "The UTF-8 text is damaged; damaged bytes replaced."
            : "The text says UTF-8 but is not; read as windows-1252.");
        return (damaged ? Utf8Text : Windows1252).GetString(bytes);
    }

    static bool HoldsUtf8Sequence(ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length;)
        {
            var status = Rune.DecodeFromUtf8(bytes[i..], out var rune, out var length);
            if (status == System.Buffers.OperationStatus.Done && rune.Value > 127) return true;
            i += Math.Max(1, length);
        }
        return false;
    }

    static string? Normalise(string? charset)
    {
        var name = charset?.Trim(' ', '\t', '"', '\'', ';', ',').ToLowerInvariant();
        if (string.IsNullOrEmpty(name)) return null;
        return Aliases.TryGetValue(name, out var known) ? known : name;
    }

    static Encoding? Find(string name)
    {
        if (name.Length > 40) return null;
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

    static string Cut(string name) => name.Length > 40 ? name[..40] : name;
}
