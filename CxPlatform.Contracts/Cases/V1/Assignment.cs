namespace CxPlatform.Contracts.Cases.V1;

/// <summary>Somebody has the case.</summary>
/// <param name="FormerAgentId">Who had it until now.</param>
[EventType("case.assigned.v1")]
public sealed record CaseAssigned(Guid CaseId, Guid AgentId, string AgentName, string QueueId, string? Reason = null, Guid? FormerAgentId = null);

/// <summary>Nobody has the case: it waits in its queue.</summary>
[EventType("case.unassigned.v1")]
public sealed record CaseUnassigned(Guid CaseId, Guid AgentId, string QueueId, string? Reason = null);
