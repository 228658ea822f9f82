namespace CxPlatform.Contracts.Cases.V1;

/// <summary>Somebody has the case.</summary>
[EventType("case.assigned.v1")]
public sealed record CaseAssigned(Guid CaseId, Guid AgentId, string AgentName, string QueueId, string? Reason = null);

/// <summary>Nobody has the case: it waits in its queue.</summary>
[EventType("case.unassigned.v1")]
public sealed record CaseUnassigned(Guid CaseId, Guid AgentId, string QueueId, string? Reason = null);
