using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notifications.Conversations;

/// <summary>Who gets copies of what the customer is answered, and which agents follow. Of whoever takes part no longer nothing is kept for that.</summary>
internal sealed class ParticipantEvents(Unit<NotificationDb> unit, ConversationBook book) : IHandle<ParticipantAdded>, IHandle<ParticipantRemoved>
{
    public async Task HandleAsync(ParticipantAdded e, EventEnvelope envelope, CancellationToken ct)
    {
        if (await book.ForAsync(e.CaseId, envelope, ct) is not { } conversation)
            return;
        if (e is { Role: ParticipantRole.Cc, Address: { Kind: IdentityKind.EmailAddress, Value.Length: > 0 } address })
            conversation.Copies[e.ParticipantId] = new(e.Name, address.Value, e.CustomerId);
        else
            conversation.Copies.Remove(e.ParticipantId);
        if (e is { Role: ParticipantRole.Follower, AgentId: { } agent })
            conversation.Followers[e.ParticipantId] = agent;
    }

    public async Task HandleAsync(ParticipantRemoved e, EventEnvelope envelope, CancellationToken ct)
    {
        if (await book.ForAsync(e.CaseId, envelope, ct) is not { } conversation)
            return;
        conversation.Followers.Remove(e.ParticipantId);
        if (!conversation.Copies.Remove(e.ParticipantId, out var gone))
            return;
        // What the batch has not written yet is written first, so that it is found.
        await unit.Db.SaveChangesAsync(ct);
        book.Keep(conversation);
        foreach (var message in await unit.Db.Messages.Where(row => row.CaseId == e.CaseId).ToListAsync(ct))
        {
            if (message.Template == ParticipantAdded.CopyTemplate && message.Recipient == gone.Address)
                unit.Db.Messages.Remove(message);
            else if (JsonSerializer.Deserialize<MessageContent>(message.Content, EventTypes.Json) is { Cc.Count: > 0 } content)
                message.Content = JsonSerializer.Serialize(
                    content with { Cc = [.. content.Cc.Where(person => person.Address != gone.Address)] }, EventTypes.Json);
        }
        await unit.Db.SaveChangesAsync(ct);
        book.Keep(conversation);
    }
}
