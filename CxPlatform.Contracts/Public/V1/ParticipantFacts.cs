using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Contracts.Public.V1;

/// <summary>Somebody takes part in the case, or in another role than before. Who joins by writing is told of by `cx.case.customer-replied.v1` instead.</summary>
/// <param name="ParticipantId">The participant; what is said here replaces what was.</param>
/// <param name="Role">As what they take part.</param>
/// <param name="CustomerId">Which customer it is; absent for an address of which nothing else is known.</param>
/// <param name="AgentId">The follower.</param>
/// <param name="ById">Who added them; absent when it came of what a customer wrote.</param>
[PublicEvent("cx.case.participant-added.v1", "Participant added", "an agent, or a customer who copies somebody", Follows = ["cx.case.opened.v1"])]
public sealed record ParticipantAddedFacts(Guid ParticipantId, ParticipantRole Role, Guid? CustomerId, Guid? AgentId, Guid? ById) : CaseEventFacts;

/// <summary>Somebody takes part no longer.</summary>
/// <param name="ParticipantId">The participant.</param>
/// <param name="CustomerId">Which customer it was.</param>
/// <param name="AgentId">The follower.</param>
/// <param name="ById">Who removed them.</param>
[PublicEvent("cx.case.participant-removed.v1", "Participant removed", "an agent", Follows = ["cx.case.participant-added.v1", "cx.case.customer-replied.v1"])]
public sealed record ParticipantRemovedFacts(Guid ParticipantId, Guid? CustomerId, Guid? AgentId, Guid? ById) : CaseEventFacts;
