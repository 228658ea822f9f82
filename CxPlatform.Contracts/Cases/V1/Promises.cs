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
}

/// <summary>A promise was kept, in time or late.</summary>
[EventType("case.promise.kept.v1")]
public sealed record PromiseKept(Guid CaseId, Guid PromiseId, bool Late);

/// <summary>A promise was not kept when it was due.</summary>
[EventType("case.promise.broken.v1")]
public sealed record PromiseBroken(Guid CaseId, Guid PromiseId, DateTimeOffset Due);

/// <summary>A new date was agreed before the promise broke; the customer is told why.</summary>
[EventType("case.promise.renegotiated.v1")]
public sealed record PromiseRenegotiated(Guid CaseId, Guid PromiseId, DateTimeOffset OldDue, DateTimeOffset Due, [property: Personal] string Reason);

/// <summary>A promise no longer applies.</summary>
[EventType("case.promise.withdrawn.v1")]
public sealed record PromiseWithdrawn(Guid CaseId, Guid PromiseId, [property: Personal] string Reason);
