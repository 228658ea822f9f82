using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Intake;
using CxPlatform.Messaging;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.ChannelIntake.Tests;

/// <summary>What every channel promises: kept as it came before it is read, counted, and never lost for not being understood.</summary>
public sealed class RawFirstChannelTests
{
    private const string Secret = "app-secret";

    private static readonly string[] Settings =
    [
        Twilio.Setting, "--Cx:Intake:Meta:AppSecret=" + Secret, "--Cx:Intake:Webhooks:town:Secrets:0=plain",
        "--Cx:Intake:Webhooks:town:Signature=Hub", "--Cx:Intake:WebForm:PerMinute=100",
    ];

    private static async Task<HttpResponseMessage> PostSignedJsonAsync(IntakeHost host, string path, string body, string secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.TryAddWithoutValidation("X-Hub-Signature-256", "sha256=" + Convert.ToHexStringLower(
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(body))));
        return await host.Anonymous.SendAsync(request);
    }

    private static Task<HttpResponseMessage> SmsAsync(IntakeHost host, string from, string? id) => host.PostSignedAsync(
        "/v1/channels/sms/twilio",
        new() { ["From"] = from, ["To"] = "+493012345", ["Body"] = "Hello", [id is null ? "Sid" : "MessageSid"] = id ?? "none" });

    private static Task<HttpResponseMessage> CallAsync(IntakeHost host, string? id, string status) => host.PostSignedAsync(
        "/v1/channels/voice/twilio",
        new() { ["From"] = "+4915112345678", ["CallStatus"] = status, [id is null ? "Sid" : "CallSid"] = id ?? "none" });

    private static Task<HttpResponseMessage> WhatsappAsync(IntakeHost host, string message) => PostSignedJsonAsync(
        host, "/v1/channels/meta", Whatsapp($$"""{"messages":[{{message}}]}"""), Secret);

    private static Task<HttpResponseMessage> MessengerAsync(IntakeHost host, string message) => PostSignedJsonAsync(
        host, "/v1/channels/meta", $$"""{"object":"page","entry":[{"messaging":[{{message}}]}]}""", Secret);

    private static Task<HttpResponseMessage> TownAsync(IntakeHost host, string body) =>
        PostSignedJsonAsync(host, "/v1/channels/webhook/town", body, "plain");

    private static string Whatsapp(string value) =>
        $$"""{"object":"whatsapp_business_account","entry":[{"changes":[{"value":{{value}}}]}]}""";

    /// <summary>Of each channel: something understood, which is sent twice; something that is not; and news of nothing, where there is such.
    /// </summary>
    private static readonly Dictionary<string, (
        Func<IntakeHost, Task<HttpResponseMessage>> Good,
        Func<IntakeHost, Task<HttpResponseMessage>>? Bad,
        Func<IntakeHost, Task<HttpResponseMessage>>? News)> Channels = new()
        {
            ["sms"] = (host => SmsAsync(host, "+4915112345678", "SM1"), host => SmsAsync(host, "+4915112345678", null), null),
            ["whatsapp by Twilio"] = (
                host => SmsAsync(host, "whatsapp:+4915112345678", "SM2"), host => SmsAsync(host, "whatsapp:+4915112345678", null), null),
            ["voice"] = (
                host => CallAsync(host, "CA1", "completed"), host => CallAsync(host, null, "completed"), host => CallAsync(host, "CA1", "ringing")),
            ["whatsapp"] = (
                host => WhatsappAsync(host, """{"id":"w1","from":"4915112345678","type":"text","text":{"body":"Hello"}}"""),
                host => WhatsappAsync(host, """{"id":"w2"}"""),
                host => PostSignedJsonAsync(host, "/v1/channels/meta", Whatsapp("""{"statuses":[{"id":"w0","status":"read"}]}"""), Secret)),
            ["social"] = (
                host => MessengerAsync(host, """{"sender":{"id":"24"},"message":{"mid":"m1","text":"Hello"}}"""),
                host => MessengerAsync(host, """{"message":{"text":"Hello"}}"""),
                host => MessengerAsync(host, """{"sender":{"id":"24"},"read":{"watermark":1}}""")),
            ["webhook"] = (
                host => TownAsync(host, """{"from":"ada","text":"Hello"}"""), host => TownAsync(host, """{"text":"Hello"}"""),
                host => TownAsync(host, "this is no JSON")),
            ["webForm"] = (
                host => host.Anonymous.PostAsJsonAsync("/v1/channels/web-form", new { id = "f1", email = "a@example.com", message = "Hello" }),
                null, null),
            ["api"] = (
                host => host.PostContactAsync(new { providerId = "p1", from = new { value = "a@example.com" }, text = "Hello" }), null, null),
            ["letter"] = (
                host => host.Client.PostAsJsonAsync(
                    "/v1/channels/staff", new { id = "s1", channel = "letter", from = "a@example.com", text = "Hello" }), null, null),
        };

    public static TheoryData<string, Database> EveryChannel
    {
        get
        {
            var data = new TheoryData<string, Database>();
            foreach (var channel in Channels.Keys)
                foreach (var database in Enum.GetValues<Database>())
                    data.Add(channel, database);
            return data;
        }
    }

    private static async Task AcceptedAsync(Task<HttpResponseMessage> sent)
    {
        using var answer = await sent;
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    }

    [Theory]
    [MemberData(nameof(EveryChannel))]
    public async Task Every_channel_adds_up_whatever_comes_in_and_keeps_it_as_it_came(string channel, Database database)
    {
        await using var host = await IntakeHost.StartAsync(database, Settings);
        var (good, bad, news) = Channels[channel];
        await AcceptedAsync(good(host));
        await AcceptedAsync(good(host));
        if (bad is not null)
            await AcceptedAsync(bad(host));
        if (news is not null)
            await AcceptedAsync(news(host));

        var view = await host.GetAsync("/v1/intake/admin/reconciliation");
        Assert.True((bool)view["balanced"]!, view.ToJsonString());
        var sum = Assert.Single(view["channels"]!.AsArray())!;
        int Of(string count) => (int)sum[count]!;
        // What is no JSON tells of nothing that is known: it waits as well.
        var (failed, ignored) = channel == "webhook" ? (2, 0) : (bad is null ? 0 : 1, news is null ? 0 : 1);
        Assert.Equal((2 + failed + ignored, 1, 1, failed, ignored),
            (Of("received"), Of("contacts"), Of("duplicates"), Of("failed"), Of("ignored")));
        var process = Assert.Single(view["thisProcess"]!.AsArray())!;
        Assert.Equal((2 + failed + ignored, 0), ((int)process["received"]!, (int)process["inFlight"]!));
        Assert.Equal(0, await host.CountAsync("select count(*) from contacts where raw is null and raw_blob is null"));

        var waiting = (await host.GetAsync("/v1/intake/waiting"))["items"]!.AsArray();
        Assert.Equal(failed, waiting.Count);
        foreach (var item in waiting)
        {
            Assert.NotNull(item!["fault"]);
            Assert.Equal("failed", (string)(await host.GetAsync("/v1/contacts/" + item["contactId"]))["state"]!);
            Assert.NotEmpty(await host.Client.GetByteArrayAsync($"/v1/contacts/{item["contactId"]}/raw"));
        }
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task What_was_not_understood_is_read_by_the_command_once_it_can_be(Database database)
    {
        await using var host = await IntakeHost.StartAsync(database, Settings);
        await AcceptedAsync(SmsAsync(host, "+4915112345678", null));
        var command = host.Services.GetServices<ServiceDefaults.IHostCommand>().Single(command => command.Word == "intake");
        using var output = new StringWriter();
        Assert.Equal(1, await command.RunAsync(["reprocess"], output, output, CancellationToken.None));
        Assert.Contains("1 still wait", output.ToString(), StringComparison.Ordinal);

        // An upgrade that understands it, as seen from the bytes.
        const string Understood = "'From=%2B4915112345678&Body=Hello&MessageSid=SM1'";
        await host.ExecuteAsync("update arrivals set raw = " + (database == Database.Postgres
            ? $"convert_to({Understood}, 'UTF8')" : $"cast({Understood} as blob)"));
        Assert.Equal(0, await command.RunAsync(["reprocess"], output, output, CancellationToken.None));
        Assert.Equal("Hello", (await host.ReceivedAsync("+4915112345678")).Text);
        var view = await host.GetAsync("/v1/intake/admin/reconciliation");
        Assert.True((bool)view["balanced"]!, view.ToJsonString());
        Assert.Equal((1, 1), ((int)view["channels"]![0]!["received"]!, (int)view["channels"]![0]!["contacts"]!));
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_batch_that_is_read_again_and_again_stores_and_counts_each_message_once(Database database)
    {
        await using var host = await IntakeHost.StartAsync(database, Settings);
        var messages = string.Join(',', Enumerable.Range(0, 12).Select(n =>
            $$$"""{"id":"w{{{n}}}","from":"49151123456{{{n:00}}}","type":"text","text":{"body":"Hello {{{n}}}"}}"""));
        await AcceptedAsync(WhatsappAsync(host, messages + ",{}"));
        for (var i = 0; i < 3; i++)
            Assert.Equal((0, 1), await host.Services.GetRequiredService<PendingArrivals>().RunAsync(true, CancellationToken.None));
        var view = await host.GetAsync("/v1/intake/admin/reconciliation");
        Assert.True((bool)view["balanced"]!, view.ToJsonString());
        var sum = view["channels"]![0]!;
        Assert.Equal((13, 12, 0, 1),
            ((int)sum["received"]!, (int)sum["contacts"]!, (int)sum["duplicates"]!, (int)sum["failed"]!));
        Assert.Equal(12, await host.CountAsync("select count(*) from events where type = 'contact.received.v1'"));
    }

    [Fact]
    public async Task A_sender_that_floods_us_by_text_message_is_held_and_a_customer_of_old_is_not()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite, [.. Settings, "--Cx:Intake:Spam:FloodSameHandle=3"]);
        await AcceptedAsync(SmsAsync(host, "+4915100000001", "old"));
        await host.ExecuteAsync("update contacts set stored_at = stored_at - 10800000000");
        for (var i = 0; i < 6; i++)
        {
            await AcceptedAsync(SmsAsync(host, "+4915100000001", "known" + i));
            await AcceptedAsync(SmsAsync(host, "+4915100000002", "new" + i));
            await AcceptedAsync(MessengerAsync(host, $$$"""{"sender":{"id":"24"},"message":{"mid":"m{{{i}}}","text":"Hello"}}"""));
        }
        var held = (await host.GetAsync("/v1/intake/held"))["items"]!.AsArray();
        Assert.Equal(6, held.Count);
        Assert.All(held, item => Assert.Contains((string)item!["from"]!, (string[])["+4915100000002", "messenger:24"]));
        Assert.All(held, item => Assert.Equal("flood: the same sender many times", (string)item!["spam"]!["reasons"]![0]!));
        Assert.Equal(7, (await host.ContactsOfAsync("+4915100000001")).Count);
    }

    [Theory]
    [InlineData("+4915112345678", "sms")]
    [InlineData("messenger:24", "social")]
    public async Task A_number_or_handle_that_is_blocked_is_held(string pattern, string channel)
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite, Settings);
        using var put = await host.Client.PutAsJsonAsync("/v1/intake/senders/" + Uri.EscapeDataString(pattern), new { verdict = "block" });
        Assert.Equal(HttpStatusCode.NoContent, put.StatusCode);
        await AcceptedAsync(Channels[channel].Good(host));
        Assert.Equal(pattern, (string)Assert.Single((await host.GetAsync("/v1/intake/held"))["items"]!.AsArray())!["from"]!);
    }
}
