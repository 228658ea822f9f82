using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Intake;
using CxPlatform.Intake.Channels.Media;
using CxPlatform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CxPlatform.ChannelIntake.Tests;

/// <summary>What providers keep for us, against a provider on this machine.</summary>
public sealed class MediaTests
{
    private static readonly byte[] Picture = [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, .. "not much of a picture"u8];

    /// <summary>Answers as Twilio and Meta do, and notes what it was asked with.</summary>
    private sealed class Provider : IAsyncDisposable
    {
        private readonly WebApplication _app;

        private Provider(WebApplication app) => _app = app;

        public ConcurrentDictionary<string, string> Asked { get; } = [];

        public int Tries { get; private set; }

        public bool IsDown { get; set; }

        public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

        public static async Task<Provider> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            var app = builder.Build();
            app.Urls.Add("http://127.0.0.1:0");
            var provider = new Provider(app);
            app.MapGet("/{**path}", (HttpContext context, string path) => provider.AnswerAsync(context, path));
            await app.StartAsync();
            return provider;
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();

        private async Task<IResult> AnswerAsync(HttpContext context, string path)
        {
            Asked[path] = context.Request.Headers.Authorization.ToString();
            Tries++;
            if (IsDown)
                return TypedResults.StatusCode(503);
            switch (path)
            {
                case "moved":
                    return TypedResults.Redirect(Address + "/picture");
                case "away":
                    return TypedResults.Redirect("http://localhost:1/secret");
                case "endless":
                    for (var i = 0; i < 64; i++)
                        await context.Response.Body.WriteAsync(new byte[64 * 1024]);
                    return TypedResults.Empty;
                case "v1/MEDIA1":
                    return TypedResults.Json(new { url = Address + "/picture", mime_type = "image/png" });
                default:
                    return TypedResults.Bytes(Picture, "image/png");
            }
        }
    }

    private static Task<IntakeHost> StartAsync(Provider provider, params string[] settings) => StartAsync(provider, Database.Sqlite, settings);

    private static Task<IntakeHost> StartAsync(Provider provider, Database database, params string[] settings) => IntakeHost.StartAsync(
        database,
        [
            Twilio.Setting, "--Cx:Intake:Media:Fetch=true", "--Cx:Intake:Media:Hosts:0=" + provider.Address, "--Cx:Intake:Media:MaxSize=1000000",
            "--Cx:Intake:Meta:AppSecret=secret", "--Cx:Intake:Meta:AccessToken=token", $"--Cx:Intake:Meta:GraphUrl={provider.Address}/v1",
            .. settings,
        ]);

    private static async Task SendAsync(IntakeHost host, params string[] media)
    {
        var fields = new Dictionary<string, string>
        {
            ["MessageSid"] = "MM1",
            ["AccountSid"] = "AC1",
            ["From"] = "+4915112345678",
            ["To"] = "+493012345",
            ["Body"] = "It looks like this",
            ["NumMedia"] = media.Length.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
        for (var i = 0; i < media.Length; i++)
            (fields[$"MediaUrl{i}"], fields[$"MediaContentType{i}"]) = (media[i], "image/png");
        using var answer = await host.PostSignedAsync("/v1/channels/sms/twilio", fields);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }

    private static Task<JsonNode> ContactAsync(IntakeHost host, string identity, string? kind = null) => Eventually.Value(
        async () => await host.ContactsOfAsync(identity, kind) is [{ } only] ? await host.GetAsync("/v1/contacts/" + only["contactId"]) : new JsonObject(),
        contact => contact["contactId"] is not null, TimeSpan.FromSeconds(30));

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_picture_that_Twilio_keeps_is_fetched_with_the_accounts_password_before_the_case_hears_of_it(Database database)
    {
        await using var provider = await Provider.StartAsync();
        await using var host = await StartAsync(provider, database);
        await SendAsync(host, provider.Address + "/moved", provider.Address + "/other");
        var contact = await ContactAsync(host, "+4915112345678");
        Assert.Equal("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("AC1:" + Twilio.Token)), provider.Asked["moved"]);
        var told = await host.EventAsync<ContactReceived>("contact/" + contact["contactId"]);
        Assert.Equal(["media0.png", "media1.png"], told.Attachments.Select(file => file.Name));
        Assert.All(told.Attachments, file => Assert.Equal(("image/png", Picture.Length), (file.ContentType, file.Size)));
        Assert.Equal(Picture, await host.Client.GetByteArrayAsync($"/v1/contacts/{contact["contactId"]}/attachments/0"));
        Assert.Single(await host.StreamAsync("contact/" + contact["contactId"]), e => e.Type == "contact.received.v1");
        Assert.Equal(0, await host.CountAsync("select count(*) from arrivals"));
        var view = await host.GetAsync("/v1/intake/admin/reconciliation");
        Assert.True((bool)view["balanced"]!, view.ToJsonString());
    }

    [Fact]
    public async Task A_recording_is_fetched_and_stays_on_its_calls_case()
    {
        await using var provider = await Provider.StartAsync();
        await using var host = await StartAsync(provider);
        using var answer = await host.PostSignedAsync("/v1/channels/voice/twilio", new()
        {
            ["CallSid"] = "CA1",
            ["AccountSid"] = "AC1",
            ["RecordingSid"] = "RE1",
            ["RecordingUrl"] = provider.Address + "/RE1",
            ["RecordingStatus"] = "completed",
        });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var contact = await ContactAsync(host, "CA1", "ExternalId");
        Assert.Equal("recording.png", (string)Assert.Single(contact["attachments"]!.AsArray())!["name"]!);
    }

    [Fact]
    public async Task A_WhatsApp_document_is_fetched_by_its_id_and_a_message_beside_it_does_not_wait()
    {
        await using var provider = await Provider.StartAsync();
        await using var host = await StartAsync(provider);
        const string Batch = """
            {"object":"whatsapp_business_account","entry":[{"changes":[{"value":{"messages":[
              {"id":"w1","from":"4915112345678","type":"document","document":{"id":"MEDIA1","filename":"bill.pdf"}},
              {"id":"w2","from":"4915112345679","type":"text","text":{"body":"Hello"}}]}}]}]}
            """;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/channels/meta") { Content = new StringContent(Batch, Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Hub-Signature-256",
            "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData("secret"u8, Encoding.UTF8.GetBytes(Batch))));
        using var answer = await host.Anonymous.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Single(await host.ContactsOfAsync("+4915112345679"));
        var contact = await ContactAsync(host, "+4915112345678");
        Assert.Equal("Bearer token", provider.Asked["v1/MEDIA1"]);
        Assert.Equal("bill.pdf", (string)Assert.Single(contact["attachments"]!.AsArray())!["name"]!);
        await Eventually.Async(
            async () => Assert.Equal(0, await host.CountAsync("select count(*) from arrivals")), TimeSpan.FromSeconds(30));
        var view = await host.GetAsync("/v1/intake/admin/reconciliation");
        Assert.True((bool)view["balanced"]!, view.ToJsonString());
    }

    [Fact]
    public async Task Nothing_is_fetched_from_elsewhere_or_above_the_limit_and_the_contact_goes_on_and_says_so()
    {
        await using var provider = await Provider.StartAsync();
        await using var elsewhere = await Provider.StartAsync();
        await using var host = await StartAsync(provider);
        await SendAsync(
            host, elsewhere.Address + "/internal", provider.Address + "/away", provider.Address + "/endless", "file:///etc/passwd", provider.Address + "/good");
        var contact = await ContactAsync(host, "+4915112345678");
        Assert.Equal("media4.png", (string)Assert.Single(contact["attachments"]!.AsArray())!["name"]!);
        Assert.Equal(
            [
                "media: file 1 could not be fetched: nothing is fetched from where it is.",
                "media: file 2 could not be fetched: nothing is fetched from where it is.",
                "media: file 3 could not be fetched: it is larger than 1000000 bytes.",
                "media: file 4 could not be fetched: nothing is fetched from where it is.",
            ],
            contact["warnings"]!.AsArray().Select(warning => (string)warning!));
        Assert.Empty(elsewhere.Asked);
    }

    [Fact]
    public async Task A_contact_waits_for_a_provider_that_is_down_and_no_longer_than_it_is_told_to()
    {
        await using var provider = await Provider.StartAsync();
        await using var host = await StartAsync(provider);
        provider.IsDown = true;
        await SendAsync(host, provider.Address + "/picture");
        await Eventually.Async(() => Assert.NotEqual(0, provider.Tries), TimeSpan.FromSeconds(30));
        Assert.Equal(0, await host.CountAsync("select count(*) from contacts"));
        Assert.Equal("pending", (string)(await host.GetAsync("/v1/intake/waiting"))["items"]![0]!["state"]!);
        // Ten minutes later, as seen from the row.
        await host.ExecuteAsync("update arrivals set taken_at = taken_at - 660000000, due = taken_at");
        var contact = await ContactAsync(host, "+4915112345678");
        Assert.Empty(contact["attachments"]!.AsArray());
        Assert.Equal("media: file 1 could not be fetched: its provider did not answer.", (string)Assert.Single(contact["warnings"]!.AsArray())!);
        Assert.EndsWith("/picture", (string)contact["externalReferences"]!["media0"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "https://api.twilio.com/2010-04-01/x", true, true)]
    [InlineData(0, "https://mms.twiliocdn.com/x", true, false)]
    [InlineData(0, "http://api.twilio.com/x", false, false)]
    [InlineData(0, "https://api.twilio.com:8443/x", false, false)]
    [InlineData(0, "https://api.twilio.com@evil.example/x", false, false)]
    [InlineData(0, "https://twilio.com.evil.example/x", false, false)]
    [InlineData(0, "https://nottwilio.com/x", false, false)]
    [InlineData(0, "https://169.254.169.254/latest/meta-data", false, false)]
    [InlineData(1, "https://lookaside.fbsbx.com/x", true, true)]
    [InlineData(2, "https://scontent.xx.fbcdn.net/x", true, false)]
    [InlineData(2, "https://media.example.com/x", true, true)]
    [InlineData(2, "https://[::1]/x", false, false)]
    public void Only_the_providers_own_hosts_and_those_that_are_named_are_asked(int provider, string address, bool mayFetch, bool maySignIn)
    {
        var hosts = new MediaHosts(["media.example.com"]);
        Assert.Equal((mayFetch, maySignIn),
            (hosts.MayFetch((MediaProvider)provider, new(address)), hosts.MaySignIn((MediaProvider)provider, new(address))));
    }
}
