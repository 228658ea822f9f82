namespace CxPlatform.ServiceDefaults;

/// <summary>Lower-case base32 (RFC 4648 section 6 alphabet, no padding): survives mail systems that change the case of addresses.</summary>
public static class Base32
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        Span<char> text = stackalloc char[(bytes.Length * 8 + 4) / 5];
        int buffer = 0, bits = 0, at = 0;
        foreach (var b in bytes)
        {
            buffer = (buffer << 8 | b) & 0xFFF;
            bits += 8;
            while (bits >= 5)
            {
                bits -= 5;
                text[at++] = Alphabet[buffer >> bits & 31];
            }
        }
        if (bits > 0)
            text[at++] = Alphabet[buffer << 5 - bits & 31];
        return new string(text[..at]);
    }

    /// <summary>False when a character is outside of the alphabet, in either case, or left-over bits are not zero.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = new byte[text.Length * 5 / 8];
        int buffer = 0, bits = 0, at = 0;
        foreach (var c in text)
        {
            var digit = Alphabet.IndexOf(char.ToLowerInvariant(c), StringComparison.Ordinal);
            if (digit < 0)
                return false;
            buffer = (buffer << 5 | digit) & 0xFFF;
            bits += 5;
            if (bits < 8)
                continue;
            bits -= 8;
            bytes[at++] = (byte)(buffer >> bits);
        }
        return (buffer & (1 << bits) - 1) == 0;
    }
}
