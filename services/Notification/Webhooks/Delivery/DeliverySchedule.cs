namespace CxPlatform.Notifications.Webhooks.Delivery;

/// <summary>When a delivery that failed is tried again.</summary>
internal static class DeliverySchedule
{
    /// <summary>An endpoint that has taken nothing for so long is left alone until somebody resumes it.</summary>
    public static readonly TimeSpan GivesUpAfter = TimeSpan.FromDays(5);

    private static readonly TimeSpan LongestAsked = TimeSpan.FromHours(24);

    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    /// <param name="attempts">Made so far, at least 1.</param>
    /// <param name="retryAfter">How long the endpoint asked to wait, if it did; never shortens the wait, and lengthens it to a day at most.</param>
    /// <param name="jitter">0 to 1; lengthens the wait by up to a tenth, so that what failed together does not come back together.</param>
    public static TimeSpan WaitAfter(int attempts, TimeSpan? retryAfter, double jitter)
    {
        var wait = Waits[Math.Clamp(attempts - 1, 0, Waits.Length - 1)];
        if (retryAfter > wait)
            wait = retryAfter < LongestAsked ? retryAfter.Value : LongestAsked;
        return wait * (1 + (jitter / 10));
    }
}
