namespace CxPlatform.Contracts.Cases.V1;

/// <summary>As what somebody takes part in a case.</summary>
public enum ParticipantRole
{
    Unknown,

    /// <summary>The case's customer, of whom CaseOpened and CaseCustomerChanged tell: never added or removed.</summary>
    Requester,

    /// <summary>Gets a copy of what the customer is answered.</summary>
    Cc,

    /// <summary>A member of staff who wants to hear of it.</summary>
    Follower,

    /// <summary>Wrote into the case unasked: is answered for that, and gets no copies.</summary>
    Guest,

    /// <summary>Was in copy on what the customer wrote, or somebody who gets copies: nobody has decided yet whether to copy them, so they get
    /// nothing. Removed, they are not proposed again.</summary>
    Suggested,
}

/// <summary>Somebody takes part in the case, or in another role than before: what is said here of <see cref="ParticipantId"/> replaces
/// what was. Who joins by writing is told of by <see cref="CustomerReplied.NewParticipant"/> instead, and has the contact's id.</summary>
[EventType("case.participant-added.v1")]
public sealed record ParticipantAdded
{
    /// <summary>As what copies are known in <c>message.sent.v1</c> and <c>message.failed.v1</c>.</summary>
    public const string CopyTemplate = "copy";

    public required Guid CaseId { get; init; }
    public required Guid ParticipantId { get; init; }
    public required ParticipantRole Role { get; init; }

    /// <summary>Which customer it is, once they have written; null for an address of which nothing else is known.</summary>
    public Guid? CustomerId { get; init; }

    [Personal]
    public string? Name { get; init; }

    /// <summary>Where they are reached: of <see cref="ParticipantRole.Cc"/> always a mail address. Null for a follower.</summary>
    public Identity? Address { get; init; }
    public Channel? Channel { get; init; }

    /// <summary>The follower.</summary>
    public Guid? AgentId { get; init; }
    public string? AgentName { get; init; }

    /// <summary>Who added them; null when it came of what a customer wrote.</summary>
    public Guid? ById { get; init; }
    public string? ByName { get; init; }
}

/// <summary>Somebody takes part no longer: nothing is sent to them, and what is known of them for that is to be forgotten.</summary>
[EventType("case.participant-removed.v1")]
public sealed record ParticipantRemoved(Guid CaseId, Guid ParticipantId, Guid? CustomerId = null, Guid? AgentId = null, Guid? ById = null, string? ByName = null);
