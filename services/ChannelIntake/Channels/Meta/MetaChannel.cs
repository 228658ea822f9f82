using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CxPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace CxPlatform.Intake.Channels.Meta;

/// <summary>WhatsApp (Cloud API), Messenger, Instagram and comments on a page's posts by Meta's webhooks.
/// Exercised against the documented requests and signature, not against Meta itself.</summary>
internal static class MetaChannel
{
    private const string Path = "/v1/channels/meta";

    public static IServiceCollection AddMetaChannel(this IServiceCollection services) => services.AddSingleton<IRawReader, MetaReader>();

    public static void MapMetaChannel(this IEndpointRouteBuilder app)
    {
        app.MapGet(Path, Verify)
            .AllowAnonymous() // Meta's verify token is what authorises.
            .Produces<string>(StatusCodes.Status200OK, "text/plain")
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithName("VerifyMeta").WithTags("Channels")
            .WithSummary("Meta's check that this address is ours: answers hub.challenge when hub.verify_token is the configured one.");
        app.MapPost(Path, PostAsync)
            .AllowAnonymous() // Meta's signature is what authorises.
            .WithMetadata(new RequestSizeLimitAttribute(Limits.Webhook))
            .Accepts<JsonElement>("application/json")
            .Produces(StatusCodes.Status200OK)
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithName("PostMeta").WithTags("Channels")
            .WithSummary("Meta's webhook for WhatsApp, Messenger and Instagram, signed with X-Hub-Signature-256. "
                + "200 means that all of it is durable, understood or not.");
    }

    private static IResult Verify(
        [FromQuery(Name = "hub.mode")] string? mode, [FromQuery(Name = "hub.verify_token")] string? token,
        [FromQuery(Name = "hub.challenge")] string? challenge, IOptions<IntakeOptions> options)
    {
        if (options.Value.Meta.VerifyToken is not { Length: > 0 } expected)
            return NotConfigured("VerifyToken to the token that you enter at Meta");
        return mode == "subscribe" && challenge is { Length: > 0 and <= 1000 } && CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(token ?? "")), SHA256.HashData(Encoding.UTF8.GetBytes(expected)))
            ? TypedResults.Text(challenge, "text/plain")
            : Problems.Of(StatusCodes.Status403Forbidden, "verify-token-not-allowed",
                "hub.verify_token is not the configured one, or hub.mode is not subscribe, or hub.challenge is missing.");
    }

    private static async Task<IResult> PostAsync(
        HttpRequest http, RawArrivals arrivals, IOptions<IntakeOptions> options, ILogger<MetaReader> log,
        CancellationToken ct)
    {
        if (options.Value.Meta.AppSecret is not { Length: > 0 } secret)
            return NotConfigured("AppSecret to the app's secret");
        var raw = await http.ReadBodyAsync(ct);
        if (!Signatures.IsHub(http.Headers["X-Hub-Signature-256"], secret, raw.Span))
        {
            log.SignatureRefused("Meta");
            return Problems.Of(StatusCodes.Status401Unauthorized, "signature-invalid",
                "X-Hub-Signature-256 does not sign this body under the configured app secret.");
        }
        using var several = Http.WithoutIdempotencyKey();
        var taken = await arrivals.TakeAsync(MetaReader.Reader, MetaReader.ChannelOf(raw.Span), "application/json", raw, new(), ct);
        http.HttpContext.RetryWhenUnavailable(taken);
        return taken.ToHttp(_ => TypedResults.Ok());
    }

    private static IResult NotConfigured(string what) => Problems.Of(StatusCodes.Status503ServiceUnavailable, "channel-not-configured",
        $"Meta's channels are not set up here: set Cx:Intake:Meta:{what}.");
}
