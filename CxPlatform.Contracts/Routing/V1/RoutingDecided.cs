namespace CxPlatform.Contracts.Routing.V1;

/// <summary>Routing understood a case and says who has it. Stream: <c>case/{CaseId}</c> in Routing's log.</summary>
[EventType("routing.decided.v1")]
public sealed record RoutingDecided
{
    public required Guid CaseId { get; init; }

    /// <summary>The case version that the decision rests on.</summary>
    public required long CaseVersion { get; init; }
    public required Kind Kind { get; init; }
    public required string Category { get; init; }
    public required Priority Priority { get; init; }
    public required Feeling Feeling { get; init; }
    public required string QueueId { get; init; }
    public required string QueueName { get; init; }
    public required string TeamName { get; init; }

    /// <summary>Whose opening hours the queue's promises follow.</summary>
    public required string CalendarId { get; init; }

    /// <summary>Business time within which a person answers.</summary>
    public required TimeSpan FirstResponseTarget { get; init; }

    /// <summary>Business time within which the case is to be resolved; null when the queue states none.</summary>
    public TimeSpan? ResolutionTarget { get; init; }

    /// <summary>Null while nobody has room: the team has it, and an owner is named when somebody has.</summary>
    public Guid? AgentId { get; init; }
    public string? AgentName { get; init; }

    /// <summary>Why, one sentence per rule that mattered; shown to agents.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];
    public required DateTimeOffset DecidedAt { get; init; }
}
