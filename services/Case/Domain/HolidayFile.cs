using System.Globalization;
using System.Text;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using NodaTime;
using NodaTime.Extensions;

namespace CxPlatform.Cases.Domain;

/// <summary>
/// Reads the events of an iCalendar file (RFC 5545) as days off. What repeats every year on the same day is one yearly holiday; what
/// moves is written out for the years around <c>year</c>. What cannot be read is refused with its line: a holiday that is missing would
/// be noticed on the day.
/// </summary>
internal sealed class HolidayFile
{
    private const int YearsBack = 2;
    private const int YearsAhead = 10;

    /// <summary>So many days a calendar has at most.</summary>
    public const int Most = 2000;

    private static readonly LocalTime LastMinute = new(23, 59);

    private readonly DateTimeZone _zone;
    private readonly int _year;
    private readonly List<Event> _events = [];
    private Refusal? _wrong;
    private int _written;

    private HolidayFile(string timeZone, int year) => (_zone, _year) = (DateTimeZoneProviders.Tzdb[timeZone], year);

    /// <param name="timeZone">The calendar's: a part of a day is told in its local time.</param>
    public static Outcome<List<DayOff>> Read(string text, string timeZone, int year)
    {
        var file = new HolidayFile(timeZone, year);
        file.ReadEvents(Unfold(text));
        var days = file.Days();
        return file._wrong is { } wrong ? wrong : days;
    }

    // RFC 5545 section 3.1: a line that begins with a blank goes on the one before.
    private static List<(int Number, string Text)> Unfold(string text)
    {
        var lines = new List<(int Number, string Text)>();
        var number = 0;
        foreach (var line in text.TrimStart('\uFEFF').Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n', '\r'))
        {
            number++;
            if (line is [' ' or '\t', ..] && lines is [.., var last])
                lines[^1] = (last.Number, last.Text + line[1..]);
            else if (line.Length > 0)
                lines.Add((number, line));
        }
        return lines;
    }

    private void ReadEvents(List<(int Number, string Text)> lines)
    {
        if (lines is [] || !lines[0].Text.Trim().Equals("BEGIN:VCALENDAR", StringComparison.OrdinalIgnoreCase))
        {
            Fail(1, "an iCalendar file begins with BEGIN:VCALENDAR");
            return;
        }
        var open = new Stack<string>();
        Event? current = null;
        foreach (var (number, text) in lines)
        {
            if (Property.Parse(number, text) is not { } p)
            {
                Fail(number, "is no property: a name, a colon and a value are expected");
                return;
            }
            if (p.Name == "BEGIN")
            {
                open.Push(p.Value.ToUpperInvariant());
                if (open.Peek() == "VEVENT")
                    _events.Add(current = new(number));
            }
            else if (p.Name == "END")
            {
                if (!open.TryPop(out var begun) || !begun.Equals(p.Value, StringComparison.OrdinalIgnoreCase))
                {
                    Fail(number, $"END:{p.Value} ends nothing that has begun");
                    return;
                }
            }
            else if (open.TryPeek(out var inside) && inside == "VEVENT")
            {
                current!.Properties.Add(p);
            }
        }
        if (open.TryPop(out var unfinished))
            Fail(lines[^1].Number, $"the file ends inside {unfinished}");
        else if (_events.Count == 0)
            Fail(1, "the file holds no event (VEVENT)");
    }

    private List<DayOff> Days()
    {
        var days = new List<DayOff>();
        // A repetition that was moved is an event of its own, and no longer one of its series.
        var moved = _events.Where(e => e.Find("RECURRENCE-ID") is not null)
            .ToLookup(e => e.Find("UID")?.Value, e => e.Find("RECURRENCE-ID")!);
        foreach (var e in _events)
        {
            if (_wrong is not null)
                return days;
            if (string.Equals(e.Find("STATUS")?.Value, "CANCELLED", StringComparison.OrdinalIgnoreCase))
                continue;
            var own = e.Find("RECURRENCE-ID") is not null;
            Add(days, e, own ? [] : [.. moved[e.Find("UID")?.Value]]);
        }
        return [.. days.Distinct().OrderBy(day => day.Yearly).ThenBy(day => day.Date)];
    }

    private void Add(List<DayOff> days, Event e, IReadOnlyList<Property> moved)
    {
        if (e.Find("DTSTART") is not { } first)
        {
            Fail(e.Line, "the event has no DTSTART");
            return;
        }
        if (ReadMoment(first) is not { } start || ReadEnd(e, start) is not { } end)
            return;
        var without = e.All("EXDATE").Concat(moved).SelectMany(p => p.Values).Select(ReadMoment).OfType<Moment>().Select(m => m.Local.Date)
            .ToHashSet();
        var also = e.All("RDATE").SelectMany(p => p.Values).Select(ReadMoment).OfType<Moment>().Select(m => m.Local).ToList();
        var name = e.Find("SUMMARY") is { } summary ? Unescape(summary.Value) : null;
        var length = Period.Between(start.Local, end, PeriodUnits.Days | PeriodUnits.AllTimeUnits);
        if (length.Days > DaysOff.Longest)
        {
            Fail(first.Line, $"the event is longer than {DaysOff.Longest} days");
            return;
        }

        var rules = new List<RecurrenceRule>();
        foreach (var p in e.All("RRULE").Concat(e.All("EXRULE")))
        {
            var rule = RecurrenceRule.Parse(p.Value, out var why);
            if (rule is null || p.Name == "EXRULE")
            {
                Fail(p.Line, why ?? "EXRULE is not supported; name the days that are left out in EXDATE");
                return;
            }
            rules.Add(rule);
        }
        // In another zone than the calendar's the clocks change on other days; over the end of February, leap years differ.
        if (rules is [var only] && only.SameDay(start.Local.Date) is { } same && without.Count + also.Count == 0
            && (start.IsDate || start.IsLocal) && (length.Days <= 1 || HasNoLeapDay(same, length.Days)))
        {
            var at = same + start.Local.TimeOfDay;
            Write(days, name, at, at + length, yearly: true);
            return;
        }
        var dates = rules.Count == 0
            ? [start.Local]
            : rules.SelectMany(rule => rule.Dates(start.Own.Date, _year - YearsBack, _year + YearsAhead))
                .Select(date => start.On(date, _zone));
        foreach (var at in dates.Concat(also).Where(at => !without.Contains(at.Date)))
        {
            Write(days, name, at, at + length, yearly: false);
            _written += Math.Max(1, length.Days);
            if (_written > Most)
            {
                Fail(e.Line, $"with this event the file has more than {Most} days off");
                return;
            }
        }
    }

    private static bool HasNoLeapDay(LocalDate first, int days) =>
        first.PlusDays(days) <= new LocalDate(first.Month > 2 ? first.Year + 1 : first.Year, 2, 28);

    // The whole days are one holiday, a part of a day before or after them another. What takes no time closes nothing; many programs end a
    // day a second early.
    private static void Write(List<DayOff> days, string? name, LocalDateTime start, LocalDateTime end, bool yearly)
    {
        if (end.TimeOfDay >= LastMinute)
            end = end.Date.PlusDays(1).AtMidnight();
        if (start >= end)
            return;
        var day = start.Date;
        if (start.TimeOfDay != LocalTime.Midnight || day == end.Date)
        {
            days.Add(new(day.ToDateOnly(), name, yearly, TimeOf(start), day == end.Date ? TimeOf(end) : null));
            day = day.PlusDays(1);
        }
        if (day < end.Date)
            days.Add(new(day.ToDateOnly(), name, yearly, Until: day.PlusDays(1) == end.Date ? null : end.Date.PlusDays(-1).ToDateOnly()));
        if (end.TimeOfDay != LocalTime.Midnight && end.Date > start.Date)
            days.Add(new(end.Date.ToDateOnly(), name, yearly, To: TimeOf(end)));
    }

    private static TimeOnly? TimeOf(LocalDateTime at) => at.TimeOfDay == LocalTime.Midnight ? null : at.TimeOfDay.ToTimeOnly();

    private LocalDateTime? ReadEnd(Event e, Moment start)
    {
        if (e.Find("DTEND") is { } dtend)
        {
            if (ReadMoment(dtend) is not { } end)
                return null;
            if (end.IsDate != start.IsDate)
                return Fail(dtend.Line, "DTEND must be a date when DTSTART is one, and a time when it is one");
            if (end.Local < start.Local)
                return Fail(dtend.Line, "DTEND lies before DTSTART");
            // Against the standard, many files end a whole day on the day itself.
            return start.IsDate && end.Local == start.Local ? start.Local.PlusDays(1) : end.Local;
        }
        if (e.Find("DURATION") is { } duration)
        {
            var read = NodaTime.Text.PeriodPattern.NormalizingIso.Parse(duration.Value.TrimStart('+'));
            if (!read.Success || read.Value is not { Years: 0, Months: 0 } period || period.ToDuration() <= Duration.Zero)
                return Fail(duration.Line, "DURATION must be longer than zero, such as P1D or PT4H");
            return start.Local + period;
        }
        return start.IsDate ? start.Local.PlusDays(1) : start.Local;
    }

    private Moment? ReadMoment(Property p)
    {
        var value = p.Value.Trim();
        if (value.Length == 8 && Exact(value, "yyyyMMdd") is { } date)
            return new(date, date, null, IsDate: true);
        var utc = value.EndsWith('Z');
        if (Exact(utc ? value[..^1] : value, "yyyyMMdd'T'HHmmss") is not { } time)
        {
            Fail(p.Line, $"{p.Name}: '{value}' is no date such as 20261225 and no time such as 20261224T140000");
            return null;
        }
        var zone = utc ? DateTimeZone.Utc : p.Parameters.GetValueOrDefault("TZID") is { } id ? ZoneOf(id) : _zone;
        if (zone is null)
        {
            Fail(p.Line, $"{p.Name}: TZID '{p.Parameters["TZID"]}' is no time zone of the IANA database or of Windows");
            return null;
        }
        return new(time.InZoneLeniently(zone).WithZone(_zone).LocalDateTime, time, zone.Id == _zone.Id ? null : zone, IsDate: false);
    }

    private static LocalDateTime? Exact(string text, string format) =>
        DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
            ? LocalDateTime.FromDateTime(at) : null;

    // By IANA or Windows name; some programs put a path of their own before it ("/mozilla.org/20050126_1/Europe/Berlin").
    private static DateTimeZone? ZoneOf(string id)
    {
        for (var name = id.Trim(); ; name = name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..])
        {
            if (TimeZones.Find(name) is { } zone)
                return zone;
            if (!name.Contains('/', StringComparison.Ordinal))
                return null;
        }
    }

    private LocalDateTime? Fail(int line, string why)
    {
        _wrong ??= new("holidays-invalid", $"cannot be read: line {line}: {why}.", "holidays");
        return null;
    }

    private static string? Unescape(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length)
                plain.Append(text[++i] is 'n' or 'N' ? ' ' : text[i]);
            else
                plain.Append(text[i]);
        }
        var name = plain.ToString().Trim();
        return name.Length == 0 ? null : name.Length <= 200 ? name : name[..200];
    }

    private sealed record Event(int Line)
    {
        public List<Property> Properties { get; } = [];

        public Property? Find(string name) => Properties.Find(p => p.Name == name);

        public IEnumerable<Property> All(string name) => Properties.Where(p => p.Name == name);
    }

    /// <param name="Local">In the calendar's zone.</param>
    /// <param name="Own">As it was written.</param>
    /// <param name="Zone">The zone it was written in, when that is another.</param>
    private sealed record Moment(LocalDateTime Local, LocalDateTime Own, DateTimeZone? Zone, bool IsDate)
    {
        public bool IsLocal => Zone is null;

        public LocalDateTime On(LocalDate date, DateTimeZone calendar) => Zone is null
            ? date + Own.TimeOfDay
            : (date + Own.TimeOfDay).InZoneLeniently(Zone).WithZone(calendar).LocalDateTime;
    }

    /// <summary>A content line: <c>NAME;PARAMETER=value:value</c>.</summary>
    private sealed record Property(int Line, string Name, IReadOnlyDictionary<string, string> Parameters, string Value)
    {
        /// <summary>Some properties hold several values.</summary>
        public IEnumerable<Property> Values => Value.Split(',').Select(value => this with { Value = value });

        public static Property? Parse(int line, string text)
        {
            var parts = new List<string>();
            var (quoted, begin) = (false, 0);
            for (var i = 0; i < text.Length; i++)
            {
                if (text[i] == '"')
                    quoted = !quoted;
                if (quoted || text[i] is not (';' or ':'))
                    continue;
                parts.Add(text[begin..i]);
                begin = i + 1;
                if (text[i] == ':')
                    break;
            }
            if (parts.Count == 0 || parts[0].Length == 0 || begin == 0 || text[begin - 1] != ':')
                return null;
            var parameters = parts.Skip(1).Select(part => part.Split('=', 2)).Where(pair => pair.Length == 2)
                .DistinctBy(pair => pair[0].ToUpperInvariant()).ToDictionary(pair => pair[0].ToUpperInvariant(), pair => pair[1].Trim('"'));
            return new(line, parts[0].Trim().ToUpperInvariant(), parameters, text[begin..]);
        }
    }
}
