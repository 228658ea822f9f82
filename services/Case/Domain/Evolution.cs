using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Cases.Domain;

/// <summary>What each event makes of a case. Everything the state holds comes from here, so a replay of the log gives the stored
/// state.</summary>
internal static partial class Evolution
{
    /// <exception cref="InvalidOperationException">A case's first event is not <see cref="CaseOpened"/>.</exception>
    public static CaseState Evolve(CaseState? state, object e, DateTimeOffset at)
    {
        var next = state is null
            ? e is CaseOpened opened ? Opened(opened)
                : throw new InvalidOperationException($"A case begins with {nameof(CaseOpened)}, not with {e.GetType().Name}.")
            : Apply(state, e, at);
        return next with
        {
            WaitingOn = next.Status == CaseStatus.WaitingOnThirdParty ? next.WaitingOn : null,
            Version = (state?.Version ?? 0) + 1,
            LastActivityAt = IsQuiet(e) && state is not null ? state.LastActivityAt : at,
            Marks = ClockHistory.Marked(state?.Marks ?? [], next, HappenedAt(e, at)),
        };
    }

    // What the platform notices by itself is no activity.
    private static bool IsQuiet(object e) =>
        e is MessageOutcome or CaseClockWarned or CaseClockBreached or PromiseWarned or PromiseEscalated or PromiseSuggested
            or ReminderDue;

    // What a customer writes counts from when it came in, however long it took to reach the case.
    private static DateTimeOffset HappenedAt(object e, DateTimeOffset at) => e switch
    {
        CaseOpened x => x.ReceivedAt,
        CustomerReplied x when x.ReceivedAt < at => x.ReceivedAt,
        _ => at,
    };

    private static CaseState Opened(CaseOpened e) => new()
    {
        Id = e.CaseId,
        Number = e.Number,
        Status = CaseStatus.New,
        ContactId = e.ContactId,
        CustomerId = e.CustomerId,
        OpenedFor = e.CustomerId,
        CustomerName = e.CustomerName,
        Channel = e.Channel,
        Brand = e.Brand,
        From = e.From,
        Language = e.Language,
        TimeZone = e.TimeZone,
        Automatic = e.Automatic,
        LinkGeneration = e.LinkGeneration,
        FollowsCaseId = e.FollowsCaseId,
        FollowsNumber = e.FollowsNumber,
        Subject = e.Subject,
        References = e.References,
        Tags = e.Tags,
        Need = e.Need,
        Kind = e.Kind ?? Kind.Unknown,
        Priority = e.Priority ?? Priority.Normal,
        PublicPost = e.Visibility == Visibility.World ? new(e.Channel, e.From, e.ContactId) : null,
        OpenedAt = e.ReceivedAt,
        WaitingSince = e.Automatic == Automatic.None ? e.ReceivedAt : null,
    };

    private static CaseState Apply(CaseState s, object e, DateTimeOffset at) => e switch
    {
        CaseTriaged x => s with
        {
            Kind = x.Kind,
            Category = x.Category,
            Priority = x.Priority,
            Feeling = x.Feeling,
            Reasons = x.Reasons,
            QueueId = x.QueueId,
            QueueName = x.QueueName,
            TeamName = x.TeamName,
            CalendarId = x.CalendarId,
            FirstResponseTarget = x.FirstResponseTarget,
            ResolutionTarget = x.ResolutionTarget,
        },
        CaseAcknowledged => s with { AcknowledgedAt = at, Status = s.Status == CaseStatus.New ? CaseStatus.Acknowledged : s.Status },
        CaseAssigned x => Owned(s, x.AgentId, x.AgentName),
        CaseUnassigned => Owned(s, null, null),
        NeedCorrected x => s with
        {
            Need = x.Need,
            PastNeeds = [.. s.PastNeeds, new(s.Need, x.ByCustomer, at, x.AgentName)],
            NeedDoubtedAt = x.ByCustomer ? at : null,
        },
        CaseHandedOver x => s with { Handover = new(x.FromName, x.AgentId, x.AgentName, at, x.Done, x.Next, x.Promised, x.Beware, x.ByName) },
        HandoverAcknowledged => s with { Handover = null },
        PraiseGiven x => s with { Praise = [.. s.Praise, new(x.ContactId, at, x.AgentName)] },
        PromisesMoved x => Kept(s, x.Promises, x.AgentId, x.AgentName),
        CustomerReplied x => Replied(s, x),
        ReplySent x => Answered(WithoutScheduled(s, x.MessageId), at) with { Status = AfterReply(s.Status, x.AsksCustomer), Plan = Done(s.Plan, StepKeys.Understand) },
        CasePlanned x => s with { Plan = x.Steps },
        StepChanged x => Worked(s) with { Plan = [.. s.Plan.Select(step => step.Key == x.Step.Key ? x.Step : step)] },
        PromiseMade or PromiseWarned or PromiseKept or PromiseBroken or PromiseRenegotiated or PromiseWithdrawn => Promised(s, e, at),
        CaseCovered x => Kept(s, x.Promises, x.AgentId, x.AgentName),
        SolutionProposed x => Answered(s, at) with
        {
            Status = CaseStatus.Proposed,
            Proposal = new(
                x.ProposalId, x.AgentName, at, x.AnswerBy, Result: x.Result ?? CaseResult.Solved, Ending: x.Ending),
            SecondOpinion = Given(s, at),
            Plan = Done(s.Plan, StepKeys.Understand, StepKeys.Work, StepKeys.Propose),
        },
        SolutionAccepted => s with { Proposal = null },
        SolutionDeclined => s with
        {
            Proposal = null,
            Status = CaseStatus.InProgress,
            WaitingSince = s.WaitingSince ?? at,
            Plan = Undone(s.Plan, StepKeys.Work, StepKeys.Propose),
        },
        CaseResolved x => Resolved(s, x, at),
        CaseReopened => s with
        {
            Status = CaseStatus.InProgress,
            Resolution = null,
            ResolvedAt = null,
            WaitingSince = s.WaitingSince ?? at,
            Plan = Undone(s.Plan, StepKeys.Work, StepKeys.Propose, StepKeys.Confirm),
        },
        CaseClosed => s with { Status = CaseStatus.Closed },
        ThirdPartyAwaited x => s with { Status = CaseStatus.WaitingOnThirdParty, WaitingOn = new(x.Who, at, x.SideConversationId, x.FromCaseId) },
        ThirdPartyAnswered => s with { Status = CaseStatus.InProgress },
        SecondOpinionAsked x => s with
        {
            SecondOpinion = new(at, x.AgentId, x.AgentName, x.Reason),
            Proposal = null,
            Status = s.IsOpen ? CaseStatus.InProgress : s.Status,
            WaitingSince = s.IsOpen ? s.WaitingSince ?? at : null,
            Plan = Undone(s.Plan, StepKeys.Work, StepKeys.Propose),
        },
        MessageOutcome x => Fared(s, x),
        CaseFeedback x => s with { Feedback = [.. s.Feedback, new(x.SurveyId, x.Measure, x.Score, x.Comment, at)] },
        RecoveryStarted x => s with { Recoveries = [.. s.Recoveries, x.SurveyId] },
        CaseCustomerChanged x => Moved(s, x),
        CaseTierChanged x => s with { Tier = x.Tier },
        CaseClockWarned x => s with { ClocksTold = [.. s.ClocksTold, new(x.Clock, x.Round, Breach: false, x.Due)] },
        CaseClockBreached x => s with { ClocksTold = [.. s.ClocksTold, new(x.Clock, x.Round, Breach: true, x.Due)] },
        ReplyScheduled or ReplyHeld or ReplyUnscheduled => WithScheduled(s, e),
        PromiseSuggested or SuggestionSettled or ReminderSet or ReminderDue or ReminderCancelled => Minded(s, e),
        ParticipantAdded or ParticipantRemoved => TakingPart(s, e),
        CaseLinked or CaseUnlinked or CaseSplit or CaseMerged or CaseMergedInto or CaseMergeUndone => Among(s, e, at),
        SideConversationOpened or SideMessageSent or SideMessageReceived or SideConversationClosed => Beside(s, e, at),
        CasePriorityChanged x => s with { Priority = x.Priority, PrioritySetBy = x.AgentName },
        CaseTagsChanged x => s with { Tags = x.Tags },
        CaseCustomerErased x => x.CustomerId == s.CustomerId ? s with { Scheduled = [] } : s,
        NoteAdded or PromiseEscalated => s,
        _ => throw new InvalidOperationException($"A case does not know {e.GetType().Name}."),
    };

    private static CaseState Moved(CaseState s, CaseCustomerChanged e)
    {
        var main = s.CustomerId == e.OldCustomerId ? e.CustomerId : s.CustomerId;
        var others = s.Participants.Select(p => p.CustomerId == e.OldCustomerId ? p with { CustomerId = e.CustomerId } : p);
        return s with { CustomerId = main, Participants = [.. others.Where(p => p.CustomerId != main).DistinctBy(p => p.CustomerId ?? p.Id)] };
    }

    // By somebody else from now on.
    private static CaseState Kept(CaseState s, IReadOnlyList<Guid> promises, Guid? agentId, string agentName) =>
        s with { Promises = [.. s.Promises.Select(p => promises.Contains(p.Id) ? p with { OwnerId = agentId, Owner = agentName } : p)] };

    private static CaseState Owned(CaseState s, Guid? agentId, string? agentName)
    {
        var (before, after) = (s.Who, agentName ?? s.TeamName);
        return s with
        {
            OwnerId = agentId,
            OwnerName = agentName,
            OwnerVersion = s.Version + 1,
            Plan = [.. s.Plan.Select(step => step.State == StepState.Open && step.Owner == before
                ? step with { Owner = after, OwnerId = agentId } : step)],
            Promises = [.. s.Promises.Select(p => p is { State: PromiseState.Open, Source: PromiseSource.Policy or PromiseSource.CallBack }
                ? p with { OwnerId = agentId, Owner = after } : p)],
        };
    }

    private static CaseState Replied(CaseState s, CustomerReplied e)
    {
        s = Joined(s, e);
        if (e.Visibility == Visibility.World)
            s = s with { PublicPost = new(e.Channel, e.From, e.ContactId) };
        if (e.Automatic != Automatic.None || e.Thanks)
            return s;
        return s with
        {
            Status = s.Status is CaseStatus.WaitingOnCustomer or CaseStatus.Proposed ? CaseStatus.InProgress : s.Status,
            WaitingSince = s.WaitingSince ?? e.ReceivedAt,
            Proposal = s.Proposal is null ? null : s.Proposal with { Discussed = true },
        };
    }

    private static CaseState Resolved(CaseState s, CaseResolved e, DateTimeOffset at)
    {
        var plan = s.Plan.Select(step => step.State != StepState.Open ? step : step with
        {
            State = e.Result == CaseResult.Solved || step.Key == StepKeys.Understand ? StepState.Done : StepState.Skipped,
        });
        return s with
        {
            Status = CaseStatus.Resolved,
            Resolution = new(e.Result, e.Agreement, e.Reason, e.Ending),
            SecondOpinion = Given(s, at),
            ResolvedAt = at,
            WaitingSince = null,
            Proposal = null,
            FirstAnswerAt = s.FirstAnswerAt ?? (e.Agreement == Agreement.Agent ? at : null),
            Plan = [.. plan],
        };
    }

    private static SecondOpinion? Given(CaseState s, DateTimeOffset at) =>
        s.SecondOpinion is { GivenAt: null } asked ? asked with { GivenAt = at } : s.SecondOpinion;

    // A person's answer is the best acknowledgement: none is due after it.
    private static CaseState Answered(CaseState s, DateTimeOffset at) =>
        s with { AcknowledgedAt = s.AcknowledgedAt ?? at, FirstAnswerAt = s.FirstAnswerAt ?? at, WaitingSince = null, NeedDoubtedAt = null };

    private static CaseState Worked(CaseState s) =>
        s.Status is CaseStatus.New or CaseStatus.Acknowledged ? s with { Status = CaseStatus.InProgress } : s;

    private static CaseStatus AfterReply(CaseStatus status, bool asksCustomer) =>
        status is CaseStatus.Resolved or CaseStatus.Closed ? status
        : asksCustomer ? CaseStatus.WaitingOnCustomer
        : status is CaseStatus.Proposed or CaseStatus.WaitingOnThirdParty ? status
        : CaseStatus.InProgress;

    private static List<Step> Done(IReadOnlyList<Step> plan, params ReadOnlySpan<string> keys) =>
        Mark(plan, StepState.Open, StepState.Done, keys);

    private static List<Step> Undone(IReadOnlyList<Step> plan, params ReadOnlySpan<string> keys) =>
        Mark(Mark(plan, StepState.Skipped, StepState.Open, keys), StepState.Done, StepState.Open, keys);

    private static List<Step> Mark(IReadOnlyList<Step> plan, StepState from, StepState to, ReadOnlySpan<string> keys)
    {
        var steps = new List<Step>(plan.Count);
        foreach (var step in plan)
            steps.Add(step.State == from && keys.Contains(step.Key) ? step with { State = to } : step);
        return steps;
    }
}

/// <summary>The keys of the steps that the default plan has; they are marked by what happens.</summary>
internal static class StepKeys
{
    public const string Understand = "understand";
    public const string Work = "work";
    public const string Propose = "propose";
    public const string Confirm = "confirm";

    public static IReadOnlyList<string> All { get; } = [Understand, Work, Propose, Confirm];
}
