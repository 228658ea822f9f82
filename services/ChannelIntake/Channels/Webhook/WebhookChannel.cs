using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Intake.Channels.Api;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace CxPlatform.Intake.Channels.Webhook;

/// <summary>Signed webhooks of any tool: its configuration says how it signs and where in its JSON things are.</summary>
internal static class WebhookChannel
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    public static IServiceCollection AddWebhookChannel(this IServiceCollection services) =>
        services.AddSingleton<IRawReader, WebhookReader>();

    public static void MapWebhookChannel(this IEndpointRouteBuilder app) => app.MapPost("/v1/channels/webhook/{source}", PostAsync)
        .AllowAnonymous() // The source's signature is what authorises.
        .WithMetadata(new RequestSizeLimitAttribute(Limits.Webhook))
        .Accepts<JsonElement>("application/json")
        .Produces<IReadOnlyList<ContactAccepted>>()
        .ProducesProblem(StatusCodes.Status401Unauthorized)
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable)
        .WithName("PostWebhook").WithTags("Channels")
        .WithSummary("A configured source's webhook, signed as Standard Webhooks or like X-Hub-Signature-256. "
            + "200 means that all of it is durable. What could not be understood is answered without a customer, and kept.");

    private static async Task<IResult> PostAsync(
        string source, HttpRequest http, RawArrivals arrivals, TimeProvider clock, IOptions<IntakeOptions> options, ILogger<WebhookOptions> log,
        CancellationToken ct)
    {
        var name = options.Value.Webhooks.Keys.FirstOrDefault(key => key.Equals(source, StringComparison.OrdinalIgnoreCase));
        if (name is null)
            return Problems.Of(StatusCodes.Status404NotFound, "source-unknown", "No such source is configured under Cx:Intake:Webhooks.");
        var webhook = options.Value.Webhooks[name];
        if (webhook.Secrets.Count == 0)
            return Problems.Of(StatusCodes.Status503ServiceUnavailable, "channel-not-configured",
                $"This source has no secret yet: set Cx:Intake:Webhooks:{name}:Secrets:0.");
        var raw = await http.ReadBodyAsync(ct);
        if (SignatureFault(webhook, http.Headers, raw.Span, clock.GetUtcNow()) is { } fault)
        {
            log.SignatureRefused("a configured source");
            return Problems.Of(StatusCodes.Status401Unauthorized, "signature-invalid", fault);
        }

        var id = webhook.Signature == WebhookSignature.Standard ? http.Headers["webhook-id"].ToString() : null;
        using var several = Http.WithoutIdempotencyKey();
        var taken = await arrivals.TakeAsync(
            WebhookReader.Reader, webhook.Channel, "application/json", raw, new(Source: name, Id: id), ct);
        http.HttpContext.RetryWhenUnavailable(taken);
        return taken.ToHttp(receipts => TypedResults.Ok(
            receipts.ConvertAll(receipt => new ContactAccepted(receipt.ContactId, receipt.Duplicate, receipt.CustomerId))));
    }

    /// <summary>Why it is not to be trusted; null when it is.</summary>
    private static string? SignatureFault(WebhookOptions webhook, IHeaderDictionary headers, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        if (webhook.Signature == WebhookSignature.Hub)
        {
            foreach (var secret in webhook.Secrets)
                if (Signatures.IsHub(headers[webhook.Header], secret, body))
                    return null;
            return $"{webhook.Header} does not sign this body under a configured secret.";
        }
        var (id, timestamp) = (headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString());
        if (id.Length is 0 or > Limits.ProviderId
            || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs((decimal)seconds - now.ToUnixTimeSeconds()) > (decimal)Tolerance.TotalSeconds)
            return "webhook-id or webhook-timestamp is missing, or the time is more than five minutes from ours.";
        foreach (var secret in webhook.Secrets)
            if (Signatures.IsStandard(headers["webhook-signature"], secret, id, timestamp, body))
                return null;
        return "webhook-signature does not sign this request under a configured secret.";
    }
}
