using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Conversations;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Sending;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Notifications.SideConversations;

/// <summary>Staff asks somebody beside: a mail with the agent's words, from a reply address of its own, in a thread of its own. Nothing of the
/// customer's goes with it, and nothing of it into the customer's mails.</summary>
internal sealed class SideMails(ConversationBook book, Outbox outbox, Tokens tokens, Links links)
    : IHandle<SideConversationOpened>, IHandle<SideMessageSent>, IHandle<SideMessageReceived>, IHandle<SideConversationClosed>
{
    public async Task HandleAsync(SideConversationOpened e, EventEnvelope envelope, CancellationToken ct)
    {
        if (await book.ForAsync(e.CaseId, envelope, ct) is not { } conversation)
            return;
        var side = conversation.Beside[e.SideConversationId] = new() { Ordinal = e.Ordinal, AgentId = e.AgentId, Address = e.To.Value, Name = e.Name, Subject = e.Subject };
        Send(conversation, envelope, side, e.MessageId, e.AgentName, e.Text, e.Attachments);
    }

    public async Task HandleAsync(SideMessageSent e, EventEnvelope envelope, CancellationToken ct)
    {
        if (await book.ForAsync(e.CaseId, envelope, ct) is { } conversation && conversation.Beside.TryGetValue(e.SideConversationId, out var side))
            Send(conversation, envelope, side, e.MessageId, e.AgentName, e.Text, e.Attachments);
    }

    public async Task HandleAsync(SideMessageReceived e, EventEnvelope envelope, CancellationToken ct)
    {
        if (await book.ForAsync(e.CaseId, envelope, ct) is { } conversation && conversation.Beside.TryGetValue(e.SideConversationId, out var side)
            && MailIds.Clean(e.MessageId) is { } id)
            side.References.Add(id);
    }

    public async Task HandleAsync(SideConversationClosed e, EventEnvelope envelope, CancellationToken ct)
    {
        if (await book.ForAsync(e.CaseId, envelope, ct) is { } conversation && e.Forgotten)
            conversation.Beside.Remove(e.SideConversationId);
    }

    private void Send(
        Conversation conversation, EventEnvelope envelope, SideThread side, Guid messageId, string agent, string text, IReadOnlyList<Attachment> attachments)
    {
        var id = MailIds.Clean(tokens.MessageId(messageId, conversation.CaseId, links.MailDomain))!;
        var content = new MessageContent
        {
            RecipientName = side.Name,
            Sender = agent,
            Subject = side.References.Count == 0 ? side.Subject : $"Re: {side.Subject}",
            Text = $"{text}\n\n-- \n{agent}\n{conversation.Number}\n",
            MessageId = id,
            References = [.. side.References],
            ReplyToken = tokens.SideToken(conversation.CaseId, side.Ordinal),
            Attachments = attachments,
        };
        outbox.Send(
            conversation, envelope, messageId, new(Channel.Email, side.Address), SideConversationOpened.Template, content,
            fault: links.IsOurs(side.Address) ? "It is an address of ours, which would answer itself." : null);
        side.References.Add(id);
        if (side.References.Count > Conversation.MaxReferences)
            side.References.RemoveAt(1);
    }
}
