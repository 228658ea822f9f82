using CxPlatform.Contracts;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;
using CxPlatform.Testing;

namespace CxPlatform.Notification.Tests;

public sealed class LoopTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(15)]
    [InlineData(25)]
    [InlineData(50)]
    [InlineData(100)]
    public void Automatic_messages_to_one_recipient_of_a_case_are_capped_over_every_span(int most)
    {
        // As many as there may be in a span, evenly spread over it, and none more until the first has left it.
        var (messages, window) = LoopCap.Limits.Single(limit => limit.Messages == most);
        var conversation = Conversation();
        var step = window / (messages + 1);
        var at = Story.Monday;
        for (var i = 0; i < messages; i++, at += step)
            Assert.True(LoopCap.Admit(conversation, "a@example.com", at), $"{i} of {messages} after {at - Story.Monday}");
        Assert.False(LoopCap.Admit(conversation, "a@example.com", at));
        Assert.True(LoopCap.Admit(conversation, "b@example.com", at));
        Assert.True(LoopCap.Admit(conversation, "a@example.com", Story.Monday + window));
    }

    [Fact]
    public void However_fast_a_machine_asks_no_span_ever_holds_more_than_its_cap()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var conversation = Conversation();
        var admitted = new List<DateTimeOffset>();
        for (var at = Story.Monday; at < Story.Monday.AddHours(30); at += TimeSpan.FromSeconds(random.Next(1, 400)))
            if (LoopCap.Admit(conversation, "a@example.com", at))
                admitted.Add(at);
        foreach (var (messages, window) in LoopCap.Limits)
            for (var i = 0; i + messages < admitted.Count; i++)
                Assert.True(admitted[i + messages] - admitted[i] >= window, $"seed {seed}: {messages + 1} within {admitted[i + messages] - admitted[i]}");
    }

    [Fact]
    public void Receipts_become_rarer_until_a_person_speaks()
    {
        var conversation = Conversation();
        var sent = Enumerable.Range(0, 24 * 60).Count(minute => Receipts.Admit(conversation, "a@example.com", Story.Monday.AddMinutes(minute)));
        Assert.Equal(6, sent); // after 0, 30, 90, 210, 450 and 930 minutes
        conversation.Receipts.Clear();
        Assert.True(Receipts.Admit(conversation, "a@example.com", Story.Monday.AddDays(1)));
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task Two_machines_of_which_neither_says_so_stop_after_one_exchange(Store store)
    {
        await using var host = await NotificationHost.StartAsync(store, new SteppedTime());
        var story = new Story();
        await host.DeliverAsync(story.Opened(), story.Acknowledged());
        var seen = (await host.MailsAsync(1)).Count;
        var exchanges = 0;
        // The other machine answers whatever it gets, at once.
        for (var round = 0; round < 20; round++)
        {
            await host.DeliverAsync(story.Replied($"Thank you for your message {round}.", messageId: $"<auto{round}@machine.example>"));
            await host.SettledAsync();
            var mails = (await host.MailsAsync(seen)).Count;
            if (mails == seen)
                break;
            (seen, exchanges) = (mails, exchanges + 1);
        }
        Assert.Equal(1, exchanges);
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task A_machine_that_opens_case_after_case_stops_at_the_caps_of_its_address(Store store)
    {
        await using var host = await NotificationHost.StartAsync(store, new SteppedTime(), ("Cx:Notification:MostAutomaticPerDay", "5"));
        for (var i = 0; i < 12; i++)
        {
            var story = new Story { Number = $"CX-2026-{i:000000}" };
            await host.DeliverAsync(story.Opened(), story.Acknowledged());
        }
        await host.SettledAsync();
        Assert.Equal(5, (await host.MailsAsync(5)).Count);
        var rows = await host.MessagesAsync();
        Assert.Equal(7, rows.Count(row => row.State == MessageState.Failed && row.Reason!.StartsWith("Too many automatic messages", StringComparison.Ordinal)));
        // A person is still heard.
        var other = new Story();
        await host.DeliverAsync(other.Opened(), other.Answered());
        Assert.Equal(6, (await host.MailsAsync(6)).Count);
    }

    [Fact]
    public async Task What_the_caps_of_a_case_hold_back_is_on_record_with_the_reason_and_counts_for_nothing_else()
    {
        await using var host = await NotificationHost.StartAsync(clock: new SteppedTime(), settings: ("Cx:Notification:MostAutomaticPerDay", "12"));
        var story = new Story();
        await host.DeliverAsync([story.Opened(), .. Enumerable.Range(0, 30).Select(_ => story.Acknowledged())]);
        await host.SettledAsync();
        Assert.Equal(10, (await host.MailsAsync(10)).Count);
        var held = (await host.MessagesAsync()).Where(row => row.State == MessageState.Withheld).ToList();
        Assert.Equal(20, held.Count);
        Assert.All(held, row => Assert.Equal(Stops.Looped, row.Reason));
        var other = new Story { Number = "CX-2026-000999" };
        await host.DeliverAsync(other.Opened(), other.Acknowledged());
        Assert.Equal(11, (await host.MailsAsync(11)).Count);
    }

    [Fact]
    public async Task After_a_person_has_answered_the_next_reply_is_confirmed_again()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        await host.DeliverAsync(story.Opened(), story.Replied(), story.Replied(), story.Answered(), story.Replied());
        Assert.Equal(2, (await host.MessagesAsync()).Count(row => row.Template == "acknowledgement-joined"));
    }

    private static Conversation Conversation() => Notifications.Domain.Conversation.From(new Story { Automatic = Automatic.None }.Opened());
}
