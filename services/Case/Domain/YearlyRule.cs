using System.Globalization;
using System.Text.RegularExpressions;
using NodaTime;

namespace CxPlatform.Cases.Domain;

/// <summary>A yearly recurrence rule (RFC 5545 section 3.3.10): the day of its beginning, days of months, or weekdays of months or of
/// the year.</summary>
internal sealed partial record YearlyRule
{
    private int Interval { get; init; } = 1;
    private int? Count { get; init; }
    private LocalDate? Until { get; init; }
    private IReadOnlyList<int> Months { get; init; } = [];
    private IReadOnlyList<int> MonthDays { get; init; } = [];
    private IReadOnlyList<(int Nth, IsoDayOfWeek Day)> Days { get; init; } = [];
    private IReadOnlyList<int> Positions { get; init; } = [];

    private static readonly string[] Weekdays = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

    /// <param name="why">What cannot be read, when the answer is null.</param>
    public static YearlyRule? Parse(string text, out string? why)
    {
        var rule = new YearlyRule();
        why = null;
        string? frequency = null;
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var (name, value) = part.Split('=', 2) is [var n, var v] ? (n.ToUpperInvariant(), v.ToUpperInvariant()) : (part, "");
            var read = name switch
            {
                "FREQ" when (frequency = value) is not null => rule,
                "INTERVAL" when Number(value, 1, 1000) is { } interval => rule with { Interval = interval },
                "COUNT" when Number(value, 1, 10_000) is { } count => rule with { Count = count },
                "UNTIL" when Day(value) is { } until => rule with { Until = until },
                "BYMONTH" when Numbers(value, 1, 12) is { } months => rule with { Months = months },
                "BYMONTHDAY" when Numbers(value, -31, 31) is { } days => rule with { MonthDays = days },
                "BYSETPOS" when Numbers(value, -366, 366) is { } positions => rule with { Positions = positions },
                "BYDAY" when WeekdaysIn(value) is { } days => rule with { Days = days },
                "WKST" => rule,
                _ => null,
            };
            if (read is null)
            {
                why = name is "INTERVAL" or "COUNT" or "UNTIL" or "BYMONTH" or "BYMONTHDAY" or "BYSETPOS" or "BYDAY"
                    ? $"RRULE: {part} cannot be read"
                    : $"RRULE: {name} is not supported; INTERVAL, COUNT, UNTIL, BYMONTH, BYMONTHDAY, BYDAY and BYSETPOS are";
                return null;
            }
            rule = read;
        }
        if (frequency != "YEARLY")
            why = $"RRULE: FREQ={frequency} is not supported: holidays repeat yearly";
        return why is null ? rule : null;
    }

    /// <summary>The day on which it falls in every year, if it is always the same and never ends.</summary>
    public LocalDate? SameDay(LocalDate start)
    {
        if (Interval != 1 || Count is not null || Until is not null || Days.Count + Positions.Count > 0)
            return null;
        return (Months, MonthDays) switch
        {
            ([], []) => start,
            ([var month], []) when month == start.Month => start,
            ([var month], [> 0 and < 29 and var day]) => new(start.Year, month, day),
            ([var month], [var day]) when month == start.Month && day == start.Day => start,
            _ => null,
        };
    }

    /// <summary>The days on which it falls from the beginning of one year to the end of another.</summary>
    public IEnumerable<LocalDate> Dates(LocalDate start, int from, int to)
    {
        var seen = 0;
        for (var year = start.Year; year <= to; year += Interval)
        {
            var days = Candidates(year, start).Distinct().Order().ToList();
            if (Positions.Count > 0)
                days = [.. Positions.Select(p => p > 0 ? p - 1 : days.Count + p).Where(i => i >= 0 && i < days.Count).Distinct().Order()
                    .Select(i => days[i])];
            foreach (var day in days.Where(day => day >= start))
            {
                if (day > Until || ++seen > Count)
                    yield break;
                if (day.Year >= from)
                    yield return day;
            }
        }
    }

    private IEnumerable<LocalDate> Candidates(int year, LocalDate start)
    {
        var months = Months.Count > 0 ? Months : [.. Enumerable.Range(1, 12)];
        if (MonthDays.Count > 0)
        {
            return months
                .SelectMany(month => MonthDays.Select(day => InMonth(year, month, day)).OfType<LocalDate>())
                .Where(day => Days.Count == 0 || Days.Any(d => d.Day == day.DayOfWeek));
        }
        if (Days.Count > 0)
        {
            return Months.Count > 0
                ? months.SelectMany(month => Days.SelectMany(d => Nth(
                    new(year, month, 1), CalendarSystem.Iso.GetDaysInMonth(year, month), d.Nth, d.Day)))
                : Days.SelectMany(d => Nth(new(year, 1, 1), CalendarSystem.Iso.GetDaysInYear(year), d.Nth, d.Day));
        }
        return (Months.Count > 0 ? months : [start.Month]).Select(month => InMonth(year, month, start.Day)).OfType<LocalDate>();
    }

    private static LocalDate? InMonth(int year, int month, int day)
    {
        var length = CalendarSystem.Iso.GetDaysInMonth(year, month);
        day = day < 0 ? length + 1 + day : day;
        return day >= 1 && day <= length ? new(year, month, day) : null;
    }

    // The nth weekday of a span, from its end when negative, or all of them.
    private static IEnumerable<LocalDate> Nth(LocalDate first, int length, int nth, IsoDayOfWeek weekday)
    {
        var offset = ((int)weekday - (int)first.DayOfWeek + 7) % 7;
        var all = Enumerable.Range(0, (length - offset + 6) / 7).Select(week => first.PlusDays(offset + (7 * week))).ToList();
        var index = nth > 0 ? nth - 1 : all.Count + nth;
        return nth == 0 ? all : index >= 0 && index < all.Count ? [all[index]] : [];
    }

    private static int? Number(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number : null;

    private static List<int>? Numbers(string text, int least, int most)
    {
        var numbers = text.Split(',').Select(part => Number(part, least, most)).ToList();
        return numbers.TrueForAll(number => number is not (null or 0)) ? numbers.ConvertAll(number => number!.Value) : null;
    }

    private static LocalDate? Day(string text) =>
        text.Length >= 8 && DateTime.TryParseExact(text[..8], "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? LocalDate.FromDateTime(day) : null;

    private static List<(int, IsoDayOfWeek)>? WeekdaysIn(string text)
    {
        var days = new List<(int, IsoDayOfWeek)>();
        foreach (var part in text.Split(','))
        {
            if (Weekday().Match(part) is not { Success: true } match)
                return null;
            var nth = match.Groups[1].Length == 0 ? 0 : int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
            days.Add((nth, (IsoDayOfWeek)(Array.IndexOf(Weekdays, match.Groups[2].Value) + 1)));
        }
        return days;
    }

    [GeneratedRegex(@"^([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)$")]
    private static partial Regex Weekday();
}
