using CxPlatform.Messaging;
using Microsoft.AspNetCore.Http;

namespace CxPlatform.ServiceDefaults;

/// <summary>The one place where a <see cref="Refusal"/> becomes a status code and a problem document.</summary>
public static class Outcomes
{
    /// <summary>
    /// Endings of refusal codes and their status. The longest matching ending wins; a refusal that names a field is 400;
    /// anything else is 409: the request is understood, the state of things refuses it.
    /// </summary>
    private static readonly (string Ending, int Status)[] Table =
    [
        ("not-found", 404), ("unknown", 404),
        ("gone", 410), ("expired", 410), ("revoked", 410),
        ("unauthenticated", 401), ("signature-invalid", 401), ("signature-missing", 401),
        ("forbidden", 403), ("not-allowed", 403), ("not-yours", 403),
        ("version-mismatch", 412), ("changed-since", 412), ("stale", 412),
        ("precondition-required", 428),
        ("too-large", 413), ("media-type-unsupported", 415), ("unsupported-media-type", 415),
        ("idempotency-key-reused", 422),
        ("too-many", 429), ("too-many-requests", 429), ("rate-limited", 429),
        ("invalid", 400), ("missing", 400), ("required", 400),
        ("unavailable", 503), ("not-configured", 503),
    ];

    /// <summary>The value through <paramref name="ok"/>, or the refusal as a problem document.</summary>
    public static IResult ToHttp<T>(this Outcome<T> outcome, Func<T, IResult> ok) =>
        outcome.IsRefused ? Problems.Of(outcome.Refusal) : ok(outcome.Value);

    /// <summary>204, or the refusal as a problem document.</summary>
    public static IResult ToHttp(this Outcome<Done> outcome) => outcome.ToHttp(_ => TypedResults.NoContent());

    public static async Task<IResult> ToHttp<T>(this Task<Outcome<T>> outcome, Func<T, IResult> ok)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        return (await outcome).ToHttp(ok);
    }

    public static async Task<IResult> ToHttp(this Task<Outcome<Done>> outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        return (await outcome).ToHttp();
    }

    /// <summary>The status code that a refusal is answered with.</summary>
    public static int StatusOf(Refusal refusal)
    {
        var match = Table.Where(e => refusal.Code == e.Ending || refusal.Code.EndsWith("-" + e.Ending, StringComparison.Ordinal))
            .OrderByDescending(e => e.Ending.Length).Select(e => (int?)e.Status).FirstOrDefault();
        return match is { } status && (refusal.Field is null || status is 413 or 415 or 422 or 403)
            ? status
            : refusal.Field is not null ? 400 : 409;
    }
}
