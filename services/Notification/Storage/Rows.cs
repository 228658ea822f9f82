using CxPlatform.Contracts;
using CxPlatform.Notifications.Domain;

namespace CxPlatform.Notifications.Storage;

internal sealed class ConversationRow
{
    public Guid CaseId { get; set; }
    public Guid CustomerId { get; set; }

    /// <summary>Version in the case's stream.</summary>
    public long Version { get; set; }

    /// <summary>The <see cref="Conversation"/> as JSON.</summary>
    public string State { get; set; } = "";
}

internal sealed class CustomerRow
{
    public Guid CustomerId { get; set; }
    public long Version { get; set; }

    /// <summary>The last CustomerChanged as JSON.</summary>
    public string State { get; set; } = "";
}

/// <summary>An address that came back as not existing: nothing is sent there any more.</summary>
internal sealed class SuppressionRow
{
    public string Address { get; set; } = "";

    /// <summary>RFC 3463 status, when the bounce gave one.</summary>
    public string? Status { get; set; }
    public DateTimeOffset Since { get; set; }
}

/// <summary>A message that is to leave, or has left, or could not: one per (event, recipient, template); an operator's resend is a further copy.</summary>
internal sealed class MessageRow
{
    public Guid Id { get; set; }
    public Guid EventId { get; set; }

    /// <summary>Mail address or phone number; empty when there is none.</summary>
    public string Recipient { get; set; } = "";
    public string Template { get; set; } = "";

    /// <summary>0 for the message itself, then one more per resend.</summary>
    public int Copy { get; set; }
    public Guid? CaseId { get; set; }
    public Guid? CustomerId { get; set; }
    public Channel Channel { get; set; }
    public MessageState State { get; set; }

    /// <summary>When it is to be tried; while somebody tries it, when their claim ends.</summary>
    public DateTimeOffset Due { get; set; }

    /// <summary>Who is trying it: a result counts only with the claim it was tried under.</summary>
    public Guid? Claim { get; set; }
    public int Attempts { get; set; }

    /// <summary>Why it did not leave yet, or never will; without addresses and content.</summary>
    public string? Reason { get; set; }
    public string? ProviderId { get; set; }

    /// <summary>The <see cref="MessageContent"/> as JSON.</summary>
    public string Content { get; set; } = "";
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? SentAt { get; set; }
    public Guid CorrelationId { get; set; }

    /// <summary>W3C traceparent of what wrote it.</summary>
    public string? Trace { get; set; }
}
