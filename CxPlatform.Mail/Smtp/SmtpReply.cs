namespace CxPlatform.Mail;

/// <summary>A server's reply (RFC 5321 section 4.2), or a refusal that the client gave in its stead.</summary>
/// <param name="Code">200 to 599.</param>
/// <param name="EnhancedStatus">RFC 3463, for instance <c>5.1.1</c>; null when the server gave none.</param>
/// <param name="Text">All lines, joined by line feeds, without code and status; at most 2,000 characters. May name addresses.</param>
public sealed record SmtpReply(int Code, string? EnhancedStatus, string Text)
{
    const int MaxText = 2_000;

    /// <summary>Whether the client refused by itself, because the server lacks what the message needs.</summary>
    public bool Local { get; init; }

    public bool Positive => Code is >= 200 and < 400;

    /// <summary>Trying again later may succeed.</summary>
    public bool Transient => Code is >= 400 and < 500;

    /// <summary>Trying again will not succeed.</summary>
    public bool Permanent => Code >= 500;

    /// <summary>
    /// Whether its words, in the ways of many servers, mean that nothing will ever arrive there: no such mailbox, no such domain, moved. For
    /// replies without <see cref="EnhancedStatus"/>, which says it better.
    /// </summary>
    public bool SaysNoSuchAddress => Permanent && !Local && BounceReason.IsHard("5.0.0", Text);

    public override string ToString() => EnhancedStatus is null ? $"{Code} {Text}" : $"{Code} {EnhancedStatus} {Text}";

    internal static SmtpReply Of(int code, IReadOnlyList<string> lines)
    {
        string? status = null;
        var texts = new List<string>(lines.Count);
        foreach (var line in lines)
        {
            var text = CleanText.OneLine(line);
            var end = StatusLength(text, code);
            if (end > 0) status ??= text[..end];
            texts.Add(end > 0 ? text[end..].TrimStart() : text);
        }
        var all = string.Join('\n', texts);
        return new(code, status, all.Length > MaxText ? CleanText.Lines(all[..MaxText]) : all);
    }

    /// <summary>A status is one only where its class agrees with the code: other text may begin with numbers too.</summary>
    static int StatusLength(string text, int code)
    {
        var end = text.IndexOf(' ', StringComparison.Ordinal) is var space and >= 0 ? space : text.Length;
        var numbers = text[..end].Split('.');
        return numbers.Length == 3 && numbers[0].Length == 1 && numbers[0][0] - '0' == code / 100
            && numbers.All(n => n.Length is > 0 and <= 3 && n.All(char.IsAsciiDigit)) ? end : 0;
    }
}

/// <summary>What became of a message for each recipient, in the order in which they were given.</summary>
public sealed record SmtpResult(IReadOnlyList<SmtpRecipientResult> Recipients)
{
    public bool AllAccepted => Recipients.All(r => r.Accepted);
}

/// <param name="Recipient">As it was given.</param>
/// <param name="Reply">
/// For an accepted recipient the reply to the data, which often holds the server's queue id; else the reply that refused.
/// </param>
public sealed record SmtpRecipientResult(string Recipient, SmtpReply Reply)
{
    /// <summary>The server has taken responsibility for the message.</summary>
    public bool Accepted => Reply.Positive;
}

/// <summary>At what a conversation with a server failed.</summary>
public enum SmtpFailure
{
    /// <summary>No connection, or the server would not serve.</summary>
    Connect,

    /// <summary>Encryption is required and not offered, or its handshake or the certificate failed.</summary>
    Tls,

    /// <summary>User and password were refused, or could not be sent safely.</summary>
    Authentication,

    /// <summary>No reply in time.</summary>
    Timeout,

    /// <summary>The connection was lost.</summary>
    Disconnected,

    /// <summary>The server does not speak SMTP as agreed.</summary>
    Protocol,
}

/// <summary>The conversation with the server failed before it said what becomes of the message.</summary>
public sealed class SmtpException : IOException
{
    internal SmtpException(SmtpFailure failure, string message, bool transient, SmtpReply? reply = null, Exception? inner = null)
        : base(message, inner) => (Failure, Transient, Reply) = (failure, transient, reply);

    public SmtpFailure Failure { get; }

    /// <summary>Trying again later may succeed without anybody changing the configuration.</summary>
    public bool Transient { get; }

    /// <summary>The server's reply that led to the failure, if there was one.</summary>
    public SmtpReply? Reply { get; }

    /// <summary>
    /// All data was sent but the reply is missing: the message may have been accepted, and sending it again may deliver it twice.
    /// </summary>
    public bool MayHaveBeenAccepted { get; internal init; }
}
