using System.Globalization;
using System.Text.RegularExpressions;
using NodaTime;

namespace CxPlatform.Cases.Domain;

/// <summary>A recurrence rule of days (RFC 5545 section 3.3.10): every so many years, months, weeks or days, narrowed to months, days of
/// the year or of months, weekdays, and to some of these.</summary>
internal sealed partial record RecurrenceRule
{
    private string Frequency { get; init; } = "";
    private int Interval { get; init; } = 1;
    private int? Count { get; init; }
    private LocalDate? Until { get; init; }
    private IReadOnlyList<int> Months { get; init; } = [];
    private IReadOnlyList<int> MonthDays { get; init; } = [];
    private IReadOnlyList<int> YearDays { get; init; } = [];
    private IReadOnlyList<(int Nth, IsoDayOfWeek Day)> Days { get; init; } = [];
    private IReadOnlyList<int> Positions { get; init; } = [];
    private IsoDayOfWeek WeekStart { get; init; } = IsoDayOfWeek.Monday;

    private static readonly string[] Supported =
        ["FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYDAY", "BYSETPOS", "WKST"];

    private static readonly string[] Weekdays = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

    /// <param name="why">What cannot be read, when the answer is null.</param>
    public static RecurrenceRule? Parse(string text, out string? why)
    {
        var rule = new RecurrenceRule();
        why = null;
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var (name, value) = part.Split('=', 2) is [var n, var v] ? (n.ToUpperInvariant(), v.ToUpperInvariant()) : (part, "");
            var read = name switch
            {
                "FREQ" => rule with { Frequency = value },
                "INTERVAL" when Number(value, 1, 1000) is { } interval => rule with { Interval = interval },
                "COUNT" when Number(value, 1, 10_000) is { } count => rule with { Count = count },
                "UNTIL" when Day(value) is { } until => rule with { Until = until },
                "BYMONTH" when Numbers(value, 1, 12) is { } months => rule with { Months = months },
                "BYMONTHDAY" when Numbers(value, -31, 31) is { } days => rule with { MonthDays = days },
                "BYYEARDAY" when Numbers(value, -366, 366) is { } days => rule with { YearDays = days },
                "BYSETPOS" when Numbers(value, -366, 366) is { } positions => rule with { Positions = positions },
                "BYDAY" when WeekdaysIn(value) is { } days => rule with { Days = days },
                "WKST" when WeekdaysIn(value) is [(0, var first)] => rule with { WeekStart = first },
                _ => null,
            };
            if (read is null)
            {
                why = Supported.Contains(name)
                    ? $"RRULE: {part} cannot be read"
                    : $"RRULE: {name} is not supported; {string.Join(", ", Supported)} are";
                return null;
            }
            rule = read;
        }
        if (rule.Frequency is not ("YEARLY" or "MONTHLY" or "WEEKLY" or "DAILY"))
            why = $"RRULE: FREQ={rule.Frequency} is not supported; YEARLY, MONTHLY, WEEKLY and DAILY are";
        else if (rule.Frequency is "WEEKLY" or "DAILY" && rule.Days.Any(day => day.Nth != 0))
            why = $"RRULE: a weekday cannot be counted in BYDAY when FREQ={rule.Frequency}";
        return why is null ? rule : null;
    }

    /// <summary>The day on which it falls in every year, if it is always the same and never ends.</summary>
    public LocalDate? SameDay(LocalDate start)
    {
        if (Frequency != "YEARLY" || Interval != 1 || Count is not null || Until is not null)
            return null;
        if (Days.Count + Positions.Count + YearDays.Count > 0)
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
        // Without a count nothing depends on what was long ago.
        var skipped = Count is null ? Math.Max(0, PeriodsUntil(start, from) / Interval) : 0;
        for (var period = skipped; PeriodOf(start, period * Interval) is var (first, length) && first.Year <= to; period++)
        {
            var days = Candidates(first, length, start).Distinct().Order().ToList();
            if (Positions.Count > 0)
                days = [.. Positions.Select(p => p > 0 ? p - 1 : days.Count + p).Where(i => i >= 0 && i < days.Count).Distinct().Order()
                    .Select(i => days[i])];
            foreach (var day in days.Where(day => day >= start))
            {
                if (day > Until || ++seen > Count || day.Year > to)
                    yield break;
                if (day.Year >= from)
                    yield return day;
            }
        }
    }

    private int PeriodsUntil(LocalDate start, int year) => Frequency switch
    {
        "YEARLY" => year - start.Year,
        "MONTHLY" => ((year - start.Year) * 12) - 12,
        "WEEKLY" => Period.DaysBetween(start, new(year, 1, 1)) / 7 - 1,
        _ => Period.DaysBetween(start, new(year, 1, 1)),
    };

    // The year, month, week or day in which the rule begins, or so many after it.
    private (LocalDate First, int Length) PeriodOf(LocalDate start, int number)
    {
        switch (Frequency)
        {
            case "YEARLY":
                var year = new LocalDate(start.Year, 1, 1).PlusYears(number);
                return (year, CalendarSystem.Iso.GetDaysInYear(year.Year));
            case "MONTHLY":
                var month = new LocalDate(start.Year, start.Month, 1).PlusMonths(number);
                return (month, CalendarSystem.Iso.GetDaysInMonth(month.Year, month.Month));
            case "WEEKLY":
                return (start.PlusDays(-(((int)start.DayOfWeek - (int)WeekStart + 7) % 7)).PlusWeeks(number), 7);
            default:
                return (start.PlusDays(number), 1);
        }
    }

    // What a rule does not say is as on its first day.
    private IEnumerable<LocalDate> Candidates(LocalDate first, int length, LocalDate start)
    {
        var isBare = MonthDays.Count + YearDays.Count + Days.Count == 0;
        var days = Frequency is "YEARLY" or "MONTHLY" && Days.Count > 0 ? Counted(first, length) : All(first, length);
        return days.Where(day =>
            (Months.Count > 0 ? Months.Contains(day.Month) : Frequency != "YEARLY" || !isBare || day.Month == start.Month)
            && (MonthDays.Count == 0 || MonthDays.Any(n => InMonth(day.Year, day.Month, n) == day))
            && (YearDays.Count == 0 || YearDays.Any(n => (n > 0 ? n : CalendarSystem.Iso.GetDaysInYear(day.Year) + 1 + n) == day.DayOfYear))
            && (Days.Count == 0 || Days.Any(d => d.Day == day.DayOfWeek))
            && (!isBare || Frequency switch
            {
                "YEARLY" or "MONTHLY" => day.Day == start.Day,
                "WEEKLY" => day.DayOfWeek == start.DayOfWeek,
                _ => true,
            }));
    }

    // The nth weekdays of the month, or of the year when no month is named.
    private IEnumerable<LocalDate> Counted(LocalDate first, int length) => Frequency == "YEARLY" && Months.Count > 0
        ? Months.Select(month => new LocalDate(first.Year, month, 1)).SelectMany(month =>
            Days.SelectMany(d => Nth(month, CalendarSystem.Iso.GetDaysInMonth(month.Year, month.Month), d.Nth, d.Day)))
        : Days.SelectMany(d => Nth(first, length, d.Nth, d.Day));

    private static IEnumerable<LocalDate> All(LocalDate first, int length) => Enumerable.Range(0, length).Select(first.PlusDays);

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
