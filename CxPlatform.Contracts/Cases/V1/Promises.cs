namespace CxPlatform.Contracts.Cases.V1;

/// <summary>What made the promise.</summary>
public enum PromiseSource
{
    Unknown,
    Agent,
    Policy,
    Step,

    /// <summary>The customer chose a time at which we call.</summary>
    CallBack,

    /// <summary>A reply said so, and its author confirmed it.</summary>
    Suggestion,
}

/// <summary>A commitment was made to a customer.</summary>
/// <param name="Owner">Who keeps it: a person's or the team's name.</param>
[EventType("case.promise.made.v1")]
public sealed record PromiseMade(
    Guid CaseId, Guid PromiseId, [property: Personal] string Text, DateTimeOffset Due, Guid? OwnerId, string Owner, PromiseSource Source)
{
    /// <summary>Of a call: when its slot begins; it ends with <see cref="Due"/>.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Of a call: the number.</summary>
    [Personal]
    public string? Phone { get; init; }

    /// <summary>It had been made on another case, of which the customer heard then: that case is part of this one, or was.</summary>
    public Guid? FromCaseId { get; init; }
}

/// <summary>A promise was kept, in time or late.</summary>
[EventType("case.promise.kept.v1")]
public sealed record PromiseKept(Guid CaseId, Guid PromiseId, bool Late);

/// <summary>A promise was not kept when it was due.</summary>
/// <param name="FollowUpId">The promise that says what comes next; null when nothing more is promised.</param>
/// <param name="FollowUpDue">By when the customer hears from us.</param>
[EventType("case.promise.broken.v1")]
public sealed record PromiseBroken(
    Guid CaseId, Guid PromiseId, DateTimeOffset Due, Guid? FollowUpId = null, DateTimeOffset? FollowUpDue = null);

/// <summary>A promise comes near its date: its owner is warned, once for each date.</summary>
[EventType("case.promise.warned.v1")]
public sealed record PromiseWarned(Guid CaseId, Guid PromiseId, DateTimeOffset Due, Guid? OwnerId);

/// <summary>A promise broke: whoever leads the queue is to look at it.</summary>
/// <param name="OwnerId">Who had promised.</param>
[EventType("case.promise.escalated.v1")]
public sealed record PromiseEscalated(Guid CaseId, Guid PromiseId, DateTimeOffset Due, Guid? OwnerId, string Queue);

/// <summary>A new date was agreed before the promise broke; the customer is told why.</summary>
[EventType("case.promise.renegotiated.v1")]
public sealed record PromiseRenegotiated(Guid CaseId, Guid PromiseId, DateTimeOffset OldDue, DateTimeOffset Due, [property: Personal] string Reason);

/// <summary>A promise no longer applies.</summary>
[EventType("case.promise.withdrawn.v1")]
public sealed record PromiseWithdrawn(Guid CaseId, Guid PromiseId, [property: Personal] string Reason)
{
    /// <summary>Staff took it back while the customer relied on it, who is told why. Not when the end of the case, another case, another date,
    /// the plan or the customer says so.</summary>
    public bool TakenBack { get; init; }
}

/// <summary>Somebody who had promised something is away when it is due: somebody else keeps it, and the customer is told who.</summary>
/// <param name="AgentId">Who keeps it now; null when the team does.</param>
/// <param name="AgentName">A person's or the team's name.</param>
/// <param name="Promises">What moved: everything open that was theirs on this case.</param>
/// <param name="By">When the first of them is due.</param>
/// <param name="Until">When the absent person is back.</param>
[EventType("case.covered.v1")]
public sealed record CaseCovered(
    Guid CaseId, Guid AbsentId, string AbsentName, Guid? AgentId, string AgentName, IReadOnlyList<Guid> Promises, DateTimeOffset By,
    DateTimeOffset Until);

/// <summary>A reply sounds like a promise. It is none until somebody confirms it.</summary>
/// <param name="SuggestionId">Of the promise too, once it is confirmed.</param>
/// <param name="Text">The sentence that says so.</param>
[EventType("case.promise.suggested.v1")]
public sealed record PromiseSuggested(
    Guid CaseId, Guid SuggestionId, Guid MessageId, [property: Personal] string Text, DateTimeOffset Due, Guid? AgentId, string AgentName);

/// <summary>A suggested promise was made, or dismissed.</summary>
[EventType("case.promise.suggestion-settled.v1")]
public sealed record SuggestionSettled(Guid CaseId, Guid SuggestionId, bool Confirmed);
