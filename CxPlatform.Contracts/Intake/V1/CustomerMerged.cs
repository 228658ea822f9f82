namespace CxPlatform.Contracts.Intake.V1;

/// <summary>Two customers are one person: <see cref="MergedId"/> is known as <see cref="CustomerId"/> from now on. Stream: <c>customer/{CustomerId}</c>.</summary>
[EventType("customer.merged.v1")]
public sealed record CustomerMerged(Guid CustomerId, Guid MergedId);

/// <summary>A merge was undone: <see cref="MergedId"/> is a customer of its own again. Stream: <c>customer/{CustomerId}</c>.</summary>
[EventType("customer.unmerged.v1")]
public sealed record CustomerUnmerged(Guid CustomerId, Guid MergedId)
{
    /// <summary>Those that had been merged into <see cref="MergedId"/> before, and go with it.</summary>
    public IReadOnlyList<Guid> Family { get; init; } = [];

    /// <summary>Contacts that came in while they were one, by what <see cref="MergedId"/> is known by: they go with it too.</summary>
    public IReadOnlyList<Guid> Contacts { get; init; } = [];
}
