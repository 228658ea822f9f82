using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CxPlatform.Case.Tests.Service;
using CxPlatform.Cases.Calendars;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Case.Tests.Pages;

public sealed partial class CalendarPageTests
{
    [Fact]
    public void What_a_page_shows_of_a_calendar_reads_back_as_the_same_calendar()
    {
        var request = JsonSerializer.Deserialize<CalendarRequest>(CalendarExamples.Calendar, CxJson.Options)!;
        var errors = new InputErrors();
        var again = request with
        {
            Hours = CalendarText.ReadHours(CalendarText.Write(request.Hours!), errors),
            Holidays = CalendarText.ReadHolidays(CalendarText.Write(request.Holidays!), errors),
            Exceptions = CalendarText.ReadExceptions(CalendarText.Write(request.Exceptions!), errors),
        };
        Assert.False(errors.Any);
        Assert.Equal(JsonSerializer.Serialize(request, CxJson.Options), JsonSerializer.Serialize(again, CxJson.Options));
    }

    [Fact]
    public void Seconds_and_names_that_begin_with_a_number_read_back_too()
    {
        var errors = new InputErrors();
        List<HolidayEntry> holidays = [new(new(2026, 12, 25), "1. Weihnachtstag"), new(new(2026, 12, 26), "2nd day, closed", true, "00:00:30", "24:00")];
        Assert.Equal(holidays, CalendarText.ReadHolidays(CalendarText.Write(holidays), errors));
        List<HolidayEntry> several = [new(new(2026, 12, 24), "2 weeks off", true, Until: new(2027, 1, 6)), new(new(2026, 8, 3), Until: new(2026, 8, 14))];
        Assert.Equal(several, CalendarText.ReadHolidays(CalendarText.Write(several), errors));
        Assert.Equal(several[1..], CalendarText.ReadHolidays("2026-08-03 – 2026-08-14", errors));
        List<WeeklyHours> hours = [new(DayOfWeek.Monday, "09:00:30", "17:59:59.999"), new(DayOfWeek.Sunday, "00:00", "24:00")];
        Assert.Equal(hours, CalendarText.ReadHours(CalendarText.Write(hours), errors));
        List<ExceptionEntry> exceptions = [new(new(2026, 12, 28), [new("10:00", "12:00:01")], "3 of us")];
        Assert.Equivalent(exceptions, CalendarText.ReadExceptions(CalendarText.Write(exceptions), errors));
        Assert.False(errors.Any);
    }

    [Theory]
    [InlineData("mon-fri 9:00-17:00", 5)]
    [InlineData("Sat-Mon: 10:00-12:00 14:00-16:00", 6)]
    [InlineData("sunday 22:00 - 06:00", 1)]
    [InlineData("mon 09:00-12:00,13:00-17:00\n\ntue 09:00-12:00", 3)]
    public void A_week_is_written_as_people_write_it(string text, int intervals)
    {
        var errors = new InputErrors();
        Assert.Equal(intervals, CalendarText.ReadHours(text, errors).Count);
        Assert.False(errors.Any);
    }

    [Theory]
    [InlineData("m 9:00-17:00")]
    [InlineData("monday")]
    [InlineData("monday 9-17")]
    [InlineData("someday 09:00-17:00")]
    public void A_line_that_says_nothing_is_named(string text)
    {
        var errors = new InputErrors();
        CalendarText.ReadHours("tue 09:00-17:00\n" + text, errors);
        Assert.StartsWith("Line 2", errors.ToRefusal()?.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-12-24 14:00")]
    [InlineData("2026-12-24 14-16 Party")]
    [InlineData("2026-12-24 14")]
    [InlineData("2026-13-24")]
    [InlineData("Christmas")]
    [InlineData("2026-12-24 closed")]
    [InlineData("2026-12-24 to")]
    [InlineData("2026-12-24 to 2027-13-01")]
    [InlineData("2026-12-24 - 2027")]
    public void A_holiday_that_is_half_written_is_not_taken_for_another(string text)
    {
        var errors = new InputErrors();
        CalendarText.ReadHolidays(text, errors);
        Assert.True(errors.Any);
    }

    [Fact]
    public async Task A_calendar_is_tried_imported_into_and_saved_without_script()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        var page = await host.Client.GetStringAsync("/desk/calendars/default");
        Assert.Contains("monday 09:00-17:00", page, StringComparison.Ordinal);
        Assert.Contains("Are people there?", page, StringComparison.Ordinal);

        var tried = await PostAsync(host, page, "try", HttpStatusCode.OK, hours: "mon 09:00-12:00, 13:00-17:00");
        Assert.Contains("Mon 2 Mar 2026, 14:00", tried, StringComparison.Ordinal); // four hours from nine, over the break
        Assert.Contains("09:00–12:00, 13:00–17:00", tried, StringComparison.Ordinal);
        Assert.Contains("monday 09:00-17:00", await host.Client.GetStringAsync("/desk/calendars/default"), StringComparison.Ordinal);

        var wrong = await PostAsync(host, page, "save", HttpStatusCode.BadRequest, hours: "mon nine to five");
        Assert.Contains("mon nine to five", wrong, StringComparison.Ordinal);
        Assert.Contains("Line 1 must be like", wrong, StringComparison.Ordinal);

        var imported = await PostAsync(host, page, "import", HttpStatusCode.OK,
            file: "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260304\nSUMMARY:Fair\nEND:VEVENT\nEND:VCALENDAR");
        Assert.Contains("2026-03-04 Fair", imported, StringComparison.Ordinal);

        // A redirect leads to the page again, and leaves the key behind.
        await PostAsync(host, page, "save", HttpStatusCode.Unauthorized, hours: "mon 10:00-12:00");
        var saved = await host.GetAsync("/v1/calendars/default");
        Assert.Equal("10:00", saved.GetProperty("hours")[0].GetProperty("from").GetString());
    }

    [Fact]
    public async Task The_case_shows_its_clocks_and_what_they_counted()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        var id = await host.OpenAsync();
        await host.RouteAsync(id);
        host.Clock.Advance(TimeSpan.FromMinutes(30));
        var number = (await host.CaseAsync(id)).GetProperty("number").GetString();
        var page = await host.Client.GetStringAsync($"/desk/cases/{number}");
        Assert.Contains("First response", page, StringComparison.Ordinal);
        Assert.Contains("1 h 30 min left", page, StringComparison.Ordinal);
        Assert.Contains("30 min = 30 min of 2 h", page, StringComparison.Ordinal);
    }

    private static async Task<string> PostAsync(
        CaseHost host, string page, string what, HttpStatusCode expected, string hours = "mon-fri 09:00-17:00", string? file = null)
    {
        using var form = new MultipartFormDataContent();
        var fields = new Dictionary<string, string>
        {
            ["__RequestVerificationToken"] = Token().Match(page).Groups[1].Value,
            ["do"] = what,
            ["name"] = "Week",
            ["timeZone"] = "UTC",
            ["hours"] = hours,
            ["holidays"] = "",
            ["exceptions"] = "",
            ["at"] = "2026-03-02T09:00",
            ["duration"] = "PT4H",
            ["until"] = "2026-03-03T09:00",
        };
        foreach (var (name, value) in fields)
            form.Add(new StringContent(value), name);
        if (file is not null)
            form.Add(new StringContent(file, Encoding.UTF8, "text/calendar"), "file", "holidays.ics");
        using var answer = await host.Client.PostAsync("/desk/calendars/default", form);
        var text = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.True(expected == answer.StatusCode, $"{answer.StatusCode}: {text}");
        return text;
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
