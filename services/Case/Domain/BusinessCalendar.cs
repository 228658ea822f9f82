using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using NodaTime;
using NodaTime.Extensions;

namespace CxPlatform.Cases.Domain;

/// <summary>Business time: when people are there. An interval belongs to the day on which it begins, so one that runs over
/// midnight into a holiday is worked to its end, and one that would begin on a holiday is not there.</summary>
/// <remarks>Durations are elapsed time while open: on the night the clocks change, an interval is an hour shorter or longer.</remarks>
internal sealed class BusinessCalendar
{
    /// <summary>How far ahead an opening is looked for. A calendar without one behaves as if people were always there.</summary>
    private const int HorizonDays = 800;

    private readonly DateTimeZone _zone;
    private readonly ILookup<IsoDayOfWeek, OpeningHours> _hours;
    private readonly HashSet<LocalDate> _holidays;

    public BusinessCalendar(CalendarChanged definition)
    {
        Definition = definition;
        _zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(definition.TimeZone)
            ?? throw new ArgumentException($"'{definition.TimeZone}' is no IANA time zone.", nameof(definition));
        _hours = definition.Hours.OrderBy(hours => hours.From).ToLookup(hours => hours.Day.ToIsoDayOfWeek());
        _holidays = [.. definition.Holidays.Select(LocalDate.FromDateOnly)];
    }

    public CalendarChanged Definition { get; }

    public string TimeZone => Definition.TimeZone;

    public static bool IsTimeZone(string? name) => name is not null && DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) is not null;

    /// <summary>Monday to Friday, 09:00 to 17:00.</summary>
    public static CalendarChanged WorkingWeek(string id, string name, string timeZone) =>
        new(id, name, timeZone, [.. Enumerable.Range(1, 5).Select(day => new OpeningHours((DayOfWeek)day, new(9, 0), new(17, 0)))], []);

    public bool IsOpen(DateTimeOffset at) => NextOpening(at) == at;

    /// <summary><paramref name="at"/> itself when people are there then, else when they come next.</summary>
    public DateTimeOffset NextOpening(DateTimeOffset at)
    {
        foreach (var (start, end) in Openings(at))
            if (end > at)
                return start > at ? start : at;
        return at;
    }

    /// <summary>The instant at which <paramref name="duration"/> of business time has passed since <paramref name="start"/>.
    /// For a duration of zero, the next instant at which people are there.</summary>
    public DateTimeOffset Add(DateTimeOffset start, TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        var left = duration;
        foreach (var (opens, closes) in Openings(start))
        {
            var from = opens > start ? opens : start;
            if (closes <= from)
                continue;
            // A target that ends with closing time is due then, and not at the next opening; a zero target is due at an opening.
            if (left <= closes - from)
                return Time.Truncate(from + left);
            left -= closes - from;
        }
        return Time.Truncate(start + left);
    }

    /// <summary>Business time from <paramref name="start"/> to <paramref name="end"/>; zero when they are the other way round.</summary>
    public TimeSpan Between(DateTimeOffset start, DateTimeOffset end)
    {
        var sum = TimeSpan.Zero;
        foreach (var (opens, closes) in Openings(start))
        {
            if (opens >= end)
                break;
            var from = opens > start ? opens : start;
            var to = closes < end ? closes : end;
            if (to > from)
                sum += to - from;
        }
        return sum;
    }

    // From the day before, because its last interval may run over midnight. Overlaps are cut, so that nothing counts twice.
    private IEnumerable<(DateTimeOffset Opens, DateTimeOffset Closes)> Openings(DateTimeOffset from)
    {
        var day = Instant.FromDateTimeOffset(from).InZone(_zone).Date.PlusDays(-1);
        var worked = DateTimeOffset.MinValue;
        for (var i = 0; i < HorizonDays; i++, day = day.PlusDays(1))
        {
            if (_holidays.Contains(day))
                continue;
            foreach (var hours in _hours[day.DayOfWeek])
            {
                var opens = At(day, hours.From);
                var closes = At(hours.To <= hours.From ? day.PlusDays(1) : day, hours.To);
                if (opens < worked)
                    opens = worked;
                if (closes <= opens)
                    continue;
                worked = closes;
                yield return (opens, closes);
            }
        }
    }

    // A local time that the clocks skip is the first one after the gap; one that comes twice is the first of both.
    private DateTimeOffset At(LocalDate day, TimeOnly time) =>
        (day + LocalTime.FromTimeOnly(time)).InZoneLeniently(_zone).ToInstant().ToDateTimeOffset();
}
