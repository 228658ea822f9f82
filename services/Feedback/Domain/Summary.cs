namespace CxPlatform.Feedback.Domain;

/// <summary>What a summary is cut into.</summary>
internal enum Period
{
    Day,
    Week,
    Month,
}

/// <summary>How many answers gave a score on a day.</summary>
internal sealed record DayScore(DateOnly Day, int Score, int Count);

/// <summary>How many customers were asked on a day.</summary>
internal sealed record DayAsked(DateOnly Day, int Count);

/// <summary>Answers counted.</summary>
/// <param name="Asked">Surveys requested in the time.</param>
/// <param name="Answered">Answers given in the time; they may belong to surveys requested before it.</param>
/// <param name="Average">Two decimals; null without answers.</param>
/// <param name="Counts">Answers by score, every score of the scale named.</param>
internal sealed record Tally(int Asked, int Answered, decimal? Average, IReadOnlyDictionary<string, int> Counts)
{
    public static Tally Of(Scale scale, IEnumerable<DayAsked> asked, IReadOnlyCollection<DayScore> scores)
    {
        var answered = scores.Sum(score => score.Count);
        var sum = scores.Sum(score => (long)score.Score * score.Count);
        return new(
            asked.Sum(day => day.Count),
            answered,
            answered == 0 ? null : Math.Round((decimal)sum / answered, 2, MidpointRounding.AwayFromZero),
            Enumerable.Range(scale.Lowest, scale.Highest - scale.Lowest + 1).ToDictionary(
                score => $"{score}", score => scores.Where(day => day.Score == score).Sum(day => day.Count)));
    }
}

internal static class Periods
{
    /// <summary>The first day of the period that a day is in; weeks begin on Monday (ISO 8601).</summary>
    public static DateOnly StartOf(Period period, DateOnly day) => period switch
    {
        Period.Week => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
        Period.Month => new(day.Year, day.Month, 1),
        _ => day,
    };
}
