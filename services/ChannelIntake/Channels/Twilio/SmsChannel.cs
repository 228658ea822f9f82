using CxPlatform.Contracts;
using CxPlatform.Intake.Channels.Media;
using Microsoft.Extensions.Options;

namespace CxPlatform.Intake.Channels.Twilio;

/// <summary>Text messages and WhatsApp by Twilio's messaging webhook.
/// Exercised against the documented requests and signature, not against Twilio itself.</summary>
internal static class SmsChannel
{
    public static void MapSmsChannel(this IEndpointRouteBuilder app) => app.MapPost("/v1/channels/sms/twilio", PostAsync)
        .DescribeTwilio()
        .WithName("PostTwilioSms")
        .WithSummary("Twilio's incoming message webhook (SMS, MMS, WhatsApp), signed with X-Twilio-Signature. "
            + "200 means the message is durable.");

    private static Task<IResult> PostAsync(
        HttpRequest http, TwilioCallbacks callbacks, IOptions<IntakeOptions> options, CancellationToken ct) =>
        callbacks.TakeAsync(http, SmsReader.Reader, SmsReader.ChannelOf, options.Value.Twilio.WebhookUrl, ct);
}

/// <summary>Makes an arrival of a message.</summary>
internal sealed class SmsReader(SpamFilter spam) : IRawReader
{
    public const string Reader = "twilio-sms";
    private const string WhatsappPrefix = "whatsapp:";
    private const int MostMedia = 10;
    private const int MediaUrl = 500;

    public string Name => Reader;

    public static Channel ChannelOf(TwilioForm form) => IsWhatsapp(form.Line("From")) ? Channel.Whatsapp : Channel.Sms;

    public async Task<RawReading> ReadAsync(RawArrival raw, CancellationToken ct)
    {
        var form = new TwilioForm(raw.Raw);
        if ((form.Line("MessageSid", 100) ?? form.Line("SmsMessageSid", 100) ?? form.Line("SmsSid", 100)) is not { } id)
            return RawReading.NotUnderstood("MessageSid: is required.");
        if (form.Line("From") is not { } sender)
            return RawReading.NotUnderstood("From: is required.");
        if (SenderOf(sender) is not { } from)
            return RawReading.NotUnderstood("From: is neither a number nor a name.");
        var to = form.Line("To") is { } called ? NumberOf(called) ?? called : null;
        var media = MediaOf(form);
        return new([await spam.JudgeAsync(new Arrival
        {
            ContactId = raw.Id,
            Channel = ChannelOf(form),
            ProviderId = id,
            ReceivedAt = raw.TakenAt,
            From = from,
            Name = form.Line("ProfileName"),
            To = to,
            Text = form.Text("Body"),
            Evidence = to is null ? [] : [new Evidence(EvidenceKind.Conversation, $"{from.Value} {to}")],
            References = media.Index().ToDictionary(item => $"media{item.Index}", item => Limits.Cut(item.Item.Reference, Limits.ReferenceValue)),
            Media = media,
            Raw = raw.Raw,
            RawType = TwilioForm.RawType,
        }, raw, ct)]);
    }

    public IEnumerable<RawPart> PartsOf(RawArrival raw, ReadOnlyMemory<byte> bytes) =>
        [new(new TwilioForm(bytes).Line("From") is { } sender ? SenderOf(sender) : null, ..)];

    // Short codes and alphanumeric senders are no phone numbers; they are somebody all the same.
    private static Identity? SenderOf(string party) => NumberOf(party) is { } number
        ? new(IdentityKind.PhoneNumber, number)
        : Identities.Named(IdentityKind.Handle, party);

    private static bool IsWhatsapp(string? party) => party?.StartsWith(WhatsappPrefix, StringComparison.OrdinalIgnoreCase) == true;

    private static string? NumberOf(string party) =>
        Identities.Phone(IsWhatsapp(party) ? party[WhatsappPrefix.Length..] : party, null);

    private static List<MediaFile> MediaOf(TwilioForm form)
    {
        var media = new List<MediaFile>();
        for (var i = 0; i < MostMedia; i++)
            if (form.Line($"MediaUrl{i}", MediaUrl) is { } url)
                media.Add(new(MediaProvider.Twilio, url, $"media{i}", form.Line($"MediaContentType{i}"), form.Line("AccountSid")));
        return media;
    }
}
