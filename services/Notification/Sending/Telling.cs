using CxPlatform.Contracts;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Templating;

namespace CxPlatform.Notifications.Sending;

/// <summary>Something to tell somebody on a case.</summary>
/// <param name="Template">In which words.</param>
/// <param name="Facts">What the template speaks of, beside what every template has.</param>
internal sealed record Telling(string Template, Func<Telling.Setting, Facts> Facts)
{
    /// <summary>Ours to choose, or the id that the case gave the message.</summary>
    public Guid? MessageId { get; init; }

    /// <summary>The person who speaks; null when the team does.</summary>
    public string? Person { get; init; }

    /// <summary>RFC 3834: <c>auto-replied</c> to what came in, <c>auto-generated</c> otherwise; null for what a person wrote.</summary>
    public string? Automatic { get; init; }

    /// <summary>It confirms that something joined the case.</summary>
    public bool ForJoining { get; init; }
    public IReadOnlyList<Attachment> Attachments { get; init; } = [];

    /// <summary>The customer may read it where they are: it leaves only when nobody says in time that they did.</summary>
    public bool MayBeRead { get; init; }

    /// <summary>Who is in copy on it.</summary>
    public IReadOnlyList<MailPerson> Copies { get; init; } = [];

    /// <summary>It is such a copy: the thread goes on from what the customer got.</summary>
    public bool IsCopy { get; init; }

    /// <summary>Somebody else than the case's customer: who, and where they wrote from.</summary>
    public Participant? To { get; init; }

    /// <param name="Common">The facts that every template has; to be added to.</param>
    public sealed record Setting(Facts Common, When When, DateTimeOffset Now, string StatusLink);

    public sealed record Participant(Guid CustomerId, string? Name, Channel Channel, Identity From);
}
