namespace CxPlatform.Contracts.Intake.V1;

/// <summary>A message of ours came back undelivered. Stream: <c>contact/{ContactId}</c>.</summary>
/// <param name="Hard">True when trying again is pointless (RFC 3463 class 5).</param>
/// <param name="Status">RFC 3463 status, e.g. <c>5.1.1</c>; null when the report gave none.</param>
/// <param name="MessageId">Our message, when the report names it.</param>
[EventType("bounce.received.v1")]
public sealed record BounceReceived(
    Guid ContactId, [property: Personal] string Recipient, bool Hard, string? Status, [property: Personal] string? Reason, Guid? CaseId, string? MessageId);
