using System.Net;
using System.Text.RegularExpressions;
using CxPlatform.Contracts.Notifications.V1;
using CxPlatform.Notifications.Domain;
using CxPlatform.Testing;

namespace CxPlatform.Notification.Tests;

/// <summary>The pages on which staff sees what went out, and in which words.</summary>
public sealed partial class PageTests
{
    [Fact]
    public async Task Staff_finds_a_message_reads_it_with_its_attempts_and_sends_it_again()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        var answer = story.Answered();
        await host.DeliverAsync(story.Opened(), story.Acknowledged(), answer);
        await host.SettledAsync();
        var list = await GetAsync(host, "/messages?template=reply&state=sent&channel=");
        Assert.Contains($"/messages/{answer.MessageId}", list);
        Assert.DoesNotContain(">acknowledgement</a>", list);
        Assert.Contains($"/messages/{answer.MessageId}", await GetAsync(host, "/messages?recipient=maria@customer.example&state="));
        Assert.DoesNotContain($"/messages/{answer.MessageId}", await GetAsync(host, "/messages?recipient=nobody@customer.example"));

        var page = await GetAsync(host, $"/messages/{answer.MessageId}");
        Assert.Contains("maria@customer.example", page);
        Assert.Contains("new seal", page);
        Assert.Matches("<td>1</td>[\\s\\S]*sent", page);
        await PostAsync(host, page, $"/messages/{answer.MessageId}/resend");
        await host.SettledAsync();
        Assert.Equal(3, (await host.AppendedAsync<MessageSent>()).Count);

        using var wrong = await host.Admin.GetAsync("/messages?state=lost");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    [Fact]
    public async Task What_cannot_be_cancelled_any_more_says_so()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        var answer = story.Answered();
        await host.DeliverAsync(story.Opened(), answer);
        await host.SettledAsync();
        var page = await GetAsync(host, $"/messages/{answer.MessageId}");
        var (status, body) = await PostAsync(host, page, $"/messages/{answer.MessageId}/cancel");
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("only one that has not left can be cancelled", body);
        Assert.Equal(MessageState.Sent, (await host.MessagesAsync()).Single().State);
    }

    [Fact]
    public async Task A_template_is_previewed_changed_and_published_on_its_page()
    {
        await using var host = await NotificationHost.StartAsync();
        Assert.Contains("/messages/templates/reply?language=de", await GetAsync(host, "/messages/templates"));
        var page = await GetAsync(host, "/messages/templates/reply?language=en");
        Assert.Contains("We are sending you a new seal today.", page);
        Assert.Contains("It may speak of: choices, link, name, number, person, team, text, thread", page);

        var (status, body) = await PostAsync(host, page, "/messages/templates/reply/save",
            ("language", "en"), ("brand", ""), ("subject", "Answer"), ("text", "Hello {{nmae}}"), ("html", "{{text}}"), ("sms", "{{text}}"));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("nmae", body);
        Assert.Contains("Hello {{nmae}}", body); // what was typed is not lost

        (status, body) = await PostAsync(host, page, "/messages/templates/reply/save",
            ("language", "en"), ("brand", ""), ("subject", "Answer"), ("text", "Typed on the page: {{text}}"), ("html", "{{text}}"), ("sms", "{{text}}"));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.DoesNotContain("Typed on the page: We are sending", body, StringComparison.Ordinal);
        Assert.Contains("/messages/templates/reply?language=en&brand=&version=1", body);
        Assert.Contains("Typed on the page: We are sending", await GetAsync(host, "/messages/templates/reply?language=en&version=1"));
        using (var none = await host.Admin.GetAsync("/messages/templates/reply?language=en&version=2"))
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        (_, body) = await PostAsync(host, body, "/messages/templates/reply/publish", ("language", "en"), ("brand", ""), ("version", "1"));
        Assert.Contains("Typed on the page: We are sending", body);
        (_, body) = await PostAsync(host, body, "/messages/templates/reply/unpublish", ("language", "en"), ("brand", ""));
        Assert.DoesNotContain("Typed on the page: We are sending", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/messages")]
    [InlineData("/messages/templates")]
    [InlineData("/messages/templates/reply")]
    public async Task Nobody_sees_a_page_without_signing_in(string path)
    {
        await using var host = await NotificationHost.StartAsync();
        using var response = await host.Anonymous.GetAsync(path);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Nothing_is_done_without_the_forms_token()
    {
        await using var host = await NotificationHost.StartAsync();
        using var response = await host.Admin.PostAsync("/messages/templates/reply/unpublish", new FormUrlEncodedContent([new("language", "en")]));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    internal static async Task<string> GetAsync(NotificationHost host, string path) => WebUtility.HtmlDecode(await host.Admin.GetStringAsync(path));

    /// <summary>Posts a form with the token that a page gave, and follows to where it leads.</summary>
    internal static async Task<(HttpStatusCode Status, string Body)> PostAsync(NotificationHost host, string page, string path, params (string Name, string Value)[] fields)
    {
        using var response = await host.Admin.PostAsync(path, new FormUrlEncodedContent(
            [new("__RequestVerificationToken", Token().Match(page).Groups[1].Value), .. fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value))]));
        // Where it leads is followed without the key: it is asked for again with it.
        var reached = response.RequestMessage!.RequestUri!.PathAndQuery;
        return reached == path
            ? (response.StatusCode, WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync()))
            : (HttpStatusCode.OK, await GetAsync(host, reached));
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
