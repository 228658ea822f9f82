using System.Net.Http.Json;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Contracts.Notifications.V1;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;
using CxPlatform.Testing;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notification.Tests;

public sealed class FallBackTests
{
    private static readonly Identity Mail = new(IdentityKind.EmailAddress, "maria@customer.example");
    private static readonly Identity Phone = new(IdentityKind.PhoneNumber, "+431234567");

    [Theory]
    [InlineData(Store.Sqlite, "")]
    [InlineData(Store.Postgres, "5.1.1 ")]
    public async Task What_a_mailbox_refuses_for_good_goes_by_text_message_and_the_case_hears_of_both(Store store, string status)
    {
        await using var smtp = new ScriptedSmtp();
        smtp.ToRecipient.Enqueue($"550 {status}<maria@customer.example>: no such user");
        await using var host = await NotificationHost.StartAsync(store, settings: SendingTests.Smtp(smtp));
        var story = new Story();
        await host.DeliverAsync(story.Customer(Mail, Phone));
        await host.DeliverAsync(story.Opened(), story.Answered());
        Assert.Contains("new seal", Assert.Single(await host.TextsAsync(1)));
        await host.SettledAsync();

        var rows = await host.MessagesAsync();
        Assert.Equal([(MessageState.Failed, Channel.Email), (MessageState.Sent, Channel.Sms)], rows.Select(row => (row.State, row.Channel)));
        Assert.Equal($"550 {status}(address): no such user; it goes by SMS instead.", Assert.Single(await host.AppendedAsync<MessageFailed>()).Reason);
        Assert.Equal(rows[1].Id, Assert.Single(await host.AppendedAsync<MessageSent>()).MessageId);
        Assert.Equal(status.Trim(), (await host.ReadAsync(db => db.Suppressions.SingleAsync())).Status ?? "");

        // The next one does not even try the mailbox.
        await host.DeliverAsync(story.Answered("It is on its way."));
        Assert.Equal(2, (await host.TextsAsync(2)).Count);
        Assert.Empty(smtp.Taken);
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task A_mail_that_comes_back_takes_another_way_too(Store store)
    {
        await using var host = await NotificationHost.StartAsync(store);
        var story = new Story();
        await host.DeliverAsync(story.Customer(Mail, Phone));
        await host.DeliverAsync(story.Opened(), story.Answered());
        var mail = Assert.Single(await host.MailsAsync(1));
        await host.SettledAsync();
        await host.DeliverAsync(new BounceReceived(Guid.CreateVersion7(), Mail.Value, true, "5.1.1", null, story.CaseId, mail.MessageId));
        Assert.Contains("new seal", Assert.Single(await host.TextsAsync(1)));
        Assert.EndsWith("it goes by SMS instead.", Assert.Single(await host.AppendedAsync<MessageFailed>()).Reason);
        Assert.Empty(await host.ParkedAsync());
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task An_address_that_exists_after_all_is_taken_back_into_use(Store store)
    {
        await using var smtp = new ScriptedSmtp();
        smtp.ToRecipient.Enqueue("550 5.1.1 no such user");
        await using var host = await NotificationHost.StartAsync(store, settings: SendingTests.Smtp(smtp));
        var story = new Story();
        await host.DeliverAsync(story.Opened(), story.Answered());
        await host.SettledAsync();
        var list = await host.Admin.GetFromJsonAsync<JsonElement>("/v1/notification/suppressions");
        Assert.Equal(Mail.Value, Assert.Single(list.EnumerateArray()).GetProperty("address").GetString());
        using (var lifted = await host.Admin.DeleteAsync($"/v1/notification/suppressions/{Mail.Value}"))
            Assert.Equal(System.Net.HttpStatusCode.NoContent, lifted.StatusCode);
        using (var again = await host.Admin.DeleteAsync($"/v1/notification/suppressions/{Mail.Value}"))
            Assert.Equal(System.Net.HttpStatusCode.NotFound, again.StatusCode);
        await host.DeliverAsync(story.Answered());
        await host.SettledAsync();
        Assert.Single(smtp.Taken);
    }

    [Fact]
    public async Task A_refusal_that_is_about_the_message_suppresses_nobody()
    {
        await using var smtp = new ScriptedSmtp();
        smtp.ToData.Enqueue("554 5.7.1 we think this is spam");
        await using var host = await NotificationHost.StartAsync(settings: SendingTests.Smtp(smtp));
        var story = new Story();
        await host.DeliverAsync(story.Opened(), story.Answered());
        await host.SettledAsync();
        Assert.Equal(MessageState.Failed, Assert.Single(await host.MessagesAsync()).State);
        Assert.Equal(0, await host.ReadAsync(db => db.Suppressions.CountAsync()));
    }

    [Fact]
    public async Task A_customer_hears_from_us_where_they_prefer_to()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        await host.DeliverAsync(story.Customer(Mail, Phone) with { PreferredChannel = Channel.Sms });
        await host.DeliverAsync(story.Opened(), story.Answered());
        Assert.StartsWith("To: +431234567\n", Assert.Single(await host.TextsAsync(1)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task After_an_hour_the_case_hears_once_that_a_message_is_late(Store store)
    {
        var clock = new SteppedTime();
        await using var smtp = new ScriptedSmtp();
        for (var i = 0; i < 4; i++)
            smtp.ToRecipient.Enqueue("451 4.7.1 try again later");
        await using var host = await NotificationHost.StartAsync(store, clock, SendingTests.Smtp(smtp));
        var story = new Story();
        await host.DeliverAsync(story.Opened(), story.Answered());
        for (var attempt = 1; attempt <= 4; attempt++)
        {
            var row = await Eventually.Value(async () => (await host.MessagesAsync()).SingleOrDefault(row => row.Attempts == attempt));
            Assert.Equal(attempt < 3 ? 0 : 1, (await host.AppendedAsync<MessageFailed>()).Count);
            clock.Set(row.Due);
        }
        await host.SettledAsync();
        var late = Assert.Single(await host.AppendedAsync<MessageFailed>());
        Assert.Equal((false, "451 4.7.1 try again later"), (late.Permanent, late.Reason));
        Assert.Single(await host.AppendedAsync<MessageSent>());

        var detail = await host.Admin.GetFromJsonAsync<JsonElement>($"/v1/messages/{late.MessageId}");
        Assert.Equal(
            ["deferred", "deferred", "deferred", "deferred", "sent"],
            detail.GetProperty("attempts").EnumerateArray().Select(attempt => attempt.GetProperty("outcome").GetString()));
        Assert.Equal("451 4.7.1 try again later", detail.GetProperty("attempts")[0].GetProperty("reason").GetString());
        Assert.Equal("4F1D2ABC", detail.GetProperty("attempts")[4].GetProperty("providerId").GetString());
    }

    [Fact]
    public async Task While_the_relay_is_down_messages_wait_for_it_without_losing_attempts()
    {
        var clock = new SteppedTime();
        var port = FreePort.Next();
        await using var host = await NotificationHost.StartAsync(
            clock: clock, settings: [("Cx:Mail:Smtp:Host", "127.0.0.1"), ("Cx:Mail:Smtp:Port", $"{port}"), ("Cx:Mail:Smtp:Tls", "None"), ("Cx:Notification:Parallelism", "1")]);
        var story = new Story();
        await host.DeliverAsync([story.Opened(), .. Enumerable.Range(0, 40).Select(i => story.Answered($"Answer {i}"))]);
        await Eventually.Async(async () => (await host.MessagesAsync()).All(row => row.Claim is null && row.Reason is not null));
        var rows = await host.MessagesAsync();
        Assert.InRange(rows.Count(row => row.Attempts == 1), 10, 39);
        Assert.All(rows.Where(row => row.Attempts == 0), row => Assert.InRange(row.Due - clock.GetUtcNow(), TimeSpan.Zero, TimeSpan.FromSeconds(31)));
    }
}
