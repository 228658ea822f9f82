using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace CxPlatform.Mail;

/// <summary>One connection to a server: lines with literals in, tagged commands out, and their deadlines.</summary>
sealed class ImapConnection(ImapOptions options, TimeProvider time) : IAsyncDisposable
{
    // SEARCH answers with all UIDs on one line: room for millions of them.
    const int MaxLine = 32 * 1024 * 1024;

    byte[] buffer = new byte[16 * 1024];
    Stream stream = Stream.Null;
    int start, end, tags;

    /// <summary>Bytes of a literal that are held in memory; a larger one goes to <see cref="Overflow"/>.</summary>
    const int MaxLiteral = 64 * 1024;

    /// <summary>Where one large literal is written to as it comes, and how many bytes of it are taken; null: a larger one than fits in memory is
    /// a fault of the connection.</summary>
    public (Stream Into, int Max)? Overflow { get; set; }

    public bool Encrypted { get; private set; }

    public async Task ConnectAsync(CancellationToken cancel)
    {
        await WithinAsync(options.ConnectTimeout, "the connection", async token =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(options.Host, options.Port, token).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                socket.Dispose();
                if (e is not SocketException) throw;
                throw new ImapException(ImapFailure.Connect, $"No connection to {options.Host}:{options.Port}: {e.Message}", e);
            }
            stream = new NetworkStream(socket, ownsSocket: true);
            return true;
        }, cancel).ConfigureAwait(false);
        if (options.Tls == ImapTls.Implicit) await EncryptAsync(cancel).ConfigureAwait(false);
    }

    public async Task EncryptAsync(CancellationToken cancel)
    {
        // What follows the answer to STARTTLS unencrypted was put there by somebody on the way.
        if (start < end) throw new ImapException(ImapFailure.Tls, "Data follows the answer to STARTTLS unencrypted.");
        var ssl = new SslStream(stream, leaveInnerStreamOpen: false, options.CertificateValidation);
        stream = ssl;
        await WithinAsync(options.ConnectTimeout, "the TLS handshake", async token =>
        {
            try
            {
                await ssl.AuthenticateAsClientAsync(new() { TargetHost = options.Host }, token).ConfigureAwait(false);
            }
            catch (AuthenticationException e)
            {
                throw new ImapException(ImapFailure.Tls, $"The TLS handshake failed: {e.Message}", e);
            }
            return true;
        }, cancel).ConfigureAwait(false);
        Encrypted = true;
    }

    /// <summary>Sends a command and reads to its tagged answer.</summary>
    /// <param name="respond">Gets every untagged response.</param>
    /// <param name="continuation">Answers the server's request to go on.</param>
    /// <exception cref="ImapException">With <see cref="ImapFailure.Refused"/>, the server said NO or BAD.</exception>
    public async Task CommandAsync(
        string command, Action<IReadOnlyList<ImapValue>>? respond, CancellationToken cancel, Func<string>? continuation = null)
    {
        var tag = await SendAsync(command, cancel).ConfigureAwait(false);
        while (true)
        {
            var response = await ReadAsync(options.AnswerTimeout, cancel).ConfigureAwait(false);
            if (response.Count == 0) continue;
            if (response[0].Is("+"))
                await WriteAsync((continuation?.Invoke() ?? "") + "\r\n", cancel).ConfigureAwait(false);
            else if (response[0].Is(tag))
            {
                Check(command, response);
                return;
            }
            else respond?.Invoke(response);
        }
    }

    public async Task<string> SendAsync(string command, CancellationToken cancel)
    {
        var tag = string.Create(CultureInfo.InvariantCulture, $"c{++tags}");
        await WriteAsync($"{tag} {command}\r\n", cancel).ConfigureAwait(false);
        return tag;
    }

    public static void Check(string command, IReadOnlyList<ImapValue> response)
    {
        if (response.Count > 1 && response[1].Is("OK")) return;
        var verb = command.Split(' ') is ["UID", var second, ..] ? second : command.Split(' ')[0];
        // What the server says may repeat what it was told, but not the secret: that went in a continuation.
        var words = CleanText.OneLine(string.Join(' ', response.Skip(1).Select(value => value.Text)));
        throw new ImapException(ImapFailure.Refused, $"The server refuses {verb}: {words[..Math.Min(200, words.Length)]}");
    }

    /// <summary>The next response, tagged or not, with its literals.</summary>
    public async Task<IReadOnlyList<ImapValue>> ReadAsync(TimeSpan patience, CancellationToken cancel)
    {
        var pieces = new List<string>();
        var literals = new List<byte[]>();
        while (true)
        {
            var line = await ReadLineAsync(patience, cancel).ConfigureAwait(false);
            if (LiteralSize(line) is not { } size)
            {
                pieces.Add(line);
                return ImapParser.Parse(pieces, literals);
            }
            var most = Overflow?.Max ?? MaxLiteral;
            if (size > most)
                throw new ImapException(ImapFailure.Protocol, $"The server sends {size} bytes where at most {most} were asked for.");
            pieces.Add(line[..line.LastIndexOf('{')]);
            if (size <= MaxLiteral)
            {
                literals.Add(await ReadLiteralAsync((int)size, cancel).ConfigureAwait(false));
                continue;
            }
            await CopyLiteralAsync((int)size, Overflow!.Value.Into, cancel).ConfigureAwait(false);
            Overflow = null;
            literals.Add([]);
        }
    }

    static long? LiteralSize(string line)
    {
        if (!line.EndsWith('}') || line.LastIndexOf('{') is not (var open and >= 0)) return null;
        var digits = line.AsSpan(open + 1, line.Length - open - 2).TrimEnd('+');
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : null;
    }

    async Task<byte[]> ReadLiteralAsync(int size, CancellationToken cancel)
    {
        var literal = new byte[size];
        var have = Math.Min(size, end - start);
        buffer.AsSpan(start, have).CopyTo(literal);
        start += have;
        while (have < size)
        {
            var read = await ReadSomeAsync(literal.AsMemory(have), options.AnswerTimeout, cancel).ConfigureAwait(false);
            have += read;
        }
        return literal;
    }

    async Task CopyLiteralAsync(int size, Stream into, CancellationToken cancel)
    {
        while (size > 0)
        {
            if (start == end)
            {
                start = 0;
                end = await ReadSomeAsync(buffer, options.AnswerTimeout, cancel).ConfigureAwait(false);
            }
            var have = Math.Min(size, end - start);
            await into.WriteAsync(buffer.AsMemory(start, have), cancel).ConfigureAwait(false);
            start += have;
            size -= have;
        }
    }

    async Task<string> ReadLineAsync(TimeSpan patience, CancellationToken cancel)
    {
        var scanned = start;
        while (true)
        {
            var found = buffer.AsSpan(scanned, end - scanned).IndexOf((byte)'\n');
            if (found >= 0)
            {
                var line = buffer.AsSpan(start, scanned + found - start).TrimEnd((byte)'\r');
                start = scanned + found + 1;
                return Encoding.UTF8.GetString(line);
            }
            scanned = end;
            if (start > 0)
            {
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                (scanned, end, start) = (scanned - start, end - start, 0);
            }
            if (end == MaxLine) throw new ImapException(ImapFailure.Protocol, "A line of the server's answer is too long.");
            if (end == buffer.Length) Array.Resize(ref buffer, Math.Min(MaxLine, buffer.Length * 2));
            end += await ReadSomeAsync(buffer.AsMemory(end), patience, cancel).ConfigureAwait(false);
        }
    }

    Task<int> ReadSomeAsync(Memory<byte> into, TimeSpan patience, CancellationToken cancel) =>
        WithinAsync(patience, "the answer", async token =>
        {
            var read = await stream.ReadAsync(into, token).ConfigureAwait(false);
            return read > 0 ? read : throw new ImapException(ImapFailure.Disconnected, "The server closed the connection.");
        }, cancel);

    public Task WriteAsync(string text, CancellationToken cancel) => WithinAsync(options.AnswerTimeout, "sending", async token =>
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text), token).ConfigureAwait(false);
        return true;
    }, cancel);

    async Task<T> WithinAsync<T>(TimeSpan limit, string what, Func<CancellationToken, Task<T>> action, CancellationToken cancel)
    {
        using var clock = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancel);
        try
        {
            return await action(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (clock.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new ImapException(ImapFailure.Timeout, $"Waited {limit.TotalSeconds:0} s for {what} in vain.", e);
        }
        catch (Exception e) when (e is IOException and not ImapException or ObjectDisposedException)
        {
            throw new ImapException(ImapFailure.Disconnected, $"The connection was lost at {what}: {e.Message}", e);
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
