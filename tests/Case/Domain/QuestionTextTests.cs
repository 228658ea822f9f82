using System.Globalization;
using System.Xml;
using CxPlatform.Cases.Calendars;

namespace CxPlatform.Case.Tests.Domain;

public sealed class QuestionTextTests
{
    [Theory]
    [InlineData("2026-03-02T09:30:00Z", "2026-03-02T09:30:00")]
    [InlineData("2026-03-02t09:30z", "2026-03-02T09:30:00")]
    [InlineData("2026-03-02 09:30:00 +0100", "2026-03-02T08:30:00")]
    [InlineData("2026-03-02T09:30+05", "2026-03-02T04:30:00")]
    [InlineData("2026-03-02T09:30:15.123456789-03:30", "2026-03-02T13:00:15.123456")]
    [InlineData(" 2026-03-02T09:30:15,5 ", "2026-03-02T08:30:15.5")] // local, in Berlin
    [InlineData("2026-03-02", "2026-03-01T23:00:00")]
    [InlineData("2026-03-02T24:00", "2026-03-02T23:00:00")]
    [InlineData("2026-03-29T02:30", "2026-03-29T01:30:00")] // skipped by the clocks: 03:30
    [InlineData("2026-10-25T02:30", "2026-10-25T00:30:00")] // there twice: the first
    [InlineData("2026-10-25T02:30+01:00", "2026-10-25T01:30:00")] // and the second
    [InlineData("2016-12-31T23:59:60Z", "2017-01-01T00:00:00")]
    public void A_time_is_read_as_it_is_commonly_written(string text, string utc) => Assert.Equal(
        utc, QuestionText.Instant(text, "Europe/Berlin")?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("yesterday")]
    [InlineData("2026-02-30T10:00")]
    [InlineData("2026-03-02T25:00")]
    [InlineData("2026-03-02T24:01")]
    [InlineData("2026-03-02T09:60")]
    [InlineData("2026-03-02T09:30+15:00")]
    [InlineData("02.03.2026 09:30")]
    [InlineData("03/02/2026")]
    [InlineData("9998-03-02T09:00:00Z")]
    public void What_could_mean_something_else_is_no_time(string text) => Assert.Null(QuestionText.Instant(text, "Europe/Berlin"));

    [Theory]
    [InlineData("PT4H", "PT4H")]
    [InlineData("-PT30M", "-PT30M")]
    [InlineData("+P1DT12H", "P1DT12H")]
    [InlineData("P2W", "P14D")]
    [InlineData("PT1.5H", "PT1H30M")]
    [InlineData("pt0,25s", "PT0.25S")]
    [InlineData("PT0S", "PT0S")]
    [InlineData("4h", "PT4H")]
    [InlineData("2h30m", "PT2H30M")]
    [InlineData("1w 2d 3h 4min 5s", "P9DT3H4M5S")]
    [InlineData("-90 min", "-PT1H30M")]
    [InlineData("02:30:00", "PT2H30M")]
    [InlineData("-1.12:00:00.5", "-P1DT12H0.5S")]
    [InlineData("PT-2H-30M", "-PT2H30M")] // as Java writes it
    public void A_duration_is_read_as_it_is_commonly_written(string text, string duration) =>
        Assert.Equal(duration, QuestionText.Duration(text) is { } read ? XmlConvert.ToString(read) : null);

    [Theory]
    [InlineData("P1M")] // a month has no length of its own
    [InlineData("P1Y")]
    [InlineData("P")]
    [InlineData("PT")]
    [InlineData("P1DT")]
    [InlineData("PT1H30")]
    [InlineData("30")]
    [InlineData("04:30")]
    [InlineData("PT2H-30M")]
    [InlineData("02:90:00")]
    [InlineData("1h 1d")]
    [InlineData("soon")]
    public void What_could_mean_something_else_is_no_duration(string text) => Assert.Null(QuestionText.Duration(text));

    [Fact]
    public void A_number_of_seconds_is_a_duration_too()
    {
        var always = Cases.Domain.BusinessCalendar.Always;
        AnswerView Ask(QuestionRequest question) => CalendarPreview.Answer(always, question);
        Assert.Equal(
            Ask(new(CalendarQuestion.Add, "2026-03-02T09:30:00Z", "-PT1.5S")), Ask(new(CalendarQuestion.Add, "2026-03-02T09:30:00Z", Seconds: -1.5)));
    }
}
