using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Intake.Channels.Chat;
using CxPlatform.Messaging;
using CxPlatform.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.ChannelIntake.Tests;

public sealed class ChatTests
{
    private const string Path = "/v1/channels/chat";
    private const string Shop = "https://shop.example.com";

    private static async Task<(string Token, Guid ChatId)> OpenAsync(IntakeHost host, object line)
    {
        using var opened = await host.Anonymous.PostAsJsonAsync(Path, line);
        var token = (string)(await IntakeHost.JsonAsync(opened, 201))["token"]!;
        Assert.True(host.Services.GetRequiredService<CxPlatform.ServiceDefaults.Tokens>().TryReadChat(token, out var chat));
        return (token, chat.ChatId);
    }

    private static async Task<HttpResponseMessage> SendAsync(
        IntakeHost host, HttpMethod method, string path, string? token, object? body = null, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(method, Path + path);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        if (token is not null)
            request.Headers.Add("X-Chat-Token", token);
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        return await host.Anonymous.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static async Task<JsonArray> LinesAsync(IntakeHost host, string token)
    {
        using var answer = await SendAsync(host, HttpMethod.Get, "/lines", token);
        return (await IntakeHost.JsonAsync(answer, 200)).AsArray();
    }

    // As the case's event would be handled.
    private static Task ReplyAsync(IntakeHost host, Guid caseId, Guid messageId, string text) =>
        host.Services.GetRequiredService<Work<CxPlatform.Intake.IntakeDb>>().RunAsync<ChatReplies, Done>(
            async (replies, ct) =>
            {
                var reply = new ReplySent
                {
                    CaseId = caseId,
                    Number = "CX-2026-000001",
                    MessageId = messageId,
                    CustomerId = Guid.NewGuid(),
                    AgentName = "Aisha",
                    Text = text,
                };
                await replies.HandleAsync(
                    reply,
                    new(Guid.NewGuid(), "case", 1, "case/" + caseId, 2, "case.reply-sent.v1", DateTimeOffset.UtcNow, "agent:1", Guid.NewGuid(), null, null),
                    ct);
                return Done.Value;
            },
            CancellationToken.None);

    private static async Task<JsonNode> NextAsync(StreamReader stream)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await stream.ReadLineAsync(deadline.Token) is { } line)
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                return JsonNode.Parse(line[6..])!;
        throw new InvalidOperationException("The stream has ended.");
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_visitor_writes_reads_the_answer_as_it_comes_and_finds_everything_on_coming_back(Database database)
    {
        await using var host = await IntakeHost.StartAsync(database);
        var first = new { text = "Is my watch ready?", id = Guid.NewGuid(), name = "Cleo", email = "Cleo@Customer.example" };
        var (token, chatId) = await OpenAsync(host, first);
        var contact = await host.EventAsync<ContactReceived>("contact/" + chatId);
        Assert.Equal((Channel.Chat, "Is my watch ready?", "cleo@customer.example"), (contact.Channel, contact.Text, contact.AnswerTo));
        Assert.Empty(contact.Evidence);

        using var open = await SendAsync(host, HttpMethod.Get, "/stream", token);
        Assert.Equal("text/event-stream", open.Content.Headers.ContentType?.MediaType);
        using var stream = new StreamReader(await open.Content.ReadAsStreamAsync());
        Assert.Equal("Is my watch ready?", (string)(await NextAsync(stream))["text"]!);

        // The answer was lost, so it is said again: once it is.
        var second = new { text = "It is the blue one.", id = Guid.NewGuid() };
        for (var i = 0; i < 2; i++)
        {
            using var said = await SendAsync(host, HttpMethod.Post, "/lines", token, second);
            Assert.Equal(2, (int)(await IntakeHost.JsonAsync(said, 202))["n"]!);
        }
        Assert.Equal(("It is the blue one.", true), Said(await NextAsync(stream)));
        Assert.Equal(2, await host.CountAsync("select count(*) from contacts"));
        Assert.Equal(1, await host.CountAsync("select count(*) from customers"));
        var later = (await host.ContactsOfAsync("chat:" + first.id.ToString("n"), "Handle"))
            .Single(item => (string)item!["contactId"]! != chatId.ToString());
        var joined = await host.EventAsync<ContactReceived>("contact/" + later!["contactId"]);
        Assert.Equal(new Evidence(EvidenceKind.Explicit, chatId.ToString(), chatId), Assert.Single(joined.Evidence));
        Assert.Equal("cleo@customer.example", joined.AnswerTo);

        var messageId = Guid.NewGuid();
        await ReplyAsync(host, chatId, messageId, "Yes, since this morning.");
        var answer = await NextAsync(stream);
        Assert.Equal(("Yes, since this morning.", false), Said(answer));
        Assert.Equal("Aisha", (string)answer["name"]!);
        Assert.Empty(await host.StreamAsync("chat/" + chatId));
        for (var i = 0; i < 2; i++)
        {
            using var read = await SendAsync(host, HttpMethod.Post, "/read", token, new { n = (int)answer["n"]! });
            Assert.Equal(HttpStatusCode.NoContent, read.StatusCode);
        }
        Assert.Single(await host.StreamAsync("chat/" + chatId));
        Assert.Equal(messageId, (await host.EventAsync<ChatReplyRead>("chat/" + chatId)).MessageId);

        using var again = await SendAsync(host, HttpMethod.Get, "/stream", token, lastEventId: "1");
        using var rest = new StreamReader(await again.Content.ReadAsStreamAsync());
        Assert.Equal("It is the blue one.", (string)(await NextAsync(rest))["text"]!);
        Assert.Equal(3, (await LinesAsync(host, token)).Count);

        static (string, bool) Said(JsonNode line) => ((string)line["text"]!, (bool)line["mine"]!);
    }

    [Fact]
    public async Task Opening_again_under_the_same_id_is_the_same_conversation()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite);
        var line = new { text = "Hello", id = Guid.NewGuid() };
        var (_, one) = await OpenAsync(host, line);
        var (token, other) = await OpenAsync(host, line);
        Assert.Equal(one, other);
        Assert.Single(await LinesAsync(host, token));
    }

    [Fact]
    public async Task Who_claims_somebodys_address_is_not_taken_for_them()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite);
        await host.AcceptContactAsync(new { from = new { value = "victim@example.com" }, text = "My own words" });
        await OpenAsync(host, new { text = "What did I write?", email = "victim@example.com" });
        Assert.Single(await host.ContactsOfAsync("victim@example.com"));
    }

    [Fact]
    public async Task A_token_opens_its_own_conversation_and_a_changed_or_missing_one_none()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite);
        var (token, _) = await OpenAsync(host, new { text = "One" });
        var (other, _) = await OpenAsync(host, new { text = "Other" });
        Assert.Equal("One", (string)Assert.Single(await LinesAsync(host, token))!["text"]!);
        Assert.Equal("Other", (string)Assert.Single(await LinesAsync(host, other))!["text"]!);
        foreach (var wrong in (string?[])[null, "x", token[..^4] + "AAAA"])
            foreach (var (method, path) in ((HttpMethod, string)[])
                [(HttpMethod.Get, "/lines"), (HttpMethod.Get, "/stream"), (HttpMethod.Post, "/lines"), (HttpMethod.Post, "/read")])
            {
                using var answer = await SendAsync(
                    host, method, path, wrong, method == HttpMethod.Get ? null : path == "/read" ? new { n = 1 } : new { text = "x" });
                Assert.Equal("chat-unauthenticated", (string)(await IntakeHost.JsonAsync(answer, 401))["code"]!);
            }
    }

    [Fact]
    public async Task A_conversation_that_was_erased_is_over_and_nothing_of_it_is_left()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite);
        var (token, chatId) = await OpenAsync(host, new { text = "Forget me" });
        var customer = (await host.EventAsync<ContactReceived>("contact/" + chatId)).CustomerId;
        using var erased = await host.Client.DeleteAsync("/v1/customers/" + customer);
        Assert.True(erased.IsSuccessStatusCode);
        await Eventually.Async(async () => await host.CountAsync("select count(*) from chat_lines") == 0);
        using var said = await SendAsync(host, HttpMethod.Post, "/lines", token, new { text = "Hello?" });
        Assert.Equal("chat-gone", (string)(await IntakeHost.JsonAsync(said, 410))["code"]!);
        await ReplyAsync(host, chatId, Guid.NewGuid(), "Too late.");
        Assert.Equal(0, await host.CountAsync("select count(*) from chat_lines"));
    }

    [Fact]
    public async Task Limits_are_said_by_the_name_of_the_field_and_by_when_to_come_again()
    {
        await using var host = await IntakeHost.StartAsync(
            Database.Sqlite, "--Cx:Intake:Chat:PerMinute=2", "--Cx:Intake:Chat:LinesPerMinute=1");
        using var wrong = await host.Anonymous.PostAsJsonAsync(Path, new { text = new string('x', 10_001) });
        Assert.NotNull((await IntakeHost.JsonAsync(wrong, 400))["errors"]!["text"]);
        var (token, _) = await OpenAsync(host, new { text = "Hello" });
        using var third = await host.Anonymous.PostAsJsonAsync(Path, new { text = "Hello" });
        Assert.Equal(HttpStatusCode.TooManyRequests, third.StatusCode);
        Assert.NotNull(third.Headers.RetryAfter);
        using var said = await SendAsync(host, HttpMethod.Post, "/lines", token, new { text = "One" });
        Assert.Equal(HttpStatusCode.Accepted, said.StatusCode);
        using var more = await SendAsync(host, HttpMethod.Post, "/lines", token, new { text = "Two" });
        Assert.Equal(HttpStatusCode.TooManyRequests, more.StatusCode);
    }

    [Fact]
    public async Task Pages_of_configured_origins_may_use_it_and_no_others()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite, "--Cx:Intake:Chat:Origins:0=" + Shop);
        foreach (var (origin, allowed) in ((string, string?)[])[(Shop, Shop), ("https://evil.example", null)])
        {
            using var ask = new HttpRequestMessage(HttpMethod.Options, Path + "/lines");
            ask.Headers.Add("Origin", origin);
            ask.Headers.Add("Access-Control-Request-Method", "POST");
            using var answer = await host.Anonymous.SendAsync(ask);
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
            Assert.Equal(allowed, answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values.Single() : null);
        }
        using var script = await host.Anonymous.GetAsync("/contact/chat.js");
        Assert.Equal("text/javascript", script.Content.Headers.ContentType?.MediaType);
        using var page = await host.Anonymous.GetAsync("/contact/chat");
        Assert.Contains("script-src 'self'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_that_are_said_at_the_same_time_each_get_a_place()
    {
        await using var host = await IntakeHost.StartAsync(Database.Postgres, "--Cx:Intake:Chat:LinesPerMinute=1000");
        var (token, chatId) = await OpenAsync(host, new { text = "Hello" });
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async n =>
        {
            if (n % 2 == 0)
            {
                await ReplyAsync(host, chatId, Guid.NewGuid(), $"We {n}");
                return;
            }
            using var said = await SendAsync(host, HttpMethod.Post, "/lines", token, new { text = $"You {n}" });
            Assert.Equal(HttpStatusCode.Accepted, said.StatusCode);
        }));
        var lines = await LinesAsync(host, token);
        Assert.Equal(21, lines.Count);
        Assert.Equal(21, lines.Select(line => (int)line!["n"]!).Distinct().Count());
    }
}
