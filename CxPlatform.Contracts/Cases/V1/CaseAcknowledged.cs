namespace CxPlatform.Contracts.Cases.V1;

/// <summary>The customer is told what we understood, who has it, what is next and by when.</summary>
[EventType("case.acknowledged.v1")]
public sealed record CaseAcknowledged
{
    public required Guid CaseId { get; init; }
    public required string Number { get; init; }
    public required Guid CustomerId { get; init; }

    [Personal]
    public required string Need { get; init; }
    public required Kind Kind { get; init; }
    public required Feeling Feeling { get; init; }

    /// <summary>The owner's name, or null when the team has it.</summary>
    public string? OwnerName { get; init; }
    public required string TeamName { get; init; }

    /// <summary>What happens next, in the customer's words.</summary>
    public required string Next { get; init; }

    /// <summary>By when: also a promise on the case. Null for praise, which promises nothing.</summary>
    public DateTimeOffset? By { get; init; }
    public Guid? PromiseId { get; init; }

    /// <summary>IANA zone of the calendar that <see cref="By"/> follows.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>Where the customer can call a person, as it is to be read; null when nowhere.</summary>
    public string? Phone { get; init; }
}
