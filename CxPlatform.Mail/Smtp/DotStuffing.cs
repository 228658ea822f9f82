using System.Buffers;

namespace CxPlatform.Mail;

/// <summary>
/// Writes a message as the data of DATA (RFC 5321 section 4.5.2): a dot at a line's start is doubled, and CR or LF alone become CRLF, since
/// a server that took one of them for a line end could be made to see a second message inside this one.
/// </summary>
static class DotStuffing
{
    static readonly SearchValues<byte> LineEnds = SearchValues.Create("\r\n"u8);

    /// <summary>Ends with CRLF, dot, CRLF.</summary>
    public static void Write(ReadOnlySpan<byte> message, IBufferWriter<byte> output)
    {
        while (message.Length > 0)
        {
            if (message[0] == '.') output.Write("."u8);
            var end = message.IndexOfAny(LineEnds);
            var line = end < 0 ? message : message[..end];
            output.Write(line);
            output.Write("\r\n"u8);
            if (end < 0) break;
            message = message[(end + (message[end] == '\r' && end + 1 < message.Length && message[end + 1] == '\n' ? 2 : 1))..];
        }
        output.Write(".\r\n"u8);
    }
}
