using CxPlatform.Contracts.Feedback.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Feedback.Domain;

/// <summary>A survey as it stands after its events.</summary>
internal sealed record Survey
{
    public required Guid Id { get; init; }

    /// <summary>How many events made this state.</summary>
    public long Version { get; init; }
    public required Guid CaseId { get; init; }
    public required string CaseNumber { get; init; }
    public required Guid CustomerId { get; init; }
    public required Measure Measure { get; init; }
    public required DateTimeOffset RequestedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public int? Score { get; init; }
    public string? Comment { get; init; }
    public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>When a recovery was asked for; once for a survey, however often its answer changes.</summary>
    public DateTimeOffset? RecoveryAt { get; init; }

    /// <summary>When the customer was forgotten: nothing is taken any more.</summary>
    public DateTimeOffset? ErasedAt { get; init; }

    /// <summary>UTC days, which both databases can group by.</summary>
    public DateOnly RequestedOn { get; private init; }
    public DateOnly? AnsweredOn { get; private init; }

    public static string StreamOf(Guid surveyId) => $"survey/{surveyId}";

    public static Survey From(SurveyRequested e) => new()
    {
        Id = e.SurveyId,
        Version = 1,
        CaseId = e.CaseId,
        CaseNumber = e.CaseNumber,
        CustomerId = e.CustomerId,
        Measure = e.Measure,
        RequestedAt = e.RequestedAt,
        ExpiresAt = e.ExpiresAt,
        RequestedOn = DateOnly.FromDateTime(e.RequestedAt.UtcDateTime),
    };

    public Survey Evolve(object e) => e switch
    {
        FeedbackReceived answer => this with
        {
            Version = Version + 1,
            Score = answer.Score,
            Comment = answer.Comment,
            AnsweredAt = answer.AnsweredAt,
            AnsweredOn = DateOnly.FromDateTime(answer.AnsweredAt.UtcDateTime),
        },
        RecoveryNeeded recovery => this with { Version = Version + 1, RecoveryAt = recovery.At },
        _ => throw new ArgumentException($"{e.GetType()} is no event of a survey that exists.", nameof(e)),
    };

    /// <summary>What follows from an answer: nothing when it says what was said before.</summary>
    public Outcome<IReadOnlyList<object>> Answer(int? score, string? comment, DateTimeOffset now)
    {
        comment = string.IsNullOrWhiteSpace(comment) ? null : comment.Trim().ReplaceLineEndings("\n");
        if (ErasedAt is not null)
            return new Refusal("survey-gone", "This survey is closed, because the customer asked to be forgotten.");
        if (ExpiresAt <= now)
            return new Refusal("survey-expired", "This survey is over.");
        if (score is not { } given || given < Scale.Of(Measure).Lowest || given > Scale.Of(Measure).Highest)
            return new Refusal("input-invalid", $"must be {Scale.Of(Measure).Lowest} to {Scale.Of(Measure).Highest}.", "score");
        if (comment?.Length > Scale.MaxComment)
            return new Refusal("input-invalid", $"must be at most {Scale.MaxComment} characters.", "comment");
        if (given == Score && comment == Comment)
            return new([], null);

        var answer = new FeedbackReceived(Id, CaseId, CustomerId, Measure, given, comment, now);
        return new(given <= Scale.Of(Measure).Unhappy && RecoveryAt is null
            ? [answer, new RecoveryNeeded(Id, CaseId, CustomerId, given, now)]
            : [answer], null);
    }
}

/// <summary>What a measure's scores mean.</summary>
/// <param name="Unhappy">This score and lower ones ask for a recovery.</param>
internal sealed record Scale(int Lowest, int Highest, int Unhappy)
{
    /// <summary>The longest comment, in characters.</summary>
    public const int MaxComment = 4000;

    public static Scale Of(Measure measure) => measure switch
    {
        Measure.Ces => new(1, 7, 2),
        Measure.Nps => new(0, 10, 4),
        _ => new(1, 5, 2),
    };
}
