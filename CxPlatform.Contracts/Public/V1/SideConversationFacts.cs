namespace CxPlatform.Contracts.Public.V1;

/// <summary>Staff asked somebody else by mail, beside the conversation with the customer.</summary>
/// <param name="SideConversationId">The conversation.</param>
/// <param name="MessageId">The mail.</param>
/// <param name="AgentId">Who asked.</param>
[PublicEvent("cx.case.side.opened.v1", "Side conversation opened", "an agent", Follows = ["cx.case.opened.v1"])]
public sealed record SideConversationOpenedFacts(Guid SideConversationId, Guid MessageId, Guid? AgentId) : CaseEventFacts;

/// <summary>Staff wrote again in a side conversation.</summary>
/// <param name="SideConversationId">The conversation.</param>
/// <param name="MessageId">The mail.</param>
/// <param name="AgentId">Who wrote.</param>
[PublicEvent("cx.case.side.message-sent.v1", "Side message sent", "an agent", Follows = ["cx.case.side.opened.v1"])]
public sealed record SideMessageSentFacts(Guid SideConversationId, Guid MessageId, Guid? AgentId) : CaseEventFacts;

/// <summary>An answer came in a side conversation.</summary>
/// <param name="SideConversationId">The conversation.</param>
/// <param name="ContactId">The contact that it came as.</param>
/// <param name="Automatic">Whether a machine wrote it.</param>
/// <param name="ReceivedAt">When it came in.</param>
[PublicEvent("cx.case.side.message-received.v1", "Side message received", "whoever was asked", Follows = ["cx.case.side.opened.v1"])]
public sealed record SideMessageReceivedFacts(Guid SideConversationId, Guid ContactId, Automatic Automatic, DateTimeOffset ReceivedAt) : CaseEventFacts;

/// <summary>Nothing more is expected in a side conversation. What comes all the same opens it again.</summary>
/// <param name="SideConversationId">The conversation.</param>
/// <param name="AgentId">Who closed it; absent when whom it was with was erased.</param>
[PublicEvent("cx.case.side.closed.v1", "Side conversation closed", "an agent, or an erasure", Follows = ["cx.case.side.opened.v1"])]
public sealed record SideConversationClosedFacts(Guid SideConversationId, Guid? AgentId) : CaseEventFacts;
