using System.Globalization;
using System.Text;

namespace CxPlatform.Mail;

/// <summary>
/// Reads a mailbox over IMAP (RFC 3501, and RFC 9051 as far as the same words serve) with IDLE (2177), MOVE (6851), UIDPLUS (4315), SASL-IR
/// (4959) and XOAUTH2. One connection, one caller at a time.
/// </summary>
public sealed class ImapClient : IAsyncDisposable
{
    const string DateFormat = "d-MMM-yyyy HH:mm:ss zzz";
    static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(2);

    readonly ImapOptions options;
    readonly TimeProvider time;
    readonly ImapConnection connection;
    HashSet<string> capabilities = new(StringComparer.OrdinalIgnoreCase);

    ImapClient(ImapOptions options, TimeProvider time)
    {
        (this.options, this.time) = (options, time);
        connection = new(options, time);
    }

    public bool CanIdle => capabilities.Contains("IDLE");

    /// <summary>Connects and signs in.</summary>
    /// <exception cref="ImapException">What failed, in a sentence.</exception>
    public static async Task<ImapClient> OpenAsync(ImapOptions options, TimeProvider? time = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var client = new ImapClient(options, time ?? TimeProvider.System);
        try
        {
            await client.OpenAsync(cancel).ConfigureAwait(false);
            return client;
        }
        catch
        {
            await client.connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    async Task OpenAsync(CancellationToken cancel)
    {
        await connection.ConnectAsync(cancel).ConfigureAwait(false);
        var greeting = await connection.ReadAsync(options.AnswerTimeout, cancel).ConfigureAwait(false);
        if (greeting is not [var star, var word, ..] || !star.Is("*") || !word.Is("OK") && !word.Is("PREAUTH"))
            throw new ImapException(ImapFailure.Connect, "The server does not serve.");
        await CapabilityAsync(cancel).ConfigureAwait(false);
        if (options.Tls == ImapTls.StartTls)
        {
            if (!capabilities.Contains("STARTTLS"))
                throw new ImapException(ImapFailure.Tls, "The server does not offer STARTTLS, which is required.");
            await connection.CommandAsync("STARTTLS", null, cancel).ConfigureAwait(false);
            await connection.EncryptAsync(cancel).ConfigureAwait(false);
            await CapabilityAsync(cancel).ConfigureAwait(false);
        }
        if (!word.Is("PREAUTH")) await SignInAsync(cancel).ConfigureAwait(false);
        await CapabilityAsync(cancel).ConfigureAwait(false);
    }

    Task CapabilityAsync(CancellationToken cancel)
    {
        capabilities = new(StringComparer.OrdinalIgnoreCase);
        return connection.CommandAsync("CAPABILITY", response =>
        {
            if (response.Count > 1 && response[1].Is("CAPABILITY")) capabilities.UnionWith(response.Skip(2).Select(value => value.Text));
        }, cancel);
    }

    async Task SignInAsync(CancellationToken cancel)
    {
        try
        {
            if (options.OAuth)
                await AuthenticateAsync("XOAUTH2", $"user={options.User}\x01auth=Bearer {options.Secret}\x01\x01", cancel)
                    .ConfigureAwait(false);
            else if (capabilities.Contains("AUTH=PLAIN"))
                await AuthenticateAsync("PLAIN", $"\0{options.User}\0{options.Secret}", cancel).ConfigureAwait(false);
            else
                await connection.CommandAsync($"LOGIN {Quote(options.User)} {Quote(options.Secret)}", null, cancel).ConfigureAwait(false);
        }
        catch (ImapException e) when (e.Failure == ImapFailure.Refused)
        {
            // Without the server's words, which may name the user.
            throw new ImapException(ImapFailure.Authentication, "User and secret are refused.");
        }
    }

    Task AuthenticateAsync(string mechanism, string message, CancellationToken cancel)
    {
        var said = false;
        return connection.CommandAsync($"AUTHENTICATE {mechanism}", null, cancel, () =>
        {
            // A second request is XOAUTH2's way to say why not: an empty answer gets the refusal.
            var answer = said ? "" : Convert.ToBase64String(Encoding.UTF8.GetBytes(message));
            said = true;
            return answer;
        });
    }

    /// <summary>Opens a folder for reading and writing flags.</summary>
    public async Task<ImapFolder> SelectAsync(string folder, CancellationToken cancel)
    {
        long? validity = null;
        await connection.CommandAsync($"SELECT {Quote(EncodeFolder(folder))}", response =>
        {
            // * OK [UIDVALIDITY 42] UIDs are valid: the bracket is one atom.
            if (response.Count > 2 && response[1].Is("OK")
                && response[2].Text.StartsWith("[UIDVALIDITY ", StringComparison.OrdinalIgnoreCase)
                && long.TryParse(response[2].Text.AsSpan(13).TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                validity = number;
        }, cancel).ConfigureAwait(false);
        return new(validity ?? throw new ImapException(ImapFailure.Protocol, "The server has no lasting UIDs for this folder."));
    }

    /// <summary>The UIDs of all messages that are there, whatever their flags.</summary>
    public async Task<IReadOnlyList<long>> AllUidsAsync(CancellationToken cancel)
    {
        var uids = new List<long>();
        await connection.CommandAsync("UID SEARCH ALL", response =>
        {
            if (response.Count > 1 && response[1].Is("SEARCH"))
                for (var i = 2; i < response.Count; i++)
                    if (response[i].Number is { } uid) uids.Add(uid);
        }, cancel).ConfigureAwait(false);
        uids.Sort();
        return uids;
    }

    /// <summary>Sizes and dates of messages; those that have gone meanwhile are not in the answer.</summary>
    public async Task<IReadOnlyList<ImapMessageInfo>> InfoAsync(IReadOnlyList<long> uids, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(uids);
        var infos = new List<ImapMessageInfo>();
        foreach (var some in uids.Chunk(500))
            await connection.CommandAsync($"UID FETCH {string.Join(',', some)} (UID RFC822.SIZE INTERNALDATE)", response =>
            {
                if (Items(response) is { } items && items.TryGetValue("UID", out var uid) && uid.Number is { } number)
                    infos.Add(new(
                        number, items.GetValueOrDefault("RFC822.SIZE")?.Number ?? 0, Date(items.GetValueOrDefault("INTERNALDATE")?.Text)));
            }, cancel).ConfigureAwait(false);
        return infos;
    }

    /// <summary>A whole message as it is, without setting \Seen; null when it is not there. A large one waits in a temporary file, which is
    /// gone when the stream is disposed.</summary>
    /// <param name="maxSize">Bytes that are taken at most.</param>
    /// <exception cref="ImapException">With <see cref="ImapFailure.Refused"/> the server cannot give this one; others may come.</exception>
    public async Task<Stream?> FetchAsync(long uid, int maxSize, CancellationToken cancel)
    {
        byte[]? message = null;
        var file = NewTemporary();
        try
        {
            connection.Overflow = (file, maxSize);
            await connection.CommandAsync(string.Create(CultureInfo.InvariantCulture, $"UID FETCH {uid} (UID BODY.PEEK[])"), response =>
            {
                if (Items(response) is { } items && items.GetValueOrDefault("UID")?.Number == uid && items.TryGetValue("BODY[]", out var body))
                    message = body.Literal ?? Encoding.UTF8.GetBytes(body.Text);
            }, cancel).ConfigureAwait(false);
        }
        catch
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            connection.Overflow = null;
        }
        if (message is [] && file.Length > 0)
        {
            file.Position = 0;
            return file;
        }
        await file.DisposeAsync().ConfigureAwait(false);
        return message is null ? null : new MemoryStream(message, writable: false);
    }

    // Made at once, written only if a message is large.
    static FileStream NewTemporary() => new(Path.Combine(Path.GetTempPath(), $"cx-imap-{Guid.NewGuid():n}"), new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.ReadWrite,
        Share = FileShare.Delete,
        Options = FileOptions.Asynchronous | FileOptions.DeleteOnClose,
    });

    public Task MarkSeenAsync(long uid, CancellationToken cancel) =>
        connection.CommandAsync(string.Create(CultureInfo.InvariantCulture, $"UID STORE {uid} +FLAGS.SILENT (\\Seen)"), null, cancel);

    /// <summary>Moves a message; where the server has no MOVE it is copied, and deleted as far as that touches no other message.</summary>
    public async Task MoveAsync(long uid, string folder, CancellationToken cancel)
    {
        var (number, name) = (uid.ToString(CultureInfo.InvariantCulture), Quote(EncodeFolder(folder)));
        if (capabilities.Contains("MOVE"))
        {
            await connection.CommandAsync($"UID MOVE {number} {name}", null, cancel).ConfigureAwait(false);
            return;
        }
        await connection.CommandAsync($"UID COPY {number} {name}", null, cancel).ConfigureAwait(false);
        await connection.CommandAsync($"UID STORE {number} +FLAGS.SILENT (\\Deleted)", null, cancel).ConfigureAwait(false);
        if (capabilities.Contains("UIDPLUS")) await connection.CommandAsync($"UID EXPUNGE {number}", null, cancel).ConfigureAwait(false);
    }

    /// <summary>Waits until the folder changes or the patience ends; at most 29 minutes (RFC 2177).</summary>
    /// <returns>Whether something changed.</returns>
    public async Task<bool> IdleAsync(TimeSpan patience, CancellationToken cancel)
    {
        var tag = await connection.SendAsync("IDLE", cancel).ConfigureAwait(false);
        var enough = Task.Delay(patience, time, cancel);
        bool changed = false, done = false;
        while (true)
        {
            // Read on while DONE is sent: a read that is cut off would leave an encrypted connection in an unknown state.
            var reading = connection.ReadAsync(patience + options.AnswerTimeout, cancel);
            if (!done) await Task.WhenAny(reading, enough).ConfigureAwait(false);
            if (!done && !reading.IsCompleted) await FinishAsync().ConfigureAwait(false);
            var response = await reading.ConfigureAwait(false);
            if (response.Count > 1 && response[0].Is(tag))
            {
                ImapConnection.Check("IDLE", response);
                return changed;
            }
            if (response.Count > 2 && response[0].Is("*") && (response[2].Is("EXISTS") || response[2].Is("EXPUNGE"))) changed = true;
            if (!done && changed) await FinishAsync().ConfigureAwait(false);
        }

        Task FinishAsync()
        {
            done = true;
            return connection.WriteAsync("DONE\r\n", cancel);
        }
    }

    static Dictionary<string, ImapValue>? Items(IReadOnlyList<ImapValue> response)
    {
        if (response.Count < 4 || !response[2].Is("FETCH") || response[3].List is not { } list) return null;
        var items = new Dictionary<string, ImapValue>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i + 1 < list.Count; i += 2) items[list[i].Text] = list[i + 1];
        return items;
    }

    static DateTimeOffset? Date(string? text) =>
        DateTimeOffset.TryParseExact(text?.Trim(), DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : null;

    static string Quote(string text)
    {
        if (text.AsSpan().ContainsAny('\r', '\n', '\0'))
            throw new ImapException(ImapFailure.Protocol, "User, secret and folder have no line ends.");
        return "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
    }

    /// <summary>Modified UTF-7 (RFC 3501 section 5.1.3).</summary>
    internal static string EncodeFolder(string name)
    {
        var encoded = new StringBuilder();
        for (var i = 0; i < name.Length;)
        {
            if (name[i] is >= ' ' and <= '~')
            {
                encoded.Append(name[i] == '&' ? "&-" : name[i].ToString());
                i++;
                continue;
            }
            var start = i;
            while (i < name.Length && name[i] is < ' ' or > '~') i++;
            var utf16 = Convert.ToBase64String(Encoding.BigEndianUnicode.GetBytes(name[start..i]));
            encoded.Append('&').Append(utf16.TrimEnd('=').Replace('/', ',')).Append('-');
        }
        return encoded.ToString();
    }

    /// <summary>Takes leave (LOGOUT), briefly, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            using var clock = new CancellationTokenSource(Goodbye, time);
            await connection.CommandAsync("LOGOUT", null, clock.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The server need not hear our goodbye.
        }
        await connection.DisposeAsync().ConfigureAwait(false);
    }
}
