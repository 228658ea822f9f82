using CxPlatform.Notifications.Webhooks.Delivery;

namespace CxPlatform.Notification.Tests.Webhooks;

public sealed class PaceTests
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void More_requests_at_a_time_while_they_succeed_fewer_when_they_fail()
    {
        var pace = Pace(16);
        Assert.Equal(8, pace.Limit);
        for (var i = 0; i < 20; i++)
            pace.Succeeded(Monday);
        Assert.Equal(16, pace.Limit);
        pace.Failed(Monday, Failed(500));
        Assert.Equal(8, pace.Limit);
        Assert.False(pace.RestsAt(Monday));
    }

    [Fact]
    public void After_ten_failures_in_a_row_an_endpoint_is_asked_rarely_until_the_first_success()
    {
        var pace = Pace(64);
        for (var i = 0; i < 9; i++)
            pace.Failed(Monday, Failed(500));
        Assert.False(pace.RestsAt(Monday));
        pace.Failed(Monday, Failed(500));
        Assert.Equal(1, pace.Limit);
        Assert.True(pace.RestsAt(Monday));
        Assert.False(pace.RestsAt(Monday.AddSeconds(1)));
        for (var i = 0; i < 20; i++)
            pace.Failed(Monday, Failed(500));
        Assert.True(pace.RestsAt(Monday.AddSeconds(59)));
        Assert.False(pace.RestsAt(Monday.AddSeconds(60)));
        Assert.Equal(Monday, pace.Health.FailingSince);
        Assert.True(pace.Succeeded(Monday.AddMinutes(1)));
        Assert.False(pace.Succeeded(Monday.AddMinutes(1)));
        Assert.False(pace.RestsAt(Monday));
        Assert.Null(pace.Health.FailingSince);
    }

    [Theory]
    [InlineData(429, 30, 30)]
    [InlineData(503, 30, 30)]
    [InlineData(503, 86400, 3600)]
    [InlineData(500, 30, 0)]
    public void An_endpoint_that_asks_to_be_left_alone_is_left_alone_for_an_hour_at_most(int status, int asked, int rests)
    {
        var pace = Pace(64);
        pace.Failed(Monday, Failed(status, TimeSpan.FromSeconds(asked)));
        Assert.Equal(rests > 0, pace.RestsAt(Monday));
        Assert.False(pace.RestsAt(Monday.AddSeconds(rests)));
        Assert.True(rests == 0 || pace.RestsAt(Monday.AddSeconds(rests - 1)));
    }

    [Fact]
    public void A_retry_waits_as_long_as_the_schedule_says_or_as_the_endpoint_asks_up_to_a_day()
    {
        Assert.Equal(TimeSpan.FromSeconds(5), DeliverySchedule.WaitAfter(1, null, 0));
        Assert.Equal(TimeSpan.FromSeconds(5.5), DeliverySchedule.WaitAfter(1, TimeSpan.FromSeconds(1), 1));
        Assert.Equal(TimeSpan.FromMinutes(10), DeliverySchedule.WaitAfter(2, TimeSpan.FromMinutes(10), 0));
        Assert.Equal(TimeSpan.FromHours(24), DeliverySchedule.WaitAfter(1, TimeSpan.FromDays(300), 0));
        Assert.Equal(TimeSpan.FromHours(24), DeliverySchedule.WaitAfter(5000, TimeSpan.FromDays(-1), 0));
    }

    private static EndpointPace Pace(int most) => new(most, new(null, null, null, null, 0));

    private static Attempt Failed(int status, TimeSpan? retryAfter = null) => new(Monday, TimeSpan.Zero, status, $"Answered {status}.", null, retryAfter);
}
