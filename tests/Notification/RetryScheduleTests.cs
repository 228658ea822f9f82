using CxPlatform.Contracts;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Sending;

namespace CxPlatform.Notification.Tests;

public sealed class RetryScheduleTests
{
    private static readonly DateTimeOffset Start = Story.Monday;

    [Theory]
    [InlineData(Channel.Email, 1, 5)]
    [InlineData(Channel.Email, 2, 60)]
    [InlineData(Channel.Email, 100, 60)]
    [InlineData(Channel.Sms, 1, 1)]
    [InlineData(Channel.Sms, 2, 5)]
    [InlineData(Channel.Sms, 3, 30)]
    [InlineData(Channel.Sms, 4, 60)]
    public void The_wait_grows_with_the_attempts(Channel channel, int attempts, int minutes) =>
        Assert.Equal(Start.AddMinutes(minutes), RetrySchedule.Next(channel, attempts, Start, Start, null, 0));

    [Theory]
    [InlineData(Channel.Email, 7 * 24)]
    [InlineData(Channel.Sms, 24)]
    public void A_message_is_given_up_when_its_time_is_over(Channel channel, int hours)
    {
        Assert.NotNull(RetrySchedule.Next(channel, 9, Start, Start.AddHours(hours - 1), null, 0));
        Assert.Null(RetrySchedule.Next(channel, 9, Start, Start.AddHours(hours - 1).AddSeconds(1), null, 0));
    }

    [Fact]
    public void A_provider_may_ask_for_a_longer_wait_but_not_for_a_shorter_one()
    {
        Assert.Equal(Start.AddHours(3), RetrySchedule.Next(Channel.Email, 1, Start, Start, TimeSpan.FromHours(3), 0));
        Assert.Equal(Start.AddMinutes(5), RetrySchedule.Next(Channel.Email, 1, Start, Start, TimeSpan.FromSeconds(3), 0));
    }

    [Fact]
    public void Jitter_lengthens_the_wait_by_a_tenth_at_most() =>
        Assert.Equal(Start.AddMinutes(5.5), RetrySchedule.Next(Channel.Email, 1, Start, Start, null, 1));

    [Theory]
    [InlineData("550 5.1.1 <maria@customer.example> user unknown", "550 5.1.1 (address) user unknown")]
    [InlineData("The 'To' number +43 664 123 45 67 is not valid", "The 'To' number (number) is not valid")]
    [InlineData("450 4.2.0\r\ngreylisted", "450 4.2.0 greylisted")]
    public void A_reason_names_nobody(string said, string kept) => Assert.Equal(kept, Reasons.Clean(said));
}
