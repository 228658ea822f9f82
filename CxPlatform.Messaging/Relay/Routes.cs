using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Feedback.V1;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Contracts.Notifications.V1;
using CxPlatform.Contracts.Routing.V1;

namespace CxPlatform.Messaging;

/// <summary>Events of one module that another one handles: one queue on the broker, one position in the owner's log.</summary>
/// <param name="Types">What the consumer handles.</param>
/// <param name="Streams">Streams of which the consumer observes everything, by what their names begin with; null for none.</param>
public sealed record Route(string Owner, string Consumer, IReadOnlySet<string> Types, string? Streams = null)
{
    public bool Wants(LoggedEvent e) => Types.Contains(e.Type) || (Streams is not null && e.Stream.StartsWith(Streams, StringComparison.Ordinal));

    /// <summary>The queue's name, and that of the exchange in front of it.</summary>
    public string Queue => $"cx.{Owner}.{Consumer}";
}

/// <summary>Who hears of what: the one table. An owner's relay declares its queues from it before it publishes, so that an event
/// published before a consumer ever started waits for it. An architecture test holds it against the modules' handlers.</summary>
public static class Routes
{
    public static IReadOnlyList<Route> All { get; } =
    [
        From("intake", "case",
            typeof(ContactReceived), typeof(CustomerChanged), typeof(CustomerMerged), typeof(CustomerUnmerged), typeof(CustomerErased)),
        From("intake", "notification", typeof(CustomerChanged), typeof(CustomerMerged), typeof(CustomerUnmerged), typeof(BounceReceived), typeof(ChatReplyRead), typeof(CustomerErased)),
        From("intake", "feedback", typeof(CustomerMerged), typeof(CustomerUnmerged), typeof(CustomerErased)),
        From("case", "routing",
            typeof(CaseOpened), typeof(CustomerReplied), typeof(NeedCorrected), typeof(CaseAssigned), typeof(CaseUnassigned), typeof(CaseResolved), typeof(CaseReopened), typeof(CaseClosed),
            typeof(CaseMergedInto), typeof(CaseMergeUndone)),
        From("case", "notification",
            typeof(CaseOpened), typeof(CustomerReplied), typeof(CaseTriaged), typeof(CaseAssigned), typeof(CaseUnassigned), typeof(CaseHandedOver), typeof(HandoverAcknowledged), typeof(CaseAcknowledged), typeof(NeedCorrected), typeof(CaseCustomerChanged), typeof(ReplySent),
            typeof(SolutionProposed), typeof(SolutionDeclined), typeof(SecondOpinionAsked), typeof(PromiseMade), typeof(PromiseKept), typeof(PromiseRenegotiated), typeof(PromiseBroken), typeof(PromiseWithdrawn), typeof(CaseCovered), typeof(PromisesMoved), typeof(CasePlanned), typeof(StepChanged), typeof(CaseResolved), typeof(CaseMergedInto),
            typeof(ParticipantAdded), typeof(ParticipantRemoved), typeof(SideConversationOpened), typeof(SideMessageSent), typeof(SideMessageReceived), typeof(SideConversationClosed),
            typeof(NoteAdded), typeof(PromiseWarned), typeof(PromiseEscalated), typeof(CaseClockWarned), typeof(CaseClockBreached), typeof(ReminderDue), typeof(MessageOutcome), typeof(RecoveryStarted)) with { Streams = "case/" },
        From("case", "intake", typeof(CaseOpened), typeof(CustomerReplied), typeof(SideMessageReceived), typeof(ReplySent), typeof(SolutionProposed)),
        From("case", "feedback", typeof(CaseResolved), typeof(CaseReopened)),
        From("routing", "case", typeof(RoutingDecided), typeof(AvailabilityChanged), typeof(AgentChanged), typeof(AccessChanged)),
        From("routing", "intake", typeof(AgentChanged), typeof(AccessChanged)),
        From("routing", "notification", typeof(AgentChanged), typeof(AccessChanged)),
        From("routing", "feedback", typeof(AgentChanged), typeof(AccessChanged)),
        From("notification", "case", typeof(MessageSent), typeof(MessageFailed)),
        From("feedback", "case", typeof(FeedbackReceived), typeof(RecoveryNeeded)),
        From("feedback", "notification", typeof(SurveyRequested)),
    ];

    private static Route From(string owner, string consumer, params Type[] types) => new(owner, consumer, types.Select(EventTypes.NameOf).ToHashSet());
}
