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

    // Longer ones than are kept are known by their hash.
    private const int LongestId = 4000;

    public static void MapWebhookChannel(this IEndpointRouteBuilder app) => app.MapPost("/v1/channels/webhook/{source}", PostAsync)
        .AllowAnonymous() // The source's signature is what authorises.
        .WithMetadata(new RequestSizeLimitAttribute(Limits.Webhook))
        .Accepts<JsonElement>("application/json")
        .Produces<IReadOnlyList<ContactAccepted>>()
        .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized)
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable)
        .WithName("PostWebhook").WithTags("Channels")
        .WithSummary("A configured source's webhook, signed as Standard Webhooks or like X-Hub-Signature-256. "
            + "200 means that every message in it is durable.");

    private static async Task<IResult> PostAsync(
        string source, HttpRequest http, ContactIntake intake, IOptions<IntakeOptions> options, ILogger<WebhookOptions> log,
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
        if (SignatureFault(webhook, http.Headers, raw.Span, intake.Now) is { } fault)
        {
            log.SignatureRefused("a configured source");
            return Problems.Of(StatusCodes.Status401Unauthorized, "signature-invalid", fault);
        }

        using var body = JsonDocument.Parse(raw);
        var messages = webhook.Items is null ? [body.RootElement] : body.RootElement.Items(webhook.Items).ToList();
        var fallback = webhook.Signature == WebhookSignature.Standard
            ? http.Headers["webhook-id"].ToString()
            : Convert.ToHexStringLower(SHA256.HashData(raw.Span));
        var arrivals = new List<Arrival>(messages.Count);
        var errors = new InputErrors();
        for (var n = 0; n < messages.Count; n++)
            if (Read(name, webhook, messages[n], n == 0 ? fallback : $"{fallback}/{n}", intake, options.Value, errors) is { } arrival)
                arrivals.Add(arrival);
        if (errors.Any)
            return errors.ToHttp();

        using var several = Http.WithoutIdempotencyKey();
        var accepted = new List<ContactAccepted>(arrivals.Count);
        foreach (var arrival in arrivals)
        {
            var outcome = await intake.AcceptAsync(arrival, ct);
            http.HttpContext.RetryWhenUnavailable(outcome);
            if (outcome.IsRefused)
                return Problems.Of(outcome.Refusal);
            accepted.Add(new(outcome.Value.ContactId, outcome.Value.Duplicate, outcome.Value.CustomerId));
        }
        return TypedResults.Ok(accepted);
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

    private static Arrival? Read(
        string source, WebhookOptions webhook, JsonElement message, string fallbackId, ContactIntake intake, IntakeOptions options,
        InputErrors errors)
    {
        string? Line(string? pointer, int characters) => pointer is null ? null : Clean.Line(message.Text(pointer), characters);

        var from = Identities.Read(webhook.FromKind, Line(webhook.From, Limits.Name), options.DefaultCountryCode, webhook.From);
        if (from.IsRefused)
        {
            errors.Add(webhook.From, from.Refusal.Detail);
            return null;
        }
        // Another tool's ada is another person.
        var sender = webhook.FromKind is IdentityKind.Handle or IdentityKind.ExternalId
            ? Identities.Named(webhook.FromKind, Limits.Cut($"{source}:{from.Value.Value}", Limits.Name))!
            : from.Value;
        var to = Line(webhook.To, Limits.Name);
        return new()
        {
            ContactId = intake.NewId(),
            Channel = webhook.Channel,
            ProviderId = $"{source}:{Line(webhook.Id, LongestId) ?? fallbackId}",
            ReceivedAt = (webhook.Time is null ? null : message.Time(webhook.Time, intake.Now)) ?? intake.Now,
            From = sender,
            Name = Line(webhook.Name, Limits.Name),
            To = to,
            Subject = Line(webhook.Subject, Limits.Subject),
            Text = Clean.Text(message.Text(webhook.Text)),
            Language = Line(webhook.Language, 35) is { } language && Language.IsTag(language) ? language : null,
            References = webhook.References
                .Select(reference => (reference.Key, Value: Line(reference.Value, Limits.ReferenceValue)))
                .Where(reference => reference.Value is not null).ToDictionary(reference => reference.Key, reference => reference.Value!),
            Evidence = [new(EvidenceKind.Conversation, $"{sender.Value} {to ?? source}")],
            Raw = message.Bytes(),
            RawType = "application/json",
        };
    }
}
