using System.Globalization;
using CxPlatform.Cases.Domain;
using CxPlatform.Contracts.Cases.V1;
using FsCheck;
using FsCheck.Fluent;

namespace CxPlatform.Case.Tests.Domain;

public sealed class BusinessCalendarTests
{
    private static readonly BusinessCalendar Berlin =
        new(BusinessCalendar.WorkingWeek("b", "Berlin", "Europe/Berlin") with { Holidays = [new(2026, 12, 25)] });

    // Every night from 22:00 to 06:00, in the zone where the clocks change at 02:00 and 03:00.
    private static readonly BusinessCalendar Night =
        new(new("n", "Night", "Europe/Berlin", [.. Enum.GetValues<DayOfWeek>()
            .Select(day => new OpeningHours(day, new(22, 0), new(6, 0)))], []));

    private static readonly BusinessCalendar Always =
        new(new("a", "Always", "Europe/Berlin", [.. Enum.GetValues<DayOfWeek>().Select(day => new OpeningHours(day, default, default))],
            []));

    private static readonly BusinessCalendar Lunch =
        new(new("l", "Lunch", "UTC", [new(DayOfWeek.Monday, new(13, 0), new(17, 0)), new(DayOfWeek.Monday, new(8, 0), new(12, 0)),
            new(DayOfWeek.Monday, new(11, 0), new(12, 30))], []));

    private static BusinessCalendar Named(string name) =>
        name switch { "berlin" => Berlin, "night" => Night, "always" => Always, _ => Lunch };

    private static DateTimeOffset At(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    [Theory]
    [InlineData("berlin", "2026-03-02T09:00Z", "02:00", "2026-03-02T11:00Z")] // Monday 10:00 local
    [InlineData("berlin", "2026-03-02T05:00Z", "02:00", "2026-03-02T10:00Z")] // before opening
    [InlineData("berlin", "2026-03-02T15:00Z", "02:00", "2026-03-03T09:00Z")] // one hour today, one tomorrow
    [InlineData("berlin", "2026-03-02T15:00Z", "01:00", "2026-03-02T16:00Z")] // ends with closing time
    [InlineData("berlin", "2026-03-06T15:30Z", "01:00", "2026-03-09T08:30Z")] // over the weekend
    [InlineData("berlin", "2026-03-27T15:00Z", "02:00", "2026-03-30T08:00Z")] // over the change to summer time
    [InlineData("berlin", "2026-10-23T14:00Z", "02:00", "2026-10-26T09:00Z")] // and back
    [InlineData("berlin", "2026-12-24T15:00Z", "02:00", "2026-12-28T09:00Z")] // Thursday, a holiday, a weekend
    [InlineData("berlin", "2026-03-07T12:00Z", "00:00", "2026-03-09T08:00Z")] // a zero target is due at the opening
    [InlineData("night", "2026-03-28T20:00Z", "07:00", "2026-03-29T04:00Z")] // 22:00-06:00 is seven hours long that night, from 21:00Z
    [InlineData("night", "2026-03-28T20:00Z", "07:30", "2026-03-29T20:30Z")]
    [InlineData("night", "2026-10-24T19:00Z", "09:00", "2026-10-25T05:00Z")] // and nine hours long that night, from 20:00Z
    [InlineData("always", "2026-03-28T23:00Z", "23:00", "2026-03-29T22:00Z")] // the day of 23 hours passes as 23 hours
    [InlineData("lunch", "2026-03-02T11:00Z", "02:00", "2026-03-02T13:30Z")] // overlap counts once
    public void Adding_business_time(string calendar, string start, string duration, string expected) =>
        Assert.Equal(At(expected), Named(calendar).Add(At(start), TimeSpan.Parse(duration, CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("berlin", "2026-03-02T09:00Z", "2026-03-02T11:00Z", "02:00")]
    [InlineData("berlin", "2026-03-06T15:00Z", "2026-03-09T09:00Z", "02:00")]
    [InlineData("berlin", "2026-03-07T09:00Z", "2026-03-08T11:00Z", "00:00")]
    [InlineData("night", "2026-03-28T12:00Z", "2026-03-29T12:00Z", "07:00")]
    [InlineData("night", "2026-10-24T12:00Z", "2026-10-25T12:00Z", "09:00")]
    [InlineData("always", "2026-03-28T00:00Z", "2026-03-30T00:00Z", "48:00")]
    [InlineData("lunch", "2026-03-02T00:00Z", "2026-03-03T00:00Z", "08:30")]
    public void Business_time_between(string calendar, string start, string end, string expected)
    {
        var parts = expected.Split(':');
        Assert.Equal(new TimeSpan(int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture),
            0), Named(calendar).Between(At(start), At(end)));
    }

    [Theory]
    [InlineData("berlin", "2026-03-02T08:00Z", true)]
    [InlineData("berlin", "2026-03-02T07:59Z", false)]
    [InlineData("berlin", "2026-03-02T16:00Z", false)]
    [InlineData("berlin", "2026-12-25T10:00Z", false)]
    [InlineData("night", "2026-03-02T03:00Z", true)]
    [InlineData("night", "2026-03-02T12:00Z", false)]
    [InlineData("always", "2026-03-29T01:00Z", true)]
    public void Whether_people_are_there(string calendar, string at, bool open) => Assert.Equal(open, Named(calendar).IsOpen(At(at)));

    [Theory]
    [InlineData("berlin", "2026-03-06T16:00Z", "2026-03-09T08:00Z")]
    [InlineData("berlin", "2026-03-02T12:00Z", "2026-03-02T12:00Z")]
    [InlineData("night", "2026-03-02T12:00Z", "2026-03-02T21:00Z")]
    public void When_people_come_next(string calendar, string at, string expected) =>
        Assert.Equal(At(expected), Named(calendar).NextOpening(At(at)));

    [Fact]
    public void A_holiday_closes_its_day_from_midnight_to_midnight_also_for_the_night_before()
    {
        var calendar = new BusinessCalendar(Night.Definition with { Holidays = [new(2026, 3, 3)] });
        Assert.Equal(TimeSpan.FromHours(2), calendar.Between(At("2026-03-02T12:00Z"), At("2026-03-03T22:59Z")));
        Assert.Equal(At("2026-03-03T23:00Z"), calendar.NextOpening(At("2026-03-03T01:00Z")));
    }

    [Fact]
    public void A_day_that_the_zone_skipped_has_no_hours()
    {
        // A Friday: its nine to five must not come true on Saturday.
        var apia = new BusinessCalendar(BusinessCalendar.WorkingWeek("a", "Apia", "Pacific/Apia"));
        Assert.Equal(TimeSpan.FromHours(4 * 8), apia.Between(At("2011-12-26T10:00Z"), At("2012-01-01T10:00Z")));
        Assert.Equal(At("2012-01-01T19:00Z"), apia.NextOpening(At("2011-12-30T03:00Z"))); // Thursday, closing time: Monday, 09:00
    }

    [Fact]
    public void A_calendar_that_never_opens_says_so_instead_of_searching_for_ever()
    {
        var never = new BusinessCalendar(new("x", "None", "UTC", [], []));
        var at = At("2026-03-07T12:00Z");
        Assert.Null(never.Add(at, TimeSpan.FromHours(1)));
        Assert.Null(never.Add(at, TimeSpan.FromHours(-1)));
        Assert.Null(never.NextOpening(at));
        Assert.False(never.IsOpen(at));
        Assert.Equal(TimeSpan.Zero, never.Between(at, at.AddYears(50)));
    }

    [Fact]
    public void The_ends_of_time_are_no_openings()
    {
        Assert.Null(Berlin.Add(At("9900-03-02T12:00Z"), TimeSpan.FromDays(100_000)));
        Assert.Null(Berlin.Add(At("0090-03-02T12:00Z"), TimeSpan.FromDays(-100_000)));
        Assert.Null(Always.NextOpening(DateTimeOffset.MaxValue));
        Assert.NotNull(Always.NextOpening(At("1970-01-01T00:00Z")));
    }

    [Fact]
    public void Decades_are_passed_at_once_and_to_the_minute()
    {
        var start = At("1990-01-01T08:00Z"); // a Monday, 09:00 in Berlin
        var due = Berlin.Add(start, TimeSpan.FromHours(8 * 5 * 52 * 30))!.Value;
        Assert.Equal(TimeSpan.FromHours(8 * 5 * 52 * 30), Berlin.Between(start, due));
        Assert.Equal(At("2019-11-22T16:00Z"), due); // no holiday on the way, 30 times 52 weeks
        Assert.Equal(start, Berlin.Add(due, TimeSpan.FromHours(-8 * 5 * 52 * 30)));
        Assert.Equal(TimeSpan.FromHours(24 * 36_525), BusinessCalendar.Always.Between(At("1950-01-01T00:00Z"), At("2050-01-01T00:00Z")));
    }

    [Fact]
    public void What_was_added_lies_between() => Prop.ForAll(
        Gen.Choose(0, 500_000).ToArbitrary(), Gen.Choose(1, 6000).ToArbitrary(),
            Gen.Elements("berlin", "night", "always", "lunch").ToArbitrary(),
        (start, minutes, name) =>
        {
            var from = At("2026-01-01T00:00Z").AddMinutes(start);
            var duration = TimeSpan.FromMinutes(minutes);
            var calendar = Named(name);
            return calendar.Between(from, calendar.Add(from, duration)!.Value) == duration
                && calendar.Between(calendar.Add(from, -duration)!.Value, from) == duration;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_holiday_of_several_days_closes_each_of_them_every_year_over_its_turn_and_on_the_leap_day_too()
    {
        var calendar = new BusinessCalendar(Always.Definition with
        {
            DaysOff = [new(new(2026, 12, 30), "New year", Yearly: true, Until: new(2027, 1, 2)), new(new(2027, 2, 27), "Carnival", true, Until: new(2027, 3, 1)),
                new(new(2026, 8, 3), "Summer", Until: new(2026, 8, 4))],
        });
        string Closed(int year) => string.Join(' ', Enumerable.Range(0, 366).Select(day => new DateTimeOffset(year, 1, 1, 12, 0, 0, TimeSpan.Zero).AddDays(day))
            .Where(at => at.Year == year && !calendar.IsOpen(at)).Select(at => at.ToString("M/d", System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal("1/1 1/2 2/27 2/28 3/1 8/3 8/4 12/30 12/31", Closed(2026));
        Assert.Equal("1/1 1/2 2/27 2/28 2/29 3/1 12/30 12/31", Closed(2028));
    }
}
