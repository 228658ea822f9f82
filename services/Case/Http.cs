using System.Globalization;
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

    public static string ETag(long version) => FormattableString.Invariant($"\"{version}\"");

    /// <summary>The version in <c>If-Match</c> (RFC 9110 section 13.1.1); null when there is none or it is <c>*</c>. Proxies that compress
    /// make an ETag weak on its way out: it names the same version.</summary>
    public static Outcome<Expected> IfMatch(HttpRequest request)
    {
        var header = request.Headers.IfMatch.ToString();
        if (header.Length == 0 || header == "*")
            return new Expected(null);
        return long.TryParse((header.StartsWith("W/", StringComparison.Ordinal) ? header[2..] : header).Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? new Expected(version)
            : new Refusal("if-match-invalid", "must be the ETag of the case, such as \"7\".", "If-Match");
    }

    internal sealed record Expected(long? Version);

    public static IResult Changed(this HttpContext context, Outcome<CaseChanged> outcome) => outcome.ToHttp(changed =>
    {
        context.Response.Headers.ETag = ETag(changed.Version);
        return TypedResults.Ok(changed);
    });

    public static IResult NotFound(string key) => Problems.Of(new("case-not-found", $"There is no case {key}."));

    /// <summary>Finds the case, reads If-Match, does it, and answers where the case stands.</summary>
    public static async Task<IResult> ActAsync(
        this HttpContext context, string key, CaseReader reader, Func<Guid, long?, CancellationToken, Task<Outcome<CaseChanged>>> act)
    {
        var ct = context.RequestAborted;
        var expected = IfMatch(context.Request);
        if (expected.IsRefused)
            return Problems.Of(expected.Refusal);
        if (await reader.IdOfAsync(key, ct) is not { } id)
            return NotFound(key);
        return context.Changed(await act(id, expected.Value.Version, ct));
    }
}
