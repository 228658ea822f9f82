using System.Globalization;
using System.Text.RegularExpressions;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Cases.Calendars;

/// <summary>A calendar as people write it into a page, a line for each thing: what a form can hold without script.</summary>
internal static partial class CalendarText
{
    private const string Clock = @"\d\d?:\d\d(:\d\d(\.\d{1,6})?)?";

    private const string OneDate = @"\d\d\d\d-\d\d-\d\d";

    private static readonly DayOfWeek[] Week =
    [
        DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday, DayOfWeek.Saturday,
        DayOfWeek.Sunday,
    ];

    /// <summary><c>monday 09:00-12:30, 13:00-17:00</c></summary>
    public static string Write(IReadOnlyList<WeeklyHours> hours) => Lines(
        hours.GroupBy(h => h.Day).OrderBy(day => Array.IndexOf(Week, day.Key))
            .Select(day => $"{WeekdayConverter.Name(day.Key)} {Times(day.OrderBy(h => h.From, StringComparer.Ordinal).Select(h => (h.From, h.To)))}"));

    /// <summary><c>yearly 2026-12-24 14:00-24:00 Christmas Eve</c>, <c>2026-12-24 to 2027-01-02 Works holiday</c></summary>
    public static string Write(IReadOnlyList<HolidayEntry> holidays) => Lines(holidays.Select(h => Line(
        h.Yearly, h.Date, h.Until is { } until ? "to " + LocalClock.Write(until) : h.From is null && h.To is null ? null : $"{h.From ?? "00:00"}-{h.To ?? "24:00"}",
        h.Name)));

    /// <summary><c>2026-12-28 10:00-12:00 Stocktaking</c>, <c>2026-12-29 closed</c></summary>
    public static string Write(IReadOnlyList<ExceptionEntry> exceptions) => Lines(exceptions.Select(e => Line(
        e.Yearly, e.Date, e.Hours is { Count: > 0 } hours ? Times(hours.Select(h => (h.From, h.To))) : "closed", e.Name)));

    public static List<WeeklyHours> ReadHours(string text, InputErrors errors)
    {
        var hours = new List<WeeklyHours>();
        foreach (var (number, line) in Numbered(text))
        {
            var match = HoursLine().Match(line);
            if (match.Success && Days(match.Groups["first"].Value, match.Groups["last"].Value) is { } days)
                hours.AddRange(days.SelectMany(day => Times(match).Select(t => new WeeklyHours(day, t.From, t.To))));
            else
                errors.Add("hours", $"Line {number} must be like “monday 09:00-12:30, 13:00-17:00” or “mon-fri 9:00-17:00”.");
        }
        return hours;
    }

    public static List<HolidayEntry> ReadHolidays(string text, InputErrors errors)
    {
        var holidays = new List<HolidayEntry>();
        foreach (var (number, line) in Numbered(text))
        {
            if (DayLine().Match(line) is { Success: true } match && Date(match, "date") is { } date && !match.Groups["closed"].Success
                && (!match.Groups["until"].Success || Date(match, "until") is not null) && Times(match).ToList() is { Count: <= 1 } times)
            {
                var whole = new HolidayEntry(date, Name(match), IsYearly(match), Until: Date(match, "until"));
                holidays.Add(times is [var part] ? whole with { From = part.From, To = part.To } : whole);
                continue;
            }
            errors.Add("holidays", $"Line {number} must be like “2026-12-25 Christmas”, “yearly 2026-12-25”, “2026-12-24 to 2027-01-02” or “2026-12-24 14:00-24:00”.");
        }
        return holidays;
    }

    public static List<ExceptionEntry> ReadExceptions(string text, InputErrors errors)
    {
        var exceptions = new List<ExceptionEntry>();
        foreach (var (number, line) in Numbered(text))
        {
            if (DayLine().Match(line) is { Success: true } match && Date(match, "date") is { } date && !match.Groups["until"].Success
                && (match.Groups["closed"].Success || match.Groups["from"].Success))
                exceptions.Add(new(date, [.. Times(match).Select(t => new DayHours(t.From, t.To))], Name(match), IsYearly(match)));
            else
                errors.Add("exceptions", $"Line {number} must be like “2026-12-28 10:00-12:00 Stocktaking” or “2026-12-29 closed”.");
        }
        return exceptions;
    }

    private static string Line(bool yearly, DateOnly date, string? times, string? name) =>
        string.Join(' ', new[] { yearly ? "yearly" : null, LocalClock.Write(date), times, name }.OfType<string>());

    private static string Times(IEnumerable<(string From, string To)> times) => string.Join(", ", times.Select(t => $"{t.From}-{t.To}"));

    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines);

    private static IEnumerable<(int Number, string Line)> Numbered(string text) =>
        text.Split('\n').Select((line, i) => (i + 1, line.Trim())).Where(line => line.Item2.Length > 0);

    private static IEnumerable<(string From, string To)> Times(Match match) =>
        match.Groups["from"].Captures.Zip(match.Groups["to"].Captures, (from, to) => (from.Value, to.Value));

    private static DateOnly? Date(Match match, string group) =>
        DateOnly.TryParseExact(match.Groups[group].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date : null;

    private static bool IsYearly(Match match) => match.Groups["yearly"].Success;

    private static string? Name(Match match) => match.Groups["name"].Value.Trim() is { Length: > 0 } name ? name : null;

    // From one day to another of the week, which begins on Monday; over its end as well.
    private static List<DayOfWeek>? Days(string first, string last)
    {
        var (from, to) = (Day(first), last.Length == 0 ? Day(first) : Day(last));
        return from < 0 || to < 0 ? null : [.. Enumerable.Range(from, ((to - from + 7) % 7) + 1).Select(day => Week[day % 7])];
    }

    private static int Day(string name) => WeekdayConverter.Find(name) is { } day ? Array.IndexOf(Week, day) : -1;

    [GeneratedRegex(
        $@"^(?<first>\p{{L}}+)(\s*-\s*(?<last>\p{{L}}+))?\s*:?\s+((?<from>{Clock})\s*[-–]\s*(?<to>{Clock})(\s*,\s*|\s+|$))+$")]
    private static partial Regex HoursLine();

    // A name may begin with a number ("1. Weihnachtstag"), but half a time is none.
    [GeneratedRegex(
        $@"^(?<yearly>yearly\s+)?(?<date>{OneDate})(\s*(\bto\b|\.\.|-|–|—)\s*(?<until>{OneDate})(?=\s|$))?(\s+(?<closed>closed)(?=\s|$))?"
        + $@"((?:\s+|(?<=,))(?<from>{Clock})\s*[-–]\s*(?<to>{Clock})(?=\s|,|$),?)*(\s+(?<name>(?!\d+\s*[-–:]|to(\s+\d|\s*$))(?=.*\p{{L}})\S.*))?$")]
    private static partial Regex DayLine();
}
