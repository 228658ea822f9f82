namespace CxPlatform.Contracts.Cases.V1;

/// <summary>The case has a kind, a priority and a queue, by Routing's decision or, when Routing was silent, by the default policy.</summary>
[EventType("case.triaged.v1")]
public sealed record CaseTriaged
{
    public required Guid CaseId { get; init; }
    public required Kind Kind { get; init; }
    public required string Category { get; init; }
    public required Priority Priority { get; init; }
    public required Feeling Feeling { get; init; }
    public required string QueueId { get; init; }
    public required string QueueName { get; init; }
    public required string TeamName { get; init; }
    public required string CalendarId { get; init; }
    /// <summary>Business time within which a person answers.</summary>
    public TimeSpan? FirstResponseTarget { get; init; }

    /// <summary>Business time within which the case is to be resolved; null when the queue states none.</summary>
    public TimeSpan? ResolutionTarget { get; init; }
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>True when Routing had not answered in time.</summary>
    public bool ByDefaultPolicy { get; init; }
}
