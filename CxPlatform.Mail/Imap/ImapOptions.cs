using System.Net.Security;

namespace CxPlatform.Mail;

/// <summary>When a connection is encrypted. A certificate is always checked.</summary>
public enum ImapTls
{
    /// <summary>Never.</summary>
    None,

    /// <summary>After STARTTLS; a server that does not offer it is refused.</summary>
    StartTls,

    /// <summary>From the first byte (RFC 8314 section 3), usually on port 993.</summary>
    Implicit,
}

/// <summary>Whose mailbox <see cref="ImapClient"/> reads, and where it is.</summary>
public sealed record ImapOptions
{
    public required string Host { get; init; }
    public int Port { get; init; } = 993;
    public ImapTls Tls { get; init; } = ImapTls.Implicit;
    public required string User { get; init; }

    /// <summary>A password, or with <see cref="OAuth"/> an access token.</summary>
    public required string Secret { get; init; }

    /// <summary>Signs in with XOAUTH2, as Gmail and Microsoft 365 ask for.</summary>
    public bool OAuth { get; init; }

    /// <summary>For connecting, and apart from it for the TLS handshake.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For the next bytes of an answer.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Replaces the system's check of the server's certificate, for instance to trust a private authority.</summary>
    public RemoteCertificateValidationCallback? CertificateValidation { get; init; }
}

/// <summary>A folder as it was when it was opened.</summary>
/// <param name="UidValidity">As long as it is the same, a UID means the same message (RFC 3501 section 2.3.1.1).</param>
public sealed record ImapFolder(long UidValidity);

/// <summary>What a folder says of a message beside its text.</summary>
/// <param name="ReceivedAt">INTERNALDATE: when the server got it.</param>
public sealed record ImapMessageInfo(long Uid, long Size, DateTimeOffset? ReceivedAt);

/// <summary>At what a conversation with a server failed.</summary>
public enum ImapFailure
{
    Connect,
    Tls,

    /// <summary>User and secret were refused, or could not be sent safely.</summary>
    Authentication,
    Timeout,
    Disconnected,

    /// <summary>The server does not speak IMAP as agreed.</summary>
    Protocol,

    /// <summary>The server answered NO or BAD to a command; the connection is good.</summary>
    Refused,
}

/// <summary>The message is a sentence; it names neither user nor secret.</summary>
public sealed class ImapException(ImapFailure failure, string message, Exception? inner = null) : IOException(message, inner)
{
    public ImapFailure Failure { get; } = failure;
}
