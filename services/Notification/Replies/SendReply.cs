using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Conversations;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Sending;

namespace CxPlatform.Notifications.Replies;

/// <summary>An agent's words go out as they are.</summary>
internal sealed class SendReply(ConversationBook book, Outbox outbox) : IHandle<ReplySent>
{
    private const string Template = "reply";

    public async Task HandleAsync(ReplySent e, EventEnvelope envelope, CancellationToken ct)
    {
        if (await book.ForAsync(e.CaseId, envelope, ct) is not { } conversation)
            return;
        if (e.Visibility == Visibility.World && conversation.PublicPost is { } post)
            Post(e, envelope, conversation, post);
        else
        {
            var telling = new Telling(Template, setting => setting.Common.Answer(e.Text))
            {
                MessageId = e.MessageId,
                Person = e.AgentName,
                Attachments = e.Attachments,
            };
            // In the chat it is read while the visitor is there; files go by mail.
            var mayBeRead = conversation.Channel == Channel.Chat && e.Attachments.Count == 0;
            await outbox.AnswerAsync(conversation, envelope, telling with { MayBeRead = mayBeRead }, telling, ct);
        }
    }

    // The words and nothing else: no name, no link, no number of the case.
    private void Post(ReplySent e, EventEnvelope envelope, Conversation conversation, Post post) => outbox.Send(
        conversation, envelope, e.MessageId, Reach.Public(post.Channel, post.Handle), Template,
        new() { Sender = e.AgentName, Text = e.Text, IsPublic = true, AnswersContact = post.ContactId }, conversation.CustomerId);
}
