using CxPlatform.Cases.Domain;
using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Case.Tests.Domain;

public sealed class HolidayFileTests
{
    [Fact]
    public void A_whole_day_is_a_holiday_with_its_name() => Assert.Equal(
        [new DayOff(new(2026, 5, 14), "Ascension, a Thursday")],
        Read("DTSTART;VALUE=DATE:20260514", "DTEND;VALUE=DATE:20260515", "SUMMARY:Ascension\\, a", "  Thursday"));

    [Theory]
    [InlineData("DTEND;VALUE=DATE:20261227")]
    [InlineData("DURATION:P2D")]
    [InlineData("DURATION:P1DT24H")]
    public void Several_days_are_one_holiday(string end) => Assert.Equal(
        [new DayOff(new(2026, 12, 25), Until: new(2026, 12, 26))], Read("DTSTART;VALUE=DATE:20261225", end));

    [Fact]
    public void Several_days_are_kept_over_the_turn_of_the_year_and_every_year()
    {
        Assert.Equal(
            [new DayOff(new(2020, 12, 28), "Works holiday", Yearly: true, Until: new(2021, 1, 2))],
            Read("DTSTART;VALUE=DATE:20201228", "DTEND;VALUE=DATE:20210103", "RRULE:FREQ=YEARLY", "SUMMARY:Works holiday"));
        Assert.Equal(
            [
                new DayOff(new(2026, 12, 24), From: new(14, 0)), new DayOff(new(2026, 12, 25), Until: new(2027, 1, 1)),
                new DayOff(new(2027, 1, 2), To: new(12, 0)),
            ],
            Read("DTSTART:20261224T140000", "DTEND:20270102T120000"));
        Assert.Equal(
            [new DayOff(new(2026, 12, 24), From: new(14, 0)), new DayOff(new(2026, 12, 25), To: new(6, 0))],
            Read("DTSTART:20261224T140000", "DURATION:PT16H"));
        // The fair that moves: each year's days, ten of them.
        Assert.Equal(
            [(new(2024, 9, 21), new(2024, 9, 30)), (new(2025, 9, 20), new(2025, 9, 29)), (new(2026, 9, 19), new(2026, 9, 28))],
            Read("DTSTART;VALUE=DATE:20240921", "DURATION:P10D", "RRULE:FREQ=YEARLY;BYMONTH=9;BYDAY=3SA;COUNT=3").Select(day => (day.Date, day.Until!.Value)));
    }

    [Fact]
    public void What_goes_on_over_the_end_of_february_has_its_length_in_every_year() => Assert.Equal(
        [(new(2027, 2, 27), new(2027, 3, 1)), (new(2028, 2, 27), new(2028, 2, 29))],
        Read("DTSTART;VALUE=DATE:20260227", "DURATION:P3D", "RRULE:FREQ=YEARLY").Where(day => day.Date.Year is 2027 or 2028)
            .Select(day => (day.Date, day.Until!.Value)));

    [Theory]
    [InlineData("DTEND;VALUE=DATE:20261225")]
    [InlineData("SUMMARY:No end")]
    [InlineData("TRANSP:TRANSPARENT")]
    public void A_day_without_an_end_of_its_own_is_one_day(string line) =>
        Assert.Equal(new DateOnly(2026, 12, 25), Assert.Single(Read("DTSTART;VALUE=DATE:20261225", line)).Date);

    [Fact]
    public void What_repeats_on_the_same_day_is_one_yearly_holiday() => Assert.Equal(
        [new DayOff(new(2020, 12, 25), "Christmas", Yearly: true, Until: new(2020, 12, 26))],
        Read("DTSTART;VALUE=DATE:20201225", "DTEND;VALUE=DATE:20201227", "RRULE:FREQ=YEARLY", "SUMMARY:Christmas"));

    [Theory]
    [InlineData("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "20241128", "2024-11-28 2025-11-27 2026-11-26")]
    [InlineData("FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO", "20240527", "2024-05-27 2025-05-26 2026-05-25")]
    [InlineData("FREQ=YEARLY;BYMONTH=6;BYDAY=SA;BYMONTHDAY=20,21,22,23,24,25,26", "20240622", "2024-06-22 2025-06-21 2026-06-20")]
    [InlineData("FREQ=YEARLY;BYMONTH=5;BYDAY=MO;BYSETPOS=-1", "20240527", "2024-05-27 2025-05-26 2026-05-25")]
    [InlineData("FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=-1", "20240131", "2024-01-31 2024-07-31 2025-01-31 2025-07-31 2026-01-31 2026-07-31")]
    [InlineData("FREQ=YEARLY;BYDAY=1MO", "20240101", "2024-01-01 2025-01-06 2026-01-05")]
    [InlineData("FREQ=YEARLY;INTERVAL=2", "20240301", "2024-03-01 2026-03-01")]
    [InlineData("FREQ=YEARLY;COUNT=2", "20240301", "2024-03-01 2025-03-01")]
    [InlineData("FREQ=YEARLY;UNTIL=20250301", "20240301", "2024-03-01 2025-03-01")]
    [InlineData("FREQ=YEARLY;UNTIL=20250228T230000Z", "20240301", "2024-03-01")]
    [InlineData("FREQ=YEARLY;INTERVAL=1;COUNT=1;WKST=MO", "20240229", "2024-02-29")]
    [InlineData("FREQ=YEARLY;UNTIL=20261231", "20160229", "2024-02-29")] // a year without that day has none
    [InlineData("FREQ=YEARLY;BYYEARDAY=1,-1;UNTIL=20250101", "20240101", "2024-01-01 2024-12-31 2025-01-01")]
    [InlineData("FREQ=YEARLY;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", "20201103", "2024-11-05 2025-11-04 2026-11-03")]
    [InlineData("FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=1TH", "20041104", "2024-11-07")]
    [InlineData("FREQ=MONTHLY;COUNT=3", "20240131", "2024-01-31 2024-03-31 2024-05-31")]
    [InlineData("FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR;UNTIL=20241231T235959Z", "20240329", "2024-03-29 2024-06-28 2024-09-27 2024-12-27")]
    [InlineData("FREQ=MONTHLY;BYMONTHDAY=-1;BYMONTH=6,12;UNTIL=20250630", "20240630", "2024-06-30 2024-12-31 2025-06-30")]
    [InlineData("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2", "20240329", "2024-03-29 2024-04-30")]
    [InlineData("FREQ=WEEKLY;COUNT=3", "20240703", "2024-07-03 2024-07-10 2024-07-17")]
    [InlineData("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO;COUNT=4", "19970805", "")] // long over
    [InlineData("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO;COUNT=4", "20240806", "2024-08-06 2024-08-11 2024-08-20 2024-08-25")]
    [InlineData("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU;COUNT=4", "20240806", "2024-08-06 2024-08-18 2024-08-20 2024-09-01")]
    [InlineData("FREQ=WEEKLY;BYDAY=FR;BYMONTH=8;UNTIL=20240831", "20200807", "2024-08-02 2024-08-09 2024-08-16 2024-08-23 2024-08-30")]
    [InlineData("FREQ=DAILY;COUNT=3", "20241227", "2024-12-27 2024-12-28 2024-12-29")]
    [InlineData("FREQ=DAILY;INTERVAL=10;BYMONTH=1;UNTIL=20250201", "20231231", "2024-01-10 2024-01-20 2024-01-30 2025-01-04 2025-01-14 2025-01-24")]
    public void What_moves_is_written_out(string rule, string start, string expected) => Assert.Equal(
        expected, string.Join(' ', Read($"DTSTART;VALUE=DATE:{start}", "RRULE:" + rule).Where(day => day.Date.Year <= 2026)
            .Select(day => day.Date.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture))));

    [Fact]
    public void A_repetition_that_is_left_out_or_moved_is_not_on_its_old_day()
    {
        var days = Read(
            "UID:a", "DTSTART;VALUE=DATE:20250301", "RRULE:FREQ=YEARLY;COUNT=3", "EXDATE;VALUE=DATE:20260301", "END:VEVENT", "BEGIN:VEVENT",
            "UID:a", "RECURRENCE-ID;VALUE=DATE:20270301", "DTSTART;VALUE=DATE:20270302");
        Assert.Equal([new(2025, 3, 1), new(2027, 3, 2)], days.Select(day => day.Date));
    }

    [Theory]
    [InlineData("DTSTART:20261224T140000", "DTEND:20261225T000000", "14:00", null)]
    [InlineData("DTSTART:20261224T130000Z", "DTEND:20261224T150000Z", "14:00", "16:00")]
    [InlineData("DTSTART;TZID=America/New_York:20261224T080000", "DURATION:PT2H", "14:00", "16:00")]
    [InlineData("DTSTART;TZID=\"W. Europe Standard Time\":20261224T140000", "DURATION:PT2H", "14:00", "16:00")]
    public void A_part_of_a_day_is_told_in_the_calendars_time(string start, string end, string from, string? to)
    {
        var day = Assert.Single(Read(start, end));
        Assert.Equal((new DateOnly(2026, 12, 24), TimeOnly.Parse(from, null)), (day.Date, day.From!.Value));
        Assert.Equal(to is null ? null : TimeOnly.Parse(to, null), day.To);
    }

    [Theory]
    [InlineData("DTSTART;TZID=/mozilla.org/20050126_1/Europe/Berlin:20261224T000000", "DTEND;TZID=/mozilla.org/20050126_1/Europe/Berlin:20261225T000000")]
    [InlineData("DTSTART:20261224T000000", "DTEND:20261224T235959")]
    [InlineData("DTSTART:20261223T230000Z", "DTEND:20261224T230000Z")]
    [InlineData("DTSTART;VALUE=DATE;X-OTHER=\"a:b;c\":20261224", "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE")]
    public void A_day_from_midnight_to_midnight_is_a_whole_day(string start, string end) =>
        Assert.Equal([new DayOff(new(2026, 12, 24))], Read(start, end));

    [Fact]
    public void What_takes_no_time_closes_nothing_and_several_rules_are_read_each()
    {
        Assert.Empty(Read("DTSTART:20261224T140000"));
        Assert.Equal(
            [new(2026, 5, 1), new(2026, 6, 1), new(2027, 5, 1)],
            Read("DTSTART;VALUE=DATE:20260501", "RRULE:FREQ=YEARLY;COUNT=2", "RRULE:FREQ=MONTHLY;COUNT=2").Select(day => day.Date));
    }

    [Fact]
    public void A_cancelled_event_and_whatever_is_no_event_are_passed_over()
    {
        var days = Read(
            "DTSTART;VALUE=DATE:20260101", "STATUS:CANCELLED", "END:VEVENT", "BEGIN:VTODO", "DTSTART:nonsense", "END:VTODO", "BEGIN:VEVENT",
            "DTSTART;VALUE=DATE:20260102", "BEGIN:VALARM", "TRIGGER:-PT15M", "END:VALARM");
        Assert.Equal(new DateOnly(2026, 1, 2), Assert.Single(days).Date);
    }

    [Theory]
    [InlineData("DTSTART;VALUE=DATE:20261332", "line 3: DTSTART")]
    [InlineData("SUMMARY:No start", "line 2: the event has no DTSTART")]
    [InlineData("DTSTART;TZID=Mars/Base:20260101T100000", "line 3: DTSTART: TZID 'Mars/Base'")]
    [InlineData("DTSTART:20260101\r\nRRULE:FREQ=HOURLY", "line 4: RRULE: FREQ=HOURLY is not supported")]
    [InlineData("DTSTART:20260101\r\nRRULE:COUNT=2", "line 4: RRULE: FREQ= is not supported")]
    [InlineData("DTSTART:20260101\r\nRRULE:FREQ=WEEKLY;BYDAY=2MO", "line 4: RRULE: a weekday cannot be counted")]
    [InlineData("DTSTART:20260101\r\nEXRULE:FREQ=YEARLY", "line 4: EXRULE is not supported")]
    [InlineData("DTSTART:20200101\r\nRRULE:FREQ=DAILY", "line 2: with this event the file has more than 2000 days off")]
    [InlineData("DTSTART:20260101\r\nRRULE:FREQ=YEARLY;BYWEEKNO=20", "line 4: RRULE: BYWEEKNO is not supported")]
    [InlineData("DTSTART:20260101\r\nRRULE:FREQ=YEARLY;BYDAY=XX", "line 4: RRULE: BYDAY=XX cannot be read")]
    [InlineData("DTSTART:20260105\r\nDTEND:20260101", "line 4: DTEND lies before DTSTART")]
    [InlineData("DTSTART:20260101\r\nDURATION:P0D", "line 4: DURATION")]
    [InlineData("DTSTART:20260101\r\nDURATION:P367D", "line 3: the event is longer than 366 days")]
    [InlineData("no property", "line 3: is no property")]
    [InlineData("END:VTODO", "line 3: END:VTODO ends nothing")]
    public void What_cannot_be_read_is_refused_with_its_line(string lines, string expected)
    {
        var refusal = HolidayFile.Read(File(lines), "Europe/Berlin", 2026).Refusal;
        Assert.StartsWith("cannot be read: " + expected, refusal?.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("BEGIN:VCALENDAR\nEND:VCALENDAR")]
    [InlineData("<html>")]
    [InlineData("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101")]
    public void A_file_without_events_is_none(string file) =>
        Assert.Equal("holidays-invalid", HolidayFile.Read(file, "UTC", 2026).Refusal?.Code);

    [Fact]
    public void Whatever_is_in_a_file_reading_it_ends_in_holidays_or_a_reason()
    {
        const int Seed = 4711;
        var random = new Random(Seed);
        var file = File("DTSTART;VALUE=DATE:20240101", "DTEND;VALUE=DATE:20240103", "RRULE:FREQ=YEARLY;BYMONTH=1,5;BYDAY=-1MO,2TU;COUNT=9",
            "EXDATE:20250106", "DURATION:P1D", "SUMMARY:A\\nname");
        for (var i = 0; i < 5000; i++)
        {
            var text = file.ToCharArray();
            for (var n = random.Next(1, 5); n > 0; n--)
                text[random.Next(text.Length)] = "0129-+:;=,TZP\n \"MOW"[random.Next(19)];
            var read = HolidayFile.Read(new(text), "Europe/Berlin", 2026);
            Assert.True(read.IsRefused || read.Value.Count < 10_000, $"seed {Seed}, file {i}");
        }
    }

    private static List<DayOff> Read(params string[] lines)
    {
        var read = HolidayFile.Read(File(lines), "Europe/Berlin", 2026);
        Assert.False(read.IsRefused, read.Refusal?.Detail);
        return read.Value!;
    }

    private static string File(params string[] lines) =>
        string.Join("\r\n", ["BEGIN:VCALENDAR", "BEGIN:VEVENT", .. lines, "END:VEVENT", "END:VCALENDAR", ""]);
}
