using CxPlatform.Contracts;

namespace CxPlatform.Notifications.Domain;

/// <summary>When a message that could not be handed over for a passing reason is tried again.</summary>
/// <remarks>Mail: after 5 minutes, then hourly, for 7 days, as servers that defer unknown senders expect. Text messages: after 1, 5 and 30 minutes,
/// then hourly, for 24 hours, because a text message that comes a day late helps nobody.</remarks>
internal static class RetrySchedule
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>A message that has not left by then is worth a word to whoever has the case.</summary>
    public static readonly TimeSpan LateAfter = Hour;

    public static TimeSpan Lasting(Channel channel) => channel == Channel.Email ? TimeSpan.FromDays(7) : TimeSpan.FromHours(24);

    /// <summary>The next attempt, or null when the time is over.</summary>
    /// <param name="attempts">Made so far, at least 1.</param>
    /// <param name="created">When the message was written.</param>
    /// <param name="retryAfter">How long the provider asked to wait, if it did; never shortens the wait.</param>
    /// <param name="jitter">0 to 1; lengthens the wait by up to a tenth, so that what failed together does not come back together.</param>
    public static DateTimeOffset? Next(Channel channel, int attempts, DateTimeOffset created, DateTimeOffset now, TimeSpan? retryAfter, double jitter)
    {
        var wait = (channel, attempts) switch
        {
            (not Channel.Email, <= 1) => TimeSpan.FromMinutes(1),
            (not Channel.Email, 2) => TimeSpan.FromMinutes(5),
            (not Channel.Email, 3) => TimeSpan.FromMinutes(30),
            (Channel.Email, <= 1) => TimeSpan.FromMinutes(5),
            _ => Hour,
        };
        if (retryAfter > wait)
            wait = retryAfter.Value;
        var next = now + (wait * (1 + (jitter / 10)));
        return next <= created + Lasting(channel) ? next : null;
    }
}
