using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CxPlatform.Mail;
using CxPlatform.Testing;

namespace CxPlatform.EndToEnd.Tests;

/// <summary>What customers and agents do, through the same doors as everybody.</summary>
internal static partial class People
{
    // For a busy machine; on a quiet one everything here takes milliseconds.
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<(Guid Id, HttpClient Client)> HireAsync(this Platform platform, string name, params string[] queues)
    {
        var agent = await platform.PostAsync("/v1/agents", new { name, email = $"{name.ToLowerInvariant()}@desk.example", queues = queues.Length > 0 ? queues : ["general"], capacity = 100 });
        var id = agent.GetProperty("id").GetGuid();
        await platform.PutAsync($"/v1/agents/{id}/presence", new { presence = "present" });
        var key = await platform.PostAsync($"/v1/agents/{id}/key", new { });
        var client = new HttpClient { BaseAddress = platform.Address };
        client.DefaultRequestHeaders.Add("X-Api-Key", key.GetProperty("key").GetString());
        // Each service learns of the key in its own time.
        await Eventually.Async(async () => (await client.GetAsync(new Uri("/v1/cases", UriKind.Relative))).IsSuccessStatusCode, Patience);
        return (id, client);
    }

    /// <summary>A program's key, once every service knows it.</summary>
    public static async Task<string> KeyAsync(this Platform platform, params string[] scopes)
    {
        var key = (await platform.PostAsync("/v1/keys", new { name = string.Join(" and ", scopes), scopes })).GetProperty("key").GetString()!;
        using var client = new HttpClient { BaseAddress = platform.Address };
        client.DefaultRequestHeaders.Add("X-Api-Key", key);
        await Eventually.Async(async () => Assert.NotEqual(HttpStatusCode.Unauthorized, (await client.GetAsync(new Uri("/v1/events", UriKind.Relative))).StatusCode), Patience);
        return key;
    }

    /// <summary>One contact through all services, so that what follows does not wait for code that runs for the first time.</summary>
    public static async Task WarmUpAsync(this Platform platform)
    {
        await platform.PostAsync("/v1/contacts", new { providerId = "warm-up", from = new { value = "warm-up@customer.example" }, text = "Am I the first customer of the day?" });
        await platform.CaseAboutAsync("first customer", found => found.TryGetProperty("ownerName", out _));
        await platform.MailToAsync("warm-up@customer.example");
    }

    public static async Task SendMailAsync(this Platform platform, string raw)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(raw.ReplaceLineEndings("\r\n")));
        content.Headers.ContentType = new("message/rfc822");
        using var response = await platform.Client.PostAsync(new Uri("/v1/channels/email", UriKind.Relative), content);
        Assert.True((int)response.StatusCode == 202, $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
    }

    /// <summary>As Twilio does it: a signed form. https://www.twilio.com/docs/usage/security: HMAC-SHA1 over the URL and the sorted parameters.</summary>
    public static async Task<HttpResponseMessage> SendSmsAsync(this Platform platform, string from, string text, string? sid = null, string token = Platform.TwilioToken)
    {
        var form = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["AccountSid"] = "AC00000000000000000000000000000000",
            ["Body"] = text,
            ["From"] = from,
            ["MessageSid"] = sid ?? "SM" + Guid.NewGuid().ToString("n"),
            ["NumMedia"] = "0",
            ["To"] = "+4930999999",
        };
        var url = new Uri(platform.Address, "/v1/channels/sms/twilio").ToString();
        var signed = url + string.Concat(form.Select(pair => pair.Key + pair.Value));
#pragma warning disable CA5350 // What Twilio signs with.
        var signature = Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(signed)));
#pragma warning restore CA5350
        using var client = new HttpClient { BaseAddress = platform.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(form) };
        request.Headers.Add("X-Twilio-Signature", signature);
        return await client.SendAsync(request);
    }

    /// <summary>The one case whose customer wrote this subject or text, once it exists.</summary>
    public static Task<JsonElement> CaseAboutAsync(this Platform platform, string word, Func<JsonElement, bool>? and = null) => Eventually.Value(
        async () =>
        {
            foreach (var summary in (await platform.GetAsync("/v1/cases?limit=100")).GetProperty("items").EnumerateArray())
                if (summary.GetProperty("need").GetString()!.Contains(word, StringComparison.OrdinalIgnoreCase))
                    return await platform.GetAsync($"/v1/cases/{summary.GetProperty("number").GetString()}");
            return default;
        },
        found => found.ValueKind == JsonValueKind.Object && (and is null || and(found)),
        Patience);

    public static Task<InboundMail> MailToAsync(this Platform platform, string address, Func<InboundMail, bool>? which = null) => Eventually.Value(
        () => Task.FromResult(platform.Mails().LastOrDefault(mail => mail.To.Any(to => to.Address == address) && (which is null || which(mail)))), Patience)!;

    public static string StatusLink(string text) => LinkPattern().Match(text) is { Success: true } match ? match.Value : throw new InvalidOperationException("No status link in: " + text);

    public static string SurveyPath(string text) => SurveyPattern().Match(text) is { Success: true } match ? match.Value : throw new InvalidOperationException("No survey link in: " + text);

    /// <summary>Fills in a form of a page as a browser without script does, and follows the redirect.</summary>
    public static async Task<string> SubmitAsync(HttpClient browser, string page, string action, params (string Name, string Value)[] fields)
    {
        var html = await browser.GetStringAsync(new Uri(page));
        var form = FormPattern().Matches(html).Select(match => match.Value).FirstOrDefault(form => form.Contains(action, StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"No form with {action} on {page}: {html}");
        var values = HiddenPattern().Matches(form)
            .Select(match => (Input: match.Value, Name: Attribute(match.Value, "name")))
            .Where(input => input.Name is not null)
            .Select(input => KeyValuePair.Create(input.Name!, WebUtility.HtmlDecode(Attribute(input.Input, "value") ?? "")))
            .Concat(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        var target = WebUtility.HtmlDecode(Attribute(form, "action") ?? page);
        using var response = await browser.PostAsync(new Uri(new Uri(page), target), new FormUrlEncodedContent(values));
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{target}: {(int)response.StatusCode} {body}");
        return body;
    }

    private static string? Attribute(string tag, string name) => Regex.Match(tag, $"\\s{name}=\"([^\"]*)\"") is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex(@"https?://[^\s""<>]+/s/[A-Za-z0-9_-]+")]
    private static partial Regex LinkPattern();

    [GeneratedRegex(@"https?://[^\s""<>]+/survey/[A-Za-z0-9_-]+")]
    private static partial Regex SurveyPattern();

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline)]
    private static partial Regex FormPattern();

    [GeneratedRegex("<input[^>]*type=\"hidden\"[^>]*>")]
    private static partial Regex HiddenPattern();
}
