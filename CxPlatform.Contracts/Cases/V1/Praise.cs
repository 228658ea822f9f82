namespace CxPlatform.Contracts.Cases.V1;

/// <summary>The customer thanked us, whatever the case is about and even when it is over. Their words are the contact's.</summary>
/// <param name="AgentId">Who had the case.</param>
[EventType("case.praise-given.v1")]
public sealed record PraiseGiven(Guid CaseId, Guid ContactId, Guid CustomerId, Guid? AgentId, string? AgentName, string? QueueId);
