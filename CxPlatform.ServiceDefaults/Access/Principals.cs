using System.Security.Claims;

namespace CxPlatform.ServiceDefaults;

/// <summary>Claim types of our own principals.</summary>
public static class CxClaims
{
    public const string KeyId = "cx:key";
    public const string AgentId = "cx:agent";
    public const string Scope = "cx:scope";
    public const string Role = "cx:role";
    public const string Name = "cx:name";

    /// <summary>The OIDC issuer's id of a person.</summary>
    public const string Subject = "cx:sub";
}

public static class Principals
{
    /// <summary><c>agent:&lt;id&gt;</c>, <c>key:&lt;id&gt;</c>, <c>person:&lt;subject&gt;</c> for somebody known to the OIDC issuer only, <c>system</c> for nobody.</summary>
    public static string ActorId(this ClaimsPrincipal user) =>
        user.FindFirstValue(CxClaims.AgentId) is { } agent ? "agent:" + agent
        : user.FindFirstValue(CxClaims.KeyId) is { } key ? "key:" + key
        : user.FindFirstValue(CxClaims.Subject) is { } subject ? "person:" + subject
        : "system";

    /// <summary>The agent's id, or null for a machine, for an admin key that is no agent's, and for nobody.</summary>
    public static Guid? AgentId(this ClaimsPrincipal user) => Guid.TryParse(user.FindFirstValue(CxClaims.AgentId), out var id) ? id : null;

    /// <summary>The name customers and colleagues see; the actor when there is none.</summary>
    public static string DisplayName(this ClaimsPrincipal user) => user.FindFirstValue(CxClaims.Name) ?? user.ActorId();

    public static bool HasScope(this ClaimsPrincipal user, string scope) =>
        user.HasClaim(CxClaims.Scope, scope) || user.HasClaim(CxClaims.Scope, Scopes.Admin);

    /// <summary>Whether the person has the role or one that includes it.</summary>
    public static bool HasRole(this ClaimsPrincipal user, string role) =>
        Roles.All.SkipWhile(r => r != role).Any(r => user.HasClaim(CxClaims.Role, r));
}
