using System.Collections.Frozen;
using System.Text.Json;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Domain;

/// <summary>What leaves the house: the allow-list of every case event. Facts and ids; never what anybody wrote, a name or an address.
/// An event that is nobody else's business has empty data, so that the versions stay contiguous.</summary>
internal static class PublicFacts
{
    private static readonly FrozenDictionary<Type, (string Type, Func<object, object>? Facts)> Table = new[]
    {
        Facts<CaseOpened>(e => new
        {
            e.ContactId, e.CustomerId, e.Channel, e.Brand, e.Language, e.Automatic, e.Kind, e.Priority, e.ReceivedAt, e.FollowsCaseId,
            e.FollowsNumber,
        }),
        Facts<CustomerReplied>(e => new
        {
            e.ContactId, e.CustomerId, e.Channel, e.Automatic, e.JoinedBy, e.NewParticipant, e.Thanks, e.By, e.ReceivedAt,
        }),
        Facts<CaseTriaged>(e => new { e.Kind, e.Category, e.Priority, e.Feeling, Queue = e.QueueId, e.CalendarId, e.ByDefaultPolicy }),
        Facts<CaseAcknowledged>(e => new { e.Kind, e.Feeling, e.By, e.PromiseId }),
        Facts<CaseAssigned>(e => new { e.AgentId, Queue = e.QueueId }),
        Facts<CaseUnassigned>(e => new { e.AgentId, Queue = e.QueueId }),
        Facts<NeedCorrected>(e => new { e.ByCustomer }),
        Facts<ReplySent>(e => new { e.MessageId, e.AgentId, e.AsksCustomer }),
        Facts<CasePlanned>(e => new { Steps = e.Steps.Select(step => new { step.Key, step.State, step.Due }) }),
        Facts<StepChanged>(e => new { Step = new { e.Step.Key, e.Step.State, e.Step.Due } }),
        Facts<PromiseMade>(e => new { e.PromiseId, e.From, e.Due, e.OwnerId, e.Source }),
        Facts<PromiseKept>(e => new { e.PromiseId, e.Late }),
        Facts<PromiseBroken>(e => new { e.PromiseId, e.Due, e.FollowUpId, e.FollowUpDue }),
        Facts<PromiseWarned>(e => new { e.PromiseId, e.Due, e.OwnerId }),
        Facts<PromiseEscalated>(e => new { e.PromiseId, e.Due, e.OwnerId, e.Queue }),
        Facts<CaseCovered>(e => new { e.AbsentId, e.AgentId, e.Promises, e.By, e.Until }),
        Facts<PromiseSuggested>(e => new { e.SuggestionId, e.MessageId, e.Due, e.AgentId }),
        Facts<SuggestionSettled>(e => new { e.SuggestionId, e.Confirmed }),
        Facts<PromiseRenegotiated>(e => new { e.PromiseId, e.OldDue, e.Due }),
        Facts<PromiseWithdrawn>(e => new { e.PromiseId }),
        Facts<SolutionProposed>(e => new { e.ProposalId, e.MessageId, e.AgentId, e.AnswerBy, e.Result }),
        Facts<SolutionAccepted>(e => new { e.ProposalId }),
        Facts<SolutionDeclined>(e => new { e.ProposalId }),
        Facts<CaseResolved>(e => new { e.Result, e.Agreement, e.Kind, e.Automatic }),
        Facts<CaseReopened>(_ => new { }),
        Facts<SecondOpinionAsked>(e => new { e.ByCustomer, e.AgentId, e.By }),
        Facts<ThirdPartyAwaited>(e => new { e.SideConversationId }),
        Facts<ThirdPartyAnswered>(e => new { e.SideConversationId }),
        Facts<CaseClosed>(_ => new { }),
        Facts<MessageOutcome>(e => new { e.MessageId, e.Template, e.Channel, e.Sent, e.StillTrying }),
        Facts<CaseFeedback>(e => new { e.SurveyId, e.Measure, e.Score }),
        Facts<RecoveryStarted>(e => new { e.SurveyId, e.Score }),
        Facts<CaseCustomerChanged>(e => new { e.CustomerId, e.OldCustomerId }),
        Facts<CaseTierChanged>(_ => new { }),
        Facts<CaseClockWarned>(e => new { e.Clock, e.Round, e.At, e.Due }),
        Facts<CaseClockBreached>(e => new { e.Clock, e.Round, e.Due }),
        Facts<CaseCustomerErased>(e => new { e.CustomerId }, type: "cx.customer.erased.v1"),
        Facts<ParticipantAdded>(e => new { e.ParticipantId, e.Role, e.CustomerId, e.AgentId, e.ById }),
        Facts<ParticipantRemoved>(e => new { e.ParticipantId, e.CustomerId, e.AgentId, e.ById }),
        Facts<CasePriorityChanged>(e => new { e.Priority, e.OldPriority, e.AgentId }),
        Facts<CaseTagsChanged>(e => new { e.AgentId }),
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
        if (facts is null)
            return new(type, after.Number, "{}");
        var data = JsonSerializer.Serialize(facts(e), EventTypes.Json);
        var rest = data.Length == 2 ? "}" : "," + data[1..];
        return new(type, after.Number, $"{{\"caseId\":\"{after.Id}\",\"number\":\"{after.Number}\"{rest}");
    }

    private static (Type Event, string Type, Func<object, object>? Facts) Facts<T>(Func<T, object> facts, string? type = null) =>
        (typeof(T), type ?? TypeOf<T>(), e => facts((T)e));

    private static (Type Event, string Type, Func<object, object>? Facts) Internal<T>() => (typeof(T), TypeOf<T>(), null);

    private static string TypeOf<T>() => "cx." + EventTypes.NameOf(typeof(T));
}
