using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CxPlatform.ServiceDefaults;

/// <summary>Authenticates bearer tokens of the configured OIDC issuer (RFC 6750).</summary>
internal sealed class BearerHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, OidcIssuer issuer)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "cx-bearer";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers.Authorization is not [{ } header] || !header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        var oidc = issuer.Options;
        var identity = await issuer.ValidateAsync(header["Bearer ".Length..].Trim(), oidc.Audience ?? oidc.ClientId, nonce: null, Context.RequestAborted);
        return identity is null
            ? AuthenticateResult.Fail("The bearer token is not valid here.")
            : AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name));
    }
}
