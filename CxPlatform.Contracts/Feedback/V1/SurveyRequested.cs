namespace CxPlatform.Contracts.Feedback.V1;

/// <summary>What a survey measures: CSAT 1-5, CES 1-7, NPS 0-10.</summary>
public enum Measure
{
    Unknown,
    Csat,
    Ces,
    Nps,
}

/// <summary>A customer is to be asked how it went. Stream: <c>survey/{SurveyId}</c>.</summary>
[EventType("survey.requested.v1")]
public sealed record SurveyRequested(Guid SurveyId, Guid CaseId, string CaseNumber, Guid CustomerId, Measure Measure, DateTimeOffset RequestedAt, DateTimeOffset ExpiresAt);

/// <summary>A customer answered a survey. Stream: <c>survey/{SurveyId}</c>.</summary>
/// <param name="Score">On the measure's scale.</param>
[EventType("feedback.received.v1")]
public sealed record FeedbackReceived(
    Guid SurveyId, Guid CaseId, Guid CustomerId, Measure Measure, int Score, [property: Personal] string? Comment, DateTimeOffset AnsweredAt);

/// <summary>An unhappy answer asks for a recovery. Stream: <c>survey/{SurveyId}</c>.</summary>
[EventType("recovery.needed.v1")]
public sealed record RecoveryNeeded(Guid SurveyId, Guid CaseId, Guid CustomerId, int Score, DateTimeOffset At);
