using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Notifications.Domain;
using Microsoft.Extensions.Options;

namespace CxPlatform.Notifications.Sending;

/// <summary>Messages by Meta's Graph API: WhatsApp (Cloud API), Messenger and Instagram. Each takes free text for a day after the customer wrote.</summary>
/// <remarks>The API takes no idempotency key: a crash between its answer and our record is the one window in which a message may go twice.</remarks>
internal sealed class MetaSender(Channel channel, IHttpClientFactory clients, FilePostSender posts, IOptions<NotificationOptions> options, TimeProvider clock) : ISender
{
    public const string Client = "meta";

    private static readonly TimeSpan Window = TimeSpan.FromHours(24);
    private static readonly TimeSpan AgentWindow = TimeSpan.FromDays(7);

    // Too much at once, of the app or the number; their servers; the token or a permission, which an operator puts right.
    private static readonly int[] OursCodes =
        [1, 2, 3, 4, 10, 17, 32, 190, 200, 341, 368, 613, 80006, 80007, 130429, 131000, 131005, 131016, 131031, 131042, 131045, 131048, 131057, 133010];

    // Too much to this one recipient within a moment.
    private const int PairRate = 131056;

    // About one recipient or message, although the code is that of a permission: outside of the window (10), not available or blocked (200).
    private static readonly int[] PermanentSubcodes = [2018278, 2534022, 1545041, 2018108];

    private const int NobodyThere = 2018001;

    private readonly NotificationOptions.MetaOptions _meta = options.Value.Meta;

    public Channel Channel => channel;

    public async Task<SendResult> SendAsync(OutgoingMessage message, CancellationToken ct)
    {
        // Who answers in public does that where the post is.
        if (message.To.IsPublic)
            return await posts.SendAsync(message, ct);
        var (product, to) = message.To.Address.Split(':') is [var name, var id] ? (name, id) : ("whatsapp", message.To.Address);
        var account = product switch { "whatsapp" => _meta.Whatsapp, "messenger" => _meta.Messenger, _ => _meta.Instagram };
        if (!account.IsGiven)
            return new SendResult.Permanent($"Cx:Notification:Meta has no account for {product}.");
        var (body, fault) = product == "whatsapp" ? Whatsapp(message, to) : Direct(message, product, to);
        if (body is null)
            return new SendResult.Permanent(fault!);
        using var request = new HttpRequestMessage(HttpMethod.Post, UrlOf(account)) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", account.AccessToken);
        using var client = clients.CreateClient(Client);
        using var response = await client.SendAsync(request, ct);
        var answer = await Answers.ReadAsync(response, ct);
        return response.IsSuccessStatusCode ? new SendResult.Sent(IdIn(answer)) : Judge(response, answer);
    }

    private Uri UrlOf(NotificationOptions.MetaOptions.AccountOptions account)
    {
        var path = $"{_meta.Version}/{Uri.EscapeDataString(account.Id!)}/messages";
        return new(_meta.BaseUrl, _meta.AppSecret is { Length: > 0 } secret
            ? $"{path}?appsecret_proof={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(account.AccessToken!)))}"
            : path);
    }

    private (Dictionary<string, object>? Body, string? Fault) Whatsapp(OutgoingMessage message, string to)
    {
        var text = message.Content.Text;
        var body = new Dictionary<string, object> { ["messaging_product"] = "whatsapp", ["recipient_type"] = "individual", ["to"] = to.TrimStart('+') };
        if (Within(message, Window))
        {
            if (text.Length > 4096)
                return (null, TooLong("WhatsApp", "4,096 characters"));
            (body["type"], body["text"]) = ("text", new { body = text, preview_url = false });
            return (body, null);
        }
        if (string.IsNullOrEmpty(_meta.WhatsappTemplate))
            return (null, "WhatsApp takes free text for a day after the customer wrote, and no approved template is configured (Cx:Notification:Meta:WhatsappTemplate).");
        if (text.Length > 1024)
            return (null, TooLong("a WhatsApp template", "1,024 characters"));
        (body["type"], body["template"]) = ("template", new
        {
            name = _meta.WhatsappTemplate,
            language = new { code = _meta.WhatsappTemplateLanguage },
            // Line ends and runs of spaces are refused in a variable.
            components = new[] { new { type = "body", parameters = new[] { new { type = "text", text = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) } } } },
        });
        return (body, null);
    }

    private (Dictionary<string, object>? Body, string? Fault) Direct(OutgoingMessage message, string product, string to)
    {
        var text = message.Content.Text;
        if (product == "messenger" ? text.Length > 2000 : Encoding.UTF8.GetByteCount(text) > 1000)
            return (null, product == "messenger" ? TooLong("Messenger", "2,000 characters") : TooLong("Instagram", "1,000 bytes"));
        var body = new Dictionary<string, object> { ["recipient"] = new { id = to }, ["message"] = new { text } };
        if (Within(message, Window))
            body["messaging_type"] = "RESPONSE";
        else if (_meta.HumanAgent && message.Content.AutoSubmitted is null && Within(message, AgentWindow))
            (body["messaging_type"], body["tag"]) = ("MESSAGE_TAG", "HUMAN_AGENT");
        else
            return (null, "It takes messages for a day after the customer wrote, and for seven days what a person of ours writes, if Meta has approved that (Cx:Notification:Meta:HumanAgent).");
        return (body, null);
    }

    private bool Within(OutgoingMessage message, TimeSpan window) => message.Content.LastContactAt > clock.GetUtcNow() - window;

    private static string TooLong(string what, string most) => $"It is longer than {what} takes ({most}).";

    // WhatsApp: { messages: [{ id }] }; the others: { message_id }.
    private static string? IdIn(JsonElement answer) =>
        Answers.Member(answer, "message_id")
        ?? (answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("messages", out var messages) && messages.ValueKind == JsonValueKind.Array
            ? messages.EnumerateArray().Select(message => Answers.Member(message, "id")).FirstOrDefault()
            : null);

    private SendResult Judge(HttpResponseMessage response, JsonElement answer)
    {
        var error = answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("error", out var member) ? member : default;
        _ = int.TryParse(Answers.Member(error, "code"), NumberStyles.None, CultureInfo.InvariantCulture, out var code);
        _ = int.TryParse(Answers.Member(error, "error_subcode"), NumberStyles.None, CultureInfo.InvariantCulture, out var subcode);
        var reason = Reasons.Clean($"{(int)response.StatusCode} {code} {Answers.Member(error, "message")}");
        var after = Answers.RetryAfter(response, clock.GetUtcNow());
        if (PermanentSubcodes.Contains(subcode))
            return new SendResult.Permanent(reason, Status: $"{code}/{subcode}");
        if (OursCodes.Contains(code) || (code == 0 && Answers.IsOurs(response.StatusCode)))
            return new SendResult.Transient(reason, after, Ours: true);
        if (code == PairRate || Answers.Member(error, "is_transient") == bool.TrueString || response.StatusCode >= HttpStatusCode.InternalServerError)
            return new SendResult.Transient(reason, after);
        return new SendResult.Permanent(reason, subcode == NobodyThere, code == 0 ? null : code.ToString(CultureInfo.InvariantCulture));
    }
}
