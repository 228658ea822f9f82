namespace CxPlatform.Contracts.Public.V1;

/// <summary>A case went from one person to another with a written handover.</summary>
/// <param name="FromId">Who had it; absent when nobody did.</param>
/// <param name="AgentId">Who has it.</param>
/// <param name="ById">Who wrote the handover.</param>
[PublicEvent("cx.case.handed-over.v1", "Case handed over", "an agent", Follows = ["cx.case.acknowledged.v1"])]
public sealed record CaseHandedOverFacts(Guid? FromId, Guid AgentId, Guid? ById) : CaseEventFacts;

/// <summary>Whoever took the case has read the handover.</summary>
/// <param name="AgentId">Who.</param>
[PublicEvent("cx.case.handover-acknowledged.v1", "Handover read", "the agent who took the case", Follows = ["cx.case.handed-over.v1"])]
public sealed record HandoverAcknowledgedFacts(Guid? AgentId) : CaseEventFacts;

/// <summary>Somebody else keeps what was promised from now on, because they have the case.</summary>
/// <param name="FromId">Who had promised.</param>
/// <param name="AgentId">Who keeps it now.</param>
/// <param name="Promises">What moved.</param>
/// <param name="By">When the first of them is due.</param>
[PublicEvent("cx.case.promises-moved.v1", "Promises moved", "an agent who gives the case to another", Follows = ["cx.case.promise.made.v1"])]
public sealed record PromisesMovedFacts(Guid FromId, Guid AgentId, IReadOnlyList<Guid> Promises, DateTimeOffset By) : CaseEventFacts;

/// <summary>The customer thanked us.</summary>
/// <param name="ContactId">The contact with which they did.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="AgentId">Who had the case; absent when nobody did.</param>
/// <param name="Queue">The case's queue.</param>
[PublicEvent("cx.case.praise-given.v1", "Praise given", "a customer", Follows = ["cx.case.opened.v1", "cx.case.customer-replied.v1"])]
public sealed record PraiseGivenFacts(Guid ContactId, Guid CustomerId, Guid? AgentId, string? Queue) : CaseEventFacts;
