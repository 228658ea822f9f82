using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Intake;
using CxPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.ChannelIntake.Tests;

public sealed class SpamTests
{
    private static string Address() => $"erika-{Guid.NewGuid():n}@example.com";

    private static async Task<JsonNode> PostAsync(IntakeHost host, string mail)
    {
        var answer = await host.AcceptMailAsync(mail);
        return await host.GetAsync("/v1/contacts/" + answer["contactId"]);
    }

    private static async Task RuleAsync(IntakeHost host, string pattern, string verdict)
    {
        using var response = await host.Client.PutAsJsonAsync("/v1/intake/senders/" + pattern, new { verdict, note = "why" });
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_held_contact_is_told_to_nobody_until_it_is_released_in_one_action(Database database)
    {
        await using var host = await IntakeHost.StartAsync(database);
        await RuleAsync(host, "Spam.Example", "block");
        var contact = await PostAsync(host, "From: Max <max@mail.spam.example>\nSubject: Buy\n\nBuy this now, it is cheap.");
        var id = (string)contact["contactId"]!;
        Assert.Equal("held", (string)contact["state"]!);
        Assert.Equal("list: blocked", (string)contact["spam"]!["reasons"]![0]!);
        Assert.Empty(await host.StreamAsync("contact/" + id));
        var held = Assert.Single((await host.GetAsync("/v1/intake/held"))["items"]!.AsArray());
        Assert.Equal((id, "max@mail.spam.example", "Buy"), ((string)held!["contactId"]!, (string)held["from"]!, (string)held["subject"]!));
        var view = await host.GetAsync("/v1/intake/admin/reconciliation");
        Assert.True((bool)view["balanced"]!, view.ToJsonString());
        Assert.Equal(1, (int)view["channels"]![0]!["held"]!);

        for (var i = 0; i < 2; i++)
        {
            using var released = await host.Client.PostAsJsonAsync($"/v1/contacts/{id}/release", new { allowSender = true });
            Assert.Equal(HttpStatusCode.NoContent, released.StatusCode);
        }
        var heard = Assert.Single(await host.StreamAsync("contact/" + id));
        Assert.Equal("contact.received.v1", heard.Type);
        var received = await host.EventAsync<ContactReceived>("contact/" + id);
        Assert.Equal(("Buy", "Buy this now, it is cheap.", "Max", "max@mail.spam.example"),
            (received.Subject, received.Text, received.CustomerName, received.From.Value));
        Assert.Empty((await host.GetAsync("/v1/intake/held"))["items"]!.AsArray());
        Assert.Equal("accepted", (string)(await PostAsync(host, "From: max@mail.spam.example\nSubject: Again\n\nHello"))["state"]!);
    }

    [Fact]
    public async Task Staff_see_what_is_held_and_why()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite);
        await RuleAsync(host, "spam.example", "block");
        await host.AcceptMailAsync("From: max@spam.example\nSubject: <b>Buy</b>\n\nBuy this now.");
        var page = await host.Client.GetStringAsync("/contact/held");
        Assert.Contains("&lt;b&gt;Buy&lt;/b&gt;", page, StringComparison.Ordinal);
        Assert.Contains("list: blocked", page, StringComparison.Ordinal);
        Assert.Contains("__RequestVerificationToken", page, StringComparison.Ordinal);
        using var stranger = await host.Anonymous.GetAsync("/contact/held");
        Assert.NotEqual(HttpStatusCode.OK, stranger.StatusCode);
    }

    [Theory]
    [InlineData("mx.help.example; spf=fail smtp.mailfrom=x; dkim=fail (bad; signature) header.d=y; dmarc=fail header.from=z", 5)]
    [InlineData("mx.help.example 1; dkim=fail header.d=a; dkim=pass header.d=b; spf=softfail", 0.5)]
    [InlineData("mx.help.example; none", 0)]
    [InlineData("elsewhere.example; spf=fail; dkim=fail; dmarc=fail", 0)]
    public async Task Authentication_counts_when_a_trusted_server_says_so(string results, double score)
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite, "--Cx:Intake:Spam:TrustedAuthservIds:0=mx.help.example");
        var contact = await PostAsync(host, $"Authentication-Results: {results}\nFrom: {Address()}\nSubject: x\n\nHello");
        Assert.Equal(score, (double)contact["spam"]!["score"]!);
        Assert.Equal(score >= 5 ? "held" : "accepted", (string)contact["state"]!);
    }

    [Theory]
    [InlineData("X-Spam-Status: Yes, score=9.1 required=5.0", true, "held")]
    [InlineData("X-Rspamd-Action: add header", true, "held")]
    [InlineData("X-Spam-Status: No, score=0.1", true, "accepted")]
    [InlineData("X-Spam-Flag: YES", false, "accepted")]
    public async Task A_scanners_header_counts_where_it_is_trusted(string header, bool trusted, string state)
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite, $"--Cx:Intake:Spam:TrustScannerHeaders={trusted}");
        Assert.Equal(state, (string)(await PostAsync(host, $"{header}\nFrom: {Address()}\nSubject: x\n\nHello"))["state"]!);
    }

    [Fact]
    public async Task An_answer_to_a_message_of_ours_is_not_held_for_what_a_scanner_thinks()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite, "--Cx:Intake:Spam:TrustScannerHeaders=true");
        var token = host.Services.GetRequiredService<Tokens>().ReplyToken(Guid.CreateVersion7());
        var contact = await PostAsync(host, $"X-Spam-Flag: YES\nFrom: {Address()}\nTo: case+{token}@help.example.com\nSubject: x\n\nHello");
        Assert.Equal("accepted", (string)contact["state"]!);
        Assert.Equal(["scanner: X-Spam-Flag", "answers: a message of ours"],
            contact["spam"]!["reasons"]!.AsArray().Select(reason => (string)reason!));
    }

    [Fact]
    public async Task A_flood_is_held_and_a_customer_who_wrote_before_never_is()
    {
        await using var host = await IntakeHost.StartAsync(
            Database.Sqlite, "--Cx:Intake:Spam:FloodSameSender=3", "--Cx:Intake:Spam:FloodSameText=5");
        var (known, stranger) = (Address(), Address());
        Task<JsonNode> WriteAsync(string from, int i, string text) => PostAsync(host, $"From: {from}\nMessage-ID: <{Guid.NewGuid():n}@x>\nSubject: {i}\n\n{text}");
        await WriteAsync(known, 0, "Hello");
        await host.ExecuteAsync($"update contacts set stored_at = stored_at - {24L * 3600 * 1_000_000}");
        for (var i = 1; i <= 8; i++)
        {
            Assert.Equal("accepted", (string)(await WriteAsync(known, i, $"Mine {i}"))["state"]!);
            Assert.Equal(i <= 3 ? "accepted" : "held", (string)(await WriteAsync(stranger, i, $"Theirs {i}"))["state"]!);
        }
        const string text = "The very same advertisement goes to everybody in the world.";
        for (var i = 1; i <= 7; i++)
            Assert.Equal(i <= 5 ? "accepted" : "held", (string)(await WriteAsync(Address(), i, text))["state"]!);
    }

    [Fact]
    public async Task A_scanner_is_asked_and_one_that_fails_accuses_nobody()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseSetting("urls", "http://127.0.0.1:0");
        await using var scanner = builder.Build();
        scanner.MapPost("/checkv2", async (HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body);
            var mail = await reader.ReadToEndAsync();
            return mail.Contains("broken", StringComparison.Ordinal)
                ? Results.StatusCode(500)
                : Results.Json(new { action = mail.Contains("viagra", StringComparison.Ordinal) ? "add header" : "no action", score = 9 });
        });
        await scanner.StartAsync();
        var address = scanner.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        await using var host = await IntakeHost.StartAsync(Database.Sqlite, $"--Cx:Intake:Spam:ScannerUrl={address}/checkv2");

        Assert.Equal("held", (string)(await PostAsync(host, $"From: {Address()}\nSubject: x\n\nviagra"))["state"]!);
        Assert.Equal("accepted", (string)(await PostAsync(host, $"From: {Address()}\nSubject: x\n\nhello"))["state"]!);
        var contact = await PostAsync(host, $"From: {Address()}\nSubject: x\n\nbroken");
        Assert.Equal("accepted", (string)contact["state"]!);
        Assert.Equal("scanner: did not answer", (string)contact["spam"]!["reasons"]![0]!);
    }

    [Fact]
    public async Task A_rule_is_listed_changed_and_forgotten_and_one_about_nothing_refused()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite);
        await RuleAsync(host, "someone@Example.COM", "block");
        await RuleAsync(host, "someone@example.com", "allow");
        var rule = Assert.Single((await host.GetAsync("/v1/intake/senders")).AsArray())!;
        Assert.Equal(("someone@example.com", "allow", "why"), ((string)rule["pattern"]!, (string)rule["verdict"]!, (string)rule["note"]!));
        using (var response = await host.Client.PutAsJsonAsync("/v1/intake/senders/no%20sender", new { verdict = "block" }))
            Assert.NotNull((await IntakeHost.JsonAsync(response, 400))["errors"]!["pattern"]);
        foreach (var status in new[] { HttpStatusCode.NoContent, HttpStatusCode.NotFound })
        {
            using var response = await host.Client.DeleteAsync("/v1/intake/senders/someone@example.com");
            Assert.Equal(status, response.StatusCode);
        }
    }

    [Theory]
    [InlineData("a@mail.shop.example.com", "a@mail.shop.example.com mail.shop.example.com shop.example.com example.com")]
    [InlineData("a@example.com", "a@example.com example.com")]
    public void A_rule_may_be_about_the_address_or_a_domain_above_it(string address, string patterns) =>
        Assert.Equal(patterns.Split(' '), SenderRules.PatternsOf(new(IdentityKind.EmailAddress, address)));

    [Fact]
    public async Task A_key_that_hands_in_too_much_is_told_when_to_come_again()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite, "--Cx:Intake:PerSourcePerMinute=2");
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 3; i++)
        {
            using var response = i == 1
                ? await host.PostMailAsync("From: a@example.com\n\nHello"u8.ToArray())
                : await host.PostContactAsync(new { from = new { value = "a@example.com" }, text = "Hello" });
            statuses.Add(response.StatusCode);
            Assert.Equal(i == 2, response.Headers.RetryAfter is not null);
        }
        Assert.Equal([HttpStatusCode.Accepted, HttpStatusCode.Accepted, HttpStatusCode.TooManyRequests], statuses);
    }
}
