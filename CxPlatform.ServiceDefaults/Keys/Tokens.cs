using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace CxPlatform.ServiceDefaults;

/// <summary>What a customer's link opens: one case, until its expiry, as long as the case is at the same generation.</summary>
/// <param name="IsExpired">Authentic but too old: say so kindly and offer a new link.</param>
public readonly record struct StatusLink(Guid CaseId, int Generation, DateTimeOffset Expiry, bool IsExpired);

/// <summary>What a survey link opens: one survey of one case.</summary>
public readonly record struct SurveyLink(Guid SurveyId, Guid CaseId, DateTimeOffset Expiry, bool IsExpired);

/// <summary>What a chat's visitor carries: one conversation, until its expiry.</summary>
public readonly record struct ChatToken(Guid ChatId, DateTimeOffset Expiry, bool IsExpired);

/// <summary>
/// The tokens that customers carry: HMAC-SHA256 (RFC 2104) over what they name, truncated, with the id of the key. Each kind
/// has its own key, so that one can never stand in for another. They are never logged and open nothing but what they name.
/// </summary>
public sealed class Tokens(MasterKey master, TimeProvider clock)
{
    private const int LinkMac = 16;
    private const int ReplyMac = 10;
    private const int MessageMac = 8;
    private const int FormMac = 10;

    private readonly Signer status = new(master, "link.status", LinkMac);
    private readonly Signer survey = new(master, "link.survey", LinkMac);
    private readonly Signer chat = new(master, "chat", LinkMac);
    private readonly Signer form = new(master, "form", FormMac);
    private readonly Signer choices = new(master, "link.choices", LinkMac);
    private readonly Signer reply = new(master, "reply", ReplyMac);
    private readonly Signer side = new(master, "reply.side", ReplyMac);
    private readonly Signer message = new(master, "message-id", MessageMac);

    /// <summary>A base64url token of 52 characters for <c>/s/{token}</c>. The expiry is kept to the minute.</summary>
    /// <param name="generation">0 to 65535; the case raises it to revoke every link given before.</param>
    public string StatusLink(Guid caseId, int generation, DateTimeOffset expiry)
    {
        Span<byte> body = stackalloc byte[22];
        caseId.TryWriteBytes(body, bigEndian: true, out _);
        BinaryPrimitives.WriteUInt16BigEndian(body[16..], checked((ushort)generation));
        BinaryPrimitives.WriteUInt32BigEndian(body[18..], Minutes(expiry));
        return Base64Url.EncodeToString(status.Sign(body));
    }

    /// <summary>True when authentic and not expired. When false, <see cref="ServiceDefaults.StatusLink.IsExpired"/> tells an old link from a forged one.</summary>
    public bool TryReadStatusLink(string? token, out StatusLink link)
    {
        link = default;
        if (!status.TryRead(FromBase64Url(token), 22, out var body))
            return false;
        var expiry = FromMinutes(BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(18)));
        link = new StatusLink(
            new Guid(body.AsSpan(0, 16), bigEndian: true), BinaryPrimitives.ReadUInt16BigEndian(body.AsSpan(16)), expiry, expiry <= clock.GetUtcNow());
        return !link.IsExpired;
    }

    /// <summary>A base64url token of 71 characters for <c>/survey/{token}</c>. The expiry is kept to the minute.</summary>
    public string SurveyLink(Guid surveyId, Guid caseId, DateTimeOffset expiry)
    {
        Span<byte> body = stackalloc byte[36];
        surveyId.TryWriteBytes(body, bigEndian: true, out _);
        caseId.TryWriteBytes(body[16..], bigEndian: true, out _);
        BinaryPrimitives.WriteUInt32BigEndian(body[32..], Minutes(expiry));
        return Base64Url.EncodeToString(survey.Sign(body));
    }

    /// <summary>True when authentic and not expired.</summary>
    public bool TryReadSurveyLink(string? token, out SurveyLink link)
    {
        link = default;
        if (!survey.TryRead(FromBase64Url(token), 36, out var body))
            return false;
        var expiry = FromMinutes(BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(32)));
        link = new SurveyLink(
            new Guid(body.AsSpan(0, 16), bigEndian: true), new Guid(body.AsSpan(16, 16), bigEndian: true), expiry, expiry <= clock.GetUtcNow());
        return !link.IsExpired;
    }

    /// <summary>A base64url token that opens a conversation in the chat. The expiry is kept to the minute.</summary>
    public string Chat(Guid chatId, DateTimeOffset expiry)
    {
        Span<byte> body = stackalloc byte[20];
        chatId.TryWriteBytes(body, bigEndian: true, out _);
        BinaryPrimitives.WriteUInt32BigEndian(body[16..], Minutes(expiry));
        return Base64Url.EncodeToString(chat.Sign(body));
    }

    /// <summary>True when authentic and not expired.</summary>
    public bool TryReadChat(string? token, out ChatToken read)
    {
        read = default;
        if (!chat.TryRead(FromBase64Url(token), 20, out var body))
            return false;
        var expiry = FromMinutes(BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(16)));
        read = new ChatToken(new Guid(body.AsSpan(0, 16), bigEndian: true), expiry, expiry <= clock.GetUtcNow());
        return !read.IsExpired;
    }

    /// <summary>A form's own id of 36 characters, which says when it was handed out, to the second.</summary>
    public string Form(Guid id)
    {
        Span<byte> body = stackalloc byte[20];
        id.TryWriteBytes(body, bigEndian: true, out _);
        BinaryPrimitives.WriteUInt32BigEndian(body[16..], checked((uint)clock.GetUtcNow().ToUnixTimeSeconds()));
        return Base64Url.EncodeToString(form.Sign(body));
    }

    /// <summary>False for what is no form of ours.</summary>
    public bool TryReadForm(string? token, out DateTimeOffset handedOut)
    {
        var read = form.TryRead(FromBase64Url(token), 20, out var body);
        handedOut = read ? DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(16))) : default;
        return read;
    }

    /// <summary>A base64url token of 44 characters for <c>/updates/{token}</c>. It does not expire: who wants to hear less need not find a newer message first.</summary>
    public string ChoicesLink(Guid customerId)
    {
        Span<byte> body = stackalloc byte[16];
        customerId.TryWriteBytes(body, bigEndian: true, out _);
        return Base64Url.EncodeToString(choices.Sign(body));
    }

    public bool TryReadChoicesLink(string? token, out Guid customerId)
    {
        var read = choices.TryRead(FromBase64Url(token), 16, out var body);
        customerId = read ? new Guid(body, bigEndian: true) : default;
        return read;
    }

    /// <summary>
    /// 44 lower-case letters and digits for <c>case+{token}@domain</c> (a local part has at most 64 octets, RFC 5321 section 4.5.3.1.1).
    /// The same for a case at all times, and without expiry: a customer may answer an old mail and must not meet a bounce.
    /// It says which case was meant and opens nothing.
    /// </summary>
    public string ReplyToken(Guid caseId)
    {
        Span<byte> body = stackalloc byte[16];
        caseId.TryWriteBytes(body, bigEndian: true, out _);
        return Base32.Encode(reply.Sign(body));
    }

    /// <summary>Reads a reply token in either case.</summary>
    public bool TryReadReplyToken(string? token, out Guid caseId)
    {
        var read = reply.TryRead(FromBase32(token), 16, out var body);
        caseId = read ? new Guid(body, bigEndian: true) : default;
        return read;
    }

    /// <summary>45 lower-case letters and digits for the reply address of a conversation with somebody else than the customer: never stands for the
    /// case's own token, nor the other way round.</summary>
    /// <param name="ordinal">Which of the case's it is, 1 to 255.</param>
    public string SideToken(Guid caseId, int ordinal)
    {
        Span<byte> body = stackalloc byte[17];
        caseId.TryWriteBytes(body, bigEndian: true, out _);
        body[16] = checked((byte)ordinal);
        return Base32.Encode(side.Sign(body));
    }

    /// <summary>Reads one in either case.</summary>
    public bool TryReadSideToken(string? token, out Guid caseId, out int ordinal)
    {
        var read = side.TryRead(FromBase32(token), 17, out var body);
        (caseId, ordinal) = read ? (new Guid(body.AsSpan(0, 16), bigEndian: true), body[16]) : default;
        return read;
    }

    /// <summary>A Message-ID (RFC 5322 section 3.6.4) with its angle brackets, from which an answer's References lead back to the case.</summary>
    public string MessageId(Guid messageId, Guid caseId, string domain)
    {
        Span<byte> body = stackalloc byte[32];
        messageId.TryWriteBytes(body, bigEndian: true, out _);
        caseId.TryWriteBytes(body[16..], bigEndian: true, out _);
        return $"<{Base32.Encode(message.Sign(body))}@{domain}>";
    }

    /// <summary>Reads one Message-ID, with or without angle brackets, in either case, whatever its domain.</summary>
    public bool TryReadMessageId(string? value, out Guid messageId, out Guid caseId)
    {
        messageId = caseId = default;
        var local = value.AsSpan().Trim().TrimStart('<').TrimEnd('>');
        var at = local.LastIndexOf('@');
        if (at <= 0 || !message.TryRead(FromBase32(local[..at]), 32, out var body))
            return false;
        messageId = new Guid(body.AsSpan(0, 16), bigEndian: true);
        caseId = new Guid(body.AsSpan(16, 16), bigEndian: true);
        return true;
    }

    private static uint Minutes(DateTimeOffset time) => checked((uint)(time.ToUnixTimeSeconds() / 60));

    private static DateTimeOffset FromMinutes(uint minutes) => DateTimeOffset.FromUnixTimeSeconds(minutes * 60L);

    private static byte[]? FromBase64Url(string? token)
    {
        if (token is null or { Length: > 200 } || !Base64Url.IsValid(token))
            return null;
        var bytes = Base64Url.DecodeFromChars(token);
        // One spelling per token: padding and stray bits would let the same token pass under several names.
        return Base64Url.EncodeToString(bytes) == token ? bytes : null;
    }

    private static byte[]? FromBase32(ReadOnlySpan<char> token) =>
        token.Length is > 0 and <= 200 && Base32.TryDecode(token, out var bytes) ? bytes : null;

    private sealed class Signer(MasterKey master, string purpose, int macLength)
    {
        private readonly IReadOnlyList<(byte Id, byte[] Key)> keys = master.AllKeysFor(purpose);

        /// <summary>Key id, body, MAC.</summary>
        public byte[] Sign(ReadOnlySpan<byte> body)
        {
            var token = new byte[1 + body.Length + macLength];
            token[0] = keys[0].Id;
            body.CopyTo(token.AsSpan(1));
            Mac(keys[0].Key, token.AsSpan(0, 1 + body.Length)).CopyTo(token.AsSpan(1 + body.Length));
            return token;
        }

        public bool TryRead(byte[]? token, int bodyLength, out byte[] body)
        {
            body = [];
            if (token is null || token.Length != 1 + bodyLength + macLength)
                return false;
            foreach (var (id, key) in keys)
            {
                if (id != token[0] || !CryptographicOperations.FixedTimeEquals(
                    Mac(key, token.AsSpan(0, 1 + bodyLength)), token.AsSpan(1 + bodyLength)))
                    continue;
                body = token[1..(1 + bodyLength)];
                return true;
            }
            return false;
        }

        private ReadOnlySpan<byte> Mac(byte[] key, ReadOnlySpan<byte> data) => HMACSHA256.HashData(key, data).AsSpan(0, macLength);
    }
}
