using System.Globalization;
using System.Text;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Notifications.V1;
using CxPlatform.Mail;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;
using CxPlatform.Testing;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notification.Tests;

public sealed class SendingTests
{
    [Fact]
    public async Task A_mail_leaves_with_an_envelope_whose_bounces_come_back_to_the_case()
    {
        await using var smtp = new ScriptedSmtp();
        await using var host = await NotificationHost.StartAsync(settings: Smtp(smtp));
        var story = new Story();
        await host.DeliverAsync(story.Opened(), story.Acknowledged());
        await host.SettledAsync();

        var (from, to, message) = Assert.Single(smtp.Taken);
        Assert.Equal("maria@customer.example", to);
        Assert.StartsWith("bounce+", from);
        Assert.True(host.Tokens.TryReadReplyToken(from["bounce+".Length..from.IndexOf('@')], out var caseId));
        Assert.Equal(story.CaseId, caseId);
        Assert.Contains("We got this.", MimeReader.Read(Encoding.Latin1.GetBytes(message)).TextBody);
        Assert.Equal("4F1D2ABC", Assert.Single(await host.AppendedAsync<MessageSent>()).ProviderId);
    }

    [Fact]
    public async Task What_answers_a_machine_by_hand_has_the_null_return_path()
    {
        await using var smtp = new ScriptedSmtp();
        await using var host = await NotificationHost.StartAsync(settings: Smtp(smtp));
        var story = new Story { Automatic = Automatic.AutoReply };
        await host.DeliverAsync(story.Opened(), story.Answered());
        await host.SettledAsync();
        Assert.Equal("", Assert.Single(smtp.Taken).From);
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task A_server_that_defers_is_asked_again_after_five_minutes_and_then_hourly(Store store)
    {
        var clock = new SteppedTime();
        await using var smtp = new ScriptedSmtp();
        smtp.ToRecipient.Enqueue("451 4.7.1 <maria@customer.example>: greylisted, try again later");
        smtp.ToRecipient.Enqueue(null); // drops the connection
        await using var host = await NotificationHost.StartAsync(store, clock, Smtp(smtp));
        var story = new Story();
        await host.DeliverAsync(story.Opened(), story.Acknowledged());

        var first = await RowAsync(host, row => row.Attempts == 1);
        Assert.Equal(MessageState.Pending, first.State);
        Assert.Equal("451 4.7.1 (address): greylisted, try again later", first.Reason);
        Assert.InRange(first.Due - first.CreatedAt, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(6));
        Assert.Empty(smtp.Taken);

        clock.Set(first.Due);
        var second = await RowAsync(host, row => row.Attempts == 2);
        Assert.Equal(MessageState.Pending, second.State);
        Assert.InRange(second.Due - first.Due, TimeSpan.FromHours(1), TimeSpan.FromHours(1.2));

        clock.Set(second.Due);
        var third = await RowAsync(host, row => row.Attempts == 3);
        Assert.Equal(MessageState.Sent, third.State);
        Assert.Single(smtp.Taken);
        Assert.Empty(await host.AppendedAsync<MessageFailed>());
        Assert.Single(await host.AppendedAsync<MessageSent>());
    }

    [Fact]
    public async Task A_message_is_given_up_after_seven_days_and_the_case_hears_why()
    {
        var clock = new SteppedTime();
        await using var host = await NotificationHost.StartAsync(
            clock: clock, settings: [("Cx:Mail:Smtp:Host", "127.0.0.1"), ("Cx:Mail:Smtp:Port", $"{FreePort.Next()}"), ("Cx:Mail:Smtp:Tls", "None")]);
        var story = new Story();
        await host.DeliverAsync(story.Opened(), story.Acknowledged());
        var row = await RowAsync(host, row => row.Attempts == 1);
        clock.Set(row.CreatedAt + RetrySchedule.Lasting(Channel.Email));
        row = await RowAsync(host, row => row.State != MessageState.Pending);
        Assert.Equal(MessageState.Failed, row.State);
        Assert.StartsWith("Given up after 2 attempts.", Assert.Single(await host.AppendedAsync<MessageFailed>()).Reason);
    }

    [Fact]
    public async Task A_refusal_for_good_is_not_tried_again_and_names_nobody()
    {
        await using var smtp = new ScriptedSmtp();
        smtp.ToRecipient.Enqueue("550 5.1.1 <maria@customer.example>: no such user");
        await using var host = await NotificationHost.StartAsync(settings: Smtp(smtp));
        var story = new Story();
        await host.DeliverAsync(story.Opened(), story.Acknowledged());
        await host.SettledAsync();
        var failed = Assert.Single(await host.AppendedAsync<MessageFailed>());
        Assert.Equal(("550 5.1.1 (address): no such user", true, 1), (failed.Reason, failed.Permanent, failed.Attempts));
        Assert.Equal(MessageState.Failed, Assert.Single(await host.MessagesAsync()).State);
    }

    [Fact]
    public async Task A_connection_lost_after_the_data_is_tried_again_under_the_same_message_id()
    {
        var clock = new SteppedTime();
        await using var smtp = new ScriptedSmtp();
        smtp.ToData.Enqueue(null);
        await using var host = await NotificationHost.StartAsync(clock: clock, settings: Smtp(smtp));
        var story = new Story();
        await host.DeliverAsync(story.Opened(), story.Acknowledged());
        var row = await RowAsync(host, row => row.Attempts == 1);
        clock.Set(row.Due);
        await host.SettledAsync();
        var content = JsonSerializer.Deserialize<MessageContent>(row.Content, EventTypes.Json)!;
        Assert.Contains($"<{content.MessageId}>", Assert.Single(smtp.Taken).Message);
    }

    [Fact]
    public async Task Connections_are_kept_and_used_again()
    {
        await using var smtp = new ScriptedSmtp();
        await using var host = await NotificationHost.StartAsync(settings: [.. Smtp(smtp), ("Cx:Mail:Smtp:Connections", "2")]);
        var story = new Story();
        await host.DeliverAsync([story.Opened(), .. Enumerable.Range(0, 50).Select(i => story.Answered($"Answer {i}"))]);
        await host.SettledAsync();
        Assert.Equal(50, smtp.Taken.Count);
        Assert.InRange(smtp.Connections, 1, 2);
    }

    [Fact]
    public async Task Two_processes_share_the_work_and_send_each_message_once()
    {
        await using var smtp = new ScriptedSmtp();
        await using var host = await NotificationHost.StartAsync(Store.Postgres, settings: Smtp(smtp));
        await using var other = await host.AnotherAsync();
        await InsertAsync(host, 300, claim: null, due: DateTimeOffset.UtcNow.AddMinutes(-1));
        await host.SettledAsync();
        Assert.Equal(300, smtp.Taken.Count);
        Assert.Equal(300, smtp.Taken.Select(taken => taken.To).Distinct().Count());
        Assert.Equal(300, (await host.AppendedAsync<MessageSent>()).Count);
    }

    [Fact]
    public async Task What_a_process_that_died_had_claimed_is_sent_when_the_claim_has_ended()
    {
        var clock = new SteppedTime();
        await using var smtp = new ScriptedSmtp();
        await using var host = await NotificationHost.StartAsync(Store.Postgres, clock, Smtp(smtp));
        await InsertAsync(host, 1, claim: Guid.NewGuid(), due: clock.GetUtcNow().AddSeconds(30));
        await InsertAsync(host, 1, claim: null, due: clock.GetUtcNow(), from: 1);
        await Eventually.Async(() => Assert.Equal("customer1@customer.example", Assert.Single(smtp.Taken).To));
        clock.Advance(TimeSpan.FromSeconds(31));
        await host.SettledAsync();
        Assert.Equal(["customer0@customer.example", "customer1@customer.example"], smtp.Taken.Select(taken => taken.To).Order());
    }

    [Fact]
    public async Task What_an_embedded_process_had_claimed_when_it_died_is_sent_at_its_next_start()
    {
        await using var smtp = new ScriptedSmtp();
        await using var host = await NotificationHost.StartAsync(settings: Smtp(smtp));
        await InsertAsync(host, 3, claim: Guid.NewGuid(), due: DateTimeOffset.UtcNow.AddSeconds(28));
        await host.StopAsync();
        await host.StartAgainAsync();
        await host.SettledAsync();
        Assert.Equal(3, smtp.Taken.Count);
    }

    [Fact]
    public async Task What_is_not_sent_when_the_process_stops_is_sent_after_the_next_start()
    {
        await using var smtp = new ScriptedSmtp();
        await using var host = await NotificationHost.StartAsync(Store.Postgres, settings: [.. Smtp(smtp), ("Cx:Mail:Smtp:Connections", "1"), ("Cx:Notification:Parallelism", "1")]);
        var story = new Story();
        await host.DeliverAsync([story.Opened(), .. Enumerable.Range(0, 200).Select(i => story.Answered($"Answer {i}"))]);
        await host.StopAsync();
        await host.StartAgainAsync();
        await host.SettledAsync();
        Assert.Equal(200, smtp.Taken.Count);
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task A_process_keeps_what_it_has_claimed_however_slow_the_server_is(Store store)
    {
        var clock = new SteppedTime();
        await using var smtp = new ScriptedSmtp();
        smtp.Hold();
        await using var host = await NotificationHost.StartAsync(store, clock, [.. Smtp(smtp), ("Cx:Mail:Smtp:Connections", "1"), ("Cx:Notification:Parallelism", "1")]);
        var story = new Story();
        await host.DeliverAsync([story.Opened(), .. Enumerable.Range(0, 20).Select(i => story.Answered($"Answer {i}"))]);
        await Eventually.Async(() => Task.FromResult(smtp.Connections == 1));
        var claims = (await host.MessagesAsync()).Select(row => row.Claim).ToHashSet();
        for (var i = 0; i < 5; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(15));
            await Eventually.Async(async () => (await host.MessagesAsync()).All(row => row.Due > clock.GetUtcNow().AddSeconds(20)));
        }
        Assert.Equal(claims, (await host.MessagesAsync()).Select(row => row.Claim).ToHashSet());
        smtp.Release();
        await host.SettledAsync();
        Assert.Equal(20, (await host.AppendedAsync<MessageSent>()).Count);
        Assert.Equal(20, smtp.Taken.Count);
    }

    internal static (string, string)[] Smtp(ScriptedSmtp smtp) =>
        [("Cx:Mail:Smtp:Host", "127.0.0.1"), ("Cx:Mail:Smtp:Port", smtp.Port.ToString(CultureInfo.InvariantCulture)), ("Cx:Mail:Smtp:Tls", "None")];

    private static Task<MessageRow> RowAsync(NotificationHost host, Func<MessageRow, bool> condition) =>
        Eventually.Value(async () => (await host.MessagesAsync()).SingleOrDefault(condition));

    private static Task InsertAsync(NotificationHost host, int count, Guid? claim, DateTimeOffset due, int from = 0) => host.ReadAsync(async db =>
    {
        db.Messages.AddRange(Enumerable.Range(from, count).Select(i => new MessageRow
        {
            Id = Guid.CreateVersion7(),
            EventId = Guid.CreateVersion7(),
            Recipient = $"customer{i}@customer.example",
            Template = "reply",
            Channel = Channel.Email,
            State = MessageState.Pending,
            Due = due,
            Claim = claim,
            CreatedAt = host.Clock.GetUtcNow(),
            Content = JsonSerializer.Serialize(
                new MessageContent { Sender = "Anna", Subject = "Hello", Text = "Hello", MessageId = $"m{i}@help.example.com", ReplyToken = "token" }, EventTypes.Json),
        }));
        return await db.SaveChangesAsync();
    });
}
