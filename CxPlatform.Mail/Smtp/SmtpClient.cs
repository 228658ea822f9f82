using System.Text;

namespace CxPlatform.Mail;

/// <summary>
/// Sends messages over SMTP (RFC 5321) with PIPELINING (2920), SIZE (1870), 8BITMIME (6152), SMTPUTF8 (6531), STARTTLS (3207) and AUTH
/// (4954; PLAIN, LOGIN, OAUTHBEARER, XOAUTH2). Keeps one connection and uses it again within a minute; sends are queued one behind the other, so use
/// several clients to send in parallel.
/// </summary>
public sealed class SmtpClient : IAsyncDisposable
{
    const int RecipientsAtOnce = 100;

    /// <summary>
    /// Servers close what is idle after a few minutes, and what stands between may forget it without a word: a message sent into that would
    /// wait for its deadline.
    /// </summary>
    static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);

    readonly SmtpOptions options;
    readonly TimeProvider time;
    readonly SemaphoreSlim gate = new(1, 1);
    SmtpConnection? connection;
    bool needsReset, disposed;
    long used;

    /// <exception cref="ArgumentException">An option is not valid; the message names it.</exception>
    public SmtpClient(SmtpOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        this.options = options;
        this.time = time ?? TimeProvider.System;
    }

    /// <summary>Sends a message; what the server refuses is in the result.</summary>
    /// <param name="envelopeFrom">Where bounces go (MAIL FROM); empty for the null return path, which automatic answers use.</param>
    /// <param name="recipients">One or more addresses (RCPT TO).</param>
    /// <param name="message">As <see cref="MimeWriter"/> writes it; any line ends.</param>
    /// <exception cref="ArgumentException">An address is not valid; the message names it by its place.</exception>
    /// <exception cref="SmtpException">The server could not be reached or did not say what becomes of the message.</exception>
    /// <exception cref="OperationCanceledException">The message may have been accepted all the same if all of it had been sent.</exception>
    public async Task<SmtpResult> SendAsync(
        string envelopeFrom, IReadOnlyList<string> recipients, ReadOnlyMemory<byte> message, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(envelopeFrom);
        ArgumentNullException.ThrowIfNull(recipients);
        if (recipients.Count == 0) throw HeaderWriter.Invalid(nameof(recipients), "at least one is required.");
        var envelope = new Envelope(
            envelopeFrom.Length == 0 ? "" : HeaderWriter.CheckAddress(envelopeFrom, nameof(envelopeFrom)),
            [.. recipients.Select((r, i) => HeaderWriter.CheckAddress(r ?? "", $"recipients[{i}]"))], message);

        await gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            var replies = await TransactAsync(envelope, cancel).ConfigureAwait(false);
            used = time.GetTimestamp();
            return new([.. recipients.Select((r, i) => new SmtpRecipientResult(r, replies[i]))]);
        }
        catch
        {
            await DropAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            gate.Release();
        }
    }

    sealed record Envelope(string From, string[] Recipients, ReadOnlyMemory<byte> Message)
    {
        public bool EightBit { get; } = Message.Span.IndexOfAnyInRange((byte)128, (byte)255) >= 0;
        public bool Utf8Header { get; } = Header(Message.Span).IndexOfAnyInRange((byte)128, (byte)255) >= 0;

        static ReadOnlySpan<byte> Header(ReadOnlySpan<byte> message)
        {
            var end = message.IndexOf("\r\n\r\n"u8);
            return end < 0 ? message : message[..end];
        }
    }

    async Task<SmtpReply[]> TransactAsync(Envelope envelope, CancellationToken cancel)
    {
        if (connection is not null && time.GetElapsedTime(used) > KeptFor)
            await DropAsync().ConfigureAwait(false);
        var reused = connection is not null;
        try
        {
            return await TransactAsync(envelope, reused, cancel).ConfigureAwait(false);
        }
        // A connection kept from before may have been closed meanwhile; nothing of this message has been handed over yet.
        catch (SmtpException e) when (reused && e is { MayHaveBeenAccepted: false, Failure: SmtpFailure.Disconnected })
        {
            await DropAsync().ConfigureAwait(false);
            return await TransactAsync(envelope, reused: false, cancel).ConfigureAwait(false);
        }
    }

    async Task<SmtpConnection> ConnectionAsync(CancellationToken cancel)
    {
        if (connection is null)
        {
            connection = await SmtpConnection.OpenAsync(options, time, cancel).ConfigureAwait(false);
            needsReset = false;
        }
        else if (needsReset)
        {
            var reply = await connection.CommandAsync("RSET", cancel).ConfigureAwait(false);
            if (!reply.Positive) throw new SmtpException(SmtpFailure.Disconnected, "The server does not reset.", transient: true, reply);
            needsReset = false;
        }
        return connection;
    }

    async Task<SmtpReply[]> TransactAsync(Envelope envelope, bool reused, CancellationToken cancel)
    {
        var server = await ConnectionAsync(cancel).ConfigureAwait(false);
        var replies = new SmtpReply?[envelope.Recipients.Length];
        var utf8 = envelope.Utf8Header || !Ascii.IsValid(envelope.From);
        if (RefusedBeforehand(server, envelope, utf8) is { } refusal) return Fill(replies, refusal);
        for (var i = 0; i < replies.Length; i++)
        {
            if (Ascii.IsValid(envelope.Recipients[i])) continue;
            if (server.Offers("SMTPUTF8")) utf8 = true;
            else replies[i] = NoUtf8;
        }
        var open = Enumerable.Range(0, replies.Length).Where(i => replies[i] is null).ToList();
        if (open.Count == 0) return Fill(replies, NoUtf8);

        needsReset = true;
        var mail = $"MAIL FROM:<{envelope.From}>"
            + (server.Offers("SIZE") ? $" SIZE={envelope.Message.Length}" : "")
            + (envelope.EightBit && server.Offers("8BITMIME") ? " BODY=8BITMIME" : "")
            + (utf8 ? " SMTPUTF8" : "");
        var first = true;
        foreach (var some in open.Chunk(RecipientsAtOnce))
        {
            var commands = some.Select(i => $"RCPT TO:<{envelope.Recipients[i]}>");
            var answers = await server.CommandsAsync([.. first ? commands.Prepend(mail) : commands], cancel).ConfigureAwait(false);
            if (first && reused && answers[0].Code == 421)
                throw new SmtpException(SmtpFailure.Disconnected, "The server closed the kept connection.", transient: true, answers[0]);
            if (first && (answers.Find(r => r.Code == 421) ?? (answers[0].Positive ? null : answers[0])) is { } refused)
                return await EndAsync(replies, refused).ConfigureAwait(false);
            for (var i = 0; i < some.Length; i++)
            {
                var answer = answers[i + (first ? 1 : 0)];
                if (answer.Code == 421) return await EndAsync(replies, answer).ConfigureAwait(false);
                if (!answer.Positive) replies[some[i]] = answer;
            }
            first = false;
        }
        if (Array.TrueForAll(replies, r => r is not null)) return replies!;

        var data = await server.CommandAsync("DATA", cancel).ConfigureAwait(false);
        if (data.Code != 354)
        {
            if (data.Positive)
                throw new SmtpException(SmtpFailure.Protocol, "The server's reply to DATA is not 354.", transient: true, data);
            return await EndAsync(replies, data).ConfigureAwait(false);
        }
        var last = await server.DataAsync(envelope.Message, cancel).ConfigureAwait(false);
        needsReset = false;
        return await EndAsync(replies, last).ConfigureAwait(false);
    }

    static SmtpReply NoUtf8 { get; } = new(553, "5.6.7", "The server does not take addresses that are not ASCII.") { Local = true };

    static SmtpReply? RefusedBeforehand(SmtpConnection server, Envelope envelope, bool utf8)
    {
        if (server.MaxSize is { } max && envelope.Message.Length > max)
            return new(552, "5.3.4", $"The message has {envelope.Message.Length} bytes, the server takes at most {max}.") { Local = true };
        if (utf8 && !server.Offers("SMTPUTF8")) return NoUtf8;
        if (envelope.EightBit && !server.Offers("8BITMIME"))
            return new(554, "5.6.3", "The message holds bytes above 127, which the server does not take.") { Local = true };
        return null;
    }

    static SmtpReply[] Fill(SmtpReply?[] replies, SmtpReply rest) => Array.ConvertAll(replies, r => r ?? rest);

    /// <summary>After 421 the server closes (RFC 5321 section 3.8).</summary>
    async Task<SmtpReply[]> EndAsync(SmtpReply?[] replies, SmtpReply rest)
    {
        if (rest.Code == 421) await DropAsync().ConfigureAwait(false);
        return Fill(replies, rest);
    }

    async Task DropAsync()
    {
        if (connection is null) return;
        await connection.AbortAsync().ConfigureAwait(false);
        connection = null;
    }

    /// <summary>Waits for a send under way, and takes leave of the server.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposed) return;
        disposed = true;
        await gate.WaitAsync().ConfigureAwait(false);
        if (connection is not null) await connection.DisposeAsync().ConfigureAwait(false);
        connection = null;
        gate.Dispose();
    }
}
