using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Notifications.Domain;
using Microsoft.Extensions.Options;

namespace CxPlatform.Notifications.Sending;

/// <summary>Text messages through Twilio's Programmable Messaging (API version 2010-04-01).</summary>
/// <remarks>The API takes no idempotency key: a crash between its answer and our record is the one window in which a message may go twice.</remarks>
internal sealed class TwilioSender(IHttpClientFactory clients, IOptions<NotificationOptions> options, TimeProvider clock) : ISender
{
    public const string Client = "twilio";

    public Channel Channel => Channel.Sms;

    public async Task<SendResult> SendAsync(OutgoingMessage message, CancellationToken ct)
    {
        var twilio = options.Value.Twilio;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(twilio.BaseUrl, $"2010-04-01/Accounts/{Uri.EscapeDataString(twilio.AccountSid!)}/Messages.json"))
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["To"] = message.To.Address,
                [twilio.From!.StartsWith("MG", StringComparison.Ordinal) ? "MessagingServiceSid" : "From"] = twilio.From,
                ["Body"] = message.Content.Text,
            }),
        };
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{twilio.AccountSid}:{twilio.AuthToken}")));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var client = clients.CreateClient(Client);
        using var response = await client.SendAsync(request, ct);
        var body = await response.Content.ReadAsStringAsync(ct);
        if (response.IsSuccessStatusCode)
            return new SendResult.Sent(Member(body, "sid"));

        var words = new[] { ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture), Member(body, "code"), Reasons.Clean(Member(body, "message") ?? "") };
        var reason = string.Join(' ', words.Where(word => !string.IsNullOrEmpty(word)));
        return response.StatusCode switch
        {
            // Not this message's fault: our credentials, our quota, their servers.
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError =>
                new SendResult.Transient(reason, RetryAfter(response)),
            _ => new SendResult.Permanent(reason),
        };
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - clock.GetUtcNow() : null;

    private static string? Member(string json, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var value) ? value.ToString() : null;
        }
        catch (JsonException)
        {
            return null; // A proxy's page instead of an answer: the status code says enough.
        }
    }
}
