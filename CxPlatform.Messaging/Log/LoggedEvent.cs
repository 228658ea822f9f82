namespace CxPlatform.Messaging;

/// <summary>An event to append.</summary>
/// <param name="Data">The contract, a type with <see cref="Contracts.EventTypeAttribute"/>.</param>
/// <param name="Public">What integrators get to see, frozen at append; null for events that are not public.</param>
public sealed record NewEvent(object Data, PublicData? Public = null);

/// <summary>The public face of an event: the text that every way of reading delivers.</summary>
/// <param name="Type">CloudEvents type, e.g. <c>cx.case.opened.v1</c>.</param>
/// <param name="Subject">CloudEvents subject, e.g. the case number.</param>
/// <param name="Json">The <c>data</c> member, by allow-list.</param>
public sealed record PublicData(string Type, string Subject, string Json);

/// <summary>An event as it stands in the log and travels between services.</summary>
public sealed record LoggedEvent
{
    public required long Position { get; init; }
    public required Guid Id { get; init; }
    public required string Stream { get; init; }
    public required long Version { get; init; }
    public required string Type { get; init; }
    public required string Data { get; init; }
    public string? PublicType { get; init; }
    public string? PublicSubject { get; init; }
    public string? PublicData { get; init; }
    public required string Actor { get; init; }
    public required Guid CorrelationId { get; init; }
    public Guid? CausationId { get; init; }

    /// <summary>W3C traceparent of the activity that appended the event.</summary>
    public string? Trace { get; init; }
    public required DateTimeOffset Time { get; init; }

    /// <summary>When personal data was removed from <see cref="Data"/>; null when it is as it was appended.</summary>
    public DateTimeOffset? ErasedAt { get; init; }

    public EventEnvelope Envelope(string owner) =>
        new(Id, owner, Position, Stream, Version, Type, Time, Actor, CorrelationId, CausationId, Trace);
}
