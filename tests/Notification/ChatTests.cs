using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Contracts.Notifications.V1;
using CxPlatform.Notifications.Domain;
using CxPlatform.Testing;

namespace CxPlatform.Notification.Tests;

public sealed class ChatTests
{
    private static readonly Identity Visitor = new(IdentityKind.Handle, "chat:0123456789abcdef0123456789abcdef");

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task An_answer_that_was_read_in_the_chat_does_not_go_by_mail(Store store)
    {
        await using var host = await NotificationHost.StartAsync(store);
        var story = new Story { Channel = Channel.Chat };
        await host.DeliverAsync(story.Opened(), story.Answered());
        var message = Assert.Single(await host.MessagesAsync());
        Assert.Equal((MessageState.Pending, null), (message.State, message.Claim));

        await host.DeliverAsync(new ChatReplyRead(story.CaseId, message.Id, DateTimeOffset.UtcNow));
        Assert.Equal((MessageState.Sent, Channel.Chat), ((await host.MessagesAsync())[0].State, (await host.MessagesAsync())[0].Channel));
        Assert.Equal(Channel.Chat, Assert.Single(await host.AppendedAsync<MessageSent>()).Channel);
        Assert.False(Directory.Exists(host.OutboxFolder) && Directory.EnumerateFiles(host.OutboxFolder).Any());
    }

    [Fact]
    public async Task An_answer_that_nobody_read_in_the_chat_goes_to_the_address_that_the_visitor_left()
    {
        var clock = new SteppedTime();
        await using var host = await NotificationHost.StartAsync(clock: clock);
        var story = new Story { Channel = Channel.Chat };
        await host.DeliverAsync(story.Opened(), story.Answered());
        clock.Set(Assert.Single(await host.MessagesAsync()).Due);
        Assert.Equal("maria@customer.example", Assert.Single((await host.MailsAsync(1))[0].To).Address);
    }

    [Fact]
    public async Task An_answer_to_a_visitor_without_an_address_waits_in_the_chat_as_long_as_the_conversation_lasts()
    {
        var clock = new SteppedTime();
        await using var host = await NotificationHost.StartAsync(clock: clock);
        var story = new Story { Channel = Channel.Chat, From = Visitor };
        await host.DeliverAsync(story.Opened(), story.Acknowledged(), story.Answered());
        var message = Assert.Single(await host.MessagesAsync());
        Assert.Equal((MessageState.Pending, Channel.Chat), (message.State, message.Channel));
        Assert.Empty(await host.AppendedAsync<MessageFailed>());
        clock.Set(message.CreatedAt.AddDays(3).AddSeconds(1));
        await Eventually.Async(async () => (await host.MessagesAsync())[0].State == MessageState.Undeliverable);
        Assert.Single(await host.AppendedAsync<MessageFailed>());
    }

    [Fact]
    public async Task Nobody_gets_a_mail_for_every_line_that_they_say()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story { Channel = Channel.Chat };
        await host.DeliverAsync(story.Opened(), story.Replied() with { Channel = Channel.Chat });
        Assert.Empty(await host.MessagesAsync());
    }
}
