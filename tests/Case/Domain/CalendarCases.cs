using System.Globalization;
using CxPlatform.Cases.Calendars;
using CxPlatform.Cases.Domain;

namespace CxPlatform.Case.Tests.Domain;

/// <summary>What other systems answer to the same questions, told in local time of the calendar.</summary>
public sealed class CalendarCases
{
    private static readonly Dictionary<string, BusinessCalendar> Calendars = new()
    {
        ["office"] = Calendar("UTC", "mon-fri 09:00-17:00"),
        ["holidays"] = Calendar("UTC", "mon-fri 09:00-17:00", ["2014-05-01", "2010-07-05", "2014-01-01", "2014-01-20"]),
        ["split"] = Calendar("UTC", "mon 07:00-12:00; mon 13:00-18:00"),
        ["lunch"] = Calendar("UTC", "mon-fri 09:00-12:00; mon-fri 13:00-18:00"),
        ["uneven"] = Calendar(
            "UTC", "mon 09:00-17:00; tue 10:00-16:00; wed 09:00-17:00; thu 10:00-16:00; fri 09:00-17:00; sat 11:00-14:30",
            ["2006-01-16", "2006-01-18"]),
        ["midnight"] = Calendar("UTC", "mon 00:00-24:00; tue 08:00-18:00"),
        ["mondays"] = Calendar("UTC", "mon 00:00-24:00"),
        ["weekend"] = Calendar("UTC", "mon 09:00-17:00; fri 09:00-17:00; sat 10:00-15:00"),
        ["some24"] = Calendar("UTC", "mon 00:00-00:00; fri 00:00-00:00; sat 11:00-15:00"),
        ["tokyo"] = Calendar("Asia/Tokyo", "mon-fri 09:00-17:00"),
        ["berlin"] = Calendar("Europe/Berlin", "mon-fri 09:00-18:00", ["2015-09-22"]),
        ["la"] = Calendar("America/Los_Angeles", "sun 02:30-03:15; mon 09:00-17:00"),
        ["lanight"] = Calendar("America/Los_Angeles", "sat 22:00-06:00"),
        ["friday"] = Calendar("Europe/Prague", "fri 20:00-02:00"),
        ["santiago"] = Calendar("America/Santiago", "mon-fri 09:00-12:00; mon-fri 13:00-18:00"),
        ["minute"] = Calendar("UTC", "mon-sun 00:00-23:59"),
    };

    [Theory]
    // Adding in the middle of a day, over its end, over a weekend, over a holiday.
    [InlineData("office", "2010-08-04T09:35", "PT8H", "2010-08-05T09:35")]
    [InlineData("office", "2010-08-04T09:35", "-PT8H", "2010-08-03T09:35")]
    [InlineData("office", "2010-04-09T16:50", "PT1H", "2010-04-12T09:50")]
    [InlineData("office", "2010-04-12T09:50", "-PT1H", "2010-04-09T16:50")]
    [InlineData("office", "2010-04-12T09:50", "PT3H", "2010-04-12T12:50")]
    [InlineData("holidays", "2010-07-02T16:50", "PT1H", "2010-07-06T09:50")]
    [InlineData("holidays", "2010-07-06T09:50", "-PT1H", "2010-07-02T16:50")]
    [InlineData("office", "1991-11-15T14:00:42", "PT2H", "1991-11-15T16:00:42")]
    [InlineData("office", "1991-11-18T14:00:42", "-PT7H", "1991-11-15T15:00:42")]
    [InlineData("office", "1991-11-15T16:30:42", "PT45M", "1991-11-18T09:15:42")]
    [InlineData("office", "1991-11-15T16:59:42", "PT120S", "1991-11-18T09:01:42")]
    [InlineData("office", "2016-01-23T13:14", "PT2H", "2016-01-25T11:00")] // from a Saturday
    [InlineData("office", "2016-01-22T09:00", "PT8H", "2016-01-22T17:00")] // exactly a day: its closing time
    [InlineData("office", "2016-01-23T13:14", "PT12H", "2016-01-26T13:00")]
    [InlineData("office", "2016-01-25T11:14", "-PT2H", "2016-01-25T09:14")]
    [InlineData("office", "2016-01-22T18:00", "-PT8H", "2016-01-22T09:00")] // exactly a day: its opening time
    [InlineData("office", "2016-01-25T11:14", "-PT8H", "2016-01-22T11:14")]
    [InlineData("lunch", "2016-01-18T09:00", "PT40H", "2016-01-22T18:00")]
    [InlineData("lunch", "2016-01-25T09:00", "-PT40H", "2016-01-18T09:00")]
    [InlineData("lunch", "2016-01-25T11:30", "PT1H", "2016-01-25T13:30")]
    [InlineData("lunch", "2016-01-25T12:30", "PT1H", "2016-01-25T14:00")] // from within the break
    [InlineData("lunch", "2016-01-25T10:00", "PT2H", "2016-01-25T12:00")] // to its beginning
    [InlineData("split", "1991-11-11T05:00", "PT6H", "1991-11-11T14:00")]
    [InlineData("split", "2014-04-07T17:00", "PT2H", "2014-04-14T08:00")]
    [InlineData("weekend", "2010-12-24T15:00", "PT9H", "2010-12-27T11:00")]
    [InlineData("weekend", "2010-12-24T08:00", "PT15H", "2010-12-27T11:00")]
    [InlineData("some24", "2010-12-24T15:00", "PT24H", "2010-12-27T11:00")]
    [InlineData("some24", "2010-12-25T08:00", "PT15H", "2010-12-27T11:00")]
    [InlineData("mondays", "2014-04-07T23:59:30", "PT60S", "2014-04-14T00:00:30")]
    [InlineData("midnight", "2014-04-08T00:00:30", "-PT60S", "2014-04-07T23:59")]
    [InlineData("midnight", "2014-04-07T23:00", "PT1H", "2014-04-08T00:00")] // ends with the day
    [InlineData("midnight", "2014-04-07T23:00", "PT1H1M", "2014-04-08T08:01")]
    [InlineData("uneven", "2006-01-02T11:00", "PT19H", "2006-01-04T16:00")]
    [InlineData("uneven", "2006-01-14T14:00", "PT1H", "2006-01-17T10:30")] // over a Sunday and a holiday
    [InlineData("minute", "2021-06-01T12:00", "PT24H", "2021-06-02T12:01")] // a minute is missing in each night
    // Time zones.
    [InlineData("tokyo", "1991-11-15T07:00Z", "PT3H", "1991-11-18T11:00")]
    [InlineData("berlin", "2013-10-21T09:30Z", "PT2H", "2013-10-21T13:30")]
    [InlineData("berlin", "2013-10-21T05:30Z", "PT2H", "2013-10-21T11:00")]
    [InlineData("berlin", "2015-09-21T14:30Z", "PT2H", "2015-09-23T09:30")]
    // The clocks change.
    [InlineData("friday", "2025-03-28T20:00", "PT6H", "2025-03-29T02:00")]
    [InlineData("lanight", "2006-04-01T22:00", "PT7H", "2006-04-02T06:00")] // that night has seven hours
    [InlineData("lanight", "2006-10-28T22:00", "PT9H", "2006-10-29T06:00")] // and that one nine
    [InlineData("lanight", "2006-10-28T22:00", "PT3H30M", "2006-10-29T08:30Z")] // 01:30, the first time
    [InlineData("lanight", "2006-10-28T22:00", "PT4H30M", "2006-10-29T09:30Z")] // 01:30, the second time
    // Nothing, from within and without.
    [InlineData("office", "2014-04-07T12:00", "PT0S", "2014-04-07T12:00")]
    [InlineData("office", "2014-04-07T17:00", "PT0S", "2014-04-08T09:00")]
    public void Adding(string calendar, string at, string duration, string expected)
    {
        var answer = Ask(calendar, new(CalendarQuestion.Add, at, duration));
        Assert.Equal(Utc(calendar, expected), answer.Instant is { } instant ? Utc(instant) : answer.Error?.Detail);
    }

    [Theory]
    [InlineData("office", "2012-02-01T10:00", "2012-02-01T14:20", "PT4H20M")]
    [InlineData("office", "2012-02-01T14:20", "2012-02-01T10:00", "-PT4H20M")]
    [InlineData("office", "2012-02-01T10:00", "2012-02-01T17:24", "PT7H")]
    [InlineData("office", "2012-02-01T07:25", "2012-02-01T15:30", "PT6H30M")]
    [InlineData("office", "2012-02-01T10:00", "2012-02-02T10:00", "PT8H")]
    [InlineData("office", "2012-02-01T10:00", "2012-02-09T11:00", "PT49H")]
    [InlineData("office", "2012-02-09T11:00", "2012-02-01T10:00", "-PT49H")]
    [InlineData("office", "2012-02-03T10:40", "2012-02-04T10:50", "PT6H20M")]
    [InlineData("office", "2014-04-07T08:00", "2014-04-07T08:00", "PT0S")]
    [InlineData("office", "2014-04-11T20:00", "2014-04-14T05:00", "PT0S")]
    [InlineData("office", "2014-04-07T10:00", "2014-04-07T15:00", "PT5H")]
    [InlineData("office", "2014-04-07T15:00", "2014-04-07T10:00", "-PT5H")]
    [InlineData("office", "2014-04-07T07:00", "2014-04-07T20:00", "PT8H")]
    [InlineData("office", "2014-04-07T01:00-09:00", "2014-04-07T15:00-04:00", "PT7H")]
    [InlineData("office", "2014-04-13T09:10:24", "2014-04-14T09:10:24", "PT10M24S")]
    [InlineData("split", "2014-04-07T11:59", "2014-04-07T13:01", "PT2M")]
    [InlineData("split", "2014-04-07T11:00", "2014-04-14T13:00", "PT11H")]
    [InlineData("mondays", "2014-04-06T12:00", "2016-04-06T12:00", "PT2520H")] // 105 of them
    [InlineData("lunch", "2016-01-18T09:00", "2016-01-25T09:00", "PT40H")]
    [InlineData("santiago", "2016-01-18T09:00-08:00", "2016-01-18T18:00-08:00", "PT4H")]
    [InlineData("uneven", "2006-01-01T00:00", "2006-01-08T00:00", "PT39H30M")]
    [InlineData("holidays", "2014-01-16T18:30", "2014-01-22T10:00", "PT17H")]
    [InlineData("holidays", "2014-01-12T12:00", "2014-01-17T19:30", "PT40H")]
    [InlineData("holidays", "2014-01-30T12:15", "2014-01-31T19:30", "PT12H45M")]
    [InlineData("holidays", "2014-01-02T09:12", "2014-01-03T09:10", "PT7H58M")]
    [InlineData("holidays", "2014-01-01T09:00", "2014-01-01T17:00", "PT0S")]
    [InlineData("office", "2015-02-23T17:00", "2015-02-24T14:20", "PT5H20M")]
    [InlineData("la", "2006-04-02T00:00", "2006-04-03T00:00", "PT0S")] // 02:30 is 03:30 that day, after 03:15
    [InlineData("la", "2006-04-09T00:00", "2006-04-10T00:00", "PT45M")]
    [InlineData("lanight", "2006-04-01T00:00", "2006-04-03T00:00", "PT7H")]
    [InlineData("lanight", "2006-10-28T00:00", "2006-10-30T00:00", "PT9H")]
    public void Between(string calendar, string from, string to, string expected)
    {
        var answer = Ask(calendar, new(CalendarQuestion.Between, From: from, To: to));
        Assert.Null(answer.Error);
        Assert.Equal(System.Xml.XmlConvert.ToTimeSpan(expected), answer.Duration);
        Assert.Equal(answer.Duration!.Value.TotalSeconds, answer.Seconds);
    }

    [Theory]
    [InlineData("holidays", "2014-05-01T12:00", "2014-05-02T09:00")]
    [InlineData("office", "2014-06-01T12:00", "2014-06-02T09:00")]
    [InlineData("office", "2014-04-07T09:00", "2014-04-07T09:00")]
    [InlineData("office", "2014-04-07T16:59", "2014-04-07T16:59")]
    [InlineData("office", "2014-04-07T08:59", "2014-04-07T09:00")]
    [InlineData("office", "2014-04-07T17:00", "2014-04-08T09:00")]
    [InlineData("split", "2014-04-07T12:00", "2014-04-07T13:00")]
    [InlineData("split", "2014-04-07T12:59", "2014-04-07T13:00")]
    [InlineData("split", "2014-04-07T18:00", "2014-04-14T07:00")]
    [InlineData("office", "2014-04-07T22:00+02:00", "2014-04-08T09:00")]
    [InlineData("office", "2010-04-25T12:06:56", "2010-04-26T09:00")]
    [InlineData("friday", "2025-08-11T12:00", "2025-08-15T20:00")]
    [InlineData("friday", "2025-08-16T01:59", "2025-08-16T01:59")]
    [InlineData("midnight", "2014-04-08T00:00", "2014-04-08T08:00")]
    [InlineData("la", "2006-04-02T00:00", "2006-04-03T09:00")]
    public void Next_opening(string calendar, string at, string expected) => Assert.Equal(
        Utc(calendar, expected), Utc(Ask(calendar, new(CalendarQuestion.NextOpening, at)).Instant!.Value));

    [Theory]
    [InlineData("office", "2014-04-07T09:00", true)]
    [InlineData("office", "2014-04-07T16:59:59", true)]
    [InlineData("office", "2014-04-07T17:00", false)]
    [InlineData("office", "2014-04-07T08:59", false)]
    [InlineData("holidays", "2014-05-01T12:00", false)]
    [InlineData("split", "2014-04-07T12:00", false)]
    [InlineData("split", "2014-04-07T13:00", true)]
    [InlineData("tokyo", "2014-04-07T00:00Z", true)]
    [InlineData("friday", "2025-08-16T01:00", true)]
    [InlineData("friday", "2025-08-16T02:00", false)]
    [InlineData("friday", "2025-08-16T20:00", false)]
    [InlineData("midnight", "2014-04-07T23:59:59", true)]
    [InlineData("midnight", "2014-04-08T00:00", false)]
    public void Is_open(string calendar, string at, bool expected) =>
        Assert.Equal(expected, Ask(calendar, new(CalendarQuestion.IsOpen, at)).IsOpen);

    private static AnswerView Ask(string calendar, QuestionRequest question) => CalendarPreview.Answer(Calendars[calendar], question);

    private static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("s", CultureInfo.InvariantCulture) + "Z";

    private static string Utc(string calendar, string local) =>
        Utc(local.EndsWith('Z') ? DateTimeOffset.Parse(local, CultureInfo.InvariantCulture)
            : CxPlatform.Cases.Reading.LocalTime.Read(local, Calendars[calendar].TimeZone)!.Value);

    private static BusinessCalendar Calendar(string zone, string hours, string[]? holidays = null)
    {
        string[] names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        var week = hours.Split("; ").SelectMany(line =>
        {
            var (days, times) = (line.Split(' ')[0].Split('-'), line.Split(' ')[1].Split('-'));
            var (first, last) = (Array.IndexOf(names, days[0]), days[^1] == "sun" ? 7 : Array.IndexOf(names, days[^1]));
            return Enumerable.Range(first == 0 && days.Length == 1 ? 7 : first, last - (first == 0 ? 7 : first) + 1)
                .Select(day => new WeeklyHours((DayOfWeek)(day % 7), times[0], times[1]));
        });
        var read = new CalendarRequest("A calendar", zone, [.. week],
            [.. (holidays ?? []).Select(date => new HolidayEntry(DateOnly.Parse(date, CultureInfo.InvariantCulture)))]).Read("c");
        Assert.False(read.IsRefused, read.Refusal?.Detail);
        return new(read.Value!);
    }
}
