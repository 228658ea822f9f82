namespace CxPlatform.Contracts.Cases.V1;

/// <summary>An answer is written and waits to be sent, or what was waiting has changed: the whole of it. When it goes out it is
/// <see cref="ReplySent"/>, with the same message id.</summary>
[EventType("case.reply-scheduled.v1")]
public sealed record ReplyScheduled
{
    public required Guid CaseId { get; init; }
    public required Guid MessageId { get; init; }
    public Guid? AgentId { get; init; }
    public required string AgentName { get; init; }

    [Personal]
    public required string Text { get; init; }
    public IReadOnlyList<Attachment> Attachments { get; init; } = [];
    public bool AsksCustomer { get; init; }
    public required DateTimeOffset SendAt { get; init; }

    /// <summary>Held for a moment in which its author may take it back; otherwise for a time that somebody chose.</summary>
    public bool ForUndo { get; init; }

    /// <summary><c>world</c> when it is to answer in public; null: it goes to the customer alone.</summary>
    public Visibility? Visibility { get; init; }
}

/// <summary>An answer that was to be sent later waits for a person to look at it again: the customer has written meanwhile.</summary>
[EventType("case.reply-held.v1")]
public sealed record ReplyHeld(Guid CaseId, Guid MessageId);

/// <summary>An answer that waited to be sent was taken back.</summary>
[EventType("case.reply-unscheduled.v1")]
public sealed record ReplyUnscheduled(Guid CaseId, Guid MessageId);
