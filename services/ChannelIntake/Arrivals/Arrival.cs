using CxPlatform.Contracts;

namespace CxPlatform.Intake;

/// <summary>What every channel's adapter makes of what came in. Nothing about a channel is known beyond this point.</summary>
internal sealed record Arrival
{
    public required Guid ContactId { get; init; }
    public required Channel Channel { get; init; }
    public required string ProviderId { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Normalised.</summary>
    public required Identity From { get; init; }
    public string? Name { get; init; }
    public string? To { get; init; }

    /// <summary>Where the sender wants the answer, when not at <see cref="From"/>: a mail's Reply-To.</summary>
    public string? AnswerTo { get; init; }
    public IReadOnlyList<string> Cc { get; init; } = [];
    public string? Subject { get; init; }

    /// <summary>Without quoted history and signature, of any length.</summary>
    public required string Text { get; init; }

    /// <summary>As stated; null lets it be guessed from the text.</summary>
    public string? Language { get; init; }
    public string? TimeZone { get; init; }
    public IReadOnlyList<Attachment> Attachments { get; init; } = [];
    public IReadOnlyList<Evidence> Evidence { get; init; } = [];
    public Automatic Automatic { get; init; }
    public Bounce? Bounce { get; init; }
    public string? MessageId { get; init; }
    public IReadOnlyDictionary<string, string> References { get; init; } = new Dictionary<string, string>();
    public IReadOnlyList<string> Tags { get; init; } = [];
    public Kind? Kind { get; init; }
    public Priority? Priority { get; init; }

    /// <summary>What was broken and how it was read all the same.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The contact as it came over the wire.</summary>
    public required ReadOnlyMemory<byte> Raw { get; init; }
    public required string RawType { get; init; }
}

/// <summary>A report that a message of ours was not delivered.</summary>
internal sealed record Bounce(string Recipient, bool Hard, string? Status, string? Reason, Guid? CaseId, string? MessageId);

/// <summary>What a sender is told once its contact is durable.</summary>
/// <param name="Duplicate">The same contact was stored before; <paramref name="ContactId"/> is the first one's.</param>
internal sealed record Receipt(Guid ContactId, bool Duplicate, Guid CustomerId);

/// <summary>How a contact was understood, as it is kept in its row and answered by the API.</summary>
internal sealed record ContactDocument
{
    public required Identity From { get; init; }
    public string? Name { get; init; }
    public string? To { get; init; }
    public string? AnswerTo { get; init; }
    public IReadOnlyList<string>? Cc { get; init; }
    public string? Subject { get; init; }
    public required string Text { get; init; }

    /// <summary>True when the text goes on in the raw contact.</summary>
    public bool Truncated { get; init; }
    public string? Language { get; init; }
    public string? TimeZone { get; init; }
    public IReadOnlyList<Attachment>? Attachments { get; init; }
    public IReadOnlyList<Evidence>? Evidence { get; init; }
    public Bounce? Bounce { get; init; }
    public string? MessageId { get; init; }
    public IReadOnlyDictionary<string, string>? References { get; init; }
    public IReadOnlyList<string>? Tags { get; init; }
    public Kind? Kind { get; init; }
    public Priority? Priority { get; init; }
    public IReadOnlyList<string>? Warnings { get; init; }

    public static ContactDocument Of(Arrival arrival, bool truncated) => new()
    {
        From = arrival.From,
        Name = arrival.Name,
        To = arrival.To,
        AnswerTo = arrival.AnswerTo,
        Cc = Some(arrival.Cc),
        Subject = arrival.Subject,
        Text = arrival.Text,
        Truncated = truncated,
        Language = arrival.Language,
        TimeZone = arrival.TimeZone,
        Attachments = Some(arrival.Attachments),
        Evidence = Some(arrival.Evidence),
        Bounce = arrival.Bounce,
        MessageId = arrival.MessageId,
        References = arrival.References.Count > 0 ? arrival.References : null,
        Tags = Some(arrival.Tags),
        Kind = arrival.Kind,
        Priority = arrival.Priority,
        Warnings = Some(arrival.Warnings),
    };

    private static IReadOnlyList<T>? Some<T>(IReadOnlyList<T> list) => list.Count > 0 ? list : null;
}
