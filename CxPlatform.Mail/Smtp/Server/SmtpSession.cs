using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace CxPlatform.Mail;

/// <summary>One client, from greeting to goodbye (RFC 5321).</summary>
sealed class SmtpSession(
    Socket socket, IPAddress remote, SmtpServerOptions options, ISmtpReceiver receiver, TimeProvider time, CancellationToken stopping,
    CancellationToken aborting) : IAsyncDisposable
{
    static readonly TimeSpan WriteTimeout = TimeSpan.FromMinutes(1);

    readonly StringBuilder replies = new();
    readonly List<string> recipients = [];
    Stream stream = new NetworkStream(socket, ownsSocket: true);
    SmtpInput input = null!;
    string? helo, from;
    bool extended, encrypted, utf8, recipientRefused, closing;
    int commands, errors;

    public async Task RunAsync()
    {
        input = new(stream, options.MaxLine);
        try
        {
            Reply(220, null, $"{options.HostName} ESMTP ready");
            while (!closing)
            {
                if (!input.HasLine) await FlushAsync().ConfigureAwait(false);
                var line = await WithinAsync(options.CommandTimeout, input.ReadLineAsync, stopping).ConfigureAwait(false);
                if (line is null) break;
                await HandleAsync(line.Value).ConfigureAwait(false);
            }
            await FlushAsync().ConfigureAwait(false);
        }
        catch (Leaving leaving)
        {
            if (leaving.Notice is { } notice) receiver.Note(notice);
            await TryLeaveAsync(leaving.Reply).ConfigureAwait(false);
        }
        catch (AuthenticationException)
        {
            receiver.Note(SmtpNotice.TlsFailed);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The client is gone, or the server's patience with stopping is at its end.
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    async Task HandleAsync(SmtpLine line)
    {
        if (++commands > options.MaxCommands) throw TooMany("commands");
        if (line.Fault == SmtpLineFault.TooLong) Bad(500, "5.5.6", "Line too long");
        else if (line.Fault == SmtpLineFault.BareLineEnd) Bad(500, "5.5.2", "Lines end with CR LF, which appear nowhere else");
        else if (SmtpCommand.Parse(line.Bytes.Span) is not { } command) Bad(500, "5.5.2", "Not a command");
        else await HandleAsync(command).ConfigureAwait(false);
    }

    ValueTask HandleAsync(SmtpCommand command)
    {
        switch (command.Verb)
        {
            case "HELO" or "EHLO": Hello(command); break;
            case "MAIL": Mail(command); break;
            case "RCPT": Recipient(command); break;
            case "DATA": return DataAsync(command);
            case "STARTTLS": return StartTlsAsync(command);
            case "RSET": ResetMail(); Reply(250, "2.0.0", "Forgotten"); break;
            case "NOOP": Reply(250, "2.0.0", "Well"); break;
            case "VRFY": Reply(252, "2.5.2", "Send the mail, and it will be seen"); break;
            case "HELP": Reply(214, "2.0.0", "EHLO HELO MAIL RCPT DATA RSET NOOP VRFY STARTTLS QUIT"); break;
            case "QUIT": Reply(221, "2.0.0", $"{options.HostName} closes"); closing = true; break;
            case "AUTH" or "EXPN" or "BDAT" or "ETRN" or "TURN" or "SEND" or "SOML" or "SAML":
                Bad(502, "5.5.1", "Not offered here"); break;
            // A web page made somebody's browser send this: what follows is not meant for us.
            case "GET" or "POST" or "PUT" or "HEAD" or "CONNECT" or "OPTIONS":
                throw new Leaving(SmtpNotice.TooManyErrors, new(421, "4.7.0", "This is not a web server"));
            default: Bad(500, "5.5.2", "Not a command"); break;
        }
        return ValueTask.CompletedTask;
    }

    void Hello(SmtpCommand command)
    {
        if (command.Argument.Length == 0)
        {
            Bad(501, "5.5.4", "Say who you are");
            return;
        }
        ResetMail();
        extended = command.Verb == "EHLO";
        // For the Received field: what could end or disguise it is left out.
        var name = string.Concat(command.Argument.Where(c => char.IsAsciiLetterOrDigit(c) || ".-_[]:".Contains(c)).Take(255));
        helo = name.Length == 0 ? "unknown" : name;
        if (!extended)
        {
            Reply(250, null, options.HostName);
            return;
        }
        string[] offers =
        [
            options.HostName, "PIPELINING", string.Create(CultureInfo.InvariantCulture, $"SIZE {options.MaxMessageSize}"), "8BITMIME",
            "SMTPUTF8", .. options.Certificate is not null && !encrypted ? ["STARTTLS"] : Array.Empty<string>(), "ENHANCEDSTATUSCODES",
        ];
        for (var i = 0; i < offers.Length; i++)
            replies.Append("250").Append(i < offers.Length - 1 ? '-' : ' ').Append(offers[i]).Append("\r\n");
    }

    void Mail(SmtpCommand command)
    {
        if (helo is null) Bad(503, "5.5.1", "Say EHLO or HELO first");
        else if (from is not null) Bad(503, "5.5.1", "A mail is begun already");
        else if (!command.TryReadPath("FROM:", out var path, out var parameters) || path.Length > 0 && !SmtpCommand.IsMailbox(path))
            Bad(501, "5.1.7", "MAIL FROM:<address> is required");
        else if (Parameters(parameters) is { } refusal)
        {
            utf8 = false;
            if (refusal.Code == 552) receiver.Note(SmtpNotice.TooLarge);
            Bad(refusal.Code, refusal.EnhancedStatus, refusal.Text);
        }
        else if (!utf8 && !Ascii.IsValid(path)) Bad(553, "5.6.7", "An address that is not ASCII needs SMTPUTF8");
        else
        {
            from = path;
            Reply(250, "2.1.0", "Sender noted");
        }
    }

    SmtpReply? Parameters(string[] parameters)
    {
        foreach (var parameter in parameters)
        {
            var split = parameter.Split('=', 2);
            var value = split.Length > 1 ? split[1] : null;
            switch (split[0].ToUpperInvariant())
            {
                case "SIZE" when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size):
                    if (size > options.MaxMessageSize) return TooLarge;
                    break;
                case "BODY" when value?.ToUpperInvariant() is "7BIT" or "8BITMIME": break;
                case "SMTPUTF8" when value is null: utf8 = true; break;
                // Nobody signs in here, so whoever another server believes to have sent this is of no interest (RFC 4954 section 5).
                case "AUTH" when value is not null: break;
                case "SIZE" or "BODY" or "SMTPUTF8" or "AUTH": return new(501, "5.5.4", $"{split[0]} is not given like that");
                default: return new(555, "5.5.4", "MAIL has a parameter that is not offered here");
            }
        }
        return null;
    }

    SmtpReply TooLarge => new(552, "5.3.4", string.Create(CultureInfo.InvariantCulture,
        $"A mail may have {options.MaxMessageSize} bytes"));

    void Recipient(SmtpCommand command)
    {
        if (from is null) Bad(503, "5.5.1", "Say MAIL first");
        else if (!command.TryReadPath("TO:", out var path, out var parameters) || !SmtpCommand.IsMailbox(path))
            RefuseRecipient(new(501, "5.1.3", "RCPT TO:<address> is required"));
        else if (parameters.Length > 0) RefuseRecipient(new(555, "5.5.4", "RCPT has a parameter that is not offered here"));
        else if (!utf8 && !Ascii.IsValid(path)) RefuseRecipient(new(553, "5.6.7", "An address that is not ASCII needs SMTPUTF8"));
        else if (recipients.Count >= options.MaxRecipients)
        {
            receiver.Note(SmtpNotice.TooManyRecipients);
            Reply(452, "4.5.3", "Enough recipients for one mail");
        }
        else if (receiver.CheckRecipient(path) is { } refusal) RefuseRecipient(refusal);
        else
        {
            recipients.Add(path);
            Reply(250, "2.1.5", "Recipient noted");
        }
    }

    void RefuseRecipient(SmtpReply refusal)
    {
        recipientRefused = true;
        receiver.Note(SmtpNotice.RecipientRefused);
        Bad(refusal.Code, refusal.EnhancedStatus, refusal.Text);
    }

    async ValueTask DataAsync(SmtpCommand command)
    {
        if (command.Argument.Length > 0) Bad(501, "5.5.4", "DATA stands alone");
        else if (from is null) Bad(503, "5.5.1", "Say MAIL first");
        else if (recipients.Count == 0 && recipientRefused) Bad(554, "5.5.1", "No recipient was accepted");
        else if (recipients.Count == 0) Bad(503, "5.5.1", "Say RCPT first");
        else
        {
            Reply(354, null, "Go on, and end with a dot on a line of its own");
            await FlushAsync().ConfigureAwait(false);
            using var spool = new MailSpool(options.SpoolThreshold, options.SpoolFolder);
            var reply = await ReadMailAsync(spool).ConfigureAwait(false) ?? await ReceiveAsync(spool).ConfigureAwait(false);
            receiver.Note(reply.Positive ? SmtpNotice.Accepted : reply.Transient ? SmtpNotice.Deferred
                : reply.Code == 552 ? SmtpNotice.TooLarge : SmtpNotice.Refused);
            ResetMail();
            Reply(reply.Code, reply.EnhancedStatus, reply.Text);
        }
    }

    /// <returns>A refusal when the mail, which has been read to its end all the same, cannot be taken.</returns>
    async Task<SmtpReply?> ReadMailAsync(MailSpool spool)
    {
        using var whole = new CancellationTokenSource(options.DataTimeout, time);
        var unstuffing = new DotUnstuffing();
        var output = new byte[16 * 1024 + 1];
        long size = 0;
        SmtpReply? refusal = null;
        while (!unstuffing.Ended)
        {
            var block = await BlockAsync(whole.Token).ConfigureAwait(false);
            if (block.IsEmpty) throw new Leaving(SmtpNotice.BrokenOff, null);
            block = block[..Math.Min(block.Length, output.Length - 1)];
            var (read, written) = unstuffing.Decode(block.Span, output);
            input.Consume(read);
            size += written;
            if (size > options.MaxMessageSize) refusal ??= TooLarge;
            if (refusal is not null) continue;
            try
            {
                await spool.WriteAsync(output.AsMemory(0, written), aborting).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                refusal = new(452, "4.3.1", "There is no room for it now; please come again");
            }
        }
        return refusal;
    }

    async Task<ReadOnlyMemory<byte>> BlockAsync(CancellationToken whole)
    {
        try
        {
            return await WithinAsync(options.DataBlockTimeout, input.ReadSomeAsync, whole).ConfigureAwait(false);
        }
        catch (IOException)
        {
            return default;
        }
    }

    async Task<SmtpReply> ReceiveAsync(MailSpool spool)
    {
        var delivery = new SmtpDelivery(spool)
        {
            From = from!,
            Recipients = [.. recipients],
            RemoteAddress = remote,
            Helo = helo!,
            Protocol = (utf8 ? "UTF8SMTP" : extended ? "ESMTP" : "SMTP") + (encrypted ? "S" : ""),
            HostName = options.HostName,
            ReceivedAt = time.GetUtcNow(),
        };
        try
        {
            return await receiver.ReceiveAsync(delivery, aborting).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it was, the sender still has the mail and must keep it.
        catch (Exception e) when (e is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            return new(451, "4.3.0", "It cannot be stored now; please come again");
        }
    }

    async ValueTask StartTlsAsync(SmtpCommand command)
    {
        if (options.Certificate is null) Bad(502, "5.5.1", "Not offered here");
        else if (command.Argument.Length > 0) Bad(501, "5.5.4", "STARTTLS stands alone");
        else if (encrypted) Bad(503, "5.5.1", "The connection is encrypted already");
        else
        {
            Reply(220, "2.0.0", "Go on");
            await FlushAsync().ConfigureAwait(false);
            var ssl = new SslStream(stream, leaveInnerStreamOpen: false);
            stream = ssl;
            await WithinAsync(WriteTimeout, async cancel =>
            {
                await ssl.AuthenticateAsServerAsync(new() { ServerCertificate = options.Certificate }, cancel).ConfigureAwait(false);
                return true;
            }, stopping).ConfigureAwait(false);
            input.ContinueWith(ssl);
            encrypted = true;
            (helo, extended) = (null, false);
            ResetMail();
        }
    }

    void ResetMail()
    {
        (from, utf8, recipientRefused) = (null, false, false);
        recipients.Clear();
    }

    void Bad(int code, string? status, string text)
    {
        Reply(code, status, text);
        if (++errors > options.MaxErrors) throw TooMany("errors");
    }

    static Leaving TooMany(string what) => new(SmtpNotice.TooManyErrors, new(421, "4.7.0", $"Too many {what}"));

    void Reply(int code, string? status, string text)
    {
        replies.Append(CultureInfo.InvariantCulture, $"{code} ");
        if (status is not null) replies.Append(status).Append(' ');
        replies.Append(text).Append("\r\n");
    }

    async Task FlushAsync()
    {
        if (replies.Length == 0) return;
        var bytes = Encoding.UTF8.GetBytes(replies.ToString());
        replies.Clear();
        await WithinAsync(WriteTimeout, async cancel =>
        {
            await stream.WriteAsync(bytes, cancel).ConfigureAwait(false);
            return true;
        }, CancellationToken.None).ConfigureAwait(false);
    }

    async Task TryLeaveAsync(SmtpReply? reply)
    {
        if (reply is null) return;
        try
        {
            Reply(reply.Code, reply.EnhancedStatus, reply.Text);
            await FlushAsync().ConfigureAwait(false);
        }
        catch (Exception e)
            when (e is IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException or Leaving)
        {
            // It need not hear our goodbye.
        }
    }

    /// <summary>Ends the session when something takes too long, or when the server stops.</summary>
    async Task<T> WithinAsync<T>(TimeSpan limit, Func<CancellationToken, ValueTask<T>> action, CancellationToken also)
    {
        using var clock = new CancellationTokenSource(limit, time);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, also, aborting);
        try
        {
            return await action(any.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!aborting.IsCancellationRequested)
        {
            throw stopping.IsCancellationRequested && !clock.IsCancellationRequested
                ? new Leaving(null, new(421, "4.3.2", $"{options.HostName} is stopping; please come again"))
                : new Leaving(SmtpNotice.TimedOut, new(421, "4.4.2", "This took too long"));
        }
    }

    /// <summary>The session ends here.</summary>
    sealed class Leaving(SmtpNotice? notice, SmtpReply? reply) : Exception
    {
        public SmtpNotice? Notice => notice;
        public SmtpReply? Reply => reply;
    }
}
