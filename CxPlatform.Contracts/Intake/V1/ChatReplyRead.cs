namespace CxPlatform.Contracts.Intake.V1;

/// <summary>A message of ours was read in the chat: it need not go to the customer in another way. Stream: <c>chat/{CaseId}</c>.</summary>
/// <param name="CaseId">The case that the conversation began.</param>
[EventType("chat.reply-read.v1")]
public sealed record ChatReplyRead(Guid CaseId, Guid MessageId, DateTimeOffset ReadAt);
