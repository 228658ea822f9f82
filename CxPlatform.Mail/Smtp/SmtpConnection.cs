using System.Buffers;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace CxPlatform.Mail;

/// <summary>One connection to a server: the bytes, the replies and their deadlines, the extensions it offers.</summary>
sealed class SmtpConnection : IAsyncDisposable
{
    const int MaxLineLength = 8_192;
    const int MaxReplyLines = 500;

    /// <summary>RFC 5321 section 4.5.3.1.4, without the line end.</summary>
    const int MaxCommandLength = 510;
    const int BlockSize = 64 * 1024;
    static readonly TimeSpan QuitTimeout = TimeSpan.FromSeconds(2);

    readonly SmtpOptions options;
    readonly TimeProvider time;
    readonly byte[] buffer = new byte[MaxLineLength];
    Dictionary<string, string> extensions = new(StringComparer.OrdinalIgnoreCase);
    Stream stream = Stream.Null;
    int start, end;
    bool encrypted;

    SmtpConnection(SmtpOptions options, TimeProvider time) => (this.options, this.time) = (options, time);

    public bool Offers(string extension) => extensions.ContainsKey(extension);

    /// <summary>The largest message in bytes (RFC 1870), or null when the server names none.</summary>
    public long? MaxSize => extensions.TryGetValue("SIZE", out var value) && long.TryParse(value, out var size) && size > 0 ? size : null;

    public static async Task<SmtpConnection> OpenAsync(SmtpOptions options, TimeProvider time, CancellationToken cancel)
    {
        var connection = new SmtpConnection(options, time);
        try
        {
            await connection.ConnectAsync(cancel).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.AbortAsync().ConfigureAwait(false);
            throw;
        }
    }

    async Task ConnectAsync(CancellationToken cancel)
    {
        await Deadline(options.ConnectTimeout, "the connection", async token =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(options.Host, options.Port, token).ConfigureAwait(false);
            }
            catch (SocketException e)
            {
                socket.Dispose();
                var what = $"No connection to {options.Host}:{options.Port}: {e.Message}";
                throw new SmtpException(SmtpFailure.Connect, what, transient: true, inner: e);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
            stream = new NetworkStream(socket, ownsSocket: true);
        }, cancel).ConfigureAwait(false);
        if (options.Tls == SmtpTls.Implicit) await EncryptAsync(cancel).ConfigureAwait(false);
        var greeting = await ReadReplyAsync(options.CommandTimeout, cancel).ConfigureAwait(false);
        if (greeting.Code != 220) throw Refused(SmtpFailure.Connect, "The server does not serve", greeting);
        await HelloAsync(cancel).ConfigureAwait(false);
        if (options.Tls is SmtpTls.StartTls or SmtpTls.StartTlsWhenAvailable) await StartTlsAsync(cancel).ConfigureAwait(false);
        if (options.User is not null) await SignInAsync(options.User, cancel).ConfigureAwait(false);
    }

    async Task HelloAsync(CancellationToken cancel)
    {
        var reply = await CommandAsync($"EHLO {options.LocalName}", cancel).ConfigureAwait(false);
        extensions = new(StringComparer.OrdinalIgnoreCase);
        if (reply.Positive)
        {
            foreach (var line in reply.Text.Split('\n').Skip(1))
            {
                // "AUTH=LOGIN" is how old servers wrote "AUTH LOGIN".
                var split = line.IndexOfAny([' ', '=']);
                extensions[split < 0 ? line : line[..split]] = split < 0 ? "" : line[(split + 1)..].Trim();
            }
            return;
        }
        if (reply.Transient) throw Refused(SmtpFailure.Connect, "The server does not serve", reply);
        reply = await CommandAsync($"HELO {options.LocalName}", cancel).ConfigureAwait(false);
        if (!reply.Positive) throw Refused(SmtpFailure.Connect, "The server does not serve", reply);
    }

    async Task StartTlsAsync(CancellationToken cancel)
    {
        if (!Offers("STARTTLS"))
        {
            if (options.Tls == SmtpTls.StartTlsWhenAvailable) return;
            throw new SmtpException(SmtpFailure.Tls, "The server does not offer STARTTLS, which is required.", transient: false);
        }
        var reply = await CommandAsync("STARTTLS", cancel).ConfigureAwait(false);
        if (reply.Code != 220) throw Refused(SmtpFailure.Tls, "The server offers STARTTLS but refuses it", reply);
        // What follows the reply unencrypted was put there by somebody on the way (RFC 3207 section 6).
        if (start < end) throw new SmtpException(SmtpFailure.Tls, "Data follows the reply to STARTTLS unencrypted.", transient: false);
        await EncryptAsync(cancel).ConfigureAwait(false);
        await HelloAsync(cancel).ConfigureAwait(false);
    }

    Task EncryptAsync(CancellationToken cancel) => Deadline(options.ConnectTimeout, "the TLS handshake", async token =>
    {
        var ssl = new SslStream(stream, leaveInnerStreamOpen: false, options.CertificateValidation);
        stream = ssl;
        try
        {
            await ssl.AuthenticateAsClientAsync(new() { TargetHost = options.Host }, token).ConfigureAwait(false);
        }
        catch (AuthenticationException e)
        {
            throw new SmtpException(SmtpFailure.Tls, $"The TLS handshake failed: {e.Message}", transient: false, inner: e);
        }
        encrypted = true;
    }, cancel);

    async Task SignInAsync(string user, CancellationToken cancel)
    {
        if (!encrypted && !options.AllowUnencryptedCredentials)
            throw new SmtpException(
                SmtpFailure.Authentication, "User and password do not go over an unencrypted connection.", transient: false);
        var mechanisms = (extensions.GetValueOrDefault("AUTH") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        bool Offered(string mechanism) => mechanisms.Contains(mechanism, StringComparer.OrdinalIgnoreCase);
        var reply = options.AccessToken is { } tokens
            ? await ShowTokenAsync(user, tokens, Offered, cancel).ConfigureAwait(false)
            : await ShowPasswordAsync(user, options.Password!, Offered, cancel).ConfigureAwait(false);
        if (reply.Code != 235) throw Refused(SmtpFailure.Authentication, $"User and {(options.AccessToken is null ? "password" : "token")} are refused", reply);
    }

    async Task<SmtpReply> ShowPasswordAsync(string user, string password, Func<string, bool> offered, CancellationToken cancel)
    {
        if (offered("PLAIN")) return await AuthAsync("PLAIN", $"\0{user}\0{password}", cancel).ConfigureAwait(false);
        if (!offered("LOGIN")) throw new SmtpException(SmtpFailure.Authentication, "The server offers neither AUTH PLAIN nor AUTH LOGIN.", transient: false);
        var reply = await CommandAsync("AUTH LOGIN", cancel).ConfigureAwait(false);
        if (reply.Code == 334) reply = await CommandAsync(Base64(user), cancel).ConfigureAwait(false);
        return reply.Code == 334 ? await CommandAsync(Base64(password), cancel).ConfigureAwait(false) : reply;
    }

    async Task<SmtpReply> ShowTokenAsync(
        string user, Func<bool, CancellationToken, ValueTask<string>> tokens, Func<string, bool> offered, CancellationToken cancel)
    {
        var bearer = offered("OAUTHBEARER");
        if (!bearer && !offered("XOAUTH2"))
            throw new SmtpException(SmtpFailure.Authentication, "The server offers neither AUTH OAUTHBEARER nor AUTH XOAUTH2.", transient: false);
        var reply = await ShowAsync(refused: false).ConfigureAwait(false);
        // It may have been withdrawn before its time.
        return reply.Permanent ? await ShowAsync(refused: true).ConfigureAwait(false) : reply;

        async Task<SmtpReply> ShowAsync(bool refused)
        {
            string token;
            try
            {
                token = await tokens(refused, cancel).ConfigureAwait(false);
            }
            catch (IOException e)
            {
                throw new SmtpException(SmtpFailure.Authentication, $"There is no token: {e.Message}", transient: true, inner: e);
            }
            var answer = bearer
                ? await AuthAsync("OAUTHBEARER", $"n,a={GssName(user)},\u0001host={options.Host}\u0001port={options.Port}\u0001auth=Bearer {token}\u0001\u0001", cancel).ConfigureAwait(false)
                : await AuthAsync("XOAUTH2", $"user={user}\u0001auth=Bearer {token}\u0001\u0001", cancel).ConfigureAwait(false);
            // What is wrong comes as a challenge, and the refusal only after an answer that says nothing (RFC 7628 section 3.2.3).
            return answer.Code == 334 ? await CommandAsync(bearer ? Base64("\u0001") : "", cancel).ConfigureAwait(false) : answer;
        }
    }

    /// <summary>RFC 5801 section 4: what separates is written otherwise.</summary>
    static string GssName(string user) => user.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal);

    async Task<SmtpReply> AuthAsync(string mechanism, string response, CancellationToken cancel)
    {
        var encoded = Base64(response);
        if ($"AUTH {mechanism} {encoded}".Length <= MaxCommandLength) return await CommandAsync($"AUTH {mechanism} {encoded}", cancel).ConfigureAwait(false);
        // Too long for a command, not for an answer (RFC 4954 section 4).
        var reply = await CommandAsync($"AUTH {mechanism}", cancel).ConfigureAwait(false);
        return reply.Code == 334 ? await CommandAsync(encoded, cancel).ConfigureAwait(false) : reply;
    }

    static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    static SmtpException Refused(SmtpFailure failure, string what, SmtpReply reply) =>
        new(failure, $"{what}: {reply.Code} {reply.EnhancedStatus}".TrimEnd() + ".", reply.Transient, reply);

    public async Task<SmtpReply> CommandAsync(string command, CancellationToken cancel)
    {
        await WriteAsync(Encoding.UTF8.GetBytes(command + "\r\n"), cancel).ConfigureAwait(false);
        return await ReadReplyAsync(options.CommandTimeout, cancel).ConfigureAwait(false);
    }

    /// <summary>Sends several commands at once where the server allows it (RFC 2920), and reads their replies in order.</summary>
    public async Task<List<SmtpReply>> CommandsAsync(IReadOnlyList<string> commands, CancellationToken cancel)
    {
        var replies = new List<SmtpReply>(commands.Count);
        var pipelining = Offers("PIPELINING");
        if (pipelining) await WriteAsync(Encoding.UTF8.GetBytes(string.Join("\r\n", [.. commands, ""])), cancel).ConfigureAwait(false);
        foreach (var command in commands)
        {
            replies.Add(pipelining
                ? await ReadReplyAsync(options.CommandTimeout, cancel).ConfigureAwait(false)
                : await CommandAsync(command, cancel).ConfigureAwait(false));
            // The server closes after 421 and answers nothing further.
            if (replies[^1].Code == 421) break;
        }
        while (replies.Count < commands.Count) replies.Add(replies[^1]);
        return replies;
    }

    /// <summary>Sends the data after 354, and reads the reply that decides.</summary>
    public async Task<SmtpReply> DataAsync(ReadOnlyMemory<byte> message, CancellationToken cancel)
    {
        var output = new ArrayBufferWriter<byte>(message.Length + message.Length / 64 + 256);
        DotStuffing.Write(message.Span, output);
        var data = output.WrittenMemory;
        var at = 0;
        for (; data.Length - at > BlockSize; at += BlockSize) await WriteAsync(data.Slice(at, BlockSize), cancel).ConfigureAwait(false);
        try
        {
            await WriteAsync(data[at..], cancel).ConfigureAwait(false);
            return await ReadReplyAsync(options.DataReplyTimeout, cancel).ConfigureAwait(false);
        }
        catch (SmtpException e)
        {
            throw new SmtpException(e.Failure, e.Message, e.Transient, e.Reply, e) { MayHaveBeenAccepted = true };
        }
    }

    Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel) =>
        Deadline(options.CommandTimeout, "sending", async token => await stream.WriteAsync(bytes, token).ConfigureAwait(false), cancel);

    async Task<SmtpReply> ReadReplyAsync(TimeSpan timeout, CancellationToken cancel)
    {
        var lines = new List<string>();
        var code = 0;
        await Deadline(timeout, "the reply", async token =>
        {
            while (true)
            {
                var line = await ReadLineAsync(token).ConfigureAwait(false);
                if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), out var value) || value is < 200 or > 599
                    || line.Length > 3 && line[3] is not (' ' or '-') || code != 0 && value != code || lines.Count >= MaxReplyLines)
                    throw new SmtpException(SmtpFailure.Protocol, "The server's reply is not one of SMTP.", transient: true);
                code = value;
                lines.Add(line.Length > 4 ? line[4..] : "");
                if (line.Length == 3 || line[3] == ' ') return;
            }
        }, cancel).ConfigureAwait(false);
        return SmtpReply.Of(code, lines);
    }

    async Task<string> ReadLineAsync(CancellationToken cancel)
    {
        var scanned = start;
        while (true)
        {
            var found = buffer.AsSpan(scanned, end - scanned).IndexOf((byte)'\n');
            if (found >= 0)
            {
                var line = buffer.AsSpan(start, scanned + found - start).TrimEnd((byte)'\r');
                var text = Charsets.Decode(line, "utf-8", new());
                start = scanned + found + 1;
                return text;
            }
            scanned = end;
            if (start > 0)
            {
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                (scanned, end, start) = (scanned - start, end - start, 0);
            }
            if (end == buffer.Length)
                throw new SmtpException(SmtpFailure.Protocol, "A line of the server's reply is too long.", transient: true);
            var read = await stream.ReadAsync(buffer.AsMemory(end), cancel).ConfigureAwait(false);
            if (read == 0) throw new SmtpException(SmtpFailure.Disconnected, "The server closed the connection.", transient: true);
            end += read;
        }
    }

    async Task Deadline(TimeSpan timeout, string what, Func<CancellationToken, Task> action, CancellationToken cancel)
    {
        using var clock = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancel);
        try
        {
            await action(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (clock.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            var seconds = timeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
            throw new SmtpException(SmtpFailure.Timeout, $"Waited {seconds} s for {what} in vain.", transient: true, inner: e);
        }
        catch (IOException e) when (e is not SmtpException)
        {
            throw new SmtpException(SmtpFailure.Disconnected, $"The connection was lost at {what}: {e.Message}", transient: true, inner: e);
        }
    }

    /// <summary>Takes leave (QUIT), briefly, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            using var clock = new CancellationTokenSource(QuitTimeout, time);
            await CommandAsync("QUIT", clock.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The server need not hear our goodbye.
        }
        await AbortAsync().ConfigureAwait(false);
    }

    public ValueTask AbortAsync() => stream.DisposeAsync();
}
