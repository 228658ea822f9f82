namespace CxPlatform.Contracts.Public.V1;

/// <summary>A contact became a case.</summary>
[PublicEvent("cx.case.opened.v1", "Case opened", "a customer's contact, on whatever channel")]
public sealed record CaseOpenedFacts : CaseEventFacts
{
    /// <summary>The contact that the case began with.</summary>
    public Guid ContactId { get; init; }

    /// <summary>Whose case it is.</summary>
    public Guid CustomerId { get; init; }

    /// <summary>How the contact came in; filters by channel mean this one.</summary>
    public Channel Channel { get; init; }

    /// <summary>In whose name the customer is answered.</summary>
    public string Brand { get; init; } = "";

    /// <summary>The customer's language, BCP 47; absent when not known.</summary>
    public string? Language { get; init; }

    /// <summary>Whether a machine wrote, and which sort of machine.</summary>
    public Automatic Automatic { get; init; }

    /// <summary>The kind, when the sender stated it.</summary>
    public Kind? Kind { get; init; }

    /// <summary>The priority, when the sender stated it.</summary>
    public Priority? Priority { get; init; }

    /// <summary>When the contact came in: what every clock counts from.</summary>
    public DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The closed case that this one follows.</summary>
    public Guid? FollowsCaseId { get; init; }

    /// <summary>Its number.</summary>
    public string? FollowsNumber { get; init; }
}

/// <summary>A further contact joined the case.</summary>
[PublicEvent("cx.case.customer-replied.v1", "Customer replied", "the customer, or somebody else on the case", Follows = ["cx.case.opened.v1"])]
public sealed record CustomerRepliedFacts : CaseEventFacts
{
    /// <summary>The contact that joined.</summary>
    public Guid ContactId { get; init; }

    /// <summary>Who wrote.</summary>
    public Guid CustomerId { get; init; }

    /// <summary>How this contact came in.</summary>
    public Channel Channel { get; init; }

    /// <summary>Whether a machine wrote, and which sort of machine.</summary>
    public Automatic Automatic { get; init; }

    /// <summary>Why it joined this case.</summary>
    public EvidenceKind JoinedBy { get; init; }

    /// <summary>A first message from somebody who was not on the case.</summary>
    public bool NewParticipant { get; init; }

    /// <summary>A short thank-you and nothing else: asks for nothing.</summary>
    public bool Thanks { get; init; }

    /// <summary>By when we answer: the date of an open promise.</summary>
    public DateTimeOffset? By { get; init; }

    /// <summary>When the contact came in.</summary>
    public DateTimeOffset ReceivedAt { get; init; }
}

/// <summary>The case has a kind, a priority and a queue.</summary>
/// <param name="Kind">What sort of thing the customer brings.</param>
/// <param name="Category">What it is about, by Routing's rules.</param>
/// <param name="Priority">How soon it needs a person.</param>
/// <param name="Feeling">How the customer sounds.</param>
/// <param name="Queue">Where it waits, or whose work it is.</param>
/// <param name="CalendarId">Whose opening hours its dates follow.</param>
/// <param name="ByDefaultPolicy">Routing had not answered in time, and the default policy decided.</param>
[PublicEvent(
    "cx.case.triaged.v1", "Case triaged", "Routing's decision, or the default policy when Routing is silent",
    Follows = ["cx.case.opened.v1", "cx.case.customer-replied.v1", "cx.case.need-corrected.v1", "cx.case.reopened.v1"])]
public sealed record CaseTriagedFacts(
    Kind Kind, string Category, Priority Priority, Feeling Feeling, string Queue, string CalendarId, bool ByDefaultPolicy) : CaseEventFacts;

/// <summary>The customer is told what we understood, who has it, what is next and by when.</summary>
/// <param name="Kind">What sort of thing the customer brings.</param>
/// <param name="Feeling">How the customer sounds.</param>
/// <param name="By">By when we answer; absent for praise, which promises nothing.</param>
/// <param name="PromiseId">The promise that says so.</param>
[PublicEvent("cx.case.acknowledged.v1", "Case acknowledged", "policy, as soon as the case is triaged", Follows = ["cx.case.triaged.v1"])]
public sealed record CaseAcknowledgedFacts(Kind Kind, Feeling Feeling, DateTimeOffset? By, Guid? PromiseId) : CaseEventFacts;

/// <summary>Somebody has the case.</summary>
/// <param name="AgentId">Who has it.</param>
/// <param name="Queue">The queue that it is in.</param>
[PublicEvent(
    "cx.case.assigned.v1", "Case assigned", "Routing, or an agent who takes or gives it",
    Follows = ["cx.case.opened.v1", "cx.case.triaged.v1", "cx.case.unassigned.v1"])]
public sealed record CaseAssignedFacts(Guid AgentId, string Queue) : CaseEventFacts;

/// <summary>Nobody has the case: it waits in its queue.</summary>
/// <param name="AgentId">Who had it.</param>
/// <param name="Queue">The queue in which it waits.</param>
[PublicEvent("cx.case.unassigned.v1", "Case unassigned", "an agent, or Routing when its owner has left", Follows = ["cx.case.assigned.v1"])]
public sealed record CaseUnassignedFacts(Guid AgentId, string Queue) : CaseEventFacts;

/// <summary>What we understood was put right.</summary>
/// <param name="ByCustomer">The customer did so, on the status page; otherwise an agent.</param>
[PublicEvent("cx.case.need-corrected.v1", "Need corrected", "the customer or an agent", Follows = ["cx.case.opened.v1"])]
public sealed record NeedCorrectedFacts(bool ByCustomer) : CaseEventFacts;

/// <summary>A person set how soon the case needs somebody.</summary>
/// <param name="Priority">What it is now.</param>
/// <param name="OldPriority">What it was.</param>
/// <param name="AgentId">Who set it.</param>
[PublicEvent("cx.case.priority-changed.v1", "Priority changed", "an agent", Follows = ["cx.case.opened.v1"])]
public sealed record CasePriorityChangedFacts(Priority Priority, Priority OldPriority, Guid? AgentId) : CaseEventFacts;

/// <summary>A person changed the case's tags. People write tags, so they are not told; filters may ask for them.</summary>
/// <param name="AgentId">Who did.</param>
[PublicEvent("cx.case.tags-changed.v1", "Tags changed", "an agent", Follows = ["cx.case.opened.v1"])]
public sealed record CaseTagsChangedFacts(Guid? AgentId) : CaseEventFacts;

/// <summary>A clock has run for the share of its target at which somebody is to be warned. Once for each clock.</summary>
/// <param name="Clock">What it counts towards.</param>
/// <param name="Round">Which of the case's clocks of that kind, from 1.</param>
/// <param name="At">The exact instant, whenever it was noticed.</param>
/// <param name="Due">When the target would be missed.</param>
[PublicEvent("cx.case.clock.warned.v1", "Clock warned", "time", Follows = ["cx.case.opened.v1"])]
public sealed record CaseClockWarnedFacts(Cases.V1.ClockKind Clock, int Round, DateTimeOffset At, DateTimeOffset Due) : CaseEventFacts;

/// <summary>A clock has run for longer than its target. Once for each clock.</summary>
/// <param name="Clock">What it counts towards.</param>
/// <param name="Round">Which of the case's clocks of that kind, from 1.</param>
/// <param name="Due">The exact instant, whenever it was noticed.</param>
[PublicEvent("cx.case.clock.breached.v1", "Clock breached", "time", Follows = ["cx.case.opened.v1", "cx.case.clock.warned.v1"])]
public sealed record CaseClockBreachedFacts(Cases.V1.ClockKind Clock, int Round, DateTimeOffset Due) : CaseEventFacts;

/// <summary>What comes next is up to somebody outside.</summary>
/// <param name="SideConversationId">The conversation whose answer ends the waiting; absent: a person ends it.</param>
[PublicEvent("cx.case.third-party-awaited.v1", "Third party awaited", "an agent", Follows = ["cx.case.opened.v1"])]
public sealed record ThirdPartyAwaitedFacts(Guid? SideConversationId) : CaseEventFacts;

/// <summary>Whoever was waited for has answered, or is not waited for any longer: it is our turn again.</summary>
/// <param name="SideConversationId">The conversation in which the answer came; absent: a person said so.</param>
[PublicEvent("cx.case.third-party-answered.v1", "Third party answered", "the third party, or an agent", Follows = ["cx.case.third-party-awaited.v1"])]
public sealed record ThirdPartyAnsweredFacts(Guid? SideConversationId) : CaseEventFacts;
