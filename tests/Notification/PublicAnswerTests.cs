using CxPlatform.Contracts;
using CxPlatform.Contracts.Notifications.V1;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Sending;
using Microsoft.Extensions.Logging.Abstractions;

namespace CxPlatform.Notification.Tests;

public sealed class PublicAnswerTests
{
    private static readonly Story Posted = new() { Channel = Channel.Social, From = new(IdentityKind.Handle, "town:maria"), MessageId = null };

    [Fact]
    public async Task A_public_answer_is_the_words_and_nothing_else_and_what_is_the_customers_goes_another_way()
    {
        await using var host = await NotificationHost.StartAsync();
        var opened = Posted.Opened() with { Visibility = Visibility.World };
        await host.DeliverAsync(
            Posted.Customer(Posted.From, new(IdentityKind.EmailAddress, "maria@customer.example")), opened, Posted.Acknowledged(),
            Posted.Answered("Please write to us privately.") with { Visibility = Visibility.World }, Posted.Answered("Your refund of 20 is on its way."));

        var mails = await host.MailsAsync(2);
        Assert.All(mails, mail => Assert.Equal("maria@customer.example", Assert.Single(mail.To).Address));
        var post = Assert.Single(await host.TextsAsync(1));
        Assert.Equal($"To: post:town:maria\nContact: {opened.ContactId}\n\nPlease write to us privately.\n", post);
        await host.SettledAsync();
        Assert.Equal(
            [(Channel.Email, "acknowledgement"), (Channel.Social, "reply"), (Channel.Email, "reply")],
            (await host.AppendedAsync<MessageSent>()).OrderBy(sent => sent.Template == "acknowledgement" ? 0 : sent.Channel == Channel.Social ? 1 : 2)
                .Select(sent => (sent.Channel, sent.Template)));
    }

    [Theory]
    [InlineData(Channel.Social, "post:town:maria", false)]
    [InlineData(Channel.Email, "maria@customer.example", true)]
    public async Task Whatever_went_wrong_before_what_is_for_one_never_goes_where_everybody_reads_it(Channel channel, string address, bool isPublic)
    {
        var sender = new Witness(channel);
        var message = new OutgoingMessage(
            Guid.NewGuid(), Guid.NewGuid(), DateTimeOffset.MaxValue, Guid.NewGuid(), null, null, new(channel, address), "reply", Weight.Answer,
            new() { Sender = "Anna", Text = "Your refund is on its way.", IsPublic = isPublic }, 1, Story.Monday, Guid.NewGuid(), null);
        Assert.IsType<SendResult.Permanent>(await new GuardedSender(sender, NullLogger.Instance).SendAsync(message));
        Assert.False(sender.WasAsked);
    }

    private sealed class Witness(Channel channel) : ISender
    {
        public bool WasAsked { get; private set; }

        public Channel Channel => channel;

        public Task<SendResult> SendAsync(OutgoingMessage message, CancellationToken ct)
        {
            WasAsked = true;
            return Task.FromResult<SendResult>(new SendResult.Sent(null));
        }
    }
}
