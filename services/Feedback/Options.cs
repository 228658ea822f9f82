using System.ComponentModel.DataAnnotations;

namespace CxPlatform.Feedback;

/// <summary><c>Cx:Feedback</c>.</summary>
internal sealed class FeedbackOptions
{
    public const string Section = "Cx:Feedback";

    /// <summary>From the end of a case to the question how it went: soon enough to remember, late enough not to interrupt.
    /// 0 to 30 days.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00", ParseLimitsInInvariantCulture = true,
        ErrorMessage = "must be 0 to 30 days, such as 00:10:00.")]
    public TimeSpan SurveyDelay { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a survey can be answered, and the answer be changed. 1 to 365 days.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "365.00:00:00", ParseLimitsInInvariantCulture = true,
        ErrorMessage = "must be 1 to 365 days, such as 30.00:00:00.")]
    public TimeSpan SurveyLifetime { get; set; } = TimeSpan.FromDays(30);
}
