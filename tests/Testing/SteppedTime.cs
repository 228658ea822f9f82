namespace CxPlatform.Testing;

/// <summary>
/// A clock that stands still until a test moves it. Timers and delays made from it fire inside <see cref="Advance"/> or
/// <see cref="Set"/>, in the order they fall due, each seeing its own due time as now.
/// </summary>
/// <param name="start">The first instant; a fixed Monday morning, 2026-01-05T09:00:00Z, by default.</param>
public sealed class SteppedTime(DateTimeOffset? start = null) : TimeProvider
{
    readonly Lock _gate = new();
    readonly List<Timer> _timers = [];
    int _made;
    DateTimeOffset _now = (start ?? new DateTimeOffset(2026, 1, 5, 9, 0, 0, TimeSpan.Zero)).ToUniversalTime();

    /// <inheritdoc />
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>One tick of <see cref="TimeSpan"/>, 100 ns.</summary>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
            return _now;
    }

    /// <inheritdoc />
    public override long GetTimestamp() => GetUtcNow().Ticks;

    /// <summary>How many timers and delays were made from it so far: a test that moves the clock for somebody can see that they wait.</summary>
    public int TimersMade => Volatile.Read(ref _made);

    /// <summary>Moves forward by a span that is not negative.</summary>
    public void Advance(TimeSpan by) => Set(GetUtcNow() + by);

    /// <summary>Moves forward to an instant.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The instant lies in the past.</exception>
    public void Set(DateTimeOffset to)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(to, GetUtcNow());
        while (NextDue(to) is { } timer)
            timer.Fire();
    }

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        lock (_gate)
            _timers.Add(timer);
        timer.Change(dueTime, period);
        Interlocked.Increment(ref _made);
        return timer;
    }

    /// <summary>Takes the earliest timer that is due by then and moves the clock to it, or moves the clock all the way.</summary>
    Timer? NextDue(DateTimeOffset by)
    {
        lock (_gate)
        {
            var next = _timers.Where(timer => timer.Due <= by).MinBy(timer => timer.Due);
            if (next is null)
            {
                _now = by;
                return null;
            }
            if (next.Due > _now)
                _now = next.Due.Value;
            next.Due = next.Period > TimeSpan.Zero ? next.Due + next.Period : null;
            return next;
        }
    }

    sealed class Timer(SteppedTime clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset? Due { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var now = dueTime == TimeSpan.Zero;
            lock (clock._gate)
            {
                Period = period;
                var first = now ? period : dueTime;
                Due = first < TimeSpan.Zero || (now && period <= TimeSpan.Zero) ? null : clock._now + first;
            }
            if (now)
                Fire(); // As the system's timer does: at once, without a step of the clock.
            return true;
        }

        public void Dispose()
        {
            lock (clock._gate)
                clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
