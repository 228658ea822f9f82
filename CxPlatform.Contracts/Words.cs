namespace CxPlatform.Contracts;

/// <summary>How a contact came in.</summary>
public enum Channel
{
    Unknown,
    Email,
    WebForm,
    Chat,
    Sms,
    Whatsapp,
    Social,
    Voice,
    Kiosk,
    Letter,
    Api,
}

/// <summary>What sort of thing a customer brings.</summary>
public enum Kind
{
    Unknown,
    Question,
    Request,
    Problem,
    Complaint,
    Praise,
    Idea,
}

/// <summary>How soon a case needs a person; <see cref="Normal"/> unless something says otherwise.</summary>
public enum Priority
{
    Unknown,
    Low,
    Normal,
    High,
    Urgent,
}

/// <summary>How the customer sounds. It chooses the tone of our words, never a rank.</summary>
public enum Feeling
{
    Unknown,
    Happy,
    Neutral,
    Unhappy,
    Angry,
}

/// <summary>Whether a machine wrote the contact, and which sort of machine.</summary>
public enum Automatic
{
    None,
    AutoReply,
    Bounce,
    List,
    Loop,
    Unknown,
}

/// <summary>Who can read something on a case.</summary>
public enum Visibility
{
    Unknown,

    /// <summary>Everybody: a public post, and what we answer to it in public.</summary>
    World,

    /// <summary>The customer, and us.</summary>
    Customer,

    /// <summary>Staff alone.</summary>
    Internal,
}

/// <summary>What names a customer on a channel.</summary>
public enum IdentityKind
{
    Unknown,
    EmailAddress,
    PhoneNumber,
    Handle,
    ExternalId,
}

/// <summary>One name of a customer. Addresses are lower-cased, phone numbers E.164.</summary>
public sealed record Identity(IdentityKind Kind, [property: Personal] string Value, bool Verified = false);

/// <summary>A file that came with a contact or goes with a message. <paramref name="Blob"/> is its content hash in the blob store.</summary>
/// <param name="Name">The file's name as the sender gave it.</param>
/// <param name="ContentType">Media type as declared, e.g. <c>image/png</c>.</param>
/// <param name="Size">Bytes, decoded.</param>
public sealed record Attachment([property: Personal] string Name, string ContentType, long Size, string Blob, bool Inline = false);

/// <summary>Why a contact may belong to a case that exists.</summary>
public enum EvidenceKind
{
    Unknown,

    /// <summary>The reply-address token that we put on a message: names the case.</summary>
    ReplyToken,

    /// <summary>In-Reply-To or References name a message of ours.</summary>
    MessageId,

    /// <summary>A delivery report holds a message of ours.</summary>
    BouncedMessage,

    /// <summary>A case number in the subject: counts only when the sender is already on that case.</summary>
    SubjectNumber,

    /// <summary>The channel's own conversation, e.g. an SMS between the same two numbers.</summary>
    Conversation,

    /// <summary>The sender named the case, e.g. on its status page or in an API call.</summary>
    Explicit,

    /// <summary>The reply-address token of a side conversation: names the case; the value is which of its conversations.</summary>
    SideToken,
}

/// <summary>One piece of threading evidence. The Case service decides what it is worth. Its value may hold an address or a number.</summary>
public sealed record Evidence(EvidenceKind Kind, [property: Personal] string Value, Guid? CaseId = null);
