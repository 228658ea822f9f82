namespace CxPlatform.Mail;

/// <summary>What a client sends: command lines, and between them mails.</summary>
sealed class SmtpInput(Stream stream, int maxLine)
{
    readonly byte[] buffer = new byte[Math.Max(maxLine, 16 * 1024)];
    int start, end;

    /// <summary>A reply may wait while the next command is already here (RFC 2920 section 3.2).</summary>
    public bool HasLine => buffer.AsSpan(start, end - start).Contains((byte)'\n');

    /// <summary>
    /// Changes to the encrypted stream. What came before the handshake was sent by somebody who may not hold the key: it is forgotten
    /// (RFC 3207 section 4.2; CVE-2011-0411).
    /// </summary>
    public void ContinueWith(Stream encrypted) => (stream, start, end) = (encrypted, 0, 0);

    /// <summary>The next line up to its LF, without the line end; null when the client has closed.</summary>
    public async ValueTask<SmtpLine?> ReadLineAsync(CancellationToken cancel)
    {
        var tooLong = false;
        var scanned = start;
        while (true)
        {
            var found = buffer.AsSpan(scanned, end - scanned).IndexOf((byte)'\n');
            if (found >= 0)
            {
                var line = buffer.AsMemory(start, scanned + found - start);
                start = scanned + found + 1;
                var whole = line.Length > 0 && line.Span[^1] == '\r';
                if (whole) line = line[..^1];
                return new(line, tooLong || line.Length + 2 > maxLine ? SmtpLineFault.TooLong
                    : whole && !line.Span.Contains((byte)'\r') ? SmtpLineFault.None : SmtpLineFault.BareLineEnd);
            }
            scanned = end;
            if (end == buffer.Length)
            {
                if (start == 0)
                {
                    // Longer than any command: only its end is of interest. The last byte may be the CR of it.
                    tooLong = true;
                    start = buffer.Length - 1;
                }
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                (scanned, end, start) = (scanned - start, end - start, 0);
            }
            var read = await stream.ReadAsync(buffer.AsMemory(end), cancel).ConfigureAwait(false);
            if (read == 0) return null;
            end += read;
        }
    }

    /// <summary>Whatever is here or comes next; empty when the client has closed.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadSomeAsync(CancellationToken cancel)
    {
        if (start == end)
        {
            start = 0;
            end = await stream.ReadAsync(buffer, cancel).ConfigureAwait(false);
        }
        return buffer.AsMemory(start, end - start);
    }

    public void Consume(int bytes) => start += bytes;
}

enum SmtpLineFault
{
    None,
    TooLong,

    /// <summary>CR and LF appear only together (RFC 5321 section 2.3.8).</summary>
    BareLineEnd,
}

/// <param name="Bytes">Valid until the next read.</param>
readonly record struct SmtpLine(ReadOnlyMemory<byte> Bytes, SmtpLineFault Fault);
