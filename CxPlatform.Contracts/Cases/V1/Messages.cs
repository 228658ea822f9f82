namespace CxPlatform.Contracts.Cases.V1;

/// <summary>An agent answered the customer.</summary>
[EventType("case.reply-sent.v1")]
public sealed record ReplySent
{
    public required Guid CaseId { get; init; }
    public required string Number { get; init; }
    public required Guid MessageId { get; init; }
    public required Guid CustomerId { get; init; }
    public Guid? AgentId { get; init; }
    public required string AgentName { get; init; }

    [Personal]
    public required string Text { get; init; }
    public IReadOnlyList<Attachment> Attachments { get; init; } = [];

    /// <summary>The answer asks the customer something: the case waits for them.</summary>
    public bool AsksCustomer { get; init; }

    /// <summary><c>world</c> when it answers in public; null: it goes to the customer alone.</summary>
    public Visibility? Visibility { get; init; }
}

/// <summary>Staff said something to each other. Never visible to the customer.</summary>
/// <param name="Mentions">The agents whom it calls by name.</param>
[EventType("case.note-added.v1")]
public sealed record NoteAdded(
    Guid CaseId, Guid NoteId, Guid? AgentId, string AgentName, [property: Personal] string Text, IReadOnlyList<Guid>? Mentions = null);

/// <summary>How a message on the case fared.</summary>
/// <param name="StillTrying">It has not left for an hour, and further attempts follow.</param>
[EventType("case.message-outcome.v1")]
public sealed record MessageOutcome(Guid CaseId, Guid MessageId, string Template, Channel Channel, bool Sent, string? Reason = null, bool StillTrying = false);
