using System.Text;
using System.Text.Unicode;

namespace CxPlatform.Mail;

/// <summary>
/// Guesses the charset of text that names none, from how its bytes are distributed: the escapes of ISO-2022, the well-formedness of UTF-8
/// and UTF-16, the lead bytes of the East Asian double-byte sets, the letters that are most frequent in each alphabet. Where the bytes
/// above 127 are few and far between it is the Western set, which mail without a charset was written in most.
/// </summary>
static class CharsetGuess
{
    const int Sample = 8_192;
    const int FewestForAlphabet = 4;

    /// <param name="Frequent">The bytes of the letters that make up most of a text.</param>
    /// <param name="Telling">Bytes of which no text is without one, where the frequent ones are those of other alphabets too.</param>
    sealed record Alphabet(string Charset, byte[] Frequent, byte[]? Telling = null);

    static readonly Alphabet[] Alphabets =
    [
        new("windows-1251", [0xEE, 0xE5, 0xE0, 0xE8, 0xED, 0xF2, 0xF1, 0xF0, 0xE2, 0xEB]),
        new("koi8-r", [0xCF, 0xC5, 0xC1, 0xC9, 0xCE, 0xD4, 0xD3, 0xD2, 0xD7, 0xCC]),
        new("iso-8859-5", [0xDE, 0xD5, 0xD0, 0xD8, 0xDD, 0xE2, 0xE1, 0xE0, 0xD2, 0xDB]),
        new("ibm866", [0xAE, 0xA5, 0xA0, 0xA8, 0xAD, 0xE2, 0xE1, 0xE0, 0xA2, 0xAB]),
        // Hardly any Greek word is without an accent.
        new("windows-1253", [0xE1, 0xEF, 0xE9, 0xF4, 0xE5, 0xED, 0xF3, 0xF2, 0xF0, 0xF1, 0xE7, 0xEA, 0xEB],
            [0xDC, 0xDD, 0xDE, 0xDF, 0xFC, 0xFD, 0xFE]),
        new("windows-1255", [0xE9, 0xE5, 0xE4, 0xEC, 0xF8, 0xE0, 0xFA, 0xEE, 0xE1, 0xF9]),
        new("windows-1256", [0xC7, 0xE1, 0xED, 0xE3, 0xE6, 0xE4, 0xD1, 0xCA, 0xC8, 0xCF]),
        new("windows-874", [0xD2, 0xB9, 0xC3, 0xCD, 0xA1, 0xE0, 0xA7, 0xC1, 0xE8, 0xE9, 0xD5, 0xD1, 0xC7, 0xC2, 0xCA, 0xB7, 0xB4, 0xD4],
            [0xA1, 0xA7, 0xB4, 0xB7, 0xB9]),
    ];

    public static string Of(ReadOnlySpan<byte> bytes)
    {
        if (LooksLikeUtf16(bytes) is { } utf16) return utf16;
        if (HoldsIso2022(bytes)) return "iso-2022-jp";
        if (Ascii.IsValid(bytes)) return "us-ascii";
        if (Utf8.IsValid(bytes)) return "utf-8";
        if (bytes.Length > Sample) bytes = AroundHigh(bytes);
        // A few letters of an alphabet can look like characters of two bytes, but those hardly ever stay in the upper rows.
        var upper = IsUpper(bytes) ? AlphabetOf(bytes) : null;
        return upper ?? DoubleByte(bytes) ?? AlphabetOf(bytes) ?? "windows-1252";
    }

    /// <summary>Text in UTF-16 without a mark: in Western scripts every other byte is zero.</summary>
    public static string? LooksLikeUtf16(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 8 || bytes.Length % 2 != 0 || !bytes[..Math.Min(bytes.Length, 64)].Contains((byte)0)) return null;
        var sample = bytes[..Math.Min(bytes.Length, 512)];
        int even = 0, odd = 0;
        for (var i = 0; i + 1 < sample.Length; i += 2)
        {
            if (sample[i] == 0) even++;
            if (sample[i + 1] == 0) odd++;
        }
        var half = sample.Length / 2;
        return odd > half * 0.7 && even < half * 0.1 ? "utf-16le" : even > half * 0.7 && odd < half * 0.1 ? "utf-16be" : null;
    }

    static bool HoldsIso2022(ReadOnlySpan<byte> bytes) =>
        bytes.IndexOf("\u001B$B"u8) >= 0 || bytes.IndexOf("\u001B$@"u8) >= 0;

    /// <summary>A mail may begin with a long header of plain letters.</summary>
    static ReadOnlySpan<byte> AroundHigh(ReadOnlySpan<byte> bytes)
    {
        var first = bytes.IndexOfAnyInRange((byte)0x80, (byte)0xFF);
        return bytes.Slice(first, Math.Min(Sample, bytes.Length - first));
    }

    static string? DoubleByte(ReadOnlySpan<byte> bytes)
    {
        var japanese = Count(bytes, static b => b is >= 0x81 and <= 0x9F or >= 0xE0 and <= 0xFC, static b => b is >= 0x40 and <= 0xFC,
            static b => b is 0x82 or 0x83, single: static b => b is >= 0xA1 and <= 0xDF);
        if (japanese is { Pairs: >= 2, Broken: 0 } && japanese.Share > 0.4) return "shift_jis";
        var kana = CountEuc(bytes, static b => b is 0xA4 or 0xA5);
        if (kana.Pairs >= 2 && kana.IsWhole)
        {
            if (kana.Share > 0.3) return "euc-jp";
            // Korean words are Hangul through and through; Chinese text is spread over all of its common characters.
            if (CountEuc(bytes, static b => b is >= 0xB0 and <= 0xC8).Share > 0.9) return "ks_c_5601-1987";
            if (CountEuc(bytes, static b => b is >= 0xB0 and <= 0xD7 or 0xA1 or 0xA3).Share > 0.85) return "gb18030";
        }
        var traditional = Count(bytes, static b => b is >= 0xA1 and <= 0xF9, static b => b is >= 0x40 and <= 0x7E or >= 0xA1 and <= 0xFE,
            static b => b is >= 0xA4 and <= 0xC6 or 0xA1);
        return traditional.Pairs >= 2 && traditional.IsWhole && traditional.Share > 0.85 ? "big5" : null;
    }

    static Pairing CountEuc(ReadOnlySpan<byte> bytes, Predicate<byte> common) =>
        Count(bytes, static b => b is >= 0xA1 and <= 0xFE, static b => b is >= 0xA1 and <= 0xFE, common);

    readonly record struct Pairing(int Pairs, int Common, int Broken)
    {
        public bool IsWhole => Broken * 50 <= Pairs;
        public double Share => (double)Common / Pairs;
    }

    static Pairing Count(
        ReadOnlySpan<byte> bytes, Predicate<byte> isLead, Predicate<byte> isTrail, Predicate<byte> isCommon, Predicate<byte>? single = null)
    {
        int pairs = 0, common = 0, broken = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            var lead = bytes[i];
            if (lead < 0x80 || single?.Invoke(lead) == true) continue;
            // A sample may end within a character.
            if (i + 1 == bytes.Length) break;
            if (isLead(lead) && isTrail(bytes[i + 1]))
            {
                pairs++;
                if (isCommon(lead)) common++;
                i++;
            }
            else broken++;
        }
        return new(pairs, common, broken);
    }

    static bool IsUpper(ReadOnlySpan<byte> bytes)
    {
        int high = 0, upper = 0;
        foreach (var b in bytes)
        {
            if (b >= 0x80) high++;
            if (b >= 0xC0) upper++;
        }
        return upper * 100 >= high * 97;
    }

    /// <summary>An alphabet other than the Latin one: whole words of bytes above 127, most of them its frequent letters.</summary>
    static string? AlphabetOf(ReadOnlySpan<byte> bytes)
    {
        Span<int> counts = stackalloc int[256];
        counts.Clear();
        int high = 0, pairs = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] < 0x80) continue;
            counts[bytes[i]]++;
            high++;
            if (i > 0 && bytes[i - 1] >= 0x80) pairs++;
        }
        if (high < FewestForAlphabet || pairs * 2 < high) return null;
        string? best = null;
        var most = high / 2;
        foreach (var (charset, frequent, telling) in Alphabets)
        {
            var sum = 0;
            foreach (var letter in frequent) sum += counts[letter];
            if (telling is not null && bytes.IndexOfAny(telling) < 0) continue;
            if (sum > most) (best, most) = (charset, sum);
        }
        return best;
    }
}
