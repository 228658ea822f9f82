using System.Collections.Frozen;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Public;
using CxPlatform.Contracts.Public.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Domain;

/// <summary>What leaves the house: the allow-list of every case event, into the classes of <see cref="EventCatalogue"/>. Facts and ids; never what
/// anybody wrote, a name or an address. An event that is nobody else's business has empty data, so that the versions stay contiguous.</summary>
internal static class PublicFacts
{
    private static readonly FrozenDictionary<Type, (string Type, Func<object, CaseEventFacts>? Facts)> Table = new[]
    {
        Facts((CaseOpened e) => new CaseOpenedFacts
        {
            ContactId = e.ContactId,
            CustomerId = e.CustomerId,
            Channel = e.Channel,
            Brand = e.Brand,
            Language = e.Language,
            Automatic = e.Automatic,
            Kind = e.Kind,
            Priority = e.Priority,
            ReceivedAt = e.ReceivedAt,
            FollowsCaseId = e.FollowsCaseId,
            FollowsNumber = e.FollowsNumber,
        }),
        Facts((CustomerReplied e) => new CustomerRepliedFacts
        {
            ContactId = e.ContactId,
            CustomerId = e.CustomerId,
            Channel = e.Channel,
            Automatic = e.Automatic,
            JoinedBy = e.JoinedBy,
            NewParticipant = e.NewParticipant,
            Thanks = e.Thanks,
            By = e.By,
            ReceivedAt = e.ReceivedAt,
        }),
        Facts((CaseTriaged e) => new CaseTriagedFacts(e.Kind, e.Category, e.Priority, e.Feeling, e.QueueId, e.CalendarId, e.ByDefaultPolicy)),
        Facts((CaseAcknowledged e) => new CaseAcknowledgedFacts(e.Kind, e.Feeling, e.By, e.PromiseId)),
        Facts((CaseAssigned e) => new CaseAssignedFacts(e.AgentId, e.QueueId)),
        Facts((CaseUnassigned e) => new CaseUnassignedFacts(e.AgentId, e.QueueId)),
        Facts((NeedCorrected e) => new NeedCorrectedFacts(e.ByCustomer)),
        Facts((ReplySent e) => new ReplySentFacts(e.MessageId, e.AgentId, e.AsksCustomer)),
        Facts((CasePlanned e) => new CasePlannedFacts([.. e.Steps.Select(Of)])),
        Facts((StepChanged e) => new StepChangedFacts(Of(e.Step))),
        Facts((PromiseMade e) => new PromiseMadeFacts(e.PromiseId, e.From, e.Due, e.OwnerId, e.Source, e.FromCaseId)),
        Facts((PromiseKept e) => new PromiseKeptFacts(e.PromiseId, e.Late)),
        Facts((PromiseBroken e) => new PromiseBrokenFacts(e.PromiseId, e.Due, e.FollowUpId, e.FollowUpDue)),
        Facts((PromiseWarned e) => new PromiseWarnedFacts(e.PromiseId, e.Due, e.OwnerId)),
        Facts((PromiseEscalated e) => new PromiseEscalatedFacts(e.PromiseId, e.Due, e.OwnerId, e.Queue)),
        Facts((CaseCovered e) => new CaseCoveredFacts(e.AbsentId, e.AgentId, e.Promises, e.By, e.Until)),
        Facts((PromiseSuggested e) => new PromiseSuggestedFacts(e.SuggestionId, e.MessageId, e.Due, e.AgentId)),
        Facts((SuggestionSettled e) => new SuggestionSettledFacts(e.SuggestionId, e.Confirmed)),
        Facts((PromiseRenegotiated e) => new PromiseRenegotiatedFacts(e.PromiseId, e.OldDue, e.Due)),
        Facts((PromiseWithdrawn e) => new PromiseWithdrawnFacts(e.PromiseId)),
        Facts((SolutionProposed e) => new SolutionProposedFacts(e.ProposalId, e.MessageId, e.AgentId, e.AnswerBy, e.Result)),
        Facts((SolutionAccepted e) => new SolutionAcceptedFacts(e.ProposalId)),
        Facts((SolutionDeclined e) => new SolutionDeclinedFacts(e.ProposalId)),
        Facts((CaseResolved e) => new CaseResolvedFacts(e.Result, e.Agreement, e.Kind, e.Automatic)),
        Facts((CaseReopened _) => new CaseReopenedFacts()),
        Facts((SecondOpinionAsked e) => new SecondOpinionAskedFacts(e.ByCustomer, e.AgentId, e.By)),
        Facts((ThirdPartyAwaited e) => new ThirdPartyAwaitedFacts(e.SideConversationId)),
        Facts((ThirdPartyAnswered e) => new ThirdPartyAnsweredFacts(e.SideConversationId)),
        Facts((CaseClosed _) => new CaseClosedFacts()),
        Facts((MessageOutcome e) => new MessageOutcomeFacts(e.MessageId, e.Template, e.Channel, e.Sent, e.StillTrying)),
        Facts((CaseFeedback e) => new CaseFeedbackFacts(e.SurveyId, e.Measure, e.Score)),
        Facts((RecoveryStarted e) => new RecoveryStartedFacts(e.SurveyId, e.Score)),
        Facts((CaseCustomerChanged e) => new CaseCustomerChangedFacts(e.CustomerId, e.OldCustomerId)),
        Facts((CaseTierChanged _) => new CaseTierChangedFacts()),
        Facts((CaseClockWarned e) => new CaseClockWarnedFacts(e.Clock, e.Round, e.At, e.Due)),
        Facts((CaseClockBreached e) => new CaseClockBreachedFacts(e.Clock, e.Round, e.Due)),
        Facts((CaseCustomerErased e) => new CustomerErasedFacts(e.CustomerId)),
        Facts((CaseHandedOver e) => new CaseHandedOverFacts(e.FromId, e.AgentId, e.ById)),
        Facts((HandoverAcknowledged e) => new HandoverAcknowledgedFacts(e.AgentId)),
        Facts((PromisesMoved e) => new PromisesMovedFacts(e.FromId, e.AgentId, e.Promises, e.By)),
        Facts((PraiseGiven e) => new PraiseGivenFacts(e.ContactId, e.CustomerId, e.AgentId, e.QueueId)),
        Facts((CaseLinked e) => new CaseLinkedFacts(e.Kind, e.OtherCaseId, e.OtherNumber, e.ById)),
        Facts((CaseUnlinked e) => new CaseUnlinkedFacts(e.Kind, e.OtherCaseId, e.OtherNumber, e.ById)),
        Facts((CaseSplit e) => new CaseSplitFacts(e.IntoCaseId, e.IntoNumber, e.ContactIds, e.ById)),
        Facts((CaseMerged e) => new CaseMergedFacts(e.FromCaseId, e.FromNumber, e.FromCustomerId, e.ById)),
        Facts((CaseMergedInto e) => new CaseMergedIntoFacts(e.CustomerId, e.IntoCaseId, e.IntoNumber, e.SameCustomer, e.By, e.ById)),
        Facts((CaseMergeUndone e) => new CaseMergeUndoneFacts(e.OtherCaseId, e.OtherNumber, e.Reopens, e.ById)),
        Facts((ParticipantAdded e) => new ParticipantAddedFacts(e.ParticipantId, e.Role, e.CustomerId, e.AgentId, e.ById)),
        Facts((ParticipantRemoved e) => new ParticipantRemovedFacts(e.ParticipantId, e.CustomerId, e.AgentId, e.ById)),
        Facts((CasePriorityChanged e) => new CasePriorityChangedFacts(e.Priority, e.OldPriority, e.AgentId)),
        Facts((CaseTagsChanged e) => new CaseTagsChangedFacts(e.AgentId)),
        Facts((SideConversationOpened e) => new SideConversationOpenedFacts(e.SideConversationId, e.MessageId, e.AgentId)),
        Facts((SideMessageSent e) => new SideMessageSentFacts(e.SideConversationId, e.MessageId, e.AgentId)),
        Facts((SideMessageReceived e) => new SideMessageReceivedFacts(e.SideConversationId, e.ContactId, e.Automatic, e.ReceivedAt)),
        Facts((SideConversationClosed e) => new SideConversationClosedFacts(e.SideConversationId, e.AgentId)),
        Internal<ReplyScheduled>(),
        Internal<ReplyHeld>(),
        Internal<ReplyUnscheduled>(),
        Internal<NoteAdded>(),
        Internal<ReminderSet>(),
        Internal<ReminderDue>(),
        Internal<ReminderCancelled>(),
    }.ToFrozenDictionary(row => row.Event, row => (row.Type, row.Facts));

    public static IEnumerable<Type> Events => Table.Keys;

    /// <exception cref="KeyNotFoundException">The event has no row: whoever adds an event decides what of it is public.</exception>
    public static PublicData Of(object e, CaseState after)
    {
        var (type, facts) = Table[e.GetType()];
        return new(type, after.Number, facts is null ? "{}" : EventTypes.Write(facts(e) with { CaseId = after.Id, Number = after.Number }));
    }

    private static StepFacts Of(Step step) => new(step.Key, step.State, step.Due);

    private static (Type Event, string Type, Func<object, CaseEventFacts>? Facts) Facts<T, TFacts>(Func<T, TFacts> facts)
        where TFacts : CaseEventFacts => (typeof(T), EventCatalogue.Of(typeof(TFacts)).Type, e => facts((T)e));

    private static (Type Event, string Type, Func<object, CaseEventFacts>? Facts) Internal<T>() => (typeof(T), "cx." + EventTypes.NameOf(typeof(T)), null);
}
