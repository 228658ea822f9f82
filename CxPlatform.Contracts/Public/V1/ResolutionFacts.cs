using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Feedback.V1;

namespace CxPlatform.Contracts.Public.V1;

/// <summary>We propose an end and ask the customer.</summary>
/// <param name="ProposalId">The proposal.</param>
/// <param name="MessageId">The message that proposes it.</param>
/// <param name="AgentId">Who proposes it.</param>
/// <param name="AnswerBy">When silence counts as agreement.</param>
/// <param name="Result">What the result would be; absent: solved.</param>
[PublicEvent("cx.case.solution-proposed.v1", "Solution proposed", "an agent", Follows = ["cx.case.opened.v1"])]
public sealed record SolutionProposedFacts(
    Guid ProposalId, Guid MessageId, Guid? AgentId, DateTimeOffset AnswerBy, CaseResult? Result) : CaseEventFacts;

/// <summary>The customer accepted the proposal.</summary>
/// <param name="ProposalId">The proposal.</param>
[PublicEvent("cx.case.solution-accepted.v1", "Solution accepted", "the customer", Follows = ["cx.case.solution-proposed.v1"])]
public sealed record SolutionAcceptedFacts(Guid ProposalId) : CaseEventFacts;

/// <summary>The customer declined the proposal.</summary>
/// <param name="ProposalId">The proposal.</param>
[PublicEvent("cx.case.solution-declined.v1", "Solution declined", "the customer", Follows = ["cx.case.solution-proposed.v1"])]
public sealed record SolutionDeclinedFacts(Guid ProposalId) : CaseEventFacts;

/// <summary>The case came to its agreed end.</summary>
/// <param name="Result">How it came out.</param>
/// <param name="Agreement">How the end was agreed.</param>
/// <param name="Kind">What sort of thing the customer brought.</param>
/// <param name="Automatic">Whether a machine had written, and which sort of machine.</param>
[PublicEvent(
    "cx.case.resolved.v1", "Case resolved", "the customer, an agent, or time when nobody objects",
    Follows = ["cx.case.opened.v1", "cx.case.solution-accepted.v1", "cx.case.solution-proposed.v1"])]
public sealed record CaseResolvedFacts(CaseResult Result, Agreement Agreement, Kind Kind, Automatic Automatic) : CaseEventFacts;

/// <summary>It was not over after all.</summary>
[PublicEvent("cx.case.reopened.v1", "Case reopened", "the customer, an agent, or a recovery", Follows = ["cx.case.resolved.v1"])]
public sealed record CaseReopenedFacts : CaseEventFacts;

/// <summary>The window for reopening has passed: a later contact opens a linked case.</summary>
[PublicEvent("cx.case.closed.v1", "Case closed", "time", Follows = ["cx.case.resolved.v1"])]
public sealed record CaseClosedFacts : CaseEventFacts;

/// <summary>The customer was told that it is not possible, and wants somebody else to look at it. Once for each case.</summary>
/// <param name="ByCustomer">The customer asked; otherwise an agent did for them.</param>
/// <param name="AgentId">Who had said no, and so is not the one to look again.</param>
/// <param name="By">When somebody else answers: a promise.</param>
[PublicEvent(
    "cx.case.second-opinion-asked.v1", "Second opinion asked", "the customer or an agent",
    Follows = ["cx.case.solution-proposed.v1", "cx.case.solution-declined.v1", "cx.case.resolved.v1"])]
public sealed record SecondOpinionAskedFacts(bool ByCustomer, Guid? AgentId, DateTimeOffset? By) : CaseEventFacts;

/// <summary>The customer said how it went.</summary>
/// <param name="SurveyId">The survey that was answered.</param>
/// <param name="Measure">What it measures: CSAT 1-5, CES 1-7, NPS 0-10.</param>
/// <param name="Score">On the measure's scale.</param>
[PublicEvent("cx.case.feedback-received.v1", "Feedback received", "the customer, through a survey", Follows = ["cx.case.resolved.v1"])]
public sealed record CaseFeedbackFacts(Guid SurveyId, Measure Measure, int Score) : CaseEventFacts;

/// <summary>The customer is unhappy with how it went: somebody makes it right.</summary>
/// <param name="SurveyId">The answer that said so.</param>
/// <param name="Score">What was scored.</param>
[PublicEvent("cx.case.recovery-started.v1", "Recovery started", "Feedback, on an unhappy answer", Follows = ["cx.case.feedback-received.v1", "cx.case.resolved.v1"])]
public sealed record RecoveryStartedFacts(Guid SurveyId, int Score) : CaseEventFacts;
