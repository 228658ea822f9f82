using System.Collections.Concurrent;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using NodaTime;
using NodaTime.Extensions;

namespace CxPlatform.Cases.Domain;

/// <summary>A time in which people are there, without a break; its end is not part of it.</summary>
internal readonly record struct Opening(DateTimeOffset From, DateTimeOffset To);

/// <summary>Business time: when people are there. The week's intervals, or a day's own in their place, less the days off.</summary>
/// <remarks>
/// An interval is what it would be if it were written in two halves around midnight. Durations are elapsed time while open: on the
/// night the clocks change an interval is an hour shorter or longer. docs/clocks.md says what holds at every boundary.
/// </remarks>
internal sealed class BusinessCalendar
{
    /// <summary>Reserved: the calendar that is always open.</summary>
    public const string AlwaysId = "24x7";

    // Nothing opens for that long: it never will. A 29 February may be eight years away.
    private const int HorizonDays = 3300;

    private static readonly LocalDate FirstDay = new(2, 1, 1);
    private static readonly LocalDate LastDay = new(9998, 12, 31);
    private static readonly Instant FirstInstant = Instant.FromUtc(2, 1, 2, 0, 0);
    private static readonly Instant LastInstant = Instant.FromUtc(9998, 12, 31, 0, 0);
    private static readonly TimeSpan Long = TimeSpan.FromDays(60);
    private static readonly HoursOfDay[] AllDay = [new(default, default)];

    private readonly DateTimeZone _zone;

    // Some crossed the date line: in Samoa there never was a 30 December 2011.
    private readonly bool _skipsDays;
    private readonly HoursOfDay[][] _week;
    private readonly Dictionary<LocalDate, OtherHours> _other = [];
    private readonly Dictionary<int, OtherHours> _otherYearly = [];
    private readonly ILookup<LocalDate, DayOff> _off;
    private readonly ILookup<int, DayOff> _offYearly;

    // Days of the year that are special in some year: all others are what the week says.
    private readonly bool[] _special = new bool[1232];

    // Business time of whole years, so that decades are passed at once.
    private readonly ConcurrentDictionary<int, TimeSpan> _years = new();

    public BusinessCalendar(CalendarChanged definition)
    {
        Definition = definition;
        _zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(definition.TimeZone)
            ?? throw new ArgumentException($"'{definition.TimeZone}' is no IANA time zone.", nameof(definition));
        _skipsDays = _zone.MaxOffset.Ticks - _zone.MinOffset.Ticks >= NodaConstants.TicksPerDay;
        var hours = definition.Hours.ToLookup(hours => hours.Day.ToIsoDayOfWeek(), hours => new HoursOfDay(hours.From, hours.To));
        _week = [.. Enumerable.Range(0, 8).Select(day => definition.AlwaysOpen ? AllDay : [.. hours[(IsoDayOfWeek)day]])];
        foreach (var other in definition.OtherHours)
        {
            var date = LocalDate.FromDateOnly(other.Date);
            _special[InYear(date)] = true;
            if (other.Yearly)
                _otherYearly[InYear(date)] = other;
            else
                _other[date] = other;
        }
        var off = definition.DaysOff.SelectMany(day => day.Each()).Concat(definition.Holidays.Select(date => new DayOff(date))).ToList();
        foreach (var day in off)
            _special[InYear(LocalDate.FromDateOnly(day.Date))] = true;
        _off = off.Where(day => !day.Yearly).ToLookup(day => LocalDate.FromDateOnly(day.Date));
        _offYearly = off.Where(day => day.Yearly).ToLookup(day => InYear(LocalDate.FromDateOnly(day.Date)));
    }

    /// <summary>Day and night, everywhere.</summary>
    public static BusinessCalendar Always { get; } = new(new(AlwaysId, "Always", "UTC", [], []) { AlwaysOpen = true });

    public CalendarChanged Definition { get; }

    public string TimeZone => Definition.TimeZone;

    public static bool IsTimeZone(string? name) => name is not null && DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) is not null;

    /// <summary>Monday to Friday, 09:00 to 17:00.</summary>
    public static CalendarChanged WorkingWeek(string id, string name, string timeZone) =>
        new(id, name, timeZone, [.. Enumerable.Range(1, 5).Select(day => new OpeningHours((DayOfWeek)day, new(9, 0), new(17, 0)))], []);

    public bool IsOpen(DateTimeOffset at) => NextOpening(at) == at;

    /// <summary><paramref name="at"/> itself when people are there then, else when they come next; null when they never do.</summary>
    public DateTimeOffset? NextOpening(DateTimeOffset at)
    {
        foreach (var opening in Forward(at))
            if (opening.To > at)
                return opening.From > at ? opening.From : at;
        return null;
    }

    /// <summary>The instant at which <paramref name="duration"/> of business time has passed since <paramref name="start"/>; for a
    /// negative one, at which it had still to pass. One that ends with closing time ends then, not at the next opening. For zero, the
    /// next instant at which people are there. Null when they are never there for so long.</summary>
    public DateTimeOffset? Add(DateTimeOffset start, TimeSpan duration) =>
        duration < TimeSpan.Zero ? Subtract(start, duration.Negate()) : AddForward(start, duration);

    private DateTimeOffset? AddForward(DateTimeOffset start, TimeSpan left)
    {
        for (var year = DayOf(start).Year; left > Long; year++)
        {
            var rest = Between(start, BeginOf(year + 1));
            if (rest >= left)
                break;
            if (year >= LastDay.Year - 1 || (rest == default && IsIdle(year)))
                return null;
            (left, start) = (left - rest, BeginOf(year + 1));
        }
        foreach (var opening in Forward(start))
        {
            var from = opening.From > start ? opening.From : start;
            if (opening.To <= from)
                continue;
            if (left <= opening.To - from)
                return Time.Truncate(from + left);
            left -= opening.To - from;
        }
        return null;
    }

    private DateTimeOffset? Subtract(DateTimeOffset start, TimeSpan left)
    {
        for (var year = DayOf(start).Year; left > Long; year--)
        {
            var rest = Between(BeginOf(year), start);
            if (rest >= left)
                break;
            if (year <= FirstDay.Year + 1 || (rest == default && IsIdle(year)))
                return null;
            (left, start) = (left - rest, BeginOf(year));
        }
        foreach (var opening in Backward(start))
        {
            var to = opening.To < start ? opening.To : start;
            if (to <= opening.From)
                continue;
            if (left <= to - opening.From)
                return Time.Truncate(to - left);
            left -= to - opening.From;
        }
        return null;
    }

    /// <summary>Business time from <paramref name="start"/> to <paramref name="end"/>; negative when they are the other way round.</summary>
    public TimeSpan Between(DateTimeOffset start, DateTimeOffset end)
    {
        if (end < start)
            return Between(end, start).Negate();
        var (first, last) = (DayOf(start).Year, DayOf(end).Year);
        if (start != BeginOf(first) && last > first)
            return Count(start, BeginOf(first + 1)) + Between(BeginOf(first + 1), end);
        var sum = TimeSpan.Zero;
        for (var year = first; year < last; year++)
            sum += OfYear(year);
        return sum + Count(BeginOf(last) > start ? BeginOf(last) : start, end);
    }

    private TimeSpan Count(DateTimeOffset start, DateTimeOffset end)
    {
        var sum = TimeSpan.Zero;
        foreach (var opening in Within(start, end))
            sum += opening.To - opening.From;
        return sum;
    }

    private TimeSpan OfYear(int year) =>
        _years.GetOrAdd(year, static (year, calendar) => calendar.Count(calendar.BeginOf(year), calendar.BeginOf(year + 1)), this);

    // Nothing opens in the years around it: it never will.
    private bool IsIdle(int year) =>
        Enumerable.Range(Math.Max(year - 9, FirstDay.Year + 1), 18).All(y => y >= LastDay.Year || OfYear(y) == TimeSpan.Zero);

    private DateTimeOffset BeginOf(int year) => At(new(year, 1, 1), default);

    /// <summary>When people are there from <paramref name="start"/> to <paramref name="end"/>, in order.</summary>
    public IEnumerable<Opening> Within(DateTimeOffset start, DateTimeOffset end)
    {
        foreach (var opening in Forward(start))
        {
            if (opening.From >= end)
                yield break;
            var from = opening.From > start ? opening.From : start;
            var to = opening.To < end ? opening.To : end;
            if (to > from)
                yield return new(from, to);
        }
    }

    /// <summary>What the days off and the days with other hours between two instants are called, in order.</summary>
    public IEnumerable<string> NamesBetween(DateTimeOffset start, DateTimeOffset end)
    {
        var last = DayOf(end);
        for (var day = DayOf(start); day <= last && day < LastDay; day = day.PlusDays(1))
        {
            if (OtherOn(day) is { } other)
                yield return other.Name ?? "other hours";
            else
                foreach (var off in OffOn(day))
                    yield return off.Name ?? "holiday";
        }
    }

    // From the day before, because its last interval may run over midnight. Overlaps are cut, so that nothing counts twice.
    private IEnumerable<Opening> Forward(DateTimeOffset from)
    {
        var day = DayOf(from).PlusDays(-1);
        var worked = DateTimeOffset.MinValue;
        for (var idle = 0; idle < HorizonDays && day < LastDay; idle++, day = day.PlusDays(1))
        {
            foreach (var opening in On(day))
            {
                var opens = opening.From > worked ? opening.From : worked;
                if (opening.To <= opens)
                    continue;
                worked = opening.To;
                idle = 0;
                yield return new(opens, opening.To);
            }
        }
    }

    private IEnumerable<Opening> Backward(DateTimeOffset from)
    {
        var day = DayOf(from);
        for (var idle = 0; idle < HorizonDays && day > FirstDay; idle++, day = day.PlusDays(-1))
        {
            var openings = On(day);
            if (openings.Count == 0)
                continue;
            var worked = On(day.PlusDays(-1)) is [.., var last] ? last.To : DateTimeOffset.MinValue;
            for (var i = openings.Count - 1; i >= 0; i--)
            {
                var opens = openings[i].From > worked ? openings[i].From : worked;
                if (openings[i].To <= opens)
                    continue;
                idle = 0;
                yield return new(opens, openings[i].To);
            }
        }
    }

    /// <summary>The openings that begin on a day, in order, apart from each other.</summary>
    private List<Opening> On(LocalDate day)
    {
        IReadOnlyList<HoursOfDay> hours = OtherOn(day)?.Hours ?? _week[(int)day.DayOfWeek];
        if (hours.Count == 0 || (_skipsDays && _zone.MapLocal(day + LocalTime.Noon).Count == 0))
            return [];
        var openings = new List<Opening>(hours.Count);
        var overnight = false;
        foreach (var (from, to) in hours)
        {
            overnight |= to <= from;
            var opening = new Opening(At(day, from), At(to <= from ? day.PlusDays(1) : day, to));
            if (opening.To > opening.From)
                openings.Add(opening);
        }
        if (openings.Count > 1)
            openings = Merged(openings);
        if (openings.Count > 0)
            openings = Less(openings, day);
        if (overnight && openings.Count > 0)
            openings = OtherOn(day.PlusDays(1)) is null ? Less(openings, day.PlusDays(1)) : Until(openings, At(day.PlusDays(1), default));
        return openings;
    }

    // A day with hours of its own has those and no others.
    private static List<Opening> Until(List<Opening> openings, DateTimeOffset midnight)
    {
        openings.RemoveAll(opening => opening.From >= midnight);
        return openings.ConvertAll(opening => opening.To > midnight ? opening with { To = midnight } : opening);
    }

    private static List<Opening> Merged(List<Opening> openings)
    {
        openings.Sort((a, b) => a.From.CompareTo(b.From));
        var merged = new List<Opening>(openings.Count);
        foreach (var next in openings)
        {
            if (merged is [.., var last] && next.From <= last.To)
                merged[^1] = last with { To = next.To > last.To ? next.To : last.To };
            else
                merged.Add(next);
        }
        return merged;
    }

    private List<Opening> Less(List<Opening> openings, LocalDate day)
    {
        foreach (var off in OffOn(day))
        {
            var from = At(day, off.From ?? default);
            var to = off.To is { } time && time > default(TimeOnly) ? At(day, time) : At(day.PlusDays(1), default);
            var rest = new List<Opening>(openings.Count + 1);
            foreach (var opening in openings)
            {
                if (opening.To <= from || opening.From >= to)
                {
                    rest.Add(opening);
                    continue;
                }
                if (opening.From < from)
                    rest.Add(opening with { To = from });
                if (opening.To > to)
                    rest.Add(opening with { From = to });
            }
            openings = rest;
        }
        return openings;
    }

    private OtherHours? OtherOn(LocalDate day) =>
        _special[InYear(day)] && (_other.TryGetValue(day, out var hours) || _otherYearly.TryGetValue(InYear(day), out hours)) ? hours : null;

    private IEnumerable<DayOff> OffOn(LocalDate day) =>
        !_special[InYear(day)] || OtherOn(day) is not null ? [] : _off[day].Concat(_offYearly[InYear(day)]);

    private static int InYear(LocalDate day) => (day.Month * 100) + day.Day;

    private LocalDate DayOf(DateTimeOffset at)
    {
        var instant = Instant.FromDateTimeOffset(at);
        return instant < FirstInstant ? FirstDay : instant > LastInstant ? LastDay : instant.InZone(_zone).Date;
    }

    // A local time that the clocks skip counts as if they had not been changed yet (02:30 is 03:30); one that comes twice is the first
    // of both: RFC 5545 section 3.3.5 has it so, and so have most systems.
    private DateTimeOffset At(LocalDate day, TimeOnly time) =>
        (day + LocalTime.FromTimeOnly(time)).InZoneLeniently(_zone).ToInstant().ToDateTimeOffset();
}
