namespace CxPlatform.Contracts.Cases.V1;

/// <summary>A person set how soon the case needs somebody; Routing leaves it so. Its clocks are measured anew, from their beginning.</summary>
[EventType("case.priority-changed.v1")]
public sealed record CasePriorityChanged(
    Guid CaseId, Priority Priority, Priority OldPriority, Guid? AgentId, string AgentName, [property: Personal] string? Reason = null);

/// <summary>A person changed the case's tags: all that it has now, and what came and went.</summary>
[EventType("case.tags-changed.v1")]
public sealed record CaseTagsChanged(
    Guid CaseId, IReadOnlyList<string> Tags, IReadOnlyList<string> Added, IReadOnlyList<string> Removed, Guid? AgentId, string AgentName);
