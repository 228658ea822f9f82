namespace CxPlatform.Contracts.Intake.V1;

/// <summary>A customer's personal data is to be forgotten everywhere. Stream: <c>customer/{CustomerId}</c>.</summary>
[EventType("customer.erased.v1")]
public sealed record CustomerErased(Guid CustomerId);
