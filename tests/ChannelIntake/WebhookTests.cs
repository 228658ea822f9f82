using System.Net;
using System.Security.Cryptography;
using System.Text;
using CxPlatform.Contracts;

namespace CxPlatform.ChannelIntake.Tests;

public sealed class WebhookTests
{
    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(24);
    private static readonly byte[] OldKey = RandomNumberGenerator.GetBytes(24);

    private static Task<IntakeHost> StartAsync() => IntakeHost.StartAsync(
        Database.Sqlite,
        "--Cx:Intake:Webhooks:town:Secrets:0=whsec_" + Convert.ToBase64String(Key),
        "--Cx:Intake:Webhooks:town:Secrets:1=whsec_" + Convert.ToBase64String(OldKey),
        "--Cx:Intake:Webhooks:town:Items=/data/posts",
        "--Cx:Intake:Webhooks:town:Id=/id",
        "--Cx:Intake:Webhooks:town:From=/author/handle",
        "--Cx:Intake:Webhooks:town:Name=/author/name",
        "--Cx:Intake:Webhooks:town:Time=/at",
        "--Cx:Intake:Webhooks:town:References:post=/link",
        "--Cx:Intake:Webhooks:town:Public=/open",
        "--Cx:Intake:Webhooks:shop:Secrets:0=plain",
        "--Cx:Intake:Webhooks:shop:Signature=Hub",
        "--Cx:Intake:Webhooks:shop:Header=X-Shop-Signature",
        "--Cx:Intake:Webhooks:shop:FromKind=EmailAddress",
        "--Cx:Intake:Webhooks:shop:Channel=Api",
        "--Cx:Intake:Webhooks:later:From=/who");

    private const string Posts = """
        {"data":{"posts":[
          {"id":1,"author":{"handle":"Ada","name":"Ada L."},"text":"Is the shop open?","at":"2026-01-02T03:04:05+01:00","link":"https://town.example/1","open":true},
          {"id":2,"author":{"handle":"bob"},"text":"Nice!","at":1767319445}]}}
        """;

    private static async Task<HttpResponseMessage> PostAsync(
        IntakeHost host, string body, string id = "msg_1", TimeSpan age = default, byte[]? key = null, string? before = null)
    {
        var timestamp = (DateTimeOffset.UtcNow - age).ToUnixTimeSeconds();
        var mac = HMACSHA256.HashData(key ?? Key, Encoding.UTF8.GetBytes($"{id}.{timestamp}.{body}"));
        return await PostToAsync(host, "town", body, ("webhook-id", id), ("webhook-timestamp", $"{timestamp}"),
            ("webhook-signature", before + "v1," + Convert.ToBase64String(mac)));
    }

    private static async Task<HttpResponseMessage> PostToAsync(
        IntakeHost host, string source, string body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/channels/webhook/" + source);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await host.Anonymous.SendAsync(request);
    }

    [Fact]
    public async Task A_sources_messages_are_found_by_the_configured_pointers_and_stored_once()
    {
        await using var host = await StartAsync();
        for (var i = 0; i < 2; i++)
        {
            // Sent anew it has another id of its own; the messages in it are the same.
            using var answer = await PostAsync(host, Posts, $"msg_{i}");
            var accepted = (await IntakeHost.JsonAsync(answer, 200)).AsArray();
            Assert.Equal([i == 1, i == 1], accepted.Select(item => (bool)item!["duplicate"]!));
        }
        var contact = await host.ReceivedAsync("town:ada", "Handle");
        Assert.Equal((Channel.Social, "Is the shop open?", "Ada L."), (contact.Channel, contact.Text, contact.CustomerName));
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 2, 4, 5, TimeSpan.Zero), contact.ReceivedAt);
        Assert.Equal("https://town.example/1", contact.References["post"]);
        Assert.Equal("town:1", contact.ProviderId);
        Assert.Equal(Visibility.World, contact.Visibility);
        Assert.Null((await host.ReceivedAsync("town:bob", "Handle")).Visibility);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_767_319_445), (await host.ReceivedAsync("town:bob", "Handle")).ReceivedAt);
    }

    [Fact]
    public async Task While_secrets_change_the_old_one_signs_too_and_of_several_signatures_one_is_enough()
    {
        await using var host = await StartAsync();
        using var old = await PostAsync(host, Posts, key: OldKey, before: "v1a,abc v1,AAAA ");
        Assert.Equal(HttpStatusCode.OK, old.StatusCode);
    }

    [Fact]
    public async Task What_is_old_from_the_future_or_signed_by_others_is_refused()
    {
        await using var host = await StartAsync();
        HttpResponseMessage[] refused =
        [
            await PostAsync(host, Posts, age: TimeSpan.FromMinutes(6)),
            await PostAsync(host, Posts, age: TimeSpan.FromMinutes(-6)),
            await PostAsync(host, Posts, key: [1, 2, 3]),
            await PostToAsync(host, "town", Posts),
            await PostToAsync(host, "town", Posts, ("webhook-id", "x"), ("webhook-timestamp", "9223372036854775807"), ("webhook-signature", "v1,x")),
            await PostToAsync(host, "shop", "{}", ("X-Shop-Signature", "sha256=00")),
        ];
        foreach (var answer in refused)
            Assert.Equal("signature-invalid", (string)(await IntakeHost.JsonAsync(answer, 401))["code"]!);
        using var later = await PostToAsync(host, "later", Posts);
        Assert.Equal("channel-not-configured", (string)(await IntakeHost.JsonAsync(later, 503))["code"]!);
        using var nobody = await PostToAsync(host, "nobody", Posts);
        Assert.Equal("source-unknown", (string)(await IntakeHost.JsonAsync(nobody, 404))["code"]!);
        Assert.Equal(0, await host.CountAsync("select count(*) from contacts"));
    }

    [Fact]
    public async Task A_plain_signature_of_the_body_will_do_and_the_same_body_again_is_the_same_contact()
    {
        await using var host = await StartAsync();
        const string Body = """{"from":"Eve@Example.com","text":"Where is my order?"}""";
        var signature = "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData("plain"u8, Encoding.UTF8.GetBytes(Body)));
        for (var i = 0; i < 2; i++)
        {
            using var answer = await PostToAsync(host, "SHOP", Body, ("X-Shop-Signature", signature));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        Assert.Single(await host.ContactsOfAsync("eve@example.com"));
    }

    [Fact]
    public async Task A_message_without_a_sender_is_kept_and_says_which_field_is_missing()
    {
        await using var host = await StartAsync();
        using var answer = await PostAsync(
            host, """{"data":{"posts":[{"id":3,"text":"?"},{"id":4,"author":{"handle":"eve"},"text":"Hello"}]}}""");
        var receipts = (await IntakeHost.JsonAsync(answer, 200)).AsArray();
        Assert.Equal("Hello", (await host.ReceivedAsync("town:eve", "Handle")).Text);
        var waiting = await host.GetAsync("/v1/contacts/" + receipts[^1]!["contactId"]);
        Assert.Equal(("failed", "/author/handle: is required."), ((string)waiting["state"]!, (string)waiting["fault"]!));
    }

    [Fact]
    public async Task What_was_not_understood_is_read_when_its_source_is_set_up_rightly()
    {
        var database = await (await Testing.PostgresServer.SharedAsync()).CreateDatabaseAsync("intake");
        string[] settings = ["--Cx:Intake:Webhooks:town:Secrets:0=whsec_" + Convert.ToBase64String(Key)];
        string id;
        await using (var wrong = await IntakeHost.StartOnAsync(database, [.. settings, "--Cx:Intake:Webhooks:town:From=/who"]))
        {
            using var answer = await PostAsync(wrong, """{"author":"Ada","text":"Hello"}""");
            id = (string)(await IntakeHost.JsonAsync(answer, 200))[0]!["contactId"]!;
            Assert.Equal("failed", (string)(await wrong.GetAsync("/v1/contacts/" + id))["state"]!);
        }
        await using var right = await IntakeHost.StartOnAsync(database, [.. settings, "--Cx:Intake:Webhooks:town:From=/author"]);
        using var asked = await right.Client.PostAsync("/v1/intake/admin/reprocess", null);
        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        var contact = await Testing.Eventually.Value(
            () => right.GetAsync("/v1/contacts/" + id), read => (string)read["state"]! == "accepted", TimeSpan.FromSeconds(30));
        Assert.Equal("town:ada", (string)contact["from"]!["address"]!);
        var view = await right.GetAsync("/v1/intake/admin/reconciliation");
        Assert.True((bool)view["balanced"]!, view.ToJsonString());
        Assert.Equal((1, 1), ((int)view["channels"]![0]!["received"]!, (int)view["channels"]![0]!["contacts"]!));
    }
}
