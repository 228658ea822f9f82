using CxPlatform.Contracts;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace CxPlatform.Intake.Channels.Twilio;

/// <summary>Text messages and WhatsApp by Twilio's messaging webhook.
/// Exercised against the documented requests and signature, not against Twilio itself.</summary>
internal static class SmsChannel
{
    private const string WhatsappPrefix = "whatsapp:";
    private const int MostMedia = 10;
    private const int MediaUrl = 500;

    public static void MapSmsChannel(this IEndpointRouteBuilder app) => app.MapPost("/v1/channels/sms/twilio", PostAsync)
        .DescribeTwilio()
        .WithName("PostTwilioSms")
        .WithSummary("Twilio's incoming message webhook (SMS, MMS, WhatsApp), signed with X-Twilio-Signature. "
            + "200 means the message is durable.");

    private static async Task<IResult> PostAsync(
        HttpRequest http, TwilioForms forms, ContactIntake intake, IOptions<IntakeOptions> options, CancellationToken ct)
    {
        var form = await forms.ReadAsync(http, options.Value.Twilio.WebhookUrl, ct);
        if (form.IsRefused)
            return Problems.Of(form.Refusal);
        var arrival = Read(form.Value, intake);
        return arrival.IsRefused
            ? Problems.Of(arrival.Refusal)
            : (await intake.AcceptAsync(arrival.Value, ct)).ToTwilio(http.HttpContext);
    }

    private static Outcome<Arrival> Read(TwilioForm form, ContactIntake intake)
    {
        if ((form.Line("MessageSid", 100) ?? form.Line("SmsMessageSid", 100) ?? form.Line("SmsSid", 100)) is not { } id)
            return new Refusal("input-invalid", "is required.", "MessageSid");
        if (form.Line("From") is not { } sender)
            return new Refusal("input-invalid", "is required.", "From");
        var whatsapp = sender.StartsWith(WhatsappPrefix, StringComparison.OrdinalIgnoreCase);
        // Short codes and alphanumeric senders are no phone numbers; they are somebody all the same.
        var from = NumberOf(sender) is { } number
            ? new Identity(IdentityKind.PhoneNumber, number)
            : Identities.Named(IdentityKind.Handle, sender)!;
        var to = form.Line("To") is { } called ? NumberOf(called) ?? called : null;
        return new Arrival
        {
            ContactId = intake.NewId(),
            Channel = whatsapp ? Channel.Whatsapp : Channel.Sms,
            ProviderId = id,
            ReceivedAt = intake.Now,
            From = from,
            Name = form.Line("ProfileName"),
            To = to,
            Text = form.Text("Body"),
            Evidence = to is null ? [] : [new Evidence(EvidenceKind.Conversation, $"{from.Value} {to}")],
            References = MediaOf(form),
            Raw = form.Raw,
            RawType = TwilioForm.RawType,
        };
    }

    private static string? NumberOf(string party) => Identities.Phone(
        party.StartsWith(WhatsappPrefix, StringComparison.OrdinalIgnoreCase) ? party[WhatsappPrefix.Length..] : party, null);

    // Pictures stay with Twilio until somebody fetches them: what is kept is where they are.
    private static Dictionary<string, string> MediaOf(TwilioForm form)
    {
        var media = new Dictionary<string, string>();
        for (var i = 0; i < MostMedia; i++)
            if (form.Line($"MediaUrl{i}", MediaUrl) is { } url)
                media[$"media{i}"] = url;
        return media;
    }
}
