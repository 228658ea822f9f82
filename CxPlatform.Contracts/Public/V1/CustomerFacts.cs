namespace CxPlatform.Contracts.Public.V1;

/// <summary>The case belongs to another customer record now: two records were one person, or were not after all.</summary>
/// <param name="CustomerId">Whose it is.</param>
/// <param name="OldCustomerId">Whose it was.</param>
[PublicEvent("cx.case.customer-changed.v1", "Customer changed", "Intake, which merged or parted customers", Follows = ["cx.case.opened.v1"])]
public sealed record CaseCustomerChangedFacts(Guid CustomerId, Guid OldCustomerId) : CaseEventFacts;

/// <summary>The customer's tier has become known or another. Which one is not told.</summary>
[PublicEvent("cx.case.tier-changed.v1", "Tier changed", "Intake", Follows = ["cx.case.opened.v1"])]
public sealed record CaseTierChangedFacts : CaseEventFacts;

/// <summary>A customer's personal data was removed from the case: whoever kept some of it is to forget it. Once for each of the
/// customer's cases.</summary>
/// <param name="CustomerId">Who is to be forgotten.</param>
[PublicEvent("cx.customer.erased.v1", "Customer erased", "Intake, when somebody is to be forgotten", Follows = ["cx.case.opened.v1"])]
public sealed record CustomerErasedFacts(Guid CustomerId) : CaseEventFacts;
