namespace CxPlatform.Contracts.Intake.V1;

/// <summary>A customer's personal data is to be forgotten everywhere. Stream: <c>customer/{CustomerId}</c>.</summary>
[EventType("customer.erased.v1")]
public sealed record CustomerErased(Guid CustomerId)
{
    /// <summary>Marks of the addresses that were theirs: keyed digests, from which no address can be had. Whoever keeps an address without
    /// knowing whose it is keeps its mark beside it, and finds it by that.</summary>
    public IReadOnlyList<string> AddressMarks { get; init; } = [];
}
