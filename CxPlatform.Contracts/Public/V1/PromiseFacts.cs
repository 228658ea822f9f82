using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Contracts.Public.V1;

/// <summary>A commitment was made to a customer.</summary>
/// <param name="PromiseId">The promise.</param>
/// <param name="From">Of a call: when its slot begins; it ends with <c>due</c>.</param>
/// <param name="Due">By when it is to be kept.</param>
/// <param name="OwnerId">Who keeps it; absent when the team does.</param>
/// <param name="Source">What made it.</param>
/// <param name="FromCaseId">The case on which it had been made, when it came here by a merge or the undoing of one.</param>
[PublicEvent("cx.case.promise.made.v1", "Promise made", "policy, an agent, or a customer who books a call", Follows = ["cx.case.opened.v1"])]
public sealed record PromiseMadeFacts(
    Guid PromiseId, DateTimeOffset? From, DateTimeOffset Due, Guid? OwnerId, PromiseSource Source, Guid? FromCaseId = null) : CaseEventFacts;

/// <summary>A promise was kept, in time or late.</summary>
/// <param name="PromiseId">The promise.</param>
/// <param name="Late">After its date.</param>
[PublicEvent("cx.case.promise.kept.v1", "Promise kept", "an agent who did what was promised", Follows = ["cx.case.promise.made.v1"])]
public sealed record PromiseKeptFacts(Guid PromiseId, bool Late) : CaseEventFacts;

/// <summary>A promise was not kept when it was due.</summary>
/// <param name="PromiseId">The promise.</param>
/// <param name="Due">When it was due.</param>
/// <param name="FollowUpId">The promise that says what comes next; absent when nothing more is promised.</param>
/// <param name="FollowUpDue">By when the customer hears from us.</param>
[PublicEvent("cx.case.promise.broken.v1", "Promise broken", "time", Follows = ["cx.case.promise.made.v1", "cx.case.promise.warned.v1"])]
public sealed record PromiseBrokenFacts(Guid PromiseId, DateTimeOffset Due, Guid? FollowUpId, DateTimeOffset? FollowUpDue) : CaseEventFacts;

/// <summary>A promise comes near its date. Once for each date.</summary>
/// <param name="PromiseId">The promise.</param>
/// <param name="Due">Its date.</param>
/// <param name="OwnerId">Who is warned; absent when the team keeps it.</param>
[PublicEvent("cx.case.promise.warned.v1", "Promise warned", "time", Follows = ["cx.case.promise.made.v1", "cx.case.promise.renegotiated.v1"])]
public sealed record PromiseWarnedFacts(Guid PromiseId, DateTimeOffset Due, Guid? OwnerId) : CaseEventFacts;

/// <summary>A promise broke: whoever leads the queue is to look at it.</summary>
/// <param name="PromiseId">The promise.</param>
/// <param name="Due">When it was due.</param>
/// <param name="OwnerId">Who had promised; absent when the team had.</param>
/// <param name="Queue">Whose lead is to look.</param>
[PublicEvent("cx.case.promise.escalated.v1", "Promise escalated", "policy", Follows = ["cx.case.promise.broken.v1"])]
public sealed record PromiseEscalatedFacts(Guid PromiseId, DateTimeOffset Due, Guid? OwnerId, string Queue) : CaseEventFacts;

/// <summary>A new date was agreed before the promise broke; the customer is told why.</summary>
/// <param name="PromiseId">The promise.</param>
/// <param name="OldDue">The date that no longer counts.</param>
/// <param name="Due">The new one.</param>
[PublicEvent("cx.case.promise.renegotiated.v1", "Promise renegotiated", "an agent", Follows = ["cx.case.promise.made.v1", "cx.case.promise.warned.v1"])]
public sealed record PromiseRenegotiatedFacts(Guid PromiseId, DateTimeOffset OldDue, DateTimeOffset Due) : CaseEventFacts;

/// <summary>A promise no longer applies.</summary>
/// <param name="PromiseId">The promise.</param>
[PublicEvent("cx.case.promise.withdrawn.v1", "Promise withdrawn", "an agent, or the customer who cancels a call", Follows = ["cx.case.promise.made.v1"])]
public sealed record PromiseWithdrawnFacts(Guid PromiseId) : CaseEventFacts;

/// <summary>Somebody who had promised something is away when it is due: somebody else keeps it.</summary>
/// <param name="AbsentId">Who had promised.</param>
/// <param name="AgentId">Who keeps it now; absent when the team does.</param>
/// <param name="Promises">What moved: everything open that was theirs on this case.</param>
/// <param name="By">When the first of them is due.</param>
/// <param name="Until">When the absent person is back.</param>
[PublicEvent("cx.case.covered.v1", "Promises covered", "an absence that Routing tells of", Follows = ["cx.case.promise.made.v1"])]
public sealed record CaseCoveredFacts(
    Guid AbsentId, Guid? AgentId, IReadOnlyList<Guid> Promises, DateTimeOffset By, DateTimeOffset Until) : CaseEventFacts;

/// <summary>A reply sounds like a promise. It is none until somebody confirms it.</summary>
/// <param name="SuggestionId">Of the promise too, once it is confirmed.</param>
/// <param name="MessageId">The reply.</param>
/// <param name="Due">The date that it seems to name.</param>
/// <param name="AgentId">Who wrote the reply.</param>
[PublicEvent("cx.case.promise.suggested.v1", "Promise suggested", "policy, which reads replies", Follows = ["cx.case.reply-sent.v1"])]
public sealed record PromiseSuggestedFacts(Guid SuggestionId, Guid MessageId, DateTimeOffset Due, Guid? AgentId) : CaseEventFacts;

/// <summary>A suggested promise was made, or dismissed.</summary>
/// <param name="SuggestionId">The suggestion.</param>
/// <param name="Confirmed">It is a promise now.</param>
[PublicEvent("cx.case.promise.suggestion-settled.v1", "Suggested promise settled", "an agent", Follows = ["cx.case.promise.suggested.v1"])]
public sealed record SuggestionSettledFacts(Guid SuggestionId, bool Confirmed) : CaseEventFacts;
