using CxPlatform.Contracts;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace CxPlatform.Intake.Channels.Twilio;

/// <summary>A callback of Twilio's, and that Twilio sent it.</summary>
internal sealed class TwilioForm(IFormCollection fields, ReadOnlyMemory<byte> raw)
{
    /// <summary>What Twilio writes for callers who keep their number to themselves: letters spelled on a keypad, or words.</summary>
    private static readonly HashSet<string> Nobody = new(StringComparer.OrdinalIgnoreCase)
    {
        "anonymous", "restricted", "unavailable", "unknown", "blocked", "+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253",
    };

    public const string RawType = "application/x-www-form-urlencoded";

    public ReadOnlyMemory<byte> Raw => raw;

    /// <summary>A field as one line; null when it is missing or blank.</summary>
    public string? Line(string name, int characters = Limits.Name) => Clean.Line(fields[name], characters);

    public string Text(string name) => Clean.Text(fields[name]);

    /// <summary>Who is at the other end: a number, else a handle (short codes, sender names, SIP addresses); null for the anonymous.</summary>
    public Identity? Party(string name)
    {
        if (Line(name) is not { } value || Nobody.Contains(value))
            return null;
        return Identities.Phone(value, null) is { } number
            ? new(IdentityKind.PhoneNumber, number)
            : Identities.Named(IdentityKind.Handle, value);
    }
}

/// <summary>Reads callbacks whose signature is Twilio's, and no others.</summary>
internal sealed class TwilioForms(IOptions<IntakeOptions> options, IOptions<PlatformOptions> platform, ILogger<TwilioForms> log)
{
    /// <param name="told">The address that Twilio was told, when it is not our public one.</param>
    public async Task<Outcome<TwilioForm>> ReadAsync(HttpRequest http, Uri? told, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(options.Value.Twilio.AuthToken))
            return new Refusal("channel-not-configured",
                "Twilio is not set up here: set Cx:Intake:Twilio:AuthToken to the account's auth token.");
        if (!http.HasFormContentType)
            return new Refusal("unsupported-media-type", "The body must be a form: application/x-www-form-urlencoded.");
        http.EnableBuffering();
        var form = await http.ReadFormAsync(ct);
        http.Body.Position = 0;
        var raw = await http.ReadBodyAsync(ct);
        if (IsSigned(http, form, told))
            return new TwilioForm(form, raw);
        log.SignatureRefused("Twilio");
        return new Refusal("signature-invalid",
            "X-Twilio-Signature does not sign this request under the configured auth token and address.");
    }

    private bool IsSigned(HttpRequest http, IFormCollection form, Uri? told)
    {
        var signature = http.Headers["X-Twilio-Signature"].ToString();
        var fields = form.SelectMany(field => field.Value.Select(value => KeyValuePair.Create(field.Key, value ?? ""))).ToList();
        var path = http.Path.Value + http.QueryString.Value;
        var urls = new[] { told?.OriginalString, platform.Value.PublicUrl?.OriginalString.TrimEnd('/') + path };
        return urls.OfType<string>().Any(url => TwilioSignature.IsValid(signature, options.Value.Twilio.AuthToken!, url, fields));
    }
}

/// <summary>What is Twilio's: messages and calls.</summary>
internal static class TwilioChannels
{
    public static IServiceCollection AddTwilioChannels(this IServiceCollection services) =>
        services.AddSingleton<TwilioForms>().AddSingleton<CallThreads>().AddSingleton<CallAdapter>();

    public static void MapTwilioChannels(this IEndpointRouteBuilder app)
    {
        app.MapSmsChannel();
        app.MapVoiceChannel();
    }

    /// <summary>Nothing to say by return: the answer to a customer is Notification's.</summary>
    public static IResult Nothing { get; } = TypedResults.Text("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>", "text/xml");

    public static IResult ToTwilio(this Outcome<Receipt> outcome, HttpContext context)
    {
        context.RetryWhenUnavailable(outcome);
        return outcome.ToHttp(_ => Nothing);
    }

    /// <summary>What every callback's endpoint says of itself.</summary>
    public static RouteHandlerBuilder DescribeTwilio(this RouteHandlerBuilder endpoint) => endpoint
        .AllowAnonymous() // Twilio's signature is what authorises.
        .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(Limits.Form))
        .Accepts<Dictionary<string, string>>(TwilioForm.RawType)
        .Produces<string>(StatusCodes.Status200OK, "text/xml")
        .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
        .WithTags("Channels");
}
