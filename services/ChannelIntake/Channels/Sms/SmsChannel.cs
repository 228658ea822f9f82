using CxPlatform.Contracts;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace CxPlatform.Intake.Channels.Sms;

/// <summary>Text messages by Twilio's messaging webhook.
/// Exercised against the documented requests and signature, not against Twilio itself.</summary>
internal static class SmsChannel
{
    public const string Path = "/v1/channels/sms/twilio";

    public static IServiceCollection AddSmsChannel(this IServiceCollection services) => services.AddSingleton<TwilioAdapter>();

    public static void MapSmsChannel(this IEndpointRouteBuilder app) => app.MapPost(Path, PostAsync)
        .AllowAnonymous() // Twilio's signature is what authorises.
        .WithMetadata(new RequestSizeLimitAttribute(Limits.Form))
        .Accepts<Dictionary<string, string>>("application/x-www-form-urlencoded")
        .Produces<string>(StatusCodes.Status200OK, "text/xml")
        .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
        .WithName("PostTwilioSms").WithTags("Channels")
        .WithSummary("Twilio's incoming message webhook, signed with X-Twilio-Signature. 200 means the message is durable.");

    private static async Task<IResult> PostAsync(HttpRequest http, TwilioAdapter adapter, ContactIntake intake, CancellationToken ct)
    {
        if (!adapter.IsConfigured)
            return Problems.Of(StatusCodes.Status503ServiceUnavailable, "channel-not-configured",
                "SMS by Twilio is not set up here: set Cx:Intake:Twilio:AuthToken to the account's auth token.");
        if (!http.HasFormContentType)
            return Problems.Of(
                StatusCodes.Status415UnsupportedMediaType,
                "unsupported-media-type",
                "The body must be a form: application/x-www-form-urlencoded.");
        http.EnableBuffering();
        var form = await http.ReadFormAsync(ct);
        http.Body.Position = 0;
        var raw = await http.ReadBodyAsync(ct);
        var read = adapter.Read(http, form, raw);
        if (read.IsRefused)
            return Problems.Of(read.Refusal);
        var outcome = await intake.AcceptAsync(read.Value, ct);
        http.HttpContext.RetryWhenUnavailable(outcome);
        // Nothing to say by return: the answer to a customer is Notification's.
        return outcome.ToHttp(_ => TypedResults.Text("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>", "text/xml"));
    }
}

/// <summary>Checks Twilio's signature and makes an arrival of its form.</summary>
internal sealed class TwilioAdapter(
    ContactIntake intake, IOptions<IntakeOptions> options, IOptions<PlatformOptions> platform, ILogger<TwilioAdapter> log)
{
    private const int MostMedia = 10;
    private const int MediaUrl = 500;

    public bool IsConfigured => !string.IsNullOrWhiteSpace(options.Value.Twilio.AuthToken);

    public Outcome<Arrival> Read(HttpRequest http, IFormCollection form, ReadOnlyMemory<byte> raw)
    {
        if (!IsSigned(http, form))
        {
            log.SignatureRefused("Twilio");
            return new Refusal("signature-invalid",
                "X-Twilio-Signature does not sign this request under the configured auth token and address.");
        }
        var id = Clean.Line(form["MessageSid"], 100) ?? Clean.Line(form["SmsMessageSid"], 100) ?? Clean.Line(form["SmsSid"], 100);
        if (id is null)
            return new Refusal("input-invalid", "is required.", "MessageSid");
        if (Clean.Line(form["From"], Limits.Name) is not { } sender)
            return new Refusal("input-invalid", "is required.", "From");
        // Short codes and alphanumeric senders are no phone numbers; they are somebody all the same.
        var from = Identities.Phone(sender, null) is { } number
            ? new Identity(IdentityKind.PhoneNumber, number)
            : Identities.Named(IdentityKind.Handle, sender)!;
        var to = Identities.Phone(form["To"], null) ?? Clean.Line(form["To"], Limits.Name);
        return new Arrival
        {
            ContactId = intake.NewId(),
            Channel = Channel.Sms,
            ProviderId = id,
            ReceivedAt = intake.Now,
            From = from,
            Name = Clean.Line(form["ProfileName"], Limits.Name),
            To = to,
            Text = Clean.Text(form["Body"]),
            Evidence = to is null ? [] : [new Evidence(EvidenceKind.Conversation, $"{from.Value} {to}")],
            References = MediaOf(form),
            Raw = raw,
            RawType = "application/x-www-form-urlencoded",
        };
    }

    private bool IsSigned(HttpRequest http, IFormCollection form)
    {
        var signature = http.Headers["X-Twilio-Signature"].ToString();
        var fields = form.SelectMany(field => field.Value.Select(value => KeyValuePair.Create(field.Key, value ?? ""))).ToList();
        var path = http.Path.Value + http.QueryString.Value;
        var urls = new[] { options.Value.Twilio.WebhookUrl?.OriginalString, platform.Value.PublicUrl?.OriginalString.TrimEnd('/') + path };
        return urls.OfType<string>().Any(url => TwilioSignature.IsValid(signature, options.Value.Twilio.AuthToken!, url, fields));
    }

    // Pictures stay with Twilio until somebody fetches them: what is kept is where they are.
    private static Dictionary<string, string> MediaOf(IFormCollection form)
    {
        var media = new Dictionary<string, string>();
        for (var i = 0; i < MostMedia; i++)
            if (Clean.Line(form[$"MediaUrl{i}"], MediaUrl) is { } url)
                media[$"media{i}"] = url;
        return media;
    }
}
