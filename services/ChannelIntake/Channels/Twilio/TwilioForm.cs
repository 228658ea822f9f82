using System.Text;
using CxPlatform.Contracts;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace CxPlatform.Intake.Channels.Twilio;

/// <summary>A callback of Twilio's.</summary>
internal sealed class TwilioForm
{
    /// <summary>What Twilio writes for callers who keep their number to themselves: letters spelled on a keypad, or words.</summary>
    private static readonly HashSet<string> Nobody = new(StringComparer.OrdinalIgnoreCase)
    {
        "anonymous", "restricted", "unavailable", "unknown", "blocked", "+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253",
    };

    public const string RawType = "application/x-www-form-urlencoded";

    /// <exception cref="InvalidDataException">There are too many fields, or one is too long.</exception>
    public TwilioForm(ReadOnlyMemory<byte> raw)
    {
        Raw = raw;
        using var reader = new FormReader(Encoding.UTF8.GetString(raw.Span));
        Fields = reader.ReadForm();
    }

    public ReadOnlyMemory<byte> Raw { get; }

    public Dictionary<string, StringValues> Fields { get; }

    /// <summary>A field as one line; null when it is missing or blank.</summary>
    public string? Line(string name, int characters = Limits.Name) => Clean.Line(Fields.GetValueOrDefault(name), characters);

    public string Text(string name) => Clean.Text(Fields.GetValueOrDefault(name));

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

/// <summary>Takes callbacks whose signature is Twilio's, and no others. They are durable before anybody looks at what they say.</summary>
internal sealed class TwilioCallbacks(
    RawArrivals arrivals, IOptions<IntakeOptions> options, IOptions<PlatformOptions> platform, ILogger<TwilioCallbacks> log)
{
    /// <summary>Nothing to say by return: the answer to a customer is Notification's.</summary>
    private static readonly IResult Nothing = TypedResults.Text("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>", "text/xml");

    /// <param name="told">The address that Twilio was told, when it is not our public one.</param>
    public async Task<IResult> TakeAsync(HttpRequest http, string reader, Func<TwilioForm, Channel> channel, Uri? told, CancellationToken ct)
    {
        var form = await ReadAsync(http, told, ct);
        if (form.IsRefused)
            return Problems.Of(form.Refusal);
        using var own = Http.WithoutIdempotencyKey();
        var taken = await arrivals.TakeAsync(reader, channel(form.Value), TwilioForm.RawType, form.Value.Raw, new(), ct);
        http.HttpContext.RetryWhenUnavailable(taken);
        return taken.ToHttp(_ => Nothing);
    }

    private async Task<Outcome<TwilioForm>> ReadAsync(HttpRequest http, Uri? told, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(options.Value.Twilio.AuthToken))
            return new Refusal("channel-not-configured",
                "Twilio is not set up here: set Cx:Intake:Twilio:AuthToken to the account's auth token.");
        if (http.ContentType?.Split(';')[0].Trim().Equals(TwilioForm.RawType, StringComparison.OrdinalIgnoreCase) != true)
            return new Refusal("unsupported-media-type", "The body must be a form: application/x-www-form-urlencoded.");
        TwilioForm form;
        try
        {
            form = new(await http.ReadBodyAsync(ct));
        }
        catch (InvalidDataException)
        {
            return new Refusal("input-invalid", "must be a form that Twilio could have sent: it has too many fields.", "body");
        }
        if (IsSigned(http, form, told))
            return form;
        log.SignatureRefused("Twilio");
        return new Refusal("signature-invalid",
            "X-Twilio-Signature does not sign this request under the configured auth token and address.");
    }

    private bool IsSigned(HttpRequest http, TwilioForm form, Uri? told)
    {
        var signature = http.Headers["X-Twilio-Signature"].ToString();
        var fields = form.Fields.SelectMany(field => field.Value.Select(value => KeyValuePair.Create(field.Key, value ?? ""))).ToList();
        var path = http.Path.Value + http.QueryString.Value;
        var urls = new[] { told?.OriginalString, platform.Value.PublicUrl?.OriginalString.TrimEnd('/') + path };
        return urls.OfType<string>().SelectMany(TwilioSignature.Spellings)
            .Any(url => TwilioSignature.IsValid(signature, options.Value.Twilio.AuthToken!, url, fields));
    }
}

/// <summary>What is Twilio's: messages and calls.</summary>
internal static class TwilioChannels
{
    public static IServiceCollection AddTwilioChannels(this IServiceCollection services) => services
        .AddSingleton<TwilioCallbacks>().AddSingleton<IRawReader, SmsReader>().AddSingleton<IRawReader, CallReader>();

    public static void MapTwilioChannels(this IEndpointRouteBuilder app)
    {
        app.MapSmsChannel();
        app.MapVoiceChannel();
    }

    /// <summary>What every callback's endpoint says of itself.</summary>
    public static RouteHandlerBuilder DescribeTwilio(this RouteHandlerBuilder endpoint) => endpoint
        .AllowAnonymous() // Twilio's signature is what authorises.
        .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(Limits.Form))
        .Accepts<Dictionary<string, string>>(TwilioForm.RawType)
        .Produces<string>(StatusCodes.Status200OK, "text/xml")
        .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
        .WithTags("Channels");
}
