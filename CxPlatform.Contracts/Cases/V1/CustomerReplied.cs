namespace CxPlatform.Contracts.Cases.V1;

/// <summary>A further contact joined the case.</summary>
[EventType("case.customer-replied.v1")]
public sealed record CustomerReplied
{
    public required Guid CaseId { get; init; }
    public required string Number { get; init; }
    public required Guid ContactId { get; init; }
    public required Guid CustomerId { get; init; }

    [Personal]
    public string? CustomerName { get; init; }
    public required Channel Channel { get; init; }
    public required Identity From { get; init; }

    [Personal]
    public required string Text { get; init; }
    public IReadOnlyList<Attachment> Attachments { get; init; } = [];
    public Automatic Automatic { get; init; }
    public string? MessageId { get; init; }

    /// <summary>Why it joined this case.</summary>
    public required EvidenceKind JoinedBy { get; init; }

    /// <summary>A first message from somebody who was not on the case: added as a participant.</summary>
    public bool NewParticipant { get; init; }

    /// <summary>The status page is its own acknowledgement: nothing is sent for what was written there.</summary>
    public bool Acknowledge { get; init; } = true;
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>A short thank-you and nothing else: kept as praise, asks for nothing, reopens nothing.</summary>
    public bool Thanks { get; init; }

    /// <summary>Who has the case: the owner's name, or null when the team has it.</summary>
    public string? OwnerName { get; init; }
    public string? TeamName { get; init; }

    /// <summary>What happens next, in the customer's words; null when nothing is to be told.</summary>
    public string? Next { get; init; }

    /// <summary>By when: the date of an open promise on the case.</summary>
    public DateTimeOffset? By { get; init; }

    /// <summary>IANA zone of the calendar that <see cref="By"/> follows.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary><c>world</c> for a public post; null: it was written to us alone.</summary>
    public Visibility? Visibility { get; init; }
}
