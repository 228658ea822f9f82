using System.Text;

namespace CxPlatform.Mail;

/// <summary>Puts on a Content-Transfer-Encoding (RFC 2045 section 6): the plainest that carries the content unharmed.</summary>
static class TransferEncoder
{
    const int LineLength = 76;

    public static (byte[] Content, string Encoding) EncodeText(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text.ReplaceLineEndingsOnly());
        if (IsPlainText(bytes)) return (bytes, "7bit");
        var escaped = 0;
        foreach (var b in bytes)
            if (b is < 32 and not ((byte)'\r' or (byte)'\n' or (byte)'\t') or >= 127 or (byte)'=') escaped++;
        // Quoted-printable stays legible and small as long as little needs an escape.
        return escaped * 6 <= bytes.Length ? (QuotedPrintable(bytes), "quoted-printable") : (Base64(bytes), "base64");
    }

    /// <summary>Text as it is for every mail system: short lines of ASCII, nothing that transport is known to change.</summary>
    static bool IsPlainText(ReadOnlySpan<byte> bytes)
    {
        if (!Ascii.IsValid(bytes)) return false;
        foreach (var range in bytes.Split("\r\n"u8))
        {
            var line = bytes[range];
            if (line.Length > 78 || line.StartsWith("From "u8) || line.StartsWith("."u8)) return false;
            if (line.EndsWith(" "u8) || line.EndsWith("\t"u8)) return false;
            foreach (var b in line)
                if (b is < 32 and not (byte)'\t' or 127) return false;
        }
        return true;
    }

    /// <summary>ASCII in CRLF lines of at most 998 bytes, without NUL (RFC 2045 section 2.7).</summary>
    public static bool Is7Bit(ReadOnlySpan<byte> bytes)
    {
        if (!Ascii.IsValid(bytes) || bytes.Contains((byte)0)) return false;
        foreach (var range in bytes.Split("\r\n"u8))
            if (bytes[range] is var line && (line.Length > 998 || line.ContainsAny((byte)'\r', (byte)'\n'))) return false;
        return true;
    }

    public static byte[] Base64(ReadOnlySpan<byte> bytes)
    {
        const int group = LineLength / 4 * 3;
        var result = new StringBuilder(bytes.Length * 4 / 3 + bytes.Length / group * 2 + 8);
        for (var i = 0; i < bytes.Length; i += group)
        {
            if (i > 0) result.Append("\r\n");
            result.Append(Convert.ToBase64String(bytes.Slice(i, Math.Min(group, bytes.Length - i))));
        }
        return Encoding.ASCII.GetBytes(result.ToString());
    }

    public static byte[] QuotedPrintable(ReadOnlySpan<byte> bytes)
    {
        var output = new MemoryStream(bytes.Length + bytes.Length / 8);
        var column = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            var b = bytes[i];
            if (b == '\r' && i + 1 < bytes.Length && bytes[i + 1] == '\n')
            {
                output.Write("\r\n"u8);
                column = 0;
                i++;
                continue;
            }
            var endOfLine = i + 1 == bytes.Length || bytes[i + 1] == '\r' && i + 2 < bytes.Length && bytes[i + 2] == '\n';
            var harmless = b is >= 33 and <= 126 and not (byte)'=' || b is (byte)' ' or (byte)'\t' && !endOfLine;
            if (column + (harmless ? 1 : 3) > LineLength - (endOfLine ? 0 : 1))
            {
                output.Write("=\r\n"u8);
                column = 0;
            }
            // Mail systems on the way are known to change these at a line's start.
            var plain = harmless && !(column == 0 && (b == '.' || bytes[i..].StartsWith("From "u8)));
            if (plain) output.WriteByte(b);
            else output.Write([(byte)'=', HexDigit(b >> 4), HexDigit(b & 15)]);
            column += plain ? 1 : 3;
        }
        return output.ToArray();
    }

    static byte HexDigit(int value) => (byte)"0123456789ABCDEF"[value];

    /// <summary>CRLF for every CR, LF or CRLF; other separators (form feed, U+2028) are content.</summary>
    static string ReplaceLineEndingsOnly(this string text)
    {
        if (!text.AsSpan().ContainsAny('\r', '\n')) return text;
        var result = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\r')
            {
                result.Append("\r\n");
                if (i + 1 < text.Length && text[i + 1] == '\n') i++;
            }
            else if (text[i] == '\n') result.Append("\r\n");
            else result.Append(text[i]);
        }
        return result.ToString();
    }
}
