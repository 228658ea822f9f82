using System.Text.Json.Serialization;
using CxPlatform.Contracts.Intake.V1;

namespace CxPlatform.Notifications.Agents;

/// <summary>What an agent may hear of.</summary>
public enum NoticeKind
{
    /// <summary>A case is theirs now.</summary>
    Assigned,

    /// <summary>A case is theirs no longer.</summary>
    Unassigned,

    /// <summary>A note calls them.</summary>
    Mentioned,

    /// <summary>The customer has written on a case of theirs.</summary>
    CustomerReplied,

    /// <summary>"That's not it": the need of a case of theirs is another.</summary>
    NeedCorrected,

    /// <summary>The customer says no to a proposal.</summary>
    Declined,

    /// <summary>Somebody else is to look at a case of theirs, or, for leads, of their queue.</summary>
    SecondOpinion,
    PromiseDueSoon,
    PromiseBroken,

    /// <summary>For leads: a promise was not kept.</summary>
    PromiseEscalated,
    ClockWarned,
    ClockBreached,
    Reminder,

    /// <summary>They keep the promises of somebody who is away.</summary>
    Covering,

    /// <summary>A message does not reach the customer.</summary>
    Undelivered,

    /// <summary>The customer is unhappy afterwards.</summary>
    Recovery,

    /// <summary>A case is theirs now, with a note of who had it.</summary>
    HandedOver,

    /// <summary>Who took a case from them has read their note.</summary>
    HandoverAcknowledged,

    /// <summary>An answer came to what they asked beside.</summary>
    SideAnswered,

    /// <summary>A case of theirs has come to its end.</summary>
    Resolved,

    /// <summary>The customer has written, the case is resolved, or we are late, on a case that they follow.</summary>
    Followed,
}

/// <summary>Where an agent hears of something.</summary>
public enum NoticeWay
{
    None,

    /// <summary>On the desk and the live stream.</summary>
    Live,
    Mail,
    Both,
}

/// <summary>How mail to an agent is gathered.</summary>
public enum MailPace
{
    AtOnce,

    /// <summary>One mail an hour with all of it.</summary>
    Hourly,
}

/// <summary>How an agent wants to hear of things.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentChoices
{
    /// <summary>Where, for each kind; what is not named is as everybody has it.</summary>
    public IReadOnlyDictionary<NoticeKind, NoticeWay> Ways { get; init; } = new Dictionary<NoticeKind, NoticeWay>();

    public MailPace Mails { get; init; }

    /// <summary>When no mail comes: it waits, and then comes as one.</summary>
    public QuietHours? QuietHours { get; init; }

    /// <summary>Two letters; null: the service's.</summary>
    public string? Language { get; init; }

    public bool IsLive(NoticeKind kind) => WayOf(kind) is NoticeWay.Live or NoticeWay.Both;

    public bool IsMailed(NoticeKind kind) => WayOf(kind) is NoticeWay.Mail or NoticeWay.Both;

    /// <summary>The same with every kind named.</summary>
    public AgentChoices Complete() => this with { Ways = Enum.GetValues<NoticeKind>().ToDictionary(kind => kind, WayOf) };

    private NoticeWay WayOf(NoticeKind kind) => Ways.TryGetValue(kind, out var way) ? way : Usual(kind);

    // What asks for nothing is on the desk, where they see it when they look.
    private static NoticeWay Usual(NoticeKind kind) =>
        kind is NoticeKind.Unassigned or NoticeKind.ClockWarned or NoticeKind.Covering or NoticeKind.HandoverAcknowledged or NoticeKind.Resolved or NoticeKind.Followed
            ? NoticeWay.Live
            : NoticeWay.Both;
}
