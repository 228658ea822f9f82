using System.Xml;

namespace CxPlatform.ServiceDefaults;

/// <summary>
/// The system's clock plus an offset that a file holds as an ISO 8601 duration. Tests move the time of several processes by
/// writing it. The file is read whenever the time is asked for: what happens after it was written happens at the new time in
/// every process. While it is absent or unreadable the last offset counts.
/// </summary>
internal sealed class ClockOffset(string file, TimeProvider system) : TimeProvider
{
    private long _offsetTicks;

    public override DateTimeOffset GetUtcNow() => system.GetUtcNow().AddTicks(OffsetTicks());

    public override long TimestampFrequency => system.TimestampFrequency;

    public override long GetTimestamp() => system.GetTimestamp();

    public override TimeZoneInfo LocalTimeZone => system.LocalTimeZone;

    // Timers run in real time: what is due is read from the clock, a poll must still come round in seconds.
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        system.CreateTimer(callback, state, dueTime, period);

    private long OffsetTicks()
    {
        try
        {
            if (File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } text)
                Volatile.Write(ref _offsetTicks, XmlConvert.ToTimeSpan(text).Ticks);
        }
        catch (Exception e) when (e is IOException or FormatException or UnauthorizedAccessException)
        {
            // Being written at this moment: the next look reads it whole.
        }
        return Volatile.Read(ref _offsetTicks);
    }
}
