using System.Net;
using System.Net.Http.Json;
using System.Text;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Intake;
using CxPlatform.Intake.Channels.Email;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using CxPlatform.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.ChannelIntake.Tests;

public sealed class ReprocessTests
{
    private const string Mail = "From: erika@example.com\nSubject: Hello\n\nWhat I wrote";

    // As a version would have left it that could not read the mail.
    private static Task ForgetAsync(IntakeHost host, string id) => host.ExecuteAsync(
        "update contacts set document = '{\"from\":{\"kind\":\"emailAddress\",\"value\":\"erika@example.com\",\"verified\":false},\"text\":\"\","
        + $"\"warnings\":[\"not-understood: x\"]}}' where lower(cast(id as text)) = '{id}'");

    private static async Task<(int Code, string Output)> CommandAsync(IntakeHost host, params string[] words)
    {
        using var output = new StringWriter();
        var code = await host.Services.GetServices<IHostCommand>().Single(command => command.Word == "intake")
            .RunAsync(words, output, output, CancellationToken.None);
        return (code, output.ToString());
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task What_was_not_understood_is_read_again_and_keeps_its_id(Database database)
    {
        await using var host = await IntakeHost.StartAsync(database);
        var ids = new List<string>();
        for (var i = 0; i < 12; i++)
            ids.Add((string)(await host.AcceptMailAsync($"{Mail} {i}"))["contactId"]!);
        foreach (var id in ids)
            await ForgetAsync(host, id);

        var (code, output) = await CommandAsync(host, "reprocess");
        Assert.True(code == 0 && output.Contains("12 contacts were read again, 12 of them", StringComparison.Ordinal), output);
        foreach (var (id, i) in ids.Select((id, i) => (id, i)))
        {
            var page = await host.GetAsync($"/v1/contacts?customerId={(await host.GetAsync("/v1/contacts/" + id))["customerId"]}");
            var item = page["items"]!.AsArray().Single(item => (string)item!["contactId"]! == id)!;
            Assert.Equal(("Hello", $"What I wrote {i}"), ((string)item["subject"]!, (string)item["text"]!));
            Assert.Single(await host.StreamAsync("contact/" + id));
        }
        Assert.Contains("0 contacts were read again", (await CommandAsync(host, "reprocess")).Output, StringComparison.Ordinal);
        Assert.Contains("12 contacts were read again, 0 of them", (await CommandAsync(host, "reprocess", "--all")).Output, StringComparison.Ordinal);
        Assert.Contains("0 contacts were read again", (await CommandAsync(host, "reprocess", "--all", "--since", "2999-01-01")).Output, StringComparison.Ordinal);
        Assert.True((bool)(await host.GetAsync("/v1/intake/admin/reconciliation"))["balanced"]!);
    }

    [Fact]
    public async Task The_command_reads_what_waits_without_a_running_host()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite);
        var id = Guid.CreateVersion7();
        await host.Services.GetRequiredService<GroupCommit<IntakeDb, RawArrival, RawArrival>>().SubmitAsync(
            new(id, MailArrivals.Reader, Channel.Email, DateTimeOffset.UtcNow, MailIntake.RawType, new(), Encoding.UTF8.GetBytes(Mail), null),
            CancellationToken.None);
        var (code, output) = await CommandAsync(host, "reprocess");
        Assert.True(code == 0 && output.Contains("1 arrivals that waited were read, 0 still wait", StringComparison.Ordinal), output);
        Assert.Equal("What I wrote", (await host.EventAsync<ContactReceived>($"contact/{id}")).Text);
    }

    [Fact]
    public async Task A_bounce_that_was_not_seen_before_is_told()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite);
        var id = (string)(await host.AcceptMailAsync("""
            Return-Path: <>
            From: MAILER-DAEMON@mx.example.com
            Subject: Undelivered
            Content-Type: multipart/report; report-type=delivery-status; boundary="b"

            --b
            Content-Type: message/delivery-status

            Reporting-MTA: dns; mx.example.com

            Final-Recipient: rfc822; nobody@example.com
            Action: failed
            Status: 5.1.1

            --b--
            """))["contactId"]!;
        await ForgetAsync(host, id);
        await CommandAsync(host, "reprocess");
        Assert.Equal(
            ["contact.received.v1", "bounce.received.v1", "bounce.received.v1"], (await host.StreamAsync("contact/" + id)).Select(e => e.Type));
    }

    [Fact]
    public async Task An_administrator_starts_it_over_http()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite);
        var id = (string)(await host.AcceptMailAsync(Mail))["contactId"]!;
        await ForgetAsync(host, id);
        using var response = await host.Client.PostAsJsonAsync("/v1/intake/admin/reprocess", new { });
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        await Eventually.Async(async () =>
            Assert.Empty((await host.GetAsync("/v1/contacts/" + id))["warnings"]!.AsArray()));
    }

    [Fact]
    public async Task What_is_not_understood_of_the_command_is_explained()
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        foreach (var words in new string[][] { [], ["reproces"], ["reprocess", "--since"], ["reprocess", "--since", "yesterday-ish"] })
        {
            var (code, output) = await CommandAsync(host, words);
            Assert.True(code == 2 && output.Contains("intake reprocess [--all]", StringComparison.Ordinal), output);
        }
    }
}
