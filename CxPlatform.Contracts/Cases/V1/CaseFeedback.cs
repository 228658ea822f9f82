using CxPlatform.Contracts.Feedback.V1;

namespace CxPlatform.Contracts.Cases.V1;

/// <summary>What the customer said afterwards, on the case it is about.</summary>
[EventType("case.feedback-received.v1")]
public sealed record CaseFeedback(Guid CaseId, Guid SurveyId, Measure Measure, int Score, [property: Personal] string? Comment);

/// <summary>The customer is unhappy with how it went: somebody makes it right.</summary>
[EventType("case.recovery-started.v1")]
public sealed record RecoveryStarted(Guid CaseId, Guid SurveyId, int Score);
