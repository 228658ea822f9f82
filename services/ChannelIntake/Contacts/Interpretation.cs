using System.Text.Json.Serialization;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;

namespace CxPlatform.Intake.Contacts;

/// <summary>What we make of what came in. The preview of a mail and the contact that it becomes are answered in this shape.</summary>
internal record Interpretation
{
    /// <summary>Who wrote, as they are named there.</summary>
    public Mailbox From { get; init; } = new(null, null);
    public IReadOnlyList<Mailbox> To { get; init; } = [];
    public IReadOnlyList<Mailbox> Cc { get; init; } = [];
    public IReadOnlyList<Mailbox> ReplyTo { get; init; } = [];

    /// <summary>Whom it was sent to beside us, as far as these are people: they are proposed as participants of the case.</summary>
    public IReadOnlyList<PersonInCopy> InCopy { get; init; } = [];

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Subject { get; init; }

    /// <summary>When the sender says that it was sent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? Date { get; init; }

    /// <summary>Without angle brackets.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? MessageId { get; init; }

    /// <summary>The messages that it answers, the oldest first, without angle brackets.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>The whole text, quoted history and signature included.</summary>
    public string Text { get; init; } = "";

    /// <summary>What the sender says now: without quoted history and signature.</summary>
    public string ReplyText { get; init; } = "";

    /// <summary>Sanitised: may be shown within a page. Images from elsewhere wait in <c>data-src</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Html { get; init; }
    public IReadOnlyList<AttachmentView> Attachments { get; init; } = [];
    public Automatic Automatic { get; init; }

    /// <summary>Of a delivery report: which message of ours did not arrive, and why.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public BounceView? Bounce { get; init; }
    public SpamScore Spam { get; init; } = SpamScore.None;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Language { get; init; }

    /// <summary>What was broken, and how it was read all the same: <c>code: what</c>.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

internal sealed record Mailbox(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Address,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Name);

/// <param name="ContentType">As the sender declared it; what is served is what the bytes show.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Inline">Shown within the text rather than beside it.</param>
/// <param name="Href">Where it is; absent in a preview.</param>
internal sealed record AttachmentView(string Name, string ContentType, long Size, bool Inline, string? Href = null);

/// <summary>Whether trying again is pointless.</summary>
internal enum BounceSeverity
{
    Hard,
    Soft,
}

/// <param name="Status">RFC 3463, e.g. <c>5.1.1</c>.</param>
internal sealed record BounceView(
    BounceSeverity Severity,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Recipient,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Reason,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? OriginalMessageId)
{
    public static BounceView? Of(Bounce? bounce) => bounce is null
        ? null
        : new(bounce.Hard ? BounceSeverity.Hard : BounceSeverity.Soft, bounce.Recipient is "" ? null : bounce.Recipient, bounce.Status,
            bounce.Reason, bounce.MessageId);
}
