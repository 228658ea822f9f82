namespace CxPlatform.Contracts.Cases.V1;

/// <summary>A contact became a case. Stream of all case events: <c>case/{CaseId}</c>.</summary>
[EventType("case.opened.v1")]
public sealed record CaseOpened
{
    public required Guid CaseId { get; init; }

    /// <summary>For people: <c>CX-2026-000123</c>.</summary>
    public required string Number { get; init; }
    public required Guid ContactId { get; init; }
    public required Guid CustomerId { get; init; }

    [Personal]
    public string? CustomerName { get; init; }
    public required Channel Channel { get; init; }
    public string Brand { get; init; } = "main";

    /// <summary>Where the customer is answered.</summary>
    public required Identity From { get; init; }
    public string? Language { get; init; }
    public string? TimeZone { get; init; }

    [Personal]
    public string? Subject { get; init; }

    /// <summary>What the customer wrote.</summary>
    [Personal]
    public required string Text { get; init; }

    /// <summary>What we understood, one sentence.</summary>
    [Personal]
    public required string Need { get; init; }
    public IReadOnlyList<Attachment> Attachments { get; init; } = [];
    public Automatic Automatic { get; init; }

    /// <summary>The customer's Message-ID, to answer in thread.</summary>
    public string? MessageId { get; init; }
    public IReadOnlyDictionary<string, string> References { get; init; } = new Dictionary<string, string>();
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Kind and priority when the sender stated them.</summary>
    public Kind? Kind { get; init; }
    public Priority? Priority { get; init; }

    /// <summary>When the contact came in: what every clock counts from.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>A token generation: links of an older generation are revoked.</summary>
    public int LinkGeneration { get; init; }

    /// <summary>The closed case that this one follows: the customer came back after the window for reopening.</summary>
    public Guid? FollowsCaseId { get; init; }
    public string? FollowsNumber { get; init; }

    /// <summary><c>world</c> for a public post; null: it was written to us alone.</summary>
    public Visibility? Visibility { get; init; }
}
