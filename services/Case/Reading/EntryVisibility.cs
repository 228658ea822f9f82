using System.Collections.Frozen;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Reading;

/// <summary>Who may read what happened on a case: the one table. What nobody has decided on is internal, and a test finds it.</summary>
internal static class EntryVisibility
{
    private static readonly FrozenDictionary<string, Visibility> Table = new[]
    {
        // What was written: a message that was public says so itself.
        Seen<CaseOpened>(), Seen<CustomerReplied>(), Seen<ReplySent>(), Seen<SolutionProposed>(), Seen<SolutionDeclined>(),
        // What the customer learns of in our words.
        Seen<CaseAcknowledged>(), Seen<CaseAssigned>(), Seen<CaseUnassigned>(), Seen<CaseCovered>(), Seen<NeedCorrected>(), Seen<CasePlanned>(),
        Seen<StepChanged>(), Seen<PromiseMade>(), Seen<PromiseKept>(), Seen<PromiseBroken>(), Seen<PromiseRenegotiated>(),
        Seen<PromiseWithdrawn>(), Seen<SolutionAccepted>(), Seen<SecondOpinionAsked>(), Seen<ThirdPartyAwaited>(), Seen<ThirdPartyAnswered>(),
        Seen<CaseResolved>(), Seen<CaseReopened>(), Seen<CaseClosed>(), Seen<CaseFeedback>(), Seen<CaseCustomerChanged>(),
        Seen<CaseCustomerErased>(),
        // What is ours.
        Internal<NoteAdded>(), Internal<CaseTriaged>(), Internal<MessageOutcome>(), Internal<RecoveryStarted>(), Internal<CaseTierChanged>(),
        Internal<CaseClockWarned>(), Internal<CaseClockBreached>(), Internal<ReplyScheduled>(), Internal<ReplyHeld>(),
        Internal<ReplyUnscheduled>(), Internal<CasePriorityChanged>(), Internal<CaseTagsChanged>(), Internal<PromiseWarned>(),
        Internal<PromiseEscalated>(), Internal<PromiseSuggested>(), Internal<SuggestionSettled>(), Internal<ReminderSet>(),
        Internal<SideConversationOpened>(), Internal<SideMessageSent>(), Internal<SideMessageReceived>(), Internal<SideConversationClosed>(),
        Internal<ReminderDue>(), Internal<ReminderCancelled>(), Internal<ParticipantAdded>(), Internal<ParticipantRemoved>(),
        // Other cases may be somebody else's; that theirs goes on in another one they are told.
        Seen<CaseMergedInto>(), Internal<CaseMerged>(), Internal<CaseMergeUndone>(), Internal<CaseLinked>(), Internal<CaseUnlinked>(),
        Internal<CaseSplit>(), Seen<PromisesMoved>(), Internal<CaseHandedOver>(), Internal<HandoverAcknowledged>(), Internal<PraiseGiven>(),
    }.ToFrozenDictionary();

    /// <summary>The events that somebody has decided on.</summary>
    public static IEnumerable<string> Types => Table.Keys;

    /// <summary>Whether the customer may learn that something of this type happened.</summary>
    public static bool IsSeen(string type) => Table.GetValueOrDefault(type, Visibility.Internal) != Visibility.Internal;

    /// <param name="data">The event: one that says who may read it is never shown to more.</param>
    public static Visibility Of(string type, JsonElement data) =>
        !IsSeen(type) ? Visibility.Internal
        : data.TryGetProperty("visibility", out var own) && own.GetString() is "world" ? Visibility.World
        : Visibility.Customer;

    private static KeyValuePair<string, Visibility> Seen<T>() => new(EventTypes.NameOf(typeof(T)), Visibility.Customer);

    private static KeyValuePair<string, Visibility> Internal<T>() => new(EventTypes.NameOf(typeof(T)), Visibility.Internal);
}
