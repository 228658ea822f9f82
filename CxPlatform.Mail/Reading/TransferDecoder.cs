using System.Buffers;

namespace CxPlatform.Mail;

/// <summary>Takes off a Content-Transfer-Encoding (RFC 2045 section 6); what is broken is read as far as it goes.</summary>
static class TransferDecoder
{
    static readonly SearchValues<byte> QuotedSpecial = SearchValues.Create("=\n"u8);

    public static bool IsKnown(string encoding) =>
        encoding is "" or "7bit" or "8bit" or "binary" or "base64" or "quoted-printable" or "uuencode" or "x-uuencode" or "x-uue" or "uue";

    /// <summary>Never throws; an unknown encoding leaves the bytes as they are. Time is linear.</summary>
    public static ReadOnlyMemory<byte> Decode(ReadOnlyMemory<byte> raw, string encoding) => encoding switch
    {
        "base64" => Base64(raw.Span),
        "quoted-printable" => QuotedPrintable(raw.Span),
        "uuencode" or "x-uuencode" or "x-uue" or "uue" => UuEncode(raw),
        _ => raw,
    };

    /// <summary>Skips what is not of the alphabet; padding ends a quantum, and whatever follows begins the next.</summary>
    public static byte[] Base64(ReadOnlySpan<byte> text)
    {
        var result = new byte[text.Length / 4 * 3 + 3];
        var length = 0;
        var bits = 0;
        var count = 0;
        foreach (var c in text)
        {
            var value = Base64Value(c);
            if (value >= 0)
            {
                bits = bits << 6 | value;
                if (++count < 4) continue;
                result[length++] = (byte)(bits >> 16);
                result[length++] = (byte)(bits >> 8);
                result[length++] = (byte)bits;
                bits = count = 0;
            }
            else if (c == '=')
                Flush();
        }
        Flush();
        return result.AsSpan(0, length).ToArray();

        void Flush()
        {
            if (count == 2) result[length++] = (byte)(bits >> 4);
            else if (count == 3)
            {
                result[length++] = (byte)(bits >> 10);
                result[length++] = (byte)(bits >> 2);
            }
            bits = count = 0;
        }
    }

    static int Base64Value(byte c) => c switch
    {
        >= (byte)'A' and <= (byte)'Z' => c - 'A',
        >= (byte)'a' and <= (byte)'z' => c - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => c - '0' + 52,
        (byte)'+' => 62,
        (byte)'/' => 63,
        _ => -1,
    };

    /// <summary>
    /// Keeps a <c>=</c> that begins no escape; drops spaces at line ends, which transport adds (RFC 2045 section 6.7 rule 3).
    /// </summary>
    public static byte[] QuotedPrintable(ReadOnlySpan<byte> text)
    {
        var result = new byte[text.Length];
        var length = 0;
        while (text.Length > 0)
        {
            var next = text.IndexOfAny(QuotedSpecial);
            var plain = next < 0 ? text.Length : next;
            var floor = length;
            text[..plain].CopyTo(result.AsSpan(length));
            length += plain;
            if (next < 0) break;
            text = text[next..];
            if (text[0] == '\n')
            {
                var crlf = length > floor && result[length - 1] == '\r';
                var end = crlf ? length - 1 : length;
                while (end > floor && (result[end - 1] is (byte)' ' or (byte)'\t')) end--;
                length = end;
                if (crlf) result[length++] = (byte)'\r';
                result[length++] = (byte)'\n';
                text = text[1..];
                continue;
            }
            if (text.Length >= 3 && Hex(text[1]) is var high and >= 0 && Hex(text[2]) is var low and >= 0)
            {
                result[length++] = (byte)(high << 4 | low);
                text = text[3..];
                continue;
            }
            var skip = 1;
            while (skip < text.Length && text[skip] is (byte)' ' or (byte)'\t' or (byte)'\r') skip++;
            if (skip == text.Length || text[skip] == '\n')
            {
                text = text[Math.Min(text.Length, skip + 1)..];
                continue;
            }
            if (skip > 1 && text[skip - 1] == '\r')
            {
                text = text[skip..];
                continue;
            }
            result[length++] = (byte)'=';
            text = text[1..];
        }
        return result.AsSpan(0, length).ToArray();
    }

    public static int Hex(byte c) => c switch
    {
        >= (byte)'0' and <= (byte)'9' => c - '0',
        >= (byte)'A' and <= (byte)'F' => c - 'A' + 10,
        >= (byte)'a' and <= (byte)'f' => c - 'a' + 10,
        _ => -1,
    };

    static ReadOnlyMemory<byte> UuEncode(ReadOnlyMemory<byte> raw)
    {
        var lines = new LineReader(raw);
        while (!lines.AtEnd && !lines.Line.StartsWith("begin "u8)) lines.Advance();
        if (lines.AtEnd) return raw;
        var result = new ArrayBufferWriter<byte>(Math.Max(64, raw.Length));
        for (lines.Advance(); !lines.AtEnd; lines.Advance())
        {
            var line = lines.Line;
            if (line.Length == 0 || line.SequenceEqual("end"u8)) break;
            var count = (line[0] - 32) & 63;
            line = line[1..];
            for (var i = 0; count > 0 && i < line.Length; i += 4)
            {
                int Value(int at, ReadOnlySpan<byte> of) => at < of.Length ? (of[at] - 32) & 63 : 0;
                var bits = Value(i, line) << 18 | Value(i + 1, line) << 12 | Value(i + 2, line) << 6 | Value(i + 3, line);
                for (var shift = 16; shift >= 0 && count > 0; shift -= 8, count--) result.Write([(byte)(bits >> shift)]);
            }
        }
        return result.WrittenMemory;
    }
}
