namespace CxPlatform.Contracts.Routing.V1;

/// <summary>How many people are there for a queue changed. Stream: <c>queue/{QueueId}</c>.</summary>
[EventType("availability.changed.v1")]
public sealed record AvailabilityChanged(string QueueId, string QueueName, int Present, int Room, DateTimeOffset At);
