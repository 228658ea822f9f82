using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CxPlatform.ServiceDefaults;

/// <summary>
/// Authenticates <c>Authorization: Bearer cxk_...</c> or <c>X-Api-Key: cxk_...</c> against the directory, and the bootstrap
/// admin key against its configured hash.
/// </summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, KeyAccess access)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "cx-key";
    public const string Header = "X-Api-Key";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Presented(Request) is not { } presented)
            return AuthenticateResult.NoResult();
        return await access.IdentifyAsync(presented, Context.RequestAborted) is { } identity
            ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name))
            : AuthenticateResult.Fail("The API key is unknown or revoked.");
    }

    public static string? Presented(HttpRequest request)
    {
        if (request.Headers[Header] is [{ Length: > 0 } key])
            return key;
        return request.Headers.Authorization is [{ } authorization]
            && authorization.StartsWith("Bearer " + ApiKey.Prefix, StringComparison.OrdinalIgnoreCase)
            ? authorization["Bearer ".Length..].Trim()
            : null;
    }
}

/// <summary>Who a presented API key is. Used by the header scheme and by the sign-in page.</summary>
public sealed class KeyAccess(AccessDirectory directory, IOptions<PlatformOptions> options)
{
    /// <summary>The id under which the key of <c>Cx:BootstrapAdminKeyHash</c> acts.</summary>
    public const string BootstrapId = "bootstrap";

    /// <summary>The identity of a key in force, or null.</summary>
    public async ValueTask<ClaimsIdentity?> IdentifyAsync(string presented, CancellationToken ct)
    {
        if (options.Value.BootstrapAdminKeyHash is { } bootstrap && ApiKey.Matches(presented, bootstrap))
            return Identity(new AccessKey(BootstrapId, "Administrator", bootstrap, [Scopes.Admin], null, null), null);
        if (ApiKey.IdOf(presented) is not { } id || await directory.KeyAsync(id, ct) is not { RevokedAt: null } key
            || !ApiKey.Matches(presented, key.Hash))
            return null;
        if (key.AgentId is not { } agentId)
            return Identity(key, null);
        return await directory.AgentAsync(agentId, ct) is { Active: true } agent ? Identity(key, agent) : null;
    }

    /// <summary>Whether the key and the agent that a session was opened with are still in force, the agent in the same role.</summary>
    internal async ValueTask<bool> IsInForceAsync(ClaimsPrincipal user, CancellationToken ct)
    {
        var keyId = user.FindFirstValue(CxClaims.KeyId);
        if (keyId == BootstrapId)
            return options.Value.BootstrapAdminKeyHash is not null;
        if (keyId is not null && await directory.KeyAsync(keyId, ct) is not { RevokedAt: null })
            return false;
        return user.AgentId() is not { } agentId
            || await directory.AgentAsync(agentId, ct) is { Active: true } agent && user.HasClaim(CxClaims.Role, agent.Role);
    }

    private static ClaimsIdentity Identity(AccessKey key, AccessAgent? agent)
    {
        var identity = new ClaimsIdentity(ApiKeyHandler.SchemeName, CxClaims.Name, CxClaims.Role);
        identity.AddClaim(new Claim(CxClaims.KeyId, key.KeyId));
        identity.AddClaim(new Claim(CxClaims.Name, agent?.Name ?? key.Name));
        foreach (var scope in key.Scopes)
            identity.AddClaim(new Claim(CxClaims.Scope, scope));
        if (agent is not null)
        {
            identity.AddClaim(new Claim(CxClaims.AgentId, agent.AgentId.ToString()));
            identity.AddClaim(new Claim(CxClaims.Role, agent.Role));
        }
        else if (key.Scopes.Contains(Scopes.Admin))
        {
            // The first key of an installation opens the desk before there is any agent.
            identity.AddClaim(new Claim(CxClaims.Role, Roles.Admin));
        }
        return identity;
    }
}
