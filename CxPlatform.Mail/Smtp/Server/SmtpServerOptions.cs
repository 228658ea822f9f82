using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace CxPlatform.Mail;

/// <summary>Where <see cref="SmtpServer"/> listens, and how much it takes from whom.</summary>
public sealed record SmtpServerOptions
{
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>0 takes any free port; <see cref="SmtpServer.Port"/> says which.</summary>
    public int Port { get; init; } = 25;

    /// <summary>The name in the greeting and in the Received field.</summary>
    public string HostName { get; init; } = "localhost";

    /// <summary>With its private key: STARTTLS is offered.</summary>
    public X509Certificate2? Certificate { get; init; }

    public int MaxConnections { get; init; } = 200;

    public int MaxConnectionsPerAddress { get; init; } = 50;

    /// <summary>Bytes of a mail; a larger one is refused with 552.</summary>
    public int MaxMessageSize { get; init; } = 50 * 1024 * 1024;

    /// <summary>Recipients of a mail; further ones are answered 452 (RFC 5321 section 4.5.3.1.10: they come with the next mail).</summary>
    public int MaxRecipients { get; init; } = 100;

    /// <summary>Commands of a session; a sender with more to say comes again.</summary>
    public int MaxCommands { get; init; } = 10_000;

    /// <summary>Commands and recipients of a session that may be refused before it is closed.</summary>
    public int MaxErrors { get; init; } = 20;

    /// <summary>Bytes of a command with its line end. RFC 5321 section 4.5.3.1.4 asks for 512 and what the extensions add.</summary>
    public int MaxLine { get; init; } = 4_096;

    /// <summary>For the whole of a command: a byte now and then does not prolong it. RFC 5321 section 4.5.3.2.7.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>For the next bytes of a mail. RFC 5321 section 4.5.3.2.5 gives a sender 3 minutes for a block.</summary>
    public TimeSpan DataBlockTimeout { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>For the whole of a mail.</summary>
    public TimeSpan DataTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Bytes of a mail that are kept in memory while it comes in; more goes to a temporary file.</summary>
    public int SpoolThreshold { get; init; } = 256 * 1024;

    public string SpoolFolder { get; init; } = Path.GetTempPath();
}

/// <summary>What becomes of the mail that an <see cref="SmtpServer"/> takes in. Called by many sessions at the same time.</summary>
public interface ISmtpReceiver
{
    /// <summary>Null when mail to this address is welcome, else the refusal.</summary>
    SmtpReply? CheckRecipient(string recipient);

    /// <summary>
    /// Answers the reply to a whole mail. A positive one takes over responsibility: the mail is durable, or it must not be given. An
    /// exception becomes 451, and the sender comes again.
    /// </summary>
    Task<SmtpReply> ReceiveAsync(SmtpDelivery delivery, CancellationToken cancel);

    /// <summary>For counting; must not throw.</summary>
    void Note(SmtpNotice notice);
}

/// <summary>What happens at an <see cref="SmtpServer"/>.</summary>
public enum SmtpNotice
{
    SessionBegun,
    SessionEnded,

    /// <summary>A connection above a limit was turned away with 421.</summary>
    ConnectionRefused,
    RecipientRefused,
    TooManyRecipients,
    TooLarge,

    /// <summary>421 after too many commands or too many bad ones.</summary>
    TooManyErrors,
    TimedOut,

    /// <summary>The connection went in the middle of a mail; nothing of it is kept.</summary>
    BrokenOff,
    TlsFailed,
    Accepted,

    /// <summary>4xx to a whole mail: the sender keeps it.</summary>
    Deferred,

    /// <summary>5xx to a whole mail.</summary>
    Refused,
}
