using CxPlatform.Feedback.Domain;

namespace CxPlatform.Feedback;

internal static partial class Log
{
    [LoggerMessage(5001, LogLevel.Debug, "No survey for case {CaseId}: {Verdict}")]
    public static partial void SurveyWithheld(this ILogger logger, Guid caseId, Verdict verdict);

    [LoggerMessage(5002, LogLevel.Information, "A customer was forgotten: {Surveys} surveys, {Events} events")]
    public static partial void Forgotten(this ILogger logger, int surveys, int events);
}
