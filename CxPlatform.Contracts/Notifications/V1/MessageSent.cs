namespace CxPlatform.Contracts.Notifications.V1;

/// <summary>A message left for its recipient. Stream: <c>message/{MessageId}</c>.</summary>
/// <param name="Template">Which words: <c>acknowledgement</c>, <c>reply</c>, <c>survey</c>, ...</param>
/// <param name="EventId">The event that asked for it.</param>
[EventType("message.sent.v1")]
public sealed record MessageSent(
    Guid MessageId, Guid? CaseId, Guid? CustomerId, Channel Channel, string Template, Guid EventId, string? ProviderId, DateTimeOffset SentAt);

/// <summary>A message could not be delivered. Stream: <c>message/{MessageId}</c>.</summary>
/// <param name="Permanent">True when no further attempt follows.</param>
/// <param name="Reason">What the provider said, without addresses or content.</param>
[EventType("message.failed.v1")]
public sealed record MessageFailed(
    Guid MessageId, Guid? CaseId, Guid? CustomerId, Channel Channel, string Template, Guid EventId, bool Permanent, string Reason, int Attempts, DateTimeOffset FailedAt);
