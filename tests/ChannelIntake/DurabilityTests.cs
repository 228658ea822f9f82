using System.Net;
using CxPlatform.Intake;
using CxPlatform.Testing;

namespace CxPlatform.ChannelIntake.Tests;

public sealed class DurabilityTests
{
    [Fact]
    public async Task While_the_database_is_away_senders_are_told_to_come_again_and_nothing_is_half_stored()
    {
        await using var server = await PostgresServer.StartOwnAsync();
        await using var host = await IntakeHost.StartOnAsync(await server.CreateDatabaseAsync("intake"));
        var run = Guid.NewGuid().ToString("n");
        object Contact(int i) =>
            new { providerId = $"{run}-{i}", from = new { value = $"{run}-{i}@example.com" }, text = "Where is my order?" };
        await host.AcceptContactAsync(Contact(0));

        await server.KillAsync();
        var refused = await Task.WhenAll(Enumerable.Range(1, 16).Select(async i =>
        {
            using var response = await host.PostContactAsync(Contact(i));
            return (response.StatusCode, response.Headers.RetryAfter);
        }));
        Assert.All(refused, answer =>
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.NotNull(answer.RetryAfter);
        });

        await server.StartAsync();
        await Eventually.Async(async () =>
        {
            for (var i = 0; i <= 16; i++)
                await host.AcceptContactAsync(Contact(i));
        }, TimeSpan.FromSeconds(60));
        Assert.Equal(17, await host.CountAsync("select count(*) from contacts"));
        Assert.Equal(17, await host.CountAsync("select count(*) from customers"));
        Assert.Equal(17, await host.CountAsync("select count(*) from identities"));
        Assert.Equal(34, await host.CountAsync("select count(*) from events"));
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task What_was_received_is_what_is_stored(Database database)
    {
        await using var host = await IntakeHost.StartAsync(database);
        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => host.AcceptContactAsync(
            new
            {
                providerId = $"{i % 40}",
                channel = i % 2 == 0 ? "letter" : "kiosk",
                from = new { value = $"{i % 7}@example.com" },
                text = "Hello",
            })));

        var view = await host.GetAsync("/v1/intake/admin/reconciliation");
        Assert.True((bool)view["balanced"]!, view.ToJsonString());
        var channels = view["channels"]!.AsArray();
        Assert.Equal(["kiosk", "letter"], channels.Select(channel => (string)channel!["channel"]!));
        Assert.Equal(40, channels.Sum(channel => (int)channel!["contacts"]!));
        Assert.Equal(20, channels.Sum(channel => (int)channel!["duplicates"]!));
        var process = view["thisProcess"]!.AsArray();
        Assert.Equal(60, process.Sum(channel => (int)channel!["received"]!));
        Assert.Equal(0, process.Sum(channel => (int)channel!["inFlight"]!));
    }

    [Fact]
    public async Task A_long_text_is_cut_for_the_event_and_kept_whole()
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        var text = string.Concat(Enumerable.Repeat("Ein langer Text mit Umlauten: äöü. ", 5000));
        var answer = await host.AcceptContactAsync(new { from = new { value = $"{Guid.NewGuid():n}@example.com" }, text });
        var contact = await host.EventAsync<Contracts.Intake.V1.ContactReceived>("contact/" + answer["contactId"]);
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(contact.Text), 65_000, Limits.EventText);
        Assert.StartsWith(contact.Text, text, StringComparison.Ordinal);
        Assert.NotNull(contact.Raw);
        Assert.True((bool)(await host.GetAsync("/v1/contacts/" + answer["contactId"]))["truncated"]!);
        var raw = await host.Client.GetStringAsync($"/v1/contacts/{answer["contactId"]}/raw");
        Assert.Equal(text, (string)System.Text.Json.Nodes.JsonNode.Parse(raw)!["text"]!);
    }

    [Fact]
    public async Task A_body_above_the_limit_is_refused_with_the_limit()
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        using var content = new ByteArrayContent(new byte[Limits.ApiBody + 1]);
        content.Headers.ContentType = new("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/contacts") { Content = content };
        request.Headers.ExpectContinue = true;
        // It waits for the answer before it sends the body, however long that takes: after the refusal nobody reads on.
        using var patient = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) }) { BaseAddress = host.Client.BaseAddress };
        patient.DefaultRequestHeaders.Authorization = host.Client.DefaultRequestHeaders.Authorization;
        using var response = await patient.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains($"{Limits.ApiBody}", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
