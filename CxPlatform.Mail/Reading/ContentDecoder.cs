using System.Buffers;
using System.Buffers.Text;

namespace CxPlatform.Mail;

/// <summary>
/// Takes off a transfer encoding piece by piece. A piece should end where a line does; what it writes is never longer than the piece, but
/// for <see cref="Slack"/> bytes carried over.
/// </summary>
abstract class ContentDecoder
{
    public const int Slack = 4;

    /// <returns>Null where the bytes are the content.</returns>
    public static ContentDecoder? For(string encoding) => encoding switch
    {
        "base64" => new Base64Decoder(),
        "quoted-printable" => new QuotedPrintableDecoder(),
        "uuencode" or "x-uuencode" or "x-uue" or "uue" => new UuDecoder(),
        "x-yenc" => new YencDecoder(),
        _ => null,
    };

    /// <returns>How many bytes were written.</returns>
    public abstract int Decode(ReadOnlySpan<byte> piece, Span<byte> output);

    /// <summary>After the last piece.</summary>
    public virtual int Finish(Span<byte> output) => 0;

    /// <summary>
    /// Skips what is not of the alphabet; padding ends a quantum, and whatever follows begins the next, unless it is a line of plain text,
    /// as mailing lists append it.
    /// </summary>
    sealed class Base64Decoder : ContentDecoder
    {
        int bits, count;
        bool padded, ended, afterEmpty;

        public override int Decode(ReadOnlySpan<byte> piece, Span<byte> output)
        {
            var length = 0;
            while (piece.Length > 0 && !ended)
            {
                var end = piece.IndexOf((byte)'\n');
                var line = end < 0 ? piece : piece[..end];
                piece = end < 0 ? default : piece[(end + 1)..];
                if (line.TrimEnd((byte)'\r').IsEmpty)
                {
                    afterEmpty = true;
                    continue;
                }
                if ((padded || afterEmpty && count == 0) && IsText(line)) ended = true;
                else length += DecodeLine(line, output[length..]);
            }
            return length;
        }

        int DecodeLine(ReadOnlySpan<byte> line, Span<byte> output)
        {
            var length = 0;
            while (line.Length > 0)
            {
                // The vectorised decoder takes whole quanta of clean text; everything else goes byte by byte.
                if (count == 0)
                {
                    var other = line.IndexOfAnyExcept(Digits);
                    var clean = line[..((other < 0 ? line.Length : other) & ~3)];
                    Base64.DecodeFromUtf8(clean, output[length..], out _, out var written, isFinalBlock: false);
                    length += written;
                    line = line[clean.Length..];
                }
                for (var i = Math.Min(line.Length, 4); i > 0; i--)
                {
                    length += DecodeByte(line[0], output[length..]);
                    line = line[1..];
                }
            }
            return length;
        }

        int DecodeByte(byte c, Span<byte> output)
        {
            if (c == '=')
            {
                padded |= count > 0;
                return Flush(output);
            }
            var value = Value(c);
            if (value < 0) return 0;
            bits = bits << 6 | value;
            if (++count < 4) return 0;
            output[0] = (byte)(bits >> 16);
            output[1] = (byte)(bits >> 8);
            output[2] = (byte)bits;
            bits = count = 0;
            return 3;
        }

        public override int Finish(Span<byte> output) => Flush(output);

        int Flush(Span<byte> output)
        {
            var written = Math.Max(0, count - 1);
            if (count == 2) output[0] = (byte)(bits >> 4);
            else if (count == 3)
            {
                output[0] = (byte)(bits >> 10);
                output[1] = (byte)(bits >> 2);
            }
            bits = count = 0;
            return written;
        }

        static bool IsText(ReadOnlySpan<byte> line) => line.Trim(" \t\r"u8).ContainsAnyExcept(Alphabet);
    }

    static readonly SearchValues<byte> Digits =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

    static readonly SearchValues<byte> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="u8);

    static int Value(byte c) => c switch
    {
        >= (byte)'A' and <= (byte)'Z' => c - 'A',
        >= (byte)'a' and <= (byte)'z' => c - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => c - '0' + 52,
        (byte)'+' => 62,
        (byte)'/' => 63,
        _ => -1,
    };

    /// <summary>Whether content is what it claims to be: text with its spaces and punctuation is not base64.</summary>
    public static bool IsIn(string encoding, ReadOnlySpan<byte> text) => encoding switch
    {
        "base64" => IsBase64(text),
        "uuencode" or "x-uuencode" or "x-uue" or "uue" => text.IndexOf("begin "u8) >= 0,
        _ => true,
    };

    static bool IsBase64(ReadOnlySpan<byte> text)
    {
        if (text.Length > 4096) text = text[..4096];
        // Short content with a footer that a mailing list added below it.
        var first = text.TrimStart("\r\n"u8);
        if (first.IndexOf((byte)'\n') is var end and > 0) first = first[..end];
        first = first.TrimEnd((byte)'\r');
        if (first.Length >= 8 && first.Length % 4 == 0 && !first.ContainsAnyExcept(Alphabet)) return true;
        var others = 0;
        foreach (var c in text)
            if (c is not ((byte)'\r' or (byte)'\n') && !Alphabet.Contains(c)) others++;
        return others * 10 <= text.Length;
    }

    static readonly SearchValues<byte> QuotedSpecial = SearchValues.Create("=\n"u8);

    /// <summary>
    /// Keeps a <c>=</c> that begins no escape; drops spaces at line ends, which transport adds (RFC 2045 section 6.7 rule 3).
    /// </summary>
    sealed class QuotedPrintableDecoder : ContentDecoder
    {
        public override int Decode(ReadOnlySpan<byte> piece, Span<byte> output)
        {
            var length = 0;
            while (piece.Length > 0)
            {
                var next = piece.IndexOfAny(QuotedSpecial);
                var plain = next < 0 ? piece.Length : next;
                var floor = length;
                piece[..plain].CopyTo(output[length..]);
                length += plain;
                if (next < 0) break;
                piece = piece[next..];
                if (piece[0] == '\n')
                {
                    length = EndLine(output, floor, length);
                    piece = piece[1..];
                }
                else piece = piece[Unescape(piece, output, ref length)..];
            }
            return length;
        }

        static int EndLine(Span<byte> output, int floor, int length)
        {
            var crlf = length > floor && output[length - 1] == '\r';
            var end = crlf ? length - 1 : length;
            while (end > floor && output[end - 1] is (byte)' ' or (byte)'\t') end--;
            length = end;
            if (crlf) output[length++] = (byte)'\r';
            output[length++] = (byte)'\n';
            return length;
        }

        /// <returns>How much was read.</returns>
        static int Unescape(ReadOnlySpan<byte> piece, Span<byte> output, ref int length)
        {
            if (piece.Length >= 3
                && TransferDecoder.Hex(piece[1]) is var high and >= 0 && TransferDecoder.Hex(piece[2]) is var low and >= 0)
            {
                output[length++] = (byte)(high << 4 | low);
                return 3;
            }
            var skip = 1;
            while (skip < piece.Length && piece[skip] is (byte)' ' or (byte)'\t' or (byte)'\r') skip++;
            if (skip == piece.Length || piece[skip] == '\n') return Math.Min(piece.Length, skip + 1);
            if (skip > 1 && piece[skip - 1] == '\r') return skip;
            output[length++] = (byte)'=';
            return 1;
        }
    }

    /// <summary>Lines from <c>begin</c> to <c>end</c>; the first byte of each says how many it holds.</summary>
    sealed class UuDecoder : ContentDecoder
    {
        bool begun, ended;

        public override int Decode(ReadOnlySpan<byte> piece, Span<byte> output)
        {
            var length = 0;
            while (piece.Length > 0 && !ended)
            {
                var end = piece.IndexOf((byte)'\n');
                var line = (end < 0 ? piece : piece[..end]).TrimEnd((byte)'\r');
                piece = end < 0 ? default : piece[(end + 1)..];
                if (!begun) begun = line.StartsWith("begin "u8);
                else if (line.Length == 0 || line.SequenceEqual("end"u8)) ended = true;
                else length += DecodeLine(line, output[length..]);
            }
            return length;
        }

        static int DecodeLine(ReadOnlySpan<byte> line, Span<byte> output)
        {
            var count = Math.Min((line[0] - 32) & 63, (line.Length - 1) * 3 / 4);
            line = line[1..];
            for (var i = 0; i < count; i++)
            {
                var at = i / 3 * 4 + i % 3;
                var (left, right) = ((line[at] - 32) & 63, (line[at + 1] - 32) & 63);
                output[i] = (byte)(i % 3 == 0 ? left << 2 | right >> 4 : i % 3 == 1 ? left << 4 | right >> 2 : left << 6 | right);
            }
            return count;
        }
    }

    /// <summary>Bytes shifted by 42, those that text cannot hold by 64 more; lines that begin with <c>=y</c> are about the file.</summary>
    sealed class YencDecoder : ContentDecoder
    {
        public override int Decode(ReadOnlySpan<byte> piece, Span<byte> output)
        {
            var length = 0;
            while (piece.Length > 0)
            {
                var end = piece.IndexOf((byte)'\n');
                var line = (end < 0 ? piece : piece[..end]).TrimEnd((byte)'\r');
                piece = end < 0 ? default : piece[(end + 1)..];
                if (line.StartsWith("=y"u8)) continue;
                for (var i = 0; i < line.Length; i++)
                    output[length++] = (byte)(line[i] == '=' && i + 1 < line.Length ? line[++i] - 64 - 42 : line[i] - 42);
            }
            return length;
        }
    }
}
