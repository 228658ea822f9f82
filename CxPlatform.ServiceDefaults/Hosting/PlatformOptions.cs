using System.ComponentModel.DataAnnotations;

namespace CxPlatform.ServiceDefaults;

/// <summary>What every host reads under <c>Cx:</c>, beside the modules' own sections.</summary>
public sealed class PlatformOptions
{
    /// <summary>The one address that customers, agents and integrators use, e.g. <c>https://help.example.com</c>. Required in production.</summary>
    public Uri? PublicUrl { get; set; }

    /// <summary>Base64 of at least 32 random bytes; every token, cookie and stored secret hangs on it. Required except in an embedded AllInOne.</summary>
    public string? MasterKey { get; set; }

    /// <summary>Master keys used before, newest first: what they signed is still accepted, nothing new is signed with them.</summary>
    public IReadOnlyList<string> PreviousMasterKeys { get; set; } = [];

    /// <summary>When set, <c>/health</c> and <c>/alive</c> answer on this port and nowhere else.</summary>
    [Range(1, 65535)]
    public int? HealthPort { get; set; }

    /// <summary>Hex SHA-256 of a whole API key that has every scope before any key was created.</summary>
    [RegularExpression("^[0-9a-fA-F]{64}$", ErrorMessage = "must be 64 hexadecimal digits: the SHA-256 of the whole key.")]
    public string? BootstrapAdminKeyHash { get; set; }

    /// <summary>
    /// Networks (CIDR, e.g. <c>10.0.0.0/8</c>) of gateways whose X-Forwarded-For and X-Forwarded-Proto are believed. Limits per
    /// caller need it behind a gateway, or all callers look like one.
    /// </summary>
    public IReadOnlyList<string> TrustedProxies { get; set; } = [];

    public DataOptions Data { get; set; } = new();

    public BlobOptions Blobs { get; set; } = new();

    public OidcOptions Oidc { get; set; } = new();

    public TestingOptions Testing { get; set; } = new();

    public sealed class DataOptions
    {
        /// <summary>Folder for databases, blobs, the outbox and the generated master key of an embedded host.</summary>
        [Required]
        public string Path { get; set; } = "./.data";
    }

    public sealed class BlobOptions
    {
        /// <summary>Folder for message bodies and attachments, shared by all services. Defaults to <c>blobs</c> in the data folder.</summary>
        public string? Path { get; set; }
    }

    public sealed class OidcOptions
    {
        /// <summary>The issuer's address; its discovery document is read from there. Unset: no OIDC.</summary>
        public Uri? Authority { get; set; }

        /// <summary>Our client id at the issuer; with it, pages sign in by the authorization code flow.</summary>
        public string? ClientId { get; set; }

        public string? ClientSecret { get; set; }

        /// <summary>The audience that bearer tokens for the API must carry. Defaults to <see cref="ClientId"/>.</summary>
        public string? Audience { get; set; }

        /// <summary>The claim that lists roles.</summary>
        public string RolesClaim { get; set; } = "roles";

        /// <summary>The issuer's role names for ours, e.g. <c>Cx:Oidc:Roles:support-lead=lead</c>. Unlisted names stand for themselves.</summary>
        public IReadOnlyDictionary<string, string> Roles { get; set; } = new Dictionary<string, string>();

        /// <summary>Scopes asked for in the code flow.</summary>
        public string Scope { get; set; } = "openid profile email";

        /// <summary>Off only for an issuer on this machine.</summary>
        public bool RequireHttps { get; set; } = true;
    }

    public sealed class TestingOptions
    {
        /// <summary>A file with an ISO 8601 duration that is added to the clock. Refused in production.</summary>
        public string? ClockOffsetFile { get; set; }
    }
}
