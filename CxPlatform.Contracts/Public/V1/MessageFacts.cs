namespace CxPlatform.Contracts.Public.V1;

/// <summary>An agent answered the customer.</summary>
/// <param name="MessageId">The answer; its text is fetched with the scope <c>cases:read</c>.</param>
/// <param name="AgentId">Who answered; absent when a machine did.</param>
/// <param name="AsksCustomer">The answer asks something: the case waits for the customer.</param>
[PublicEvent("cx.case.reply-sent.v1", "Reply sent", "an agent, or an integration with the scope cases:write", Follows = ["cx.case.opened.v1"])]
public sealed record ReplySentFacts(Guid MessageId, Guid? AgentId, bool AsksCustomer) : CaseEventFacts;

/// <summary>How a message on the case fared: it left, it could not be delivered, or it has not left for an hour.</summary>
/// <param name="MessageId">The message.</param>
/// <param name="Template">Which words it was.</param>
/// <param name="Channel">How it goes to the customer.</param>
/// <param name="Sent">It has left.</param>
/// <param name="StillTrying">It has not, and further attempts follow.</param>
[PublicEvent("cx.case.message-outcome.v1", "Message outcome", "Notification", Follows = ["cx.case.opened.v1"])]
public sealed record MessageOutcomeFacts(Guid MessageId, string Template, Channel Channel, bool Sent, bool StillTrying) : CaseEventFacts;
