namespace CxPlatform.Notifications.Webhooks.Delivery;

/// <summary>How many requests an endpoint gets at a time, and when it gets none: more while they succeed, fewer when they fail, hardly any while it
/// takes nothing at all, none while it asked to be left alone.</summary>
internal sealed class EndpointPace(int most, EndpointHealth health)
{
    /// <summary>So many failures without a success, of whatever cases, are the endpoint's and no longer the cases'.</summary>
    private const int Down = 10;

    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestAsked = TimeSpan.FromHours(1);

    private double _limit = Math.Min(8, most);
    private DateTimeOffset _restsUntil;
    private double _tokens;
    private long _filled;

    public EndpointHealth Health { get; private set; } = health;

    /// <summary>How many may be under way at once.</summary>
    public int Limit => Health.Failures >= Down ? 1 : (int)_limit;

    public bool RestsAt(DateTimeOffset now) => now < _restsUntil;

    /// <summary>Somebody wants it to be tried now, however long it asked to be left alone.</summary>
    public void Wake() => _restsUntil = default;

    /// <summary>Takes the right to begin one more; answers how long to wait for it when there is none yet.</summary>
    public TimeSpan? Take(int? rate)
    {
        if (rate is not { } perSecond)
            return null;
        var now = TimeProvider.System.GetTimestamp();
        // A second's worth may be caught up on, so that a pause is not lost for good.
        _tokens = _filled == 0 ? 1 : Math.Min(perSecond, _tokens + (TimeProvider.System.GetElapsedTime(_filled, now).TotalSeconds * perSecond));
        _filled = now;
        if (_tokens < 1)
            return TimeSpan.FromSeconds((1 - _tokens) / perSecond);
        _tokens--;
        return null;
    }

    /// <returns>Whether it is back after it was down.</returns>
    public bool Succeeded(DateTimeOffset now)
    {
        var back = Health.Failures >= Down;
        _limit = Math.Min(most, _limit + 1);
        _restsUntil = default;
        Health = Health with { LastSuccessAt = now, FailingSince = null, Failures = 0 };
        return back;
    }

    public void Failed(DateTimeOffset now, Attempt attempt)
    {
        _limit = Math.Max(1, _limit / 2);
        Health = Health with { LastFailureAt = now, LastFailure = attempt.Reason, FailingSince = Health.FailingSince ?? now, Failures = Health.Failures + 1 };
        var rest = Health.Failures < Down ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Pow(2, Math.Min(10, Health.Failures - Down)));
        if (rest > LongestRest)
            rest = LongestRest;
        // Too many requests, or not now: said of the endpoint as a whole.
        if (attempt is { Status: 429 or 503, RetryAfter: { } asked } && asked > rest)
            rest = asked < LongestAsked ? asked : LongestAsked;
        if (now + rest > _restsUntil)
            _restsUntil = now + rest;
    }

    public bool HasGivenUp(DateTimeOffset now) => Health.FailingSince is { } since && now - since >= DeliverySchedule.GivesUpAfter;
}
