using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Reading;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Cases.Calendars;

/// <summary>The page's form as it was filled in.</summary>
internal sealed record CalendarForm(
    string Name, string TimeZone, bool AlwaysOpen, string Hours, string Holidays, string Exceptions, string At, string Duration,
    string Until)
{
    public static CalendarForm Of(CalendarRequest c, DateTimeOffset now) => new(
        c.Name, c.TimeZone, c.AlwaysOpen, CalendarText.Write(c.Hours ?? []), CalendarText.Write(c.Holidays ?? []),
        CalendarText.Write(c.Exceptions ?? []), LocalTime.Write(now, c.TimeZone), "8h", LocalTime.Write(now.AddDays(7), c.TimeZone));

    public static CalendarForm Of(IFormCollection form)
    {
        string Text(string name) => form[name].ToString().Replace("\r\n", "\n", StringComparison.Ordinal).Trim();
        return new(
            Text("name"), Text("timeZone"), form["alwaysOpen"].Count > 0, Text("hours"), Text("holidays"), Text("exceptions"), Text("at"),
            Text("duration"), Text("until"));
    }

    public Outcome<CalendarChanged> Read(string id)
    {
        var errors = new InputErrors();
        var hours = CalendarText.ReadHours(Hours, errors);
        var (holidays, exceptions) = (CalendarText.ReadHolidays(Holidays, errors), CalendarText.ReadExceptions(Exceptions, errors));
        return errors.ToRefusal() is { } wrong
            ? wrong
            : new CalendarRequest(Name, TimeZone, hours, holidays, exceptions, AlwaysOpen).Read(id);
    }
}

/// <summary>A question of the page with its answer, in words.</summary>
internal sealed record CalendarAnswer(string Question, string Answer, bool IsError = false);

/// <param name="Why">The holidays and exceptions of the day.</param>
internal sealed record CalendarDay(string Date, IReadOnlyList<string> Openings, string Why);

/// <summary>What a calendar's page shows. Public because components and their parameters are; what it holds is not.</summary>
public sealed record CalendarModel
{
    internal CalendarModel(string id, CalendarForm form) => (Id, Form) = (id, form);

    internal string Id { get; }

    internal CalendarForm Form { get; }

    /// <summary>Whether it has been written already.</summary>
    internal bool Exists { get; init; }

    internal bool MaySave { get; init; }

    internal string? Done { get; init; }

    internal Refusal? Refused { get; init; }

    internal IReadOnlyList<CalendarDay> Week { get; init; } = [];

    internal IReadOnlyList<CalendarAnswer> Answers { get; init; } = [];

    internal string? ErrorOf(string field) => Refused?.Each
        .FirstOrDefault(one => one.Field == field || one.Field?.StartsWith(field + "[", StringComparison.Ordinal) == true)?.AtField;

    /// <summary>The week around a date, and the answers to the page's questions.</summary>
    internal CalendarModel Tried(CalendarChanged definition, DateTimeOffset now)
    {
        var calendar = new BusinessCalendar(definition);
        var at = LocalTime.Read(Form.At, calendar.TimeZone) ?? now;
        var text = LocalTime.Write(at, calendar.TimeZone);
        var until = Form.Until.Length > 0 ? Form.Until : text;
        return this with
        {
            Week = WeekOf(calendar, at),
            Answers =
            [
                Ask(calendar, "Are people there?", new(CalendarQuestion.IsOpen, text)),
                Ask(calendar, "When are they there next?", new(CalendarQuestion.NextOpening, text)),
                Ask(calendar, $"When have {Form.Duration} passed?", new(CalendarQuestion.Add, text, Form.Duration)),
                Ask(calendar, "How much time counts until then?", new(CalendarQuestion.Between, From: text, To: until)),
            ],
        };
    }

    private static CalendarAnswer Ask(BusinessCalendar calendar, string question, QuestionRequest asked) =>
        CalendarPreview.Answer(calendar, asked) switch
        {
            { Error: { } error } => new(question, error.Detail, IsError: true),
            { IsOpen: { } open } => new(question, open ? "Yes." : "No."),
            { Duration: { } duration } => new(question, Clocks.ClockWords.Of(duration)),
            var answer => new(question, ServiceDefaults.Pages.Dates.Format(answer.Instant!.Value, calendar.TimeZone, "en")),
        };

    private static List<CalendarDay> WeekOf(BusinessCalendar calendar, DateTimeOffset at)
    {
        var date = DateOnly.ParseExact(LocalTime.Write(at, calendar.TimeZone)[..10], "yyyy-MM-dd");
        var monday = date.AddDays(-(((int)date.DayOfWeek + 6) % 7));
        var days = new List<CalendarDay>();
        for (var day = monday; day < monday.AddDays(7); day = day.AddDays(1))
        {
            var (begin, end) = (Midnight(day), Midnight(day.AddDays(1)));
            var openings = calendar.Within(begin, end).Select(o => $"{Time(o.From)}–{(o.To == end ? "24:00" : Time(o.To))}").ToList();
            days.Add(new(
                day.ToString("ddd d MMM yyyy", System.Globalization.CultureInfo.InvariantCulture), openings,
                string.Join(", ", calendar.NamesBetween(begin, end.AddTicks(-1)).Distinct())));
        }
        return days;

        DateTimeOffset Midnight(DateOnly day) => LocalTime.Read(LocalClock.Write(day) + "T00:00", calendar.TimeZone)!.Value;
        string Time(DateTimeOffset instant) => LocalTime.Write(instant, calendar.TimeZone)[11..];
    }
}
