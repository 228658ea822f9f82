namespace CxPlatform.Contracts.Cases.V1;

/// <summary>The case belongs to another customer record now: two records were one person, or were not after all.</summary>
[EventType("case.customer-changed.v1")]
public sealed record CaseCustomerChanged(Guid CaseId, Guid CustomerId, Guid OldCustomerId);

/// <summary>The customer's tier, that a policy may ask for, has become known or another.</summary>
[EventType("case.tier-changed.v1")]
public sealed record CaseTierChanged(Guid CaseId, string? Tier);

/// <summary>A customer's personal data was removed from the case: whoever kept some of it is to forget it.</summary>
[EventType("case.customer-erased.v1")]
public sealed record CaseCustomerErased(Guid CaseId, Guid CustomerId);
