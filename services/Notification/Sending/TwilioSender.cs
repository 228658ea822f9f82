using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Notifications.Domain;
using Microsoft.Extensions.Options;

namespace CxPlatform.Notifications.Sending;

/// <summary>SMS or WhatsApp messages through Twilio's Programmable Messaging (API version 2010-04-01).</summary>
/// <remarks>The API takes no idempotency key: a crash between its answer and our record is the one window in which a message may go twice.</remarks>
internal sealed class TwilioSender(Channel channel, IHttpClientFactory clients, IOptions<NotificationOptions> options, TimeProvider clock) : ISender
{
    public const string Client = "twilio";

    /// <summary>For so long after the customer wrote, WhatsApp takes any text; later only an approved template.</summary>
    public static readonly TimeSpan WhatsappWindow = TimeSpan.FromHours(24);

    // Not a number, no mobile, unreachable region, they sent STOP: nothing will ever arrive there.
    private static readonly string[] NoSuchAddress = ["21211", "21214", "21217", "21408", "21610", "21612", "21614", "63003", "63024"];

    public Channel Channel => channel;

    public async Task<SendResult> SendAsync(OutgoingMessage message, CancellationToken ct)
    {
        var twilio = options.Value.Twilio;
        if (Form(twilio, message) is not { } form)
            return new SendResult.Permanent("WhatsApp takes free text for a day after the customer wrote, and no approved template is configured (Cx:Notification:Twilio:WhatsappContent).");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(twilio.BaseUrl, $"2010-04-01/Accounts/{Uri.EscapeDataString(twilio.AccountSid!)}/Messages.json"))
        {
            Content = new FormUrlEncodedContent(form),
        };
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{twilio.AccountSid}:{twilio.AuthToken}")));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var client = clients.CreateClient(Client);
        using var response = await client.SendAsync(request, ct);
        var answer = await Answers.ReadAsync(response, ct);
        if (response.IsSuccessStatusCode)
            return new SendResult.Sent(Answers.Member(answer, "sid"));

        var code = Answers.Member(answer, "code");
        var words = new[] { ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture), code, Reasons.Clean(Answers.Member(answer, "message") ?? "") };
        var reason = string.Join(' ', words.Where(word => !string.IsNullOrEmpty(word)));
        return Answers.IsOurs(response.StatusCode)
            ? new SendResult.Transient(reason, Answers.RetryAfter(response, clock.GetUtcNow()), Ours: true)
            : new SendResult.Permanent(reason, NoSuchAddress.Contains(code), code);
    }

    private Dictionary<string, string>? Form(NotificationOptions.TwilioOptions twilio, OutgoingMessage message)
    {
        var form = new Dictionary<string, string> { ["To"] = message.To.Address };
        var from = channel == Channel.Whatsapp ? Reach.WhatsappPrefix + twilio.WhatsappFrom : twilio.From!;
        form[from.StartsWith("MG", StringComparison.Ordinal) ? "MessagingServiceSid" : "From"] = from;
        if (channel != Channel.Whatsapp || message.Content.LastContactAt > clock.GetUtcNow() - WhatsappWindow)
        {
            form["Body"] = message.Content.Text;
            return form;
        }
        if (string.IsNullOrEmpty(twilio.WhatsappContent))
            return null;
        form["ContentSid"] = twilio.WhatsappContent;
        form["ContentVariables"] = JsonSerializer.Serialize(new Dictionary<string, string> { ["1"] = message.Content.Text });
        return form;
    }
}
