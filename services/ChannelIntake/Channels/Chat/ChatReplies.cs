using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Intake.Channels.Chat;

/// <summary>What staff answers on a case that began in the chat is said there, too.</summary>
internal sealed class ChatReplies(ChatBook book) : IHandle<ReplySent>, IHandle<SolutionProposed>
{
    public Task HandleAsync(ReplySent e, EventEnvelope envelope, CancellationToken ct) =>
        SayAsync(e.CaseId, e.MessageId, e.AgentName, e.Text, envelope, ct);

    public Task HandleAsync(SolutionProposed e, EventEnvelope envelope, CancellationToken ct) =>
        SayAsync(e.CaseId, e.MessageId, e.AgentName, e.Text, envelope, ct);

    // Of a case that did not begin in the chat there is no conversation to add to.
    private Task SayAsync(Guid caseId, Guid messageId, string name, string text, EventEnvelope envelope, CancellationToken ct) =>
        book.AddAsync(
            new() { ChatId = caseId, Key = "message:" + messageId, MessageId = messageId, Name = name, Text = text, At = envelope.Time }, ct);
}
