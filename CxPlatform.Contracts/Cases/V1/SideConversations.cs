namespace CxPlatform.Contracts.Cases.V1;

/// <summary>Staff asked somebody by mail, a colleague or a supplier, beside the conversation with the customer, who never sees any of it.</summary>
[EventType("case.side.opened.v1")]
public sealed record SideConversationOpened
{
    /// <summary>As what its mails are known in <c>message.sent.v1</c> and <c>message.failed.v1</c>.</summary>
    public const string Template = "side-conversation";

    public required Guid CaseId { get; init; }
    public required Guid SideConversationId { get; init; }

    /// <summary>Which of the case's it is, from 1: what its reply address names.</summary>
    public required int Ordinal { get; init; }

    /// <summary>The first mail.</summary>
    public required Guid MessageId { get; init; }
    public Guid? AgentId { get; init; }
    public required string AgentName { get; init; }

    /// <summary>Who is asked.</summary>
    public required Identity To { get; init; }

    [Personal]
    public string? Name { get; init; }

    [Personal]
    public required string Subject { get; init; }

    [Personal]
    public required string Text { get; init; }
    public IReadOnlyList<Attachment> Attachments { get; init; } = [];
}

/// <summary>Staff wrote again in a side conversation; one that was closed is open again.</summary>
[EventType("case.side.message-sent.v1")]
public sealed record SideMessageSent
{
    public required Guid CaseId { get; init; }
    public required Guid SideConversationId { get; init; }
    public required Guid MessageId { get; init; }
    public Guid? AgentId { get; init; }
    public required string AgentName { get; init; }

    [Personal]
    public required string Text { get; init; }
    public IReadOnlyList<Attachment> Attachments { get; init; } = [];
}

/// <summary>An answer came in a side conversation, or a machine's: what a person wrote opens one that was closed.</summary>
[EventType("case.side.message-received.v1")]
public sealed record SideMessageReceived
{
    public required Guid CaseId { get; init; }
    public required string Number { get; init; }
    public required Guid SideConversationId { get; init; }
    public required Guid ContactId { get; init; }

    /// <summary>Whom Intake knows the writer as.</summary>
    public required Guid CustomerId { get; init; }
    public required Identity From { get; init; }

    [Personal]
    public string? Name { get; init; }

    [Personal]
    public required string Text { get; init; }
    public IReadOnlyList<Attachment> Attachments { get; init; } = [];
    public Automatic Automatic { get; init; }

    /// <summary>The Message-ID to answer to.</summary>
    public string? MessageId { get; init; }

    /// <summary>Why it belongs there.</summary>
    public required EvidenceKind JoinedBy { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }
}

/// <summary>Nothing more is expected in a side conversation.</summary>
/// <param name="Forgotten">Whom it was with is to be forgotten: nothing can be sent to them from here any more.</param>
[EventType("case.side.closed.v1")]
public sealed record SideConversationClosed(Guid CaseId, Guid SideConversationId, Guid? AgentId = null, string? AgentName = null, bool Forgotten = false);
