namespace CxPlatform.Contracts.Cases.V1;

/// <summary>Where a step stands.</summary>
public enum StepState
{
    Unknown,
    Open,
    Done,
    Skipped,
}

/// <summary>One step of a plan, in the customer's words.</summary>
/// <param name="Key">Stable within the case, e.g. <c>understand</c>.</param>
/// <param name="Owner">Who does it: a person's or the team's name, or the customer.</param>
public sealed record Step(string Key, string Title, string? Owner, DateTimeOffset? Due, StepState State = StepState.Open)
{
    /// <summary>A sentence more for the customer.</summary>
    [Personal]
    public string? ForCustomer { get; init; }

    /// <summary>What only staff needs to know. Never shown to the customer.</summary>
    [Personal]
    public string? Detail { get; init; }

    /// <summary>The person who does it; null when the team or the customer does.</summary>
    public Guid? OwnerId { get; init; }

    /// <summary>The promise whose date this is.</summary>
    public Guid? PromiseId { get; init; }
}

/// <summary>The case has a plan that the customer can see: the whole of it.</summary>
/// <param name="Reason">Why dates that the customer has seen are other ones now; null when none is.</param>
/// <param name="Moved">The steps of which that is true.</param>
[EventType("case.planned.v1")]
public sealed record CasePlanned(
    Guid CaseId, IReadOnlyList<Step> Steps, [property: Personal] string? Reason = null, IReadOnlyList<StepMove>? Moved = null);

/// <summary>A date that the customer has seen, and the one in its place.</summary>
/// <param name="Due">Null: there is no date any more.</param>
public sealed record StepMove(string Key, [property: Personal] string Title, DateTimeOffset OldDue, DateTimeOffset? Due)
{
    /// <summary>True: the step itself is off the plan, or skipped, and with it what it promised.</summary>
    public bool? Dropped { get; init; }
}

/// <summary>A step changed.</summary>
/// <param name="Reason">Why its date, which the customer has seen, is another one now; null when it is not.</param>
/// <param name="Moved">The two dates, when the customer is to be told; a promise that the step carries says so itself.</param>
[EventType("case.step-changed.v1")]
public sealed record StepChanged(Guid CaseId, Step Step, [property: Personal] string? Reason = null, StepMove? Moved = null);
