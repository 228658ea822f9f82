namespace CxPlatform.Contracts.Cases.V1;

/// <summary>Whoever gives a case away says what the next one needs to know. Never visible to the customer.</summary>
/// <param name="FromName">The former owner's name, or the team's.</param>
/// <param name="Done">What was done.</param>
/// <param name="Next">What is next.</param>
/// <param name="Promised">What is promised, in the words of who gives it away.</param>
/// <param name="Beware">What to beware of.</param>
/// <param name="ById">Who wrote it.</param>
[EventType("case.handed-over.v1")]
public sealed record CaseHandedOver(
    Guid CaseId, Guid? FromId, string FromName, Guid AgentId, string AgentName, [property: Personal] string Done, [property: Personal] string Next,
    [property: Personal] string? Promised = null, [property: Personal] string? Beware = null, Guid? ById = null, string? ByName = null);

/// <summary>Whoever took the case has read the handover.</summary>
[EventType("case.handover-acknowledged.v1")]
public sealed record HandoverAcknowledged(Guid CaseId, Guid? AgentId, string AgentName);

/// <summary>Somebody else keeps what was promised from now on, because they have the case: the customer is told who.</summary>
/// <param name="FromName">Who had promised.</param>
/// <param name="By">When the first of them is due.</param>
[EventType("case.promises-moved.v1")]
public sealed record PromisesMoved(
    Guid CaseId, Guid FromId, string FromName, Guid AgentId, string AgentName, IReadOnlyList<Guid> Promises, DateTimeOffset By);
