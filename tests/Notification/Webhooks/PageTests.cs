using System.Net;
using System.Text.RegularExpressions;
using CxPlatform.Notifications.Storage;
using CxPlatform.Testing;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notification.Tests.Webhooks;

public sealed partial class PageTests
{
    private const string Path = "/desk/subscriptions";

    [Fact]
    public async Task An_administrator_makes_activates_mends_and_ends_a_subscription_without_script()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var host = await WebhookHost.StartAsync();
        using var browser = Browser(host);

        var refused = await PostAsync(browser, Path, HttpStatusCode.BadRequest, ("url", "https://10.0.0.1/"), ("types", "cx.case.*"), ("name", "<b>Shop</b>"));
        Assert.Contains("must lead to a public address", refused, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;b&gt;Shop", refused, StringComparison.Ordinal);
        var made = await PostAsync(
            browser, Path, HttpStatusCode.OK, ("url", receiver.Url), ("types", "cx.case.opened.v1\r\ncx.case.promise.*"), ("name", "Shop"), ("kind", "complaint, problem"), ("rate", ""));
        Assert.Contains("whsec_", made, StringComparison.Ordinal);
        var row = await host.Host.ReadAsync(db => db.Subscriptions.SingleAsync());
        Assert.Equal("""["cx.case.opened.v1","cx.case.promise.*"]""", row.Types);
        var address = $"{Path}/{row.Id}";
        Assert.DoesNotContain("whsec_", await browser.GetStringAsync(address), StringComparison.Ordinal);

        receiver.Answer = (_, context) => Receiver.Status(context, 401);
        Assert.Contains("Answered 401.", await PostAsync(browser, address, HttpStatusCode.Conflict, ("do", "activate")), StringComparison.Ordinal);
        receiver.Answer = (received, context) => Receiver.Status(context, received.Type == "cx.case.opened.v1" ? 500 : 204);
        await PostAsync(browser, address, HttpStatusCode.SeeOther, ("do", "activate"));
        Assert.Contains("active", await browser.GetStringAsync(Path), StringComparison.Ordinal);
        Assert.Contains("was taken", await PostAsync(browser, address, HttpStatusCode.OK, ("do", "test")), StringComparison.Ordinal);

        var caseId = Guid.CreateVersion7();
        await host.HappenAsync((caseId, "cx.case.opened.v1", """{"kind":"complaint"}"""), (caseId, "cx.case.promise.made.v1", "{}"));
        await Eventually.Async(async () => Assert.Contains($"Case {caseId}", await browser.GetStringAsync(address), StringComparison.Ordinal));
        await PostAsync(browser, address, HttpStatusCode.SeeOther, ("do", "skip"), ("case", caseId.ToString()));
        await receiver.ReceivedAsync(2);
        await Eventually.Async(async () => Assert.Contains("skipped", await browser.GetStringAsync(address), StringComparison.Ordinal));

        Assert.Contains("whsec_", await PostAsync(browser, address, HttpStatusCode.OK, ("do", "rotate")), StringComparison.Ordinal);
        await PostAsync(browser, address, HttpStatusCode.SeeOther, ("do", "pause"));
        Assert.Equal(SubscriptionState.Paused, (await host.RowAsync(row.Id)).State);
        await PostAsync(browser, address, HttpStatusCode.SeeOther, ("do", "resume"));
        Assert.Contains("Please confirm", await PostAsync(browser, address, HttpStatusCode.BadRequest, ("do", "delete")), StringComparison.Ordinal);
        await PostAsync(browser, address, HttpStatusCode.SeeOther, ("do", "delete"), ("sure", "yes"));
        Assert.Contains("There are none yet.", await browser.GetStringAsync(Path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_else_sees_the_page_and_a_form_of_another_site_does_nothing()
    {
        await using var host = await WebhookHost.StartAsync();
        using var stranger = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = host.Admin.BaseAddress };
        using var answer = await stranger.GetAsync(Path);
        Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.Unauthorized, HttpStatusCode.Found });
        using var browser = Browser(host);
        using var form = new FormUrlEncodedContent([new("url", "https://example.com/"), new("types", "*")]);
        using var forged = await browser.PostAsync(Path, form);
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.Equal(0, await host.Host.ReadAsync(db => db.Subscriptions.CountAsync()));
    }

    private static HttpClient Browser(WebhookHost host)
    {
        var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = host.Admin.BaseAddress };
        browser.DefaultRequestHeaders.Authorization = host.Admin.DefaultRequestHeaders.Authorization;
        browser.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        return browser;
    }

    private static async Task<string> PostAsync(HttpClient browser, string path, HttpStatusCode expected, params (string Name, string Value)[] fields)
    {
        var token = Token().Match(await browser.GetStringAsync(path)).Groups[1].Value;
        using var form = new FormUrlEncodedContent([.. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)), new("__RequestVerificationToken", token)]);
        using var response = await browser.PostAsync(path, form);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{response.StatusCode}: {text}");
        return text;
    }

    [GeneratedRegex("__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
