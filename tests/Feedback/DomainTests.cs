using System.ComponentModel.DataAnnotations;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Feedback.V1;
using CxPlatform.Feedback.Domain;

namespace CxPlatform.Feedback.Tests;

public sealed class DomainTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);
    private static readonly Survey Asked = Survey.From(
        new(Guid.NewGuid(), Guid.NewGuid(), "CX-2026-000001", Guid.NewGuid(), Measure.Csat, Now, Now.AddDays(30)));

    [Theory]
    [InlineData(Agreement.Customer, Automatic.None, false, true)]
    [InlineData(Agreement.Silence, Automatic.None, false, true)]
    [InlineData(Agreement.Agent, Automatic.None, false, true)]
    [InlineData(Agreement.NothingAsked, Automatic.None, false, false)]
    [InlineData(Agreement.Customer, Automatic.AutoReply, false, false)]
    [InlineData(Agreement.Agent, Automatic.Bounce, false, false)]
    [InlineData(Agreement.Agent, Automatic.Unknown, false, false)]
    [InlineData(Agreement.Customer, Automatic.None, true, false)]
    public void Only_people_with_a_need_of_their_own_are_asked(Agreement agreement, Automatic automatic, bool synthetic, bool expected)
    {
        var e = new CaseResolved(
            Guid.NewGuid(), "CX-2026-000001", Guid.NewGuid(), CaseResult.Solved, agreement, Kind.Question, automatic, null, synthetic);
        Assert.Equal(expected, Domain.Asking.IsWorthAsking(e));
    }

    [Theory]
    [InlineData(null, 0, Verdict.Ask)]
    [InlineData(13.99, 0, Verdict.RecentlyAsked)]
    [InlineData(14.0, 0, Verdict.Ask)]
    [InlineData(null, 7.01, Verdict.TooLate)]
    [InlineData(20.0, 6.9, Verdict.Ask)]
    internal void A_customer_is_left_in_peace_for_fourteen_days_and_asked_only_about_what_is_recent(
        double? askedDaysAgo, double dueDaysAgo, Verdict expected)
    {
        var customer = askedDaysAgo is { } days ? new CustomerMemory { CustomerId = Guid.NewGuid(), AskedAt = Now.AddDays(-days) } : null;
        Assert.Equal(expected, Domain.Asking.Decide(customer, Now.AddDays(-dueDaysAgo), Now));
    }

    [Fact]
    public void A_customer_who_asked_to_be_forgotten_is_not_asked() =>
        Assert.Equal(Verdict.Erased, Domain.Asking.Decide(new() { CustomerId = Guid.NewGuid(), ErasedAt = Now.AddYears(-1) }, Now, Now));

    [Theory]
    [InlineData(0, "score")]
    [InlineData(6, "score")]
    [InlineData(null, "score")]
    public void A_score_outside_of_the_scale_is_refused(int? score, string field) =>
        Assert.Equal(field, Asked.Answer(score, null, Now).Refusal?.Field);

    [Fact]
    public void A_comment_that_is_too_long_is_refused() =>
        Assert.Equal("comment", Asked.Answer(5, new string('x', Scale.MaxComment + 1), Now).Refusal?.Field);

    [Fact]
    public void An_answer_after_the_expiry_is_refused() =>
        Assert.Equal("survey-expired", Asked.Answer(5, null, Now.AddDays(30)).Refusal?.Code);

    [Fact]
    public void An_erased_survey_takes_nothing() =>
        Assert.Equal("survey-gone", (Asked with { ErasedAt = Now }).Answer(5, null, Now).Refusal?.Code);

    [Fact]
    public void The_same_answer_again_is_no_news()
    {
        var answered = Given(Asked, 4, " fine \r\n");
        Assert.Empty(answered.Answer(4, "fine", Now).Value!);
        Assert.Single(answered.Answer(4, "very fine", Now).Value!);
        Assert.Single(answered.Answer(5, "fine", Now).Value!);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(5, false)]
    public void A_low_score_asks_for_a_recovery(int score, bool expected) =>
        Assert.Equal(expected, Asked.Answer(score, null, Now).Value!.OfType<RecoveryNeeded>().Any());

    [Fact]
    public void A_survey_asks_for_a_recovery_once_however_often_its_answer_changes()
    {
        var unhappy = Given(Given(Asked, 1, null), 4, null);
        Assert.DoesNotContain(unhappy.Answer(2, null, Now).Value!, e => e is RecoveryNeeded);
        Assert.Equal(4, unhappy.Version);
    }

    [Theory]
    [InlineData(Period.Day, "2026-03-04")]
    [InlineData(Period.Week, "2026-03-02")]
    [InlineData(Period.Month, "2026-03-01")]
    internal void A_day_is_in_its_period(Period period, string start) =>
        Assert.Equal(DateOnly.Parse(start, System.Globalization.CultureInfo.InvariantCulture), Periods.StartOf(period, new(2026, 3, 4)));

    [Fact]
    public void A_week_that_ends_on_Sunday_began_on_Monday() =>
        Assert.Equal(new(2026, 3, 2), Periods.StartOf(Period.Week, new(2026, 3, 8)));

    [Fact]
    public void A_tally_names_every_score_and_has_an_average_only_with_answers()
    {
        var day = new DateOnly(2026, 3, 4);
        var tally = Tally.Of(Scale.Of(Measure.Csat), [new(day, 4)], [new(day, 5, 2), new(day, 2, 1)]);
        Assert.Equal((4, 3, 4m), (tally.Asked, tally.Answered, tally.Average));
        Assert.Equal(["1", "2", "3", "4", "5"], tally.Counts.Keys);
        Assert.Equal(2, tally.Counts["5"]);
        Assert.Null(Tally.Of(Scale.Of(Measure.Csat), [], []).Average);
    }

    [Theory]
    [InlineData(0, 30, true)]
    [InlineData(30 * 24 * 60, 365, true)]
    [InlineData(-1, 30, false)]
    [InlineData(31 * 24 * 60, 30, false)]
    [InlineData(10, 0, false)]
    [InlineData(10, 366, false)]
    public void Settings_have_limits(int delayMinutes, int lifetimeDays, bool expected)
    {
        var options = new FeedbackOptions
        {
            SurveyDelay = TimeSpan.FromMinutes(delayMinutes),
            SurveyLifetime = TimeSpan.FromDays(lifetimeDays),
        };
        Assert.Equal(expected, Validator.TryValidateObject(options, new(options), null, validateAllProperties: true));
    }

    private static Survey Given(Survey survey, int score, string? comment) =>
        survey.Answer(score, comment, Now).Value!.Aggregate(survey, (state, e) => state.Evolve(e));
}
