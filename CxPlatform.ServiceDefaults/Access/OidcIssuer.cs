using System.Security.Claims;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace CxPlatform.ServiceDefaults;

/// <summary>The configured OIDC issuer: its discovery document and keys, refreshed as they change, and what its tokens say in our claims.</summary>
internal sealed class OidcIssuer(IOptions<PlatformOptions> options, AccessDirectory directory, IHttpClientFactory http) : IDisposable
{
    public const string HttpClientName = "oidc";

    private static readonly JsonWebTokenHandler Reader = new() { MapInboundClaims = false };
    private readonly PlatformOptions.OidcOptions _oidc = options.Value.Oidc;
    private readonly Lock _gate = new();
    private ConfigurationManager<OpenIdConnectConfiguration>? _discovery;
    private HttpClient? _client;

    public PlatformOptions.OidcOptions Options => _oidc;

    public Task<OpenIdConnectConfiguration> DiscoverAsync(CancellationToken ct) => Discovery().GetConfigurationAsync(ct);

    /// <summary>
    /// The person of a bearer token, or of an ID token when <paramref name="nonce"/> is given (OpenID Connect Core section 3.1.3.7).
    /// Null when the signature, issuer, audience, lifetime or nonce does not hold.
    /// </summary>
    public async Task<ClaimsIdentity?> ValidateAsync(string token, string? audience, string? nonce, CancellationToken ct)
    {
        var result = await ReadAsync(token, audience, ct);
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
        {
            Discovery().RequestRefresh(); // The issuer changed its keys.
            result = await ReadAsync(token, audience, ct);
        }
        if (!result.IsValid || nonce is not null && result.ClaimsIdentity.FindFirst("nonce")?.Value != nonce)
            return null;
        return await IdentityAsync(result.ClaimsIdentity, ct);
    }

    public void Dispose() => _client?.Dispose();

    private async Task<TokenValidationResult> ReadAsync(string token, string? audience, CancellationToken ct)
    {
        var discovered = await DiscoverAsync(ct);
        return await Reader.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = discovered.Issuer,
            ValidAudience = audience,
            IssuerSigningKeys = discovered.SigningKeys,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            // Asymmetric only: with the issuer's public key nobody can sign.
            ValidAlgorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"],
            ClockSkew = TimeSpan.FromSeconds(30),
        });
    }

    /// <summary>
    /// Roles from the configured claim, scopes from <c>scope</c> or <c>scp</c>. The person is the agent with the same verified
    /// email address; somebody else keeps the roles that the issuer gives, but is no agent on the record.
    /// </summary>
    private async Task<ClaimsIdentity> IdentityAsync(ClaimsIdentity issued, CancellationToken ct)
    {
        var identity = new ClaimsIdentity("oidc", CxClaims.Name, CxClaims.Role);
        var email = issued.FindFirst("email")?.Value;
        // Issuers whose addresses are all verified may omit the claim; an explicit false counts as no address.
        var verified = issued.FindFirst("email_verified")?.Value is null or "true" or "True";
        var agent = email is not null && verified ? await directory.AgentByEmailAsync(email, ct) : null;
        if (agent is not null)
            identity.AddClaim(new Claim(CxClaims.AgentId, agent.AgentId.ToString()));
        identity.AddClaim(new Claim(CxClaims.Subject, issued.FindFirst("sub")?.Value ?? ""));
        identity.AddClaim(new Claim(CxClaims.Name,
            agent?.Name ?? issued.FindFirst("name")?.Value ?? issued.FindFirst("preferred_username")?.Value ?? "Unnamed"));
        var roles = issued.FindAll(_oidc.RolesClaim).Select(c => _oidc.Roles.TryGetValue(c.Value, out var ours) ? ours : c.Value);
        foreach (var role in roles.Append(agent?.Role ?? "").Where(Roles.All.Contains).Distinct())
            identity.AddClaim(new Claim(CxClaims.Role, role));
        var scopes = issued.FindAll("scope").Concat(issued.FindAll("scp")).SelectMany(c => c.Value.Split(' '));
        foreach (var scope in scopes.Where(Scopes.All.Contains).Distinct())
            identity.AddClaim(new Claim(CxClaims.Scope, scope));
        return identity;
    }

    private ConfigurationManager<OpenIdConnectConfiguration> Discovery()
    {
        lock (_gate)
        {
            if (_discovery is not null)
                return _discovery;
            _client = http.CreateClient(HttpClientName);
            var retriever = new HttpDocumentRetriever(_client) { RequireHttps = _oidc.RequireHttps };
            var address = _oidc.Authority!.AbsoluteUri.TrimEnd('/') + "/.well-known/openid-configuration";
            return _discovery = new(address, new OpenIdConnectConfigurationRetriever(), retriever);
        }
    }
}
