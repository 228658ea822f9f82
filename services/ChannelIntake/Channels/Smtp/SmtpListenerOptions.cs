using System.ComponentModel.DataAnnotations;
using System.Net;

namespace CxPlatform.Intake.Channels.Smtp;

/// <summary><c>Cx:Intake:Smtp</c>: mail servers hand mail over to us. Off until a port is given.</summary>
internal sealed class SmtpListenerOptions : IValidatableObject
{
    /// <summary>25 for a server that the DNS names, any other behind a relay. Unset: there is no listener.</summary>
    [Range(1, 65535)]
    public int? Port { get; set; }

    /// <summary>The network address to listen on; <c>::</c> is every one. Default: this machine alone in development, else every one.</summary>
    public string? Address { get; set; }

    /// <summary>What the greeting and the Received field call us. Defaults to the host of <c>Cx:PublicUrl</c>.</summary>
    public string? HostName { get; set; }

    /// <summary>The domains and addresses whose mail is taken; everybody else's is refused. Defaults to <c>Cx:Mail:Domain</c>.</summary>
    public IReadOnlyList<string> Recipients { get; set; } = [];

    /// <summary>A certificate file, PEM or PFX: STARTTLS is offered. Read at start.</summary>
    public string? Certificate { get; set; }

    /// <summary>The file of its private key, when it is a PEM file of its own.</summary>
    public string? CertificateKey { get; set; }

    /// <summary>The password of a PFX file or of an encrypted private key.</summary>
    public string? CertificatePassword { get; set; }

    [Range(1, 100_000)]
    public int MaxConnections { get; set; } = 200;

    [Range(1, 100_000)]
    public int MaxConnectionsPerAddress { get; set; } = 50;

    [Range(1, 10_000)]
    public int MaxRecipients { get; set; } = 100;

    /// <summary>Bytes of a mail.</summary>
    [Range(64 * 1024, Limits.Mail)]
    public int MaxMessageSize { get; set; } = Limits.Mail;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Address is not null && !IPAddress.TryParse(Address, out _))
            yield return new("must be a network address, such as 127.0.0.1 or ::.", [nameof(Address)]);
        if (Certificate is null && CertificateKey is not null)
            yield return new("is given with Certificate or not at all.", [nameof(CertificateKey)]);
        for (var i = 0; i < Recipients.Count; i++)
            if (string.IsNullOrWhiteSpace(Recipients[i]) || Recipients[i].StartsWith('@') || Recipients[i].EndsWith('@'))
                yield return new("must be a domain or an address, such as help.example.com.", [$"{nameof(Recipients)}:{i}"]);
    }
}
