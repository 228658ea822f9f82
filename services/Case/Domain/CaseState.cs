using System.Text.Json.Serialization;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Feedback.V1;

namespace CxPlatform.Cases.Domain;

/// <summary>Where a case stands.</summary>
internal enum CaseStatus
{
    Unknown,
    New,
    Acknowledged,
    InProgress,
    WaitingOnCustomer,
    WaitingOnThirdParty,
    Proposed,
    Resolved,
    Closed,
}

/// <summary>Where a promise stands. One that was renegotiated is open, with another date.</summary>
internal enum PromiseState
{
    Unknown,
    Open,
    Kept,
    KeptLate,
    Broken,
    Withdrawn,
}

/// <summary>A case as it stands after its events: what <see cref="Evolution"/> makes and the store keeps. The words that were
/// exchanged are not here: they stay in the event log.</summary>
internal sealed record CaseState
{
    public required Guid Id { get; init; }
    public required string Number { get; init; }

    /// <summary>How many events made this state.</summary>
    public long Version { get; init; }
    public CaseStatus Status { get; init; }

    public Guid ContactId { get; init; }
    public Guid CustomerId { get; init; }

    /// <summary>The customer record that the case was opened for, so that a merge can be undone.</summary>
    public Guid OpenedFor { get; init; }
    public string? CustomerName { get; init; }
    public IReadOnlyList<Participant> Participants { get; init; } = [];
    public IReadOnlyList<CaseLink> Links { get; init; } = [];

    /// <summary>With the one that it was opened to follow.</summary>
    [JsonIgnore]
    public IReadOnlyList<CaseLink> AllLinks =>
        FollowsCaseId is { } before ? [new(LinkKind.Follows, before, FollowsNumber ?? ""), .. Links] : Links;

    /// <summary>The cases that are part of this one.</summary>
    public IReadOnlyList<MergedCase> Merged { get; init; } = [];

    /// <summary>The case that this one is part of.</summary>
    public MergedInto? MergedInto { get; init; }

    /// <summary>Messages that came in here and are a case of their own now.</summary>
    public IReadOnlyList<Guid> SplitOff { get; init; } = [];

    /// <summary>It began with messages that had come in on that one: what is split off there may be here.</summary>
    public bool WasSplitFrom(Guid caseId) => Links.Any(link => link.Kind == LinkKind.SplitFrom && link.CaseId == caseId);

    public Channel Channel { get; init; }
    public string Brand { get; init; } = "main";
    public Identity From { get; init; } = new(IdentityKind.Unknown, "");

    /// <summary>What the customer wrote where everybody reads it, the newest; null when nothing was.</summary>
    public PublicPost? PublicPost { get; init; }
    public string? Language { get; init; }
    public string? TimeZone { get; init; }
    public Automatic Automatic { get; init; }
    public int LinkGeneration { get; init; }
    public Guid? FollowsCaseId { get; init; }
    public string? FollowsNumber { get; init; }
    public string? Subject { get; init; }
    public IReadOnlyDictionary<string, string> References { get; init; } = new Dictionary<string, string>();
    public IReadOnlyList<string> Tags { get; init; } = [];

    public string Need { get; init; } = "";
    public IReadOnlyList<PastNeed> PastNeeds { get; init; } = [];

    /// <summary>How the case was understood, from when on, and who said so; what holds comes last.</summary>
    [JsonIgnore]
    public IEnumerable<Understanding> Needs
    {
        get
        {
            var (from, byCustomer, by) = (OpenedAt, false, (string?)null);
            foreach (var past in PastNeeds)
            {
                yield return new(past.Need, from, byCustomer, by);
                (from, byCustomer, by) = (past.CorrectedAt, past.CorrectedByCustomer, past.CorrectedBy);
            }
            yield return new(Need, from, byCustomer, by);
        }
    }

    public Kind Kind { get; init; }
    public string Category { get; init; } = "";
    public Priority Priority { get; init; } = Priority.Normal;

    /// <summary>Who set the priority; null while it is Routing's.</summary>
    public string? PrioritySetBy { get; init; }
    public Feeling Feeling { get; init; }
    public IReadOnlyList<string> Reasons { get; init; } = [];

    public string? QueueId { get; init; }
    public string QueueName { get; init; } = "";
    public string TeamName { get; init; } = "";
    public string? CalendarId { get; init; }
    public TimeSpan? FirstResponseTarget { get; init; }
    public TimeSpan? ResolutionTarget { get; init; }

    public Guid? OwnerId { get; init; }
    public string? OwnerName { get; init; }

    /// <summary>The version at which the owner was last named or taken away: an older decision of Routing is stale.</summary>
    public long OwnerVersion { get; init; }

    /// <summary>What the owner is to read first, until they have.</summary>
    public Handover? Handover { get; init; }

    /// <summary>Since when the customer has said that we got it wrong; null when they have not, or somebody has answered.</summary>
    public DateTimeOffset? NeedDoubtedAt { get; init; }

    /// <summary>With what the customer thanked us.</summary>
    public IReadOnlyList<Praise> Praise { get; init; } = [];

    public IReadOnlyList<Step> Plan { get; init; } = [];
    public IReadOnlyList<Promise> Promises { get; init; } = [];
    public IReadOnlyList<PromiseSuggestion> Suggestions { get; init; } = [];
    public IReadOnlyList<Reminder> Reminders { get; init; } = [];
    public Proposal? Proposal { get; init; }

    /// <summary>What others were asked beside, oldest first.</summary>
    public IReadOnlyList<SideConversation> SideConversations { get; init; } = [];

    /// <summary>Answers that wait to be sent.</summary>
    public IReadOnlyList<ScheduledReply> Scheduled { get; init; } = [];
    public Resolution? Resolution { get; init; }

    /// <summary>Whom we wait for; only in the state of that name.</summary>
    public ThirdParty? WaitingOn { get; init; }

    public SecondOpinion? SecondOpinion { get; init; }
    public IReadOnlyList<GivenFeedback> Feedback { get; init; } = [];
    public IReadOnlyList<Guid> Recoveries { get; init; } = [];

    /// <summary>Why our last message did not reach the customer; null when it did.</summary>
    public string? Undelivered { get; init; }

    public DateTimeOffset OpenedAt { get; init; }
    public DateTimeOffset? AcknowledgedAt { get; init; }
    public DateTimeOffset? FirstAnswerAt { get; init; }
    public DateTimeOffset? ResolvedAt { get; init; }
    public DateTimeOffset LastActivityAt { get; init; }

    /// <summary>Since when the customer has been waiting for us; null when it is not our turn.</summary>
    public DateTimeOffset? WaitingSince { get; init; }

    /// <summary>Whose turn it was and since when the customer waited, change by change: what all clocks are read from.</summary>
    public IReadOnlyList<ClockMark> Marks { get; init; } = [];

    /// <summary>What somebody was told of the clocks.</summary>
    public IReadOnlyList<ClockTold> ClocksTold { get; init; } = [];

    /// <summary>The customer's tier.</summary>
    public string? Tier { get; init; }

    /// <summary>A contact of our own, to test the service.</summary>
    public bool IsSynthetic => Tags.Contains("synthetic");

    public bool IsOpen => Status is not (CaseStatus.Resolved or CaseStatus.Closed);

    /// <summary>Whether we said that it is not possible, and nobody was asked to look again yet.</summary>
    public bool CanAskSecondOpinion => SecondOpinion is null && Status != CaseStatus.Closed
        && (Resolution?.Result ?? Proposal?.Result) == CaseResult.NotPossible;

    public bool IsTriaged => QueueId is not null;

    /// <summary>Who has it, for people: the owner, or else the team.</summary>
    public string Who => OwnerName ?? TeamName;

    public IEnumerable<Promise> OpenPromises => Promises.Where(promise => promise.State == PromiseState.Open);

    public DateTimeOffset? NextDue => OpenPromises.Select(promise => (DateTimeOffset?)promise.Due).Min();

    public bool WasTold(ClockKind clock, int round, bool breach) =>
        ClocksTold.Any(told => told.Clock == clock && told.Round == round && told.Breach == breach);

    /// <summary>Whether it was told that the clock had missed this very date.</summary>
    public bool WasTold(ClockKind clock, int round, DateTimeOffset? due) =>
        ClocksTold.Any(told => told.Clock == clock && told.Round == round && told.Breach && told.Due == due);

    public bool Concerns(Guid customerId) =>
        CustomerId == customerId || Participants.Any(participant => participant.CustomerId == customerId);

    /// <summary>Who writes from there is on the case: its customer, or somebody who takes part.</summary>
    public bool Includes(Guid customerId, Identity from) =>
        CustomerId == customerId || Participants.Any(p => p.IsIn && (p.CustomerId == customerId || p.IsAt(from)));

    /// <summary>Who writes from there is the customer, or somebody who gets copies: whom they put in copy is meant to read along.</summary>
    public bool IsVouchedFor(Guid customerId, Identity from) => CustomerId == customerId
        || Participants.Any(p => p is { Left: false, Role: ParticipantRole.Cc } && (p.CustomerId == customerId || p.IsAt(from)));

    /// <summary>Whether it is where the customer is answered.</summary>
    public bool IsCustomers(Identity address) => From.Kind == address.Kind && From.Value == address.Value;

    /// <summary>The newest side conversation with whoever writes from there.</summary>
    public SideConversation? SideWith(Identity from) => SideConversations.LastOrDefault(side => side.IsWith(from));

    /// <summary>The side conversation that a mail of ours was written in.</summary>
    public SideConversation? SideWritten(Guid messageId) => SideConversations.FirstOrDefault(side => side.Messages.Contains(messageId));

    public static string StreamOf(Guid caseId) => $"case/{caseId}";
}

/// <summary>A post that everybody can read, and that we can answer where it stands.</summary>
internal sealed record PublicPost(Channel Channel, Identity From, Guid ContactId);

/// <summary>Somebody beside the customer who takes part in the case, or did.</summary>
/// <param name="CustomerId">Known once they have written.</param>
/// <param name="From">Where they are reached; null for a follower.</param>
/// <param name="AgentId">The follower.</param>
/// <param name="Left">They take part no longer; what they wrote stays, so they are not forgotten.</param>
internal sealed record Participant(
    Guid Id, ParticipantRole Role, Guid? CustomerId, string? Name, Channel? Channel, Identity? From, Guid? AgentId = null, bool Left = false)
{
    // Cases that were stored before there were roles say neither; all of those had written by themselves.
    public Guid Id { get; init; } = Id == Guid.Empty ? CustomerId ?? Guid.Empty : Id;
    public ParticipantRole Role { get; init; } = Role == ParticipantRole.Unknown ? ParticipantRole.Guest : Role;

    /// <summary>Takes part now, not only perhaps.</summary>
    [JsonIgnore]
    public bool IsIn => !Left && Role != ParticipantRole.Suggested;

    public bool IsAt(Identity address) => From is { } from && from.Kind == address.Kind && from.Value.Length > 0 && from.Value == address.Value;
}

/// <param name="Kind">What this case is to the other.</param>
internal sealed record CaseLink(LinkKind Kind, Guid CaseId, string Number);

internal sealed record MergedCase(Guid CaseId, string Number, Guid CustomerId, DateTimeOffset At);

/// <param name="Before">How this case stood, should the merge be undone.</param>
internal sealed record MergedInto(Guid CaseId, string Number, DateTimeOffset At, CaseStatus Before, DateTimeOffset? WaitingSince);

/// <summary>What we had understood before it was put right.</summary>
/// <param name="CorrectedBy">The colleague who did, or who wrote down what the customer said.</param>
internal sealed record PastNeed(string Need, bool CorrectedByCustomer, DateTimeOffset CorrectedAt, string? CorrectedBy = null);

/// <param name="By">The colleague who said so, or wrote down what the customer said; null when it was read from what came in, or the
/// customer said so themselves.</param>
internal sealed record Understanding(string Need, DateTimeOffset At, bool ByCustomer, string? By);

internal sealed record Handover(
    string FromName, Guid ToId, string ToName, DateTimeOffset At, string Done, string Next, string? Promised, string? Beware, string? ByName);

internal sealed record Praise(Guid ContactId, DateTimeOffset At, string? AgentName);

/// <param name="Due">The date that holds now.</param>
/// <param name="FirstDue">The date that was given first; differs when it was renegotiated.</param>
internal sealed record Promise(
    Guid Id, string Text, DateTimeOffset Due, DateTimeOffset FirstDue, Guid? OwnerId, string Owner, PromiseSource Source,
    DateTimeOffset MadeAt, PromiseState State = PromiseState.Open, DateTimeOffset? EndedAt = null, string? Reason = null)
{
    /// <summary>Of a call: when its slot begins.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Of a call: the number.</summary>
    public string? Phone { get; init; }
    /// <summary>Its owner was warned of the date that holds now.</summary>
    public bool Warned { get; init; }

    /// <summary>The case on which it was made, when that became part of this one, or was.</summary>
    public Guid? FromCaseId { get; init; }

    /// <summary>The broken promise that this one makes up for.</summary>
    public Guid? Follows { get; init; }

    /// <summary>What was promised when this one broke.</summary>
    public Guid? FollowUpId { get; init; }

    public bool WasMoved => Due != FirstDue;
}

/// <summary>A sentence of a reply that sounds like a promise, until somebody confirms or dismisses it.</summary>
internal sealed record PromiseSuggestion(Guid Id, Guid MessageId, string Text, DateTimeOffset Due, Guid? AgentId, string AgentName);

/// <param name="IsDue">Its time has come, and nobody has taken it off yet.</param>
internal sealed record Reminder(Guid Id, string Text, DateTimeOffset At, Guid? AgentId, string AgentName, bool IsDue = false);

/// <param name="Discussed">The customer has written since: silence does not count as a yes any more.</param>
/// <param name="Delivered">It is known to have left for the customer: else their silence says nothing.</param>
internal sealed record Proposal(
    Guid Id, string AgentName, DateTimeOffset ProposedAt, DateTimeOffset AnswerBy, bool Discussed = false,
    CaseResult Result = CaseResult.Solved, Ending? Ending = null, bool Delivered = false);

/// <param name="ForUndo">It waits a moment, in which its author may take it back; otherwise for a time that somebody chose.</param>
/// <param name="Held">The customer has written since: somebody looks at it again before it goes.</param>
internal sealed record ScheduledReply(
    Guid MessageId, Guid? AgentId, string AgentName, string Text, IReadOnlyList<Attachment> Attachments, bool AsksCustomer,
    DateTimeOffset SendAt, bool ForUndo, bool Held = false, Visibility Visibility = Visibility.Customer);

internal sealed record Resolution(CaseResult Result, Agreement Agreement, string? Reason, Ending? Ending = null);

/// <summary>Somebody outside who has something to answer.</summary>
/// <param name="Who">In words that the customer reads.</param>
/// <param name="SideConversationId">The conversation whose answer ends the waiting; null: a person ends it.</param>
/// <param name="FromCaseId">The case that waited for it, which became part of this one.</param>
internal sealed record ThirdParty(string Who, DateTimeOffset Since, Guid? SideConversationId, Guid? FromCaseId = null);

/// <summary>The customer asked somebody else to look at a no.</summary>
/// <param name="FirstId">Who had said no.</param>
/// <param name="GivenAt">When somebody else proposed or ended something; null while they have not.</param>
internal sealed record SecondOpinion(DateTimeOffset AskedAt, Guid? FirstId, string? FirstName, string? Reason, DateTimeOffset? GivenAt = null)
{
    /// <summary>Whether the case needs somebody else than this person.</summary>
    public bool Excludes(Guid? agentId) => GivenAt is null && agentId is not null && agentId == FirstId;
}

internal sealed record GivenFeedback(Guid SurveyId, Measure Measure, int Score, string? Comment, DateTimeOffset At);
