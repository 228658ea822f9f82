using System.Net.Security;

namespace CxPlatform.Mail;

/// <summary>When a connection is encrypted. A certificate is always checked, in every mode but <see cref="None"/>.</summary>
public enum SmtpTls
{
    /// <summary>Never.</summary>
    None,

    /// <summary>After STARTTLS (RFC 3207); a server that does not offer it is refused.</summary>
    StartTls,

    /// <summary>After STARTTLS where the server offers it, else not. An attacker on the way can take the offer away.</summary>
    StartTlsWhenAvailable,

    /// <summary>From the first byte (RFC 8314 section 3), usually on port 465.</summary>
    Implicit,
}

/// <summary>Where and how <see cref="SmtpClient"/> sends.</summary>
public sealed record SmtpOptions
{
    public required string Host { get; init; }

    /// <summary>1 to 65535; 587 for submission, 465 for <see cref="SmtpTls.Implicit"/>, 25 between servers.</summary>
    public int Port { get; init; } = 587;

    public SmtpTls Tls { get; init; } = SmtpTls.StartTls;

    /// <summary>With <see cref="Password"/>: signs in (RFC 4954) by PLAIN, or by LOGIN where the server offers only that.</summary>
    public string? User { get; init; }

    public string? Password { get; init; }

    /// <summary>
    /// With <see cref="User"/>, in place of a password: gives an OAuth 2 access token, which signs in by OAUTHBEARER (RFC 7628) or XOAUTH2. Told
    /// whether the server has just refused the last one, so that it fetches another.
    /// </summary>
    public Func<bool, CancellationToken, ValueTask<string>>? AccessToken { get; init; }

    /// <summary>Whether user and password may go over an unencrypted connection. Only for a server on the same machine.</summary>
    public bool AllowUnencryptedCredentials { get; init; }

    /// <summary>What EHLO says we are: a domain name or an address literal (RFC 5321 section 4.1.3).</summary>
    public string LocalName { get; init; } = "localhost";

    /// <summary>For connecting and, apart from it, for the TLS handshake.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// For the reply to one command, and for writing one block of data. RFC 5321 section 4.5.3.2 asks for 5 minutes of patience.
    /// </summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// For the reply after all data is sent; RFC 5321 section 4.5.3.2.6 asks for 10 minutes, since giving up early sends mail twice.
    /// </summary>
    public TimeSpan DataReplyTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Replaces the system's check of the server's certificate, for instance to trust a private authority.</summary>
    public RemoteCertificateValidationCallback? CertificateValidation { get; init; }

    internal void Check()
    {
        if (string.IsNullOrWhiteSpace(Host)) throw HeaderWriter.Invalid("Host", "a host name or address is required.");
        if (Port is < 1 or > 65535) throw HeaderWriter.Invalid("Port", "1 to 65535 is required.");
        if (AccessToken is not null && Password is not null) throw HeaderWriter.Invalid("Password", "not given with AccessToken.");
        if ((User is null) != (Password is null && AccessToken is null)) throw HeaderWriter.Invalid("Password", "given with User or not at all.");
        if ((User + Password).Contains('\0')) throw HeaderWriter.Invalid("Password", "NUL is not allowed in User and Password.");
        if (LocalName.Length is 0 or > 255 || !LocalName.All(c => char.IsAsciiLetterOrDigit(c) || ".-_[]:".Contains(c)))
            throw HeaderWriter.Invalid("LocalName", "a domain name or an address literal is required.");
        Check("ConnectTimeout", ConnectTimeout);
        Check("CommandTimeout", CommandTimeout);
        Check("DataReplyTimeout", DataReplyTimeout);
    }

    static void Check(string name, TimeSpan value)
    {
        if (value <= TimeSpan.Zero || value > TimeSpan.FromHours(1))
            throw HeaderWriter.Invalid(name, "more than nothing and at most an hour is required.");
    }
}
