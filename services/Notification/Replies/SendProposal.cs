using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Conversations;
using CxPlatform.Notifications.Sending;

namespace CxPlatform.Notifications.Replies;

/// <summary>What we think solves it, with one step to say yes or no. The links preselect; the page asks before anything happens.</summary>
internal sealed class SendProposal(ConversationBook book, Outbox outbox) : IHandle<SolutionProposed>
{
    public async Task HandleAsync(SolutionProposed e, EventEnvelope envelope, CancellationToken ct)
    {
        if (await book.ForAsync(e.CaseId, envelope, ct) is { } conversation)
            await outbox.AnswerAsync(
                conversation, envelope,
                new(SolutionProposed.Template, setting => setting.Common
                    .Proposal(e.Text, setting.StatusLink + "?answer=accept", setting.StatusLink + "?answer=decline")
                    .With("answerBy", e.AnswerBy, setting.When, setting.Now)
                    .Ending(e.Result ?? CaseResult.Solved, e.Ending, setting.StatusLink))
                {
                    MessageId = e.MessageId,
                    Person = e.AgentName,
                },
                // Saying yes or no is the customer's.
                new("reply", setting => setting.Common.Answer(e.Text)) { Person = e.AgentName },
                ct);
    }
}
