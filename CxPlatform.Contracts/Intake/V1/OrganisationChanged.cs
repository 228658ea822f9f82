namespace CxPlatform.Contracts.Intake.V1;

/// <summary>Staff made, changed or deleted an organisation. Its members are told of one by one, as customers.
/// Stream: <c>organisation/{OrganisationId}</c>.</summary>
[EventType("organisation.changed.v1")]
public sealed record OrganisationChanged
{
    public required Guid OrganisationId { get; init; }
    public required string Name { get; init; }
    public string? Tier { get; init; }
    public IReadOnlyList<string> Domains { get; init; } = [];
    public bool Deleted { get; init; }
}
