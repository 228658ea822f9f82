namespace CxPlatform.Contracts.Cases.V1;

/// <summary>What we understood was put right, by the customer ("that's not it") or an agent.</summary>
/// <param name="AgentId">The colleague who did, or who wrote down what the customer said; null for the customer themselves.</param>
[EventType("case.need-corrected.v1")]
public sealed record NeedCorrected(Guid CaseId, [property: Personal] string Need, bool ByCustomer, Guid? AgentId = null, string? AgentName = null);
