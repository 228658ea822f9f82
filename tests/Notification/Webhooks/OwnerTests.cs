using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using CxPlatform.Contracts.Routing.V1;
using CxPlatform.Notifications.Storage;
using CxPlatform.ServiceDefaults;
using CxPlatform.Testing;

namespace CxPlatform.Notification.Tests.Webhooks;

/// <summary>Whose a subscription is, and what they last saw of it.</summary>
public sealed class OwnerTests
{
    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task A_change_counts_only_for_the_version_that_was_seen(Store store)
    {
        await using var host = await WebhookHost.StartAsync(store);
        using var created = await host.Admin.PostAsJsonAsync("/v1/subscriptions", new { url = "https://example.com/", types = new[] { "*" } });
        Assert.Equal("\"1\"", created.Headers.ETag?.Tag);
        var path = $"/v1/subscriptions/{(await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("subscription").GetProperty("id")}";
        async Task<(HttpStatusCode Status, string? ETag, string Text)> SendAsync(HttpMethod method, string address, object? body, string? match)
        {
            using var request = new HttpRequestMessage(method, address) { Content = body is null ? null : JsonContent.Create(body) };
            if (match is not null)
                request.Headers.TryAddWithoutValidation("If-Match", match);
            using var response = await host.Admin.SendAsync(request);
            return (response.StatusCode, response.Headers.ETag?.Tag, await response.Content.ReadAsStringAsync());
        }
        object Named(string name) => new { url = "https://example.com/", types = new[] { "*" }, name };

        // Ten who have seen the same: one is first, and nobody overwrites what that one wrote.
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => SendAsync(HttpMethod.Put, path, Named($"Shop {i}"), "\"1\"")));
        var winner = Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.Equal("\"2\"", winner.ETag);
        Assert.All(answers.Except([winner]), answer => Assert.Equal(HttpStatusCode.PreconditionFailed, answer.Status));
        Assert.Contains("subscription-changed-since", answers.First(answer => answer != winner).Text, StringComparison.Ordinal);
        var read = await SendAsync(HttpMethod.Get, path, null, null);
        Assert.Equal("\"2\"", read.ETag);
        Assert.Equal(Member(winner.Text, "name").GetString(), Member(read.Text, "name").GetString());

        foreach (var (method, address) in new[] { (HttpMethod.Put, path), (HttpMethod.Delete, path), (HttpMethod.Post, path + "/secret"), (HttpMethod.Post, path + "/activate") })
        {
            Assert.Equal(HttpStatusCode.PreconditionFailed, (await SendAsync(method, address, method == HttpMethod.Put ? Named("x") : new { }, "\"1\"")).Status);
            var invalid = await SendAsync(method, address, method == HttpMethod.Put ? Named("x") : new { }, "latest");
            Assert.Equal(HttpStatusCode.BadRequest, invalid.Status);
            Assert.Contains("If-Match", invalid.Text, StringComparison.Ordinal);
        }
        Assert.Equal((HttpStatusCode.OK, "\"3\""), (await SendAsync(HttpMethod.Post, path + "/secret", new { }, "W/\"2\"")) is var (status, tag, _) ? (status, tag) : default);
        Assert.Equal("\"4\"", (await SendAsync(HttpMethod.Put, path, Named("Whatever stands"), "*")).ETag);
        // What is named is changed, and nothing else: what was read need not be sent back.
        var patched = await SendAsync(HttpMethod.Patch, path, new { rate = 5, filter = new { kind = new[] { "complaint" } } }, "\"4\"");
        Assert.Equal(("\"5\"", "Whatever stands", 5), (patched.ETag, Member(patched.Text, "name").GetString(), Member(patched.Text, "rate").GetInt32()));
        var unset = await SendAsync(HttpMethod.Patch, path, new { rate = (int?)null, filter = new { kind = (string[]?)null, queue = new[] { "returns" } } }, null);
        Assert.False(JsonDocument.Parse(unset.Text).RootElement.TryGetProperty("rate", out _));
        Assert.Equal("returns", Member(unset.Text, "filter").GetProperty("queue")[0].GetString());
        Assert.False(Member(unset.Text, "filter").TryGetProperty("kind", out _));
        foreach (var (wrong, field) in new (object, string)[] { (new { state = "active" }, "state"), (new { rate = 0 }, "rate"), (new { types = (string[]?)null }, "types"), (new { rate = "x" }, "rate") })
        {
            var refused = await SendAsync(HttpMethod.Patch, path, wrong, null);
            Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
            Assert.True(Member(refused.Text, "errors").TryGetProperty(field, out _), refused.Text);
        }
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Delete, path, null, "\"6\"")).Status);
        var document = await host.Admin.GetStringAsync("/openapi/notification.json");
        Assert.Contains("If-Match", document, StringComparison.Ordinal);
    }

    private static JsonElement Member(string json, string name) => JsonDocument.Parse(json).RootElement.GetProperty(name);

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task Nothing_goes_out_for_a_key_that_was_revoked_until_another_one_takes_it_over(Store store)
    {
        await using var receiver = await Receiver.StartAsync();
        await using var host = await WebhookHost.StartAsync(store);
        var (first, second, intake) = (await KeyAsync(host, "shop", "events"), await KeyAsync(host, "shop anew", "events"), await KeyAsync(host, "contacts", "intake"));
        using var made = await first.Client.PostAsJsonAsync("/v1/subscriptions", new { url = receiver.Url, types = new[] { "*" }, contact = "shop@example.com" });
        var id = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("subscription").GetProperty("id").GetGuid();
        var path = $"/v1/subscriptions/{id}";
        using (var activated = await first.Client.PostAsync(path + "/activate", null))
            Assert.Equal(HttpStatusCode.OK, activated.StatusCode);
        await host.HappenAsync(Guid.CreateVersion7(), 1);
        await receiver.ReceivedAsync(1);
        using (var hidden = await second.Client.GetAsync(path))
            Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);

        await host.Host.DeliverAsync(Changed(first.Key, "shop", ["events"], revoked: true));
        await Eventually.Async(async () => Assert.Equal(SubscriptionState.Paused, (await host.RowAsync(id)).State));
        var mail = Assert.Single(await host.Host.MailsAsync(1));
        Assert.Equal("shop@example.com", mail.To[0].Address);
        Assert.Contains("was revoked", mail.TextBody, StringComparison.Ordinal);
        await Eventually.Async(async () => Assert.Null((await host.RowAsync(id)).Courier));
        await host.HappenAsync(Guid.CreateVersion7(), 2);

        Assert.Contains("was revoked", (await second.Client.GetFromJsonAsync<JsonElement>(path)).GetProperty("reason").GetString(), StringComparison.Ordinal);
        using (var forbidden = await intake.Client.PostAsync(path + "/resume", null))
            Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        using (var untouched = await second.Client.DeleteAsync(path))
            Assert.Equal(HttpStatusCode.NotFound, untouched.StatusCode);
        Assert.Single(receiver.Events);
        using (var resumed = await second.Client.PostAsync(path + "/resume", null))
            Assert.Equal($"key:{second.Key.KeyId}", (await resumed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("owner").GetString());
        Assert.Equal(3, (await receiver.ReceivedAsync(3)).Count);
        Assert.Equal(id, (await second.Client.GetFromJsonAsync<JsonElement>("/v1/subscriptions")).GetProperty("items")[0].GetProperty("id").GetGuid());
    }

    [Fact]
    public async Task Administrators_hear_of_what_has_stopped_when_there_is_no_contact()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var host = await WebhookHost.StartAsync();
        AgentChanged Agent(string name, string role, bool active) => new()
        {
            AgentId = Guid.CreateVersion7(),
            Name = name,
            Email = $"{name}@example.com",
            Role = role,
            Active = active,
        };
        await host.Host.DeliverAsync(Agent("ada", "admin", true), Agent("bob", "agent", true), Agent("cleo", "admin", false));
        var (id, _) = await host.SubscribeAsync(receiver);
        receiver.Answer = (_, context) => Receiver.Status(context, 410);
        await host.HappenAsync(Guid.CreateVersion7(), 1);
        var mail = Assert.Single(await host.Host.MailsAsync(1));
        Assert.Equal("ada@example.com", mail.To[0].Address);
        Assert.Single(await host.Host.MessagesAsync());
        Assert.Contains($"Subscription {id} is Disabled", host.Host.Log.All, StringComparison.Ordinal);
        using var browser = new HttpRequestMessage(HttpMethod.Get, "/desk/subscriptions");
        browser.Headers.Accept.ParseAdd("text/html");
        using var page = await host.Admin.SendAsync(browser);
        Assert.Contains("One subscription gets nothing", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task<(ApiKey Key, HttpClient Client)> KeyAsync(WebhookHost host, string name, string scope)
    {
        var key = ApiKey.Create();
        await host.Host.DeliverAsync(Changed(key, name, [scope], revoked: false));
        var client = new HttpClient { BaseAddress = host.Admin.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Plaintext);
        return (key, client);
    }

    private static AccessChanged Changed(ApiKey key, string name, IReadOnlyList<string> scopes, bool revoked) => new()
    {
        KeyId = key.KeyId,
        Name = name,
        Hash = key.Hash,
        Scopes = scopes,
        At = DateTimeOffset.UnixEpoch,
        RevokedAt = revoked ? DateTimeOffset.UnixEpoch : null,
    };
}
