namespace CxPlatform.Feedback.Answering;

/// <summary>What the survey page shows.</summary>
public enum SurveyScreen
{
    Unknown,
    Over,
    Form,
    Thanks,
}

/// <summary>The survey page's content. Public because components and their parameters are.</summary>
public sealed record SurveyModel
{
    public const int MaxComment = Domain.Scale.MaxComment;

    public required SurveyScreen Screen { get; init; }
    public required string Lang { get; init; }
    public required string Token { get; init; }
    public string CaseNumber { get; init; } = "";

    /// <summary>The preselected or the given score.</summary>
    public int? Score { get; init; }
    public string? Comment { get; init; }

    /// <summary>There is an answer already: this would change it.</summary>
    public bool Answered { get; init; }
    public bool Unhappy { get; init; }
    public bool ScoreMissing { get; init; }
    public bool CommentTooLong { get; init; }
}
