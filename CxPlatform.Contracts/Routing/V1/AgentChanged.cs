namespace CxPlatform.Contracts.Routing.V1;

/// <summary>Whether an agent takes new work.</summary>
public enum Presence
{
    Unknown,
    Away,
    Present,
}

/// <summary>An agent was added, or what we know of them changed: the whole of it. Stream: <c>agent/{AgentId}</c>.</summary>
[EventType("agent.changed.v1")]
public sealed record AgentChanged
{
    public required Guid AgentId { get; init; }
    public required string Name { get; init; }

    [Personal]
    public string? Email { get; init; }

    /// <summary><c>agent</c>, <c>lead</c> or <c>admin</c>.</summary>
    public required string Role { get; init; }
    public required bool Active { get; init; }
    public Presence Presence { get; init; }

    /// <summary>Cases at a time.</summary>
    public int Capacity { get; init; }
    public IReadOnlyList<string> Teams { get; init; } = [];
    public IReadOnlyList<string> Queues { get; init; } = [];
    public IReadOnlyList<string> Skills { get; init; } = [];

    /// <summary>When they are away, now or later; null when nothing is known of.</summary>
    public Absence? Absence { get; init; }
}

/// <summary>An agent is away from one instant to another.</summary>
/// <param name="CoverId">Who keeps their promises meanwhile; null: somebody of the team.</param>
public sealed record Absence(DateTimeOffset From, DateTimeOffset Until, Guid? CoverId = null);
