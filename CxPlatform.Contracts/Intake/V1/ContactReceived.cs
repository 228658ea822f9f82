namespace CxPlatform.Contracts.Intake.V1;

/// <summary>A contact came in, is stored and was understood as far as Intake goes. Stream: <c>contact/{ContactId}</c>.</summary>
[EventType("contact.received.v1")]
public sealed record ContactReceived
{
    public required Guid ContactId { get; init; }
    public required Channel Channel { get; init; }

    /// <summary>The provider's id of the contact, unique per channel: a Message-ID, a Twilio MessageSid, an API caller's id.</summary>
    public required string ProviderId { get; init; }
    public string Brand { get; init; } = "main";
    public required DateTimeOffset ReceivedAt { get; init; }
    public required Guid CustomerId { get; init; }

    [Personal]
    public string? CustomerName { get; init; }

    /// <summary>How the customer reached us, and so how to answer.</summary>
    public required Identity From { get; init; }

    /// <summary>Where the customer wants the answer when not at <see cref="From"/>: a mail's Reply-To. Null: at <see cref="From"/>.</summary>
    [Personal]
    public string? AnswerTo { get; init; }

    /// <summary>Which of our addresses or numbers was contacted.</summary>
    public string? To { get; init; }

    /// <summary>Whom a mail went to beside us, in copy or as a further recipient: people as far as can be told, each once and not the customer; at
    /// most 20. Empty for what a machine wrote.</summary>
    [Personal]
    public IReadOnlyList<PersonInCopy> Cc { get; init; } = [];

    /// <summary>BCP 47, e.g. <c>de</c>; null when not known.</summary>
    public string? Language { get; init; }

    /// <summary>IANA time zone of the customer; null when not known.</summary>
    public string? TimeZone { get; init; }

    [Personal]
    public string? Subject { get; init; }

    /// <summary>What the customer wrote, without quoted history and signature; at most 64 KiB, the whole is in <see cref="Raw"/>.</summary>
    [Personal]
    public required string Text { get; init; }

    public IReadOnlyList<Attachment> Attachments { get; init; } = [];

    /// <summary>Content hash of the contact as it arrived.</summary>
    public string? Raw { get; init; }
    public Automatic Automatic { get; init; }
    public IReadOnlyList<Evidence> Evidence { get; init; } = [];

    /// <summary>The Message-ID to answer to (mail), so that the customer's client threads.</summary>
    public string? MessageId { get; init; }

    /// <summary>Things in other systems that the contact names: order, product, contract.</summary>
    public IReadOnlyDictionary<string, string> References { get; init; } = new Dictionary<string, string>();
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Kind and priority when the sender stated them.</summary>
    public Kind? Kind { get; init; }
    public Priority? Priority { get; init; }

    /// <summary><c>world</c> for a public post; null: it was written to us alone.</summary>
    public Visibility? Visibility { get; init; }
}
