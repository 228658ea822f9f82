using System.Security.Claims;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Reading;
using CxPlatform.Cases.Storage;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Cases;

/// <summary>What the endpoints of cases have in common.</summary>
internal static class Http
{
    /// <summary>The member of staff, or the key's name, as the case's record and the customer see them.</summary>
    public static Person Person(this ClaimsPrincipal user) => new(user.AgentId(), user.DisplayName());

    /// <summary>What colleagues call somebody at the desk: the installation's first key opens it before there is any agent.</summary>
    public static string StaffName(this ClaimsPrincipal user) =>
        user.AgentId() is null && user.HasRole(Roles.Agent) ? "Admin" : user.DisplayName();

    public static IResult Changed(this HttpContext context, Outcome<CaseChanged> outcome) => outcome.ToHttp(changed =>
    {
        context.SetVersion(changed.Version);
        return TypedResults.Ok(changed);
    });

    public static IResult NotFound(string key) => Problems.Of(new("case-not-found", $"There is no case {key}."));

    /// <summary>Finds the case, reads If-Match, does it, and answers where the case stands.</summary>
    public static async Task<IResult> ActAsync(
        this HttpContext context, string key, CaseReader reader, Func<Guid, long?, CancellationToken, Task<Outcome<CaseChanged>>> act)
    {
        var ct = context.RequestAborted;
        if (!context.Request.TryIfMatch(out var expected))
            return Problems.Of(new("if-match-invalid", "must be the ETag of the case, such as \"7\".", "If-Match"));
        if (await reader.IdOfAsync(key, ct) is not { } id)
            return NotFound(key);
        return context.Changed(await act(id, expected, ct));
    }
}
