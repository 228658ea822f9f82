using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Intake.Channels.Media;
using CxPlatform.Mail;

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
    public string? Name { get; init => field = DisplayName.Plain(value); }
    public string? To { get; init; }

    /// <summary>Where the sender wants the answer, when not at <see cref="From"/>: a mail's Reply-To.</summary>
    public string? AnswerTo { get; init; }
    public IReadOnlyList<string> Cc { get; init; } = [];

    /// <summary>Whom it was sent to beside us, as far as these are people.</summary>
    public IReadOnlyList<PersonInCopy> InCopy { get; init; } = [];
    public string? Subject { get; init; }

    /// <summary>Without quoted history and signature, of any length.</summary>
    public required string Text { get; init; }

    /// <summary>As stated; null lets it be guessed from the text.</summary>
    public string? Language { get; init; }
    public string? TimeZone { get; init; }
    public IReadOnlyList<Attachment> Attachments { get; init; } = [];
    /// <summary>What the provider keeps for us: becomes <see cref="Attachments"/> before the contact is stored.</summary>
    public IReadOnlyList<MediaFile> Media { get; init; } = [];
    public IReadOnlyList<Evidence> Evidence { get; init; } = [];
    public Automatic Automatic { get; init; }
    public Bounce? Bounce { get; init; }
    public string? MessageId { get; init; }
    public IReadOnlyDictionary<string, string> References { get; init; } = new Dictionary<string, string>();
    public IReadOnlyList<string> Tags { get; init; } = [];
    public Kind? Kind { get; init; }
    public Priority? Priority { get; init; }

    /// <summary>A public post, not written to us alone.</summary>
    public bool IsPublic { get; init; }

    /// <summary>What was broken and how it was read all the same.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The contact as it came over the wire; empty where <see cref="RawBlob"/> holds it.</summary>
    public ReadOnlyMemory<byte> Raw { get; init; }
    public required string RawType { get; init; }

    /// <summary>Content hash of a raw contact that was put into the blob store already.</summary>
    public string? RawBlob { get; init; }
    public Envelope? Envelope { get; init; }

    /// <summary>When its bytes became durable, if that was before it was read; null stores both in one transaction.</summary>
    public DateTimeOffset? TakenAt { get; init; }

    /// <summary>The raw arrival whose place it takes: that one goes with the transaction that stores this one.</summary>
    public Guid? Settles { get; init; }

    /// <summary>What the provider calls the one thing that several contacts are about, such as a call: they are on one case.</summary>
    public string? Thread { get; init; }

    /// <summary>What speaks for spam; a channel may add reasons of its own (a filled trap). Enough of it holds the contact.</summary>
    public SpamScore Spam { get; init; } = SpamScore.None;
    public ContactState State { get; init; }
}

/// <summary>What the server that delivered something said of it, beside its bytes.</summary>
/// <param name="Recipient">Where it was delivered; null when not told.</param>
/// <param name="Sender">The envelope's sender: empty for the null path, null when not told.</param>
/// <param name="Source">Of a webhook: the configured source that it came from.</param>
/// <param name="Id">Of a webhook: the id that it was sent under.</param>
internal sealed record Envelope(string? Recipient = null, string? Sender = null, string? Source = null, string? Id = null);

/// <summary>What may become of a contact once it is read.</summary>
public enum ContactState
{
    /// <summary>The case hears of it.</summary>
    Accepted,

    /// <summary>It looks like spam: nobody hears of it until it is released.</summary>
    Held,

    /// <summary>Durable and not read yet.</summary>
    Pending,

    /// <summary>Durable; reading it failed and is tried again.</summary>
    Failed,
}

/// <summary>A report that a message of ours was not delivered.</summary>
internal sealed record Bounce(string Recipient, bool Hard, string? Status, string? Reason, Guid? CaseId, string? MessageId);

/// <summary>What a sender is told once its contact is durable.</summary>
/// <param name="Duplicate">The same contact was stored before; <paramref name="ContactId"/> is the first one's.</param>
/// <param name="CustomerId">Null when it is kept and could not be read yet, and when its sender was erased while it was read.</param>
internal sealed record Receipt(Guid ContactId, bool Duplicate, Guid? CustomerId);

/// <summary>How a contact was understood, as it is kept in its row and answered by the API.</summary>
internal sealed record ContactDocument
{
    public required Identity From { get; init; }
    public string? Name { get; init; }
    public string? To { get; init; }
    public string? AnswerTo { get; init; }
    public IReadOnlyList<string>? Cc { get; init; }
    public IReadOnlyList<PersonInCopy>? InCopy { get; init; }
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
    public Visibility? Visibility { get; init; }
    public IReadOnlyList<string>? Warnings { get; init; }
    public Envelope? Envelope { get; init; }
    public SpamScore? Spam { get; init; }

    public static ContactDocument Of(Arrival arrival, bool truncated) => new()
    {
        From = arrival.From,
        Name = arrival.Name,
        To = arrival.To,
        AnswerTo = arrival.AnswerTo,
        Cc = Some(arrival.Cc),
        InCopy = Some(arrival.InCopy),
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
        Visibility = arrival.IsPublic ? Contracts.Visibility.World : null,
        Warnings = Some(arrival.Warnings),
        Envelope = arrival.Envelope,
        Spam = arrival.Spam.Reasons.Count > 0 ? arrival.Spam : null,
    };

    private static IReadOnlyList<T>? Some<T>(IReadOnlyList<T> list) => list.Count > 0 ? list : null;
}
