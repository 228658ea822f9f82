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

    /// <summary>The agent whom it tells something; null for what goes to customers.</summary>
    public Guid? AgentId { get; set; }
    public Channel Channel { get; set; }

    /// <summary>What it is to the one who gets it; <see cref="Weight.Answer"/> for what was written before messages had one.</summary>
    public Weight Weight { get; set; } = Weight.Answer;

    /// <summary>A machine of ours wrote it.</summary>
    public bool Automatic { get; set; }
    public MessageState State { get; set; }

    /// <summary>When it is to be tried; while somebody tries it, when their claim ends.</summary>
    public DateTimeOffset Due { get; set; }

    /// <summary>Who is trying it: a result counts only with the claim it was tried under.</summary>
    public Guid? Claim { get; set; }
    public int Attempts { get; set; }

    /// <summary>It has been late for an hour, and the case was told.</summary>
    public bool Late { get; set; }

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

/// <summary>One attempt at a message.</summary>
internal sealed class AttemptRow
{
    public Guid MessageId { get; set; }

    /// <summary>From 1.</summary>
    public int Number { get; set; }
    public DateTimeOffset At { get; set; }

    /// <summary><c>sent</c>, <c>deferred</c> or <c>failed</c>.</summary>
    public string Outcome { get; set; } = "";

    /// <summary>What the provider said, without addresses and content.</summary>
    public string? Reason { get; set; }
    public string? ProviderId { get; set; }
}

/// <summary>What a customer chose to hear.</summary>
internal sealed class ChoiceRow
{
    public Guid CustomerId { get; set; }
    public Updates Updates { get; set; }
    public DateTimeOffset Since { get; set; }

    /// <summary>The customer whose choice counts since a merge.</summary>
    public Guid? MergedInto { get; set; }
}

/// <summary>Words that an editor saved for a template in one language, and for one brand or all of them.</summary>
internal sealed class TemplateVersionRow
{
    public Guid Id { get; set; }
    public string Name { get; set; } = "";
    public string Language { get; set; } = "";

    /// <summary>Empty: every brand that has no words of its own.</summary>
    public string Brand { get; set; } = "";

    /// <summary>From 1, for the name, language and brand.</summary>
    public int Version { get; set; }
    public string Subject { get; set; } = "";
    public string Text { get; set; } = "";
    public string Html { get; set; } = "";
    public string Sms { get; set; } = "";

    /// <summary>The one that is in use; with none, the file is.</summary>
    public bool Published { get; set; }
    public string Author { get; set; } = "";
    public DateTimeOffset CreatedAt { get; set; }
}
