namespace CxPlatform.Contracts.Cases.V1;

/// <summary>What we understood was put right, by the customer ("that's not it") or an agent.</summary>
[EventType("case.need-corrected.v1")]
public sealed record NeedCorrected(Guid CaseId, [property: Personal] string Need, bool ByCustomer);
