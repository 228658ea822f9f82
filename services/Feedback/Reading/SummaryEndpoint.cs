using CxPlatform.Contracts.Feedback.V1;
using CxPlatform.Feedback.Domain;
using CxPlatform.Feedback.Storage;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Feedback.Reading;

internal sealed record FeedbackPeriod(DateOnly Start, Tally Tally);

/// <param name="From">First day, UTC.</param>
/// <param name="To">Last day, UTC.</param>
/// <param name="Periods">Those in which something was asked or answered, oldest first.</param>
internal sealed record FeedbackSummary(Measure Measure, DateOnly From, DateOnly To, Tally Total, IReadOnlyList<FeedbackPeriod> Periods);

internal static class SummaryEndpoint
{
    private const int MaxDays = 731;

    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/v1/feedback", GetAsync)
        .RequireAuthorization(Policies.CasesRead)
        .WithName("summariseFeedback")
        .WithSummary("What customers answered: counts and averages, by day, week or month (UTC)")
        .WithDescription($"The last 30 days by default, {MaxDays} days at most. "
            + "Each answer counts once, with its latest score, on its latest day.")
        .WithTags("Feedback")
        .Produces<FeedbackSummary>()
        .ProducesProblem(StatusCodes.Status400BadRequest);

    private static async Task<Results<Ok<FeedbackSummary>, ProblemHttpResult>> GetAsync(
        DateOnly? from, DateOnly? to, string? period, Work<FeedbackDb> work, TimeProvider clock, CancellationToken ct)
    {
        var last = to ?? DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var first = from ?? last.AddDays(-29);
        var cut = Period.Week;
        var errors = new InputErrors()
            .Check(first <= last, "from", "must not be after 'to'.")
            .Check(last.DayNumber - first.DayNumber < MaxDays, "from", $"must be less than {MaxDays} days before 'to'.")
            .Check(period is null || IsPeriod(period, out cut), "period", "must be one of day, week, month.");
        if (errors.Any)
            return errors.ToHttp();

        var (asked, scores) = await work.ReadAsync(
            async (db, token) => (
                await db.Surveys.Where(survey => survey.RequestedOn >= first && survey.RequestedOn <= last)
                    .GroupBy(survey => survey.RequestedOn)
                    .Select(day => new DayAsked(day.Key, day.Count())).ToListAsync(token),
                await db.Surveys.Where(survey => survey.AnsweredOn >= first && survey.AnsweredOn <= last)
                    .GroupBy(survey => new { survey.AnsweredOn, survey.Score })
                    .Select(day => new DayScore(day.Key.AnsweredOn!.Value, day.Key.Score!.Value, day.Count())).ToListAsync(token)),
            ct);
        var scale = Scale.Of(Measure.Csat);
        DateOnly Start(DateOnly day) => Periods.StartOf(cut, day);
        var periods = asked.Select(day => Start(day.Day)).Concat(scores.Select(day => Start(day.Day))).Distinct().Order()
            .Select(start => new FeedbackPeriod(start, Tally.Of(
                scale, asked.Where(day => Start(day.Day) == start), [.. scores.Where(day => Start(day.Day) == start)])));
        return TypedResults.Ok(new FeedbackSummary(Measure.Csat, first, last, Tally.Of(scale, asked, scores), [.. periods]));
    }
    // By name only: a number would pass as a period too.
    private static bool IsPeriod(string text, out Period period) =>
        Enum.TryParse(text, ignoreCase: true, out period) && text.Equals(period.ToString(), StringComparison.OrdinalIgnoreCase);
}
