using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Domain;

/// <summary>What a command did: the events, and the case after them. No events: there was nothing to do.</summary>
internal sealed record Decision(CaseState Case, IReadOnlyList<object> Events);

/// <summary>Decides what follows from a command: events, or a refusal that names the state and what is allowed. Pure: no clock, no
/// I/O; everything it looks at is given.</summary>
internal static partial class Decider
{
    public static Outcome<Decision> Decide(CaseState? state, CaseCommand command, Given given)
    {
        if (command is OpenCase open)
            return state is null ? Opened(open, given) : new Refusal("case-exists", $"Case {state.Number} is open already.");
        if (state is null)
            return new Refusal("case-not-found", "There is no such case.");
        var story = new Story(state, given);
        var refusal = Moves.Refuse(state, command) ?? Apply(story, command);
        return refusal is null ? new Decision(story.Case, story.Events) : refusal;
    }

    private static Refusal? Apply(Story story, CaseCommand command) => command switch
    {
        JoinContact c => Join(story, c),
        ReplyAsCustomer c => CustomerWrites(story, c),
        Triage c => Triaged(story, c.Decision),
        AcknowledgeByDefault => TriagedByDefault(story),
        Assign c => Assigned(story, c),
        AcknowledgeHandover c => HandoverRead(story, c),
        Unassign c => Unassigned(story, c),
        CorrectNeed c => Corrected(story, c),
        BookCallBack c => CallBackBooked(story, c),
        CancelCallBack c => CallBackCancelled(story, c),
        SendReply c => Replied(story, c),
        ScheduleReply c => ReplyScheduling(story, c),
        ChangeScheduledReply c => ScheduledChanged(story, c),
        CancelReply c => ReplyCancelled(story, c),
        SendScheduledNow c => SentNow(story, c),
        ReplyDue c => ReplyDueNow(story, c),
        ChangePriority c => PriorityChanged(story, c),
        ChangeTags c => TagsChanged(story, c),
        AddNote c => Noted(story, c),
        DraftPlan c => Planned(story, c),
        ChangeStep c => StepChange(story, c),
        MakePromise c => Promised(story, c),
        KeepPromise c => Kept(story, c),
        RenegotiatePromise c => Renegotiated(story, c),
        WithdrawPromise c => Withdrawn(story, c),
        PromiseNear c => Warned(story, c),
        PromiseDue c => Broken(story, c),
        Cover c => Covered(story, c),
        ConfirmSuggestion c => SuggestionConfirmed(story, c),
        DismissSuggestion c => SuggestionDismissed(story, c),
        SetReminder c => Reminded(story, c),
        CancelReminder c => ReminderTakenBack(story, c),
        ReminderTime c => ReminderCame(story, c),
        Propose c => Proposed(story, c),
        AcceptSolution c => Accepted(story, c),
        DeclineSolution c => Declined(story, c),
        ProposalSilence c => Silent(story, c),
        ResolveCase c => Resolved(story, c),
        ReopenCase c => Reopened(story, c),
        LinkCase c => Linked(story, c),
        UnlinkCase c => Unlinked(story, c),
        TakeIn c => TakenIn(story, c),
        MergeInto c => Merged(story, c),
        GiveBack c => GivenBack(story, c),
        UndoMerge c => MergeUndone(story, c),
        SplitOff c => Split(story, c),
        CopyParticipant c => Copied(story, c),
        FollowCase c => Followed(story, c),
        ChangeParticipant c => ParticipantChanged(story, c),
        RemoveParticipant c => ParticipantRemoved(story, c),
        AwaitThirdParty c => Awaited(story, c),
        EndWaiting => story.Add(new ThirdPartyAnswered(story.Case.Id)),
        AskSecondOpinion c => SecondOpinionAsked(story, c),
        AskAside c => AskedAside(story, c),
        WriteAside c => WroteAside(story, c),
        CloseAside c => ClosedAside(story, c),
        HearAside c => HeardAside(story, c),
        AsideOver c => WaitIsOver(story, c.SideConversationId),
        CloseDue c => Closed(story, c),
        ClockDue => ClocksTold(story),
        ChangeTier c => TierChanged(story, c.Tier),
        RecordMessageOutcome c => story.Add(new MessageOutcome(story.Case.Id, c.MessageId, c.Template, c.Channel, c.Sent, c.Reason, c.StillTrying)),
        RecordFeedback c => FeedbackGiven(story, c),
        StartRecovery c => Recovered(story, c),
        ChangeCustomer c => CustomerChanged(story, c),
        _ => throw new InvalidOperationException($"A case does not know the command {command.GetType().Name}."),
    };

    /// <summary>The case as it grows event by event while a command is decided.</summary>
    private sealed class Story(CaseState state, Given given)
    {
        private readonly List<object> _events = [];

        public CaseState Case { get; private set; } = state;

        public Given Given => given;

        public DateTimeOffset Now => given.Now;

        public string Queue => Case.QueueId ?? given.Policy.QueueId;

        public Words Words => Words.In(Case.Language);

        public IReadOnlyList<object> Events => _events;

        /// <summary>Always null, so that a branch that only adds can be the answer itself.</summary>
        public Refusal? Add(object e)
        {
            Case = Evolution.Evolve(Case, e, given.Now);
            _events.Add(e);
            return null;
        }
    }

    // Nothing to do: the wished state is there already, or a timer's expectation no longer holds.
    private static Refusal? Nothing => null;

    private static Refusal? Required(string field, string? text, int max) =>
        string.IsNullOrWhiteSpace(text) ? new(field + "-required", "is required.", field)
        : TooLong(field, text, max);

    private static Refusal? TooLong(string field, string? text, int max) =>
        text?.Length > max ? new(field + "-invalid", $"must be at most {max} characters.", field) : null;

    private static Refusal? Date(string field, DateTimeOffset due, Story story) =>
        due <= story.Now ? new(field + "-invalid", "must lie in the future.", field)
        : due > story.Now + story.Given.Policy.Farthest
            ? new(field + "-invalid", $"must be within {story.Given.Policy.Farthest.Days} days.", field)
        : null;

    private static Refusal? ClocksTold(Story story)
    {
        var given = story.Given;
        var clocks = ClockMeasure.Of(story.Case, given.Policy, given.Clocks ?? new(given.Calendar), story.Now);
        foreach (var told in ClockMeasure.Untold(story.Case, clocks, story.Now).ToList())
            story.Add(told);
        return null;
    }

    private static Refusal? TierChanged(Story story, string? tier) =>
        tier == story.Case.Tier ? Nothing : story.Add(new CaseTierChanged(story.Case.Id, tier));

    private static Refusal? FeedbackGiven(Story story, RecordFeedback c) => story.Case.Feedback.Any(given => given.SurveyId == c.SurveyId)
        ? Nothing
        : story.Add(new CaseFeedback(story.Case.Id, c.SurveyId, c.Measure, c.Score, c.Comment));

    private static Refusal? CustomerChanged(Story story, ChangeCustomer c) => story.Case.Concerns(c.OldCustomerId)
        ? story.Add(new CaseCustomerChanged(story.Case.Id, c.CustomerId, c.OldCustomerId))
        : Nothing;
}
