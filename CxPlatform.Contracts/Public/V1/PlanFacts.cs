using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Contracts.Public.V1;

/// <summary>One step of a plan.</summary>
/// <param name="Key">Stable within the case.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Due">By when; absent when there is no date.</param>
public sealed record StepFacts(string Key, StepState State, DateTimeOffset? Due);

/// <summary>The case has a plan that the customer can see, or another one: the whole of it.</summary>
/// <param name="Steps">In their order.</param>
[PublicEvent(
    "cx.case.planned.v1", "Case planned", "policy when the case is triaged, or an agent", Follows = ["cx.case.opened.v1", "cx.case.triaged.v1", "cx.case.planned.v1"])]
public sealed record CasePlannedFacts(IReadOnlyList<StepFacts> Steps) : CaseEventFacts;

/// <summary>A step of the plan changed: it is done or skipped, or has another date.</summary>
/// <param name="Step">As it is now.</param>
[PublicEvent("cx.case.step-changed.v1", "Step changed", "an agent, or policy as the case goes on", Follows = ["cx.case.planned.v1"])]
public sealed record StepChangedFacts(StepFacts Step) : CaseEventFacts;
