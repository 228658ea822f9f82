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
public sealed record Step(string Key, string Title, string? Owner, DateTimeOffset? Due, StepState State = StepState.Open);

/// <summary>The case has a plan that the customer can see: the whole of it.</summary>
[EventType("case.planned.v1")]
public sealed record CasePlanned(Guid CaseId, IReadOnlyList<Step> Steps);

/// <summary>A step changed.</summary>
[EventType("case.step-changed.v1")]
public sealed record StepChanged(Guid CaseId, Step Step);
