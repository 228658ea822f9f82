using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Feedback.V1;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Contracts.Routing.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Domain;

/// <summary>Something asked of one case. Ids of what is to be made come with the command, so that a repeated try makes the same.</summary>
internal abstract record CaseCommand
{
    /// <summary>The id of what the command makes, if it makes something that is addressed later.</summary>
    public virtual Guid? Makes => null;
}

/// <summary>The member of staff who acts. An API key that is nobody's has no id.</summary>
internal sealed record Person(Guid? Id, string Name);

internal sealed record OpenCase(
    Guid CaseId, string Number, ContactReceived Contact, Guid? FollowsCaseId = null, string? FollowsNumber = null) : CaseCommand
{
    public override Guid? Makes => CaseId;
}

internal sealed record JoinContact(ContactReceived Contact, EvidenceKind By) : CaseCommand;

/// <summary>The customer writes on the status page, which is its own acknowledgement.</summary>
internal sealed record ReplyAsCustomer(Guid ContactId, string Text, IReadOnlyList<Attachment>? Attachments = null) : CaseCommand;

internal sealed record Triage(RoutingDecided Decision) : CaseCommand;

/// <param name="By">Who gives it; null where nobody is asked for more.</param>
internal sealed record Assign(Guid AgentId, string AgentName, string? Reason, Person? By = null, HandoverNote? Handover = null) : CaseCommand;

internal sealed record Unassign(string? Reason) : CaseCommand;

/// <param name="By">The colleague who puts it right, or who writes down what the customer said.</param>
internal sealed record CorrectNeed(string Need, bool ByCustomer, Person? By = null) : CaseCommand;

/// <param name="Visibility">To the customer alone, unless it is to answer in public.</param>
internal sealed record SendReply(
    Guid MessageId, Person By, string Text, IReadOnlyList<Attachment> Attachments, bool AsksCustomer,
    Visibility Visibility = Visibility.Customer) : CaseCommand
{
    public override Guid? Makes => MessageId;
}

internal sealed record AddNote(Guid NoteId, Person By, string Text) : CaseCommand
{
    public override Guid? Makes => NoteId;

    /// <summary>The agents whom the text calls; found where they are known, before it is decided.</summary>
    public IReadOnlyList<Guid>? Mentions { get; init; }
}

/// <param name="Reason">Why a date that the customer has seen is another one now.</param>
internal sealed record DraftPlan(IReadOnlyList<Step> Steps, string? Reason = null) : CaseCommand;

/// <summary>Without a key a step is added before the customer's confirmation; with one, what is given changes.</summary>
internal sealed record ChangeStep(string? Key, string? Title, string? Owner, DateTimeOffset? Due, StepState? State) : CaseCommand
{
    public Guid? OwnerId { get; init; }
    public string? ForCustomer { get; init; }
    public string? Detail { get; init; }

    /// <summary>Why a date that the customer has seen is another one now.</summary>
    public string? Reason { get; init; }

    /// <summary>Its date is promised.</summary>
    public bool Promise { get; init; }
}

internal sealed record MakePromise(Guid PromiseId, Person By, string Text, DateTimeOffset Due) : CaseCommand
{
    public override Guid? Makes => PromiseId;
}

internal sealed record KeepPromise(Guid PromiseId) : CaseCommand;

internal sealed record RenegotiatePromise(Guid PromiseId, DateTimeOffset Due, string Reason) : CaseCommand;

internal sealed record WithdrawPromise(Guid PromiseId, string Reason) : CaseCommand;

/// <param name="AnswerBy">Null: the policy's time from now.</param>
internal sealed record Propose(
    Guid ProposalId, Guid MessageId, Person By, string Text, DateTimeOffset? AnswerBy, CaseResult Result = CaseResult.Solved,
    Ending? Ending = null) : CaseCommand
{
    public override Guid? Makes => ProposalId;
}

/// <param name="ProposalId">Null: the one that is open.</param>
internal sealed record AcceptSolution(Guid? ProposalId) : CaseCommand;

/// <param name="ProposalId">Null: the one that is open.</param>
internal sealed record DeclineSolution(Guid? ProposalId, string? WouldMakeItRight) : CaseCommand;

internal sealed record ResolveCase(CaseResult Result, string Reason, Ending? Ending = null, Person? By = null) : CaseCommand;

internal sealed record ReopenCase(string Reason) : CaseCommand;

internal sealed record RecordMessageOutcome(Guid MessageId, string Template, Channel Channel, bool Sent, string? Reason, bool StillTrying = false) : CaseCommand;

internal sealed record RecordFeedback(Guid SurveyId, Measure Measure, int Score, string? Comment) : CaseCommand;

internal sealed record StartRecovery(Guid SurveyId, int Score) : CaseCommand;

internal sealed record ChangeCustomer(Guid CustomerId, Guid OldCustomerId) : CaseCommand;

internal sealed record ChangeTier(string? Tier) : CaseCommand;

// Timers: commands that state what they expect. One whose expectation no longer holds does nothing.

/// <summary>A command that comes from a timer of one case.</summary>
internal abstract record TimedCommand(Guid CaseId) : CaseCommand;

/// <summary>Routing had its time: expects a case that is not triaged.</summary>
[TimerType("case.acknowledge")]
internal sealed record AcknowledgeByDefault(Guid CaseId) : TimedCommand(CaseId);

/// <summary>Expects the promise open with this date.</summary>
[TimerType("case.promise-due")]
internal sealed record PromiseDue(Guid CaseId, Guid PromiseId, DateTimeOffset Due) : TimedCommand(CaseId);

/// <summary>Expects the proposal unanswered.</summary>
[TimerType("case.proposal-silence")]
internal sealed record ProposalSilence(Guid CaseId, Guid ProposalId, DateTimeOffset AnswerBy) : TimedCommand(CaseId);

/// <summary>Expects a clock of which there is something to tell.</summary>
[TimerType("case.clock-due")]
internal sealed record ClockDue(Guid CaseId) : TimedCommand(CaseId);

/// <summary>Expects the case resolved since this instant.</summary>
[TimerType("case.close")]
internal sealed record CloseDue(Guid CaseId, DateTimeOffset ResolvedAt) : TimedCommand(CaseId);
