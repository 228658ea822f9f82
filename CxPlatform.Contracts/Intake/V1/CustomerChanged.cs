namespace CxPlatform.Contracts.Intake.V1;

/// <summary>A customer was found for the first time, or what we know of them changed: the whole of it. Stream: <c>customer/{CustomerId}</c>.</summary>
[EventType("customer.changed.v1")]
public sealed record CustomerChanged
{
    public required Guid CustomerId { get; init; }

    [Personal]
    public string? Name { get; init; }
    public string? Language { get; init; }
    public string? TimeZone { get; init; }
    public IReadOnlyList<Identity> Identities { get; init; } = [];

    [Personal]
    public string? Organisation { get; init; }
    public string? Tier { get; init; }
}
