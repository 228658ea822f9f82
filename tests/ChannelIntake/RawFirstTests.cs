using System.Text;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Intake;
using CxPlatform.Intake.Channels.Email;
using CxPlatform.Messaging;
using CxPlatform.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.ChannelIntake.Tests;

public sealed class RawFirstTests
{
    private const string WithFile = """
        From: erika@example.com
        Subject: With a file
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="b"

        --b
        Content-Type: text/plain

        Here it is.
        --b
        Content-Type: application/pdf; name="a.pdf"

        %PDF-1.4 not much
        --b--
        """;

    private static string Blobs(IntakeHost host) => Path.Combine(host.Folder.Path, "blobs");

    // Where a folder should be there is a file: nothing can be put there.
    private static void Break(IntakeHost host) => File.WriteAllText(Blobs(host), "");

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_mail_that_cannot_be_read_is_kept_shown_and_read_when_it_can(Database database)
    {
        await using var host = await IntakeHost.StartAsync(database);
        Break(host);
        var id = (Guid)(await host.AcceptMailAsync(WithFile))["contactId"]!;

        var waiting = await host.GetAsync($"/v1/contacts/{id}");
        Assert.Equal("failed", (string)waiting["state"]!);
        Assert.Equal("DirectoryNotFoundException", (string)waiting["fault"]!);
        Assert.Contains("With a file", await host.Client.GetStringAsync($"/v1/contacts/{id}/raw"), StringComparison.Ordinal);
        var before = await host.GetAsync("/v1/intake/admin/reconciliation");
        Assert.True((bool)before["balanced"]!, before.ToJsonString());
        Assert.Equal(1, (int)before["channels"]![0]!["failed"]!);

        File.Delete(Blobs(host));
        await host.ExecuteAsync("update arrivals set due = taken_at");
        var contact = await Eventually.Value(
            () => host.GetAsync($"/v1/contacts/{id}"), read => (string)read["state"]! == "accepted", TimeSpan.FromSeconds(30));
        Assert.Equal("a.pdf", (string)contact["attachments"]![0]!["name"]!);
        Assert.Equal(0, await host.CountAsync("select count(*) from arrivals"));
        Assert.Equal("Here it is.", (await host.EventAsync<ContactReceived>($"contact/{id}")).Text);
        var after = await host.GetAsync("/v1/intake/admin/reconciliation");
        Assert.True((bool)after["balanced"]!, after.ToJsonString());
        Assert.Equal(1, (int)after["channels"]![0]!["contacts"]!);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task What_a_process_took_and_died_over_is_read_by_the_next(Database database)
    {
        await using var host = await IntakeHost.StartAsync(database);
        var writer = host.Services.GetRequiredService<GroupCommit<IntakeDb, RawArrival, RawArrival>>();
        var id = Guid.CreateVersion7();
        await writer.SubmitAsync(
            new(id, MailArrivals.Reader, Channel.Email, DateTimeOffset.UtcNow, MailIntake.RawType, new(), Encoding.UTF8.GetBytes("From: a@example.com\n\nHello"), null),
            CancellationToken.None);
        Assert.Equal("pending", (string)(await host.GetAsync($"/v1/contacts/{id}"))["state"]!);
        Assert.True((bool)(await host.GetAsync("/v1/intake/admin/reconciliation"))["balanced"]!);

        await host.ExecuteAsync("update arrivals set due = taken_at");
        await Eventually.Async(
            async () => Assert.Equal("accepted", (string)(await host.GetAsync($"/v1/contacts/{id}"))["state"]!), TimeSpan.FromSeconds(30));
        Assert.Single(await host.StreamAsync($"contact/{id}"));
    }

    [Fact]
    public async Task The_sender_of_what_is_read_twice_sees_one_contact()
    {
        await using var host = await IntakeHost.StartAsync(Database.Postgres);
        var run = Guid.NewGuid().ToString("n");
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i =>
            host.AcceptMailAsync($"From: a{i % 5}@example.com\nMessage-ID: <{run}-{i % 10}@x>\nSubject: s\n\nHello {i % 10}")));
        Assert.Equal(10, answers.Select(answer => (string)answer["contactId"]!).Distinct().Count());
        Assert.Equal(30, answers.Count(answer => (bool)answer["duplicate"]!));
        Assert.Equal(0, await host.CountAsync("select count(*) from arrivals"));
        var view = await host.GetAsync("/v1/intake/admin/reconciliation");
        Assert.True((bool)view["balanced"]!, view.ToJsonString());
        Assert.Equal((40, 10, 30), ((int)view["channels"]![0]!["received"]!, (int)view["channels"]![0]!["contacts"]!, (int)view["channels"]![0]!["duplicates"]!));
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_row_that_vanishes_is_reported(Database database)
    {
        await using var host = await IntakeHost.StartAsync(database);
        for (var i = 0; i < 3; i++)
            await host.AcceptMailAsync($"From: a@example.com\nMessage-ID: <{i}@x>\n\nHello {i}");
        Assert.True((bool)(await host.GetAsync("/v1/intake/admin/reconciliation"))["balanced"]!);
        await host.ExecuteAsync("delete from contacts where id = (select id from contacts order by stored_at limit 1)");
        var view = await host.GetAsync("/v1/intake/admin/reconciliation");
        Assert.False((bool)view["balanced"]!);
        Assert.Equal(1, (int)view["channels"]![0]!["missing"]!);
        Assert.Equal("email", (string)view["hours"]!.AsArray().Single(hour => (int)hour!["missing"]! == 1)!["channel"]!);
    }

    [Fact]
    public async Task A_mail_under_a_repeated_idempotency_key_is_answered_as_before_and_one_with_another_body_refused()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite);
        async Task<HttpResponseMessage> PostAsync(string text)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/channels/email")
            {
                Content = new ByteArrayContent(Encoding.UTF8.GetBytes("From: a@example.com\n\n" + text)),
            };
            request.Headers.Add("Idempotency-Key", "k");
            return await host.Client.SendAsync(request);
        }

        using var first = await PostAsync("One");
        using var again = await PostAsync("One");
        using var other = await PostAsync("Two");
        var id = (string)(await IntakeHost.JsonAsync(first, 202))["contactId"]!;
        Assert.Equal(id, (string)(await IntakeHost.JsonAsync(again, 202))["contactId"]!);
        await IntakeHost.JsonAsync(other, 422);
        Assert.Equal(0, await host.CountAsync("select count(*) from arrivals"));
        var view = await host.GetAsync("/v1/intake/admin/reconciliation");
        Assert.True((bool)view["balanced"]!, view.ToJsonString());
    }

    [Fact]
    public async Task An_empty_mail_is_nobodys()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite);
        using var response = await host.PostMailAsync([]);
        Assert.NotNull((await IntakeHost.JsonAsync(response, 400))["errors"]!["body"]);
        Assert.Equal(0, await host.CountAsync("select count(*) from arrivals"));
    }
}
