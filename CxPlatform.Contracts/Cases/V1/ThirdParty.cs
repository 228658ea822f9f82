namespace CxPlatform.Contracts.Cases.V1;

/// <summary>What comes next is up to somebody outside: a supplier, a colleague of another department, an authority.</summary>
/// <param name="Who">In words that the customer reads: "the manufacturer".</param>
/// <param name="SideConversationId">The conversation whose answer ends the waiting; null: a person ends it.</param>
[EventType("case.third-party-awaited.v1")]
public sealed record ThirdPartyAwaited(Guid CaseId, [property: Personal] string Who, Guid? SideConversationId = null)
{
    /// <summary>The case that waited for it, which became part of this one.</summary>
    public Guid? FromCaseId { get; init; }
}

/// <summary>Whoever was waited for has answered, or is not waited for any longer: it is our turn again.</summary>
/// <param name="SideConversationId">The conversation in which the answer came; null: a person said so.</param>
[EventType("case.third-party-answered.v1")]
public sealed record ThirdPartyAnswered(Guid CaseId, Guid? SideConversationId = null);
