using System.Globalization;
using CxPlatform.Contracts;
using CxPlatform.Intake.Channels.Media;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace CxPlatform.Intake.Channels.Twilio;

/// <summary>Calls by Twilio's voice callbacks: the call when it is over, its recording, its transcript. All of a call is on one case.
/// Exercised against the documented requests and signature, not against Twilio itself.</summary>
internal static class VoiceChannel
{
    public static void MapVoiceChannel(this IEndpointRouteBuilder app) => app.MapPost("/v1/channels/voice/twilio", PostAsync)
        .DescribeTwilio()
        .WithName("PostTwilioVoice")
        .WithSummary("Twilio's voice callbacks (call status, recording, transcription), signed with X-Twilio-Signature. "
            + "200 means that what is a contact is durable.")
        .WithDescription("An incoming call that is over, each recording and each transcript are a contact of their own on one case. "
            + "Progress of calls and calls of our own making are not.");

    private static Task<IResult> PostAsync(
        HttpRequest http, TwilioCallbacks callbacks, IOptions<IntakeOptions> options, CancellationToken ct) =>
        callbacks.TakeAsync(http, CallReader.Reader, _ => Channel.Voice, options.Value.Twilio.VoiceWebhookUrl, ct);
}

/// <summary>Makes an arrival of a callback about a call.</summary>
internal sealed class CallReader(SpamFilter spam) : IRawReader
{
    public const string Reader = "twilio-voice";
    private const int Url = 500;
    private static readonly string[] Missed = ["no-answer", "busy", "canceled", "failed"];
    private static readonly RawReading NothingOfACustomers = new([]);

    public string Name => Reader;

    public async Task<RawReading> ReadAsync(RawArrival raw, CancellationToken ct)
    {
        var form = new TwilioForm(raw.Raw);
        if (form.Line("CallSid", 100) is not { } call)
            return RawReading.NotUnderstood("CallSid: is required.");
        if (form.Line("Direction")?.StartsWith("outbound", StringComparison.OrdinalIgnoreCase) == true || Read(form) is not { } part)
            return NothingOfACustomers;

        // Callbacks about recordings do not say who called; what else came of the call does.
        var from = form.Party("From") ?? new Identity(IdentityKind.ExternalId, call);
        return new([await spam.JudgeAsync(new Arrival
        {
            ContactId = raw.Id,
            Channel = Channel.Voice,
            ProviderId = part.Id is null ? call : $"{call}/{part.Id}",
            ReceivedAt = raw.TakenAt,
            From = from,
            Name = form.Line("CallerName"),
            To = form.Party("To")?.Value,
            Subject = part.Subject,
            Text = part.TextFor(from),
            Thread = call,
            References = ReferencesOf(form, call),
            Media = part.Recording is null
                ? []
                : [new MediaFile(MediaProvider.Twilio, part.Recording, "recording", "audio/wav", form.Line("AccountSid"))],
            Raw = raw.Raw,
            RawType = TwilioForm.RawType,
        }, raw, ct)]);
    }

    public IEnumerable<RawPart> PartsOf(RawArrival raw, ReadOnlyMemory<byte> bytes)
    {
        var form = new TwilioForm(bytes);
        return [new(form.Party("From") ?? (form.Line("CallSid", 100) is { } call ? new(IdentityKind.ExternalId, call) : null), ..)];
    }

    private static Part? Read(TwilioForm form)
    {
        if (form.Line("TranscriptionStatus") is { } transcription)
        {
            var text = form.Text("TranscriptionText");
            return new(form.Line("TranscriptionSid", 100) ?? "transcription", "Voicemail",
                _ => transcription.Equals("completed", StringComparison.OrdinalIgnoreCase) && !string.IsNullOrWhiteSpace(text)
                    ? text
                    : "The voicemail could not be transcribed; please listen to the recording.");
        }
        var ofTheCall = form.Line("CallbackSource") == "call-progress-events";
        if (!ofTheCall && (form.Line("RecordingSid", 100) ?? form.Line("RecordingUrl", 500)) is { } recording)
        {
            // in-progress, absent and failed leave nothing to listen to.
            if (form.Line("RecordingStatus") is { } state && !state.Equals("completed", StringComparison.OrdinalIgnoreCase))
                return null;
            return new(recording, "Recording", _ => "Recording of the call" + Lasting(form.Line("RecordingDuration")) + ".",
                form.Line("RecordingUrl", Url));
        }
        return form.Line("CallStatus")?.ToLowerInvariant() switch
        {
            var state when Missed.Contains(state) || (state == "completed" && Missed.Contains(form.Line("DialCallStatus"))) =>
                new(null, "Missed call", from => "Missed call from " + NameOf(from) + "."),
            "completed" => new(null, "Call", from => "Call from " + NameOf(from) + Lasting(form.Line("CallDuration")) + "."),
            _ => null,
        };
    }

    private static Dictionary<string, string> ReferencesOf(TwilioForm form, string call)
    {
        var references = new Dictionary<string, string> { ["callSid"] = call };
        void Add(string name, string? value)
        {
            if (value is not null)
                references[name] = value;
        }

        Add("callStatus", form.Line("DialCallStatus") ?? form.Line("CallStatus"));
        Add("callDuration", form.Line("CallDuration"));
        Add("recording", form.Line("RecordingUrl", Limits.ReferenceValue));
        Add("recordingDuration", form.Line("RecordingDuration"));
        return references;
    }

    private static string NameOf(Identity from) => from.Kind == IdentityKind.ExternalId ? "a hidden number" : from.Value;

    private static string Lasting(string? seconds)
    {
        if (!int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var duration))
            return "";
        return duration < 60 ? $", {duration} s" : $", {duration / 60} min {duration % 60} s";
    }

    /// <param name="Id">Tells it from the other contacts of the call; null for the call itself.</param>
    /// <param name="Recording">Where what was said is kept.</param>
    private sealed record Part(string? Id, string Subject, Func<Identity, string> TextFor, string? Recording = null);
}
