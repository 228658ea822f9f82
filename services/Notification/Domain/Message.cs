using CxPlatform.Contracts;

namespace CxPlatform.Notifications.Domain;

/// <summary>Where a message stands.</summary>
internal enum MessageState
{
    /// <summary>On its way: to be sent, or being sent, or to be tried again.</summary>
    Pending,
    Sent,

    /// <summary>It will not be tried again.</summary>
    Failed,
    Cancelled,

    /// <summary>There was no address to send it to.</summary>
    Undeliverable,

    /// <summary>The customer does not want it.</summary>
    Withheld,

    /// <summary>It has become part of a later message.</summary>
    Collected,
}

/// <summary>What a message says and how, frozen when it was written: attempts days later send the same.</summary>
internal sealed record MessageContent
{
    public string? RecipientName { get; init; }

    /// <summary>The person or team that speaks.</summary>
    public required string Sender { get; init; }
    public string Subject { get; init; } = "";

    /// <summary>The mail's plain text, or the whole text message.</summary>
    public required string Text { get; init; }
    public string? Html { get; init; }

    /// <summary>Ours, without angle brackets.</summary>
    public string? MessageId { get; init; }
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>The local part after <c>case+</c> and <c>bounce+</c>; null for what is about no case, and is answered to the sender's address.</summary>
    public string? ReplyToken { get; init; }

    /// <summary>RFC 3834; null for what a person wrote.</summary>
    public string? AutoSubmitted { get; init; }

    /// <summary>The last that came from there was written by a machine: a bounce must not come back.</summary>
    public bool NullReturnPath { get; init; }
    public IReadOnlyList<Attachment> Attachments { get; init; } = [];

    /// <summary>Who else gets it, each in a mail of their own.</summary>
    public IReadOnlyList<MailPerson> Cc { get; init; } = [];

    /// <summary>Of a copy: whom it was written to, as everybody reads it.</summary>
    public MailPerson? WrittenTo { get; init; }

    /// <summary>Somebody decided that everybody may read it: nothing else ever goes where they do.</summary>
    public bool IsPublic { get; init; }

    /// <summary>Of a public answer: the contact whose post it answers.</summary>
    public Guid? AnswersContact { get; init; }

    /// <summary>Where the customer chooses what they want to hear (RFC 8058); on updates only.</summary>
    public string? ChoicesLink { get; init; }

    /// <summary>When the customer last wrote on the channel; after a day WhatsApp takes approved templates only.</summary>
    public DateTimeOffset? LastContactAt { get; init; }

    /// <summary>What is sent when this can never be delivered, the best way first.</summary>
    public IReadOnlyList<OtherWay> Otherwise { get; init; } = [];
}

internal sealed record MailPerson(string? Name, string Address);

/// <summary>The same message on another channel, or to another address.</summary>
/// <param name="Id">The message's id if it comes to that; its Message-ID names it.</param>
internal sealed record OtherWay(Guid Id, Channel Channel, string Address, MessageContent Content);
