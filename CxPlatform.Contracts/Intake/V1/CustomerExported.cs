namespace CxPlatform.Contracts.Intake.V1;

/// <summary>Somebody took a copy of all that is known of a customer: the event's actor. Stream: <c>customer/{CustomerId}</c>.</summary>
[EventType("customer.exported.v1")]
public sealed record CustomerExported(Guid CustomerId);
