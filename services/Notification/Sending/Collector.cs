using CxPlatform.Messaging;
using CxPlatform.Notifications.Conversations;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;

namespace CxPlatform.Notifications.Sending;

/// <summary>Gathers what waits, so that several changes become one message.</summary>
internal sealed class Collector(Unit<NotificationDb> unit, ConversationBook book)
{
    public const string Reason = "It became part of a later message.";

    /// <summary>When updates left, or are to leave, for a customer within the last day, on whichever way; or for an address, whoever has it.</summary>
    public async Task<IReadOnlyList<DateTimeOffset>> RecentAsync(Guid customerId, string recipient, CancellationToken ct)
    {
        var sql = Sql.Of(unit);
        var written = await sql.QueryAsync(
            $"""
            select case when state = 'Sent' then sent_at else due end from messages
            where (recipient = @recipient or customer_id = @customer) and created_at > @since and weight = 'Update' and state in ('Pending', 'Sent')
            """,
            [("recipient", recipient), ("customer", customerId), ("since", unit.Now - LoopCap.Day)], reader => sql.ReadTime(reader, 0), ct);
        return [
            .. written,
            .. unit.Db.Pending.Messages.Select(message => message.Row)
                .Where(row => (row.Recipient == recipient || row.CustomerId == customerId) && row is { Weight: Weight.Update, State: MessageState.Pending }).Select(row => row.Due),
        ];
    }

    /// <summary>Takes a waiting message out of the queue, because a later one says what it says.</summary>
    /// <returns>False when it has left, or is about to.</returns>
    public async Task<bool> CollectAsync(Conversation conversation, HeldMessage held, CancellationToken ct)
    {
        // It may have been written by this very unit.
        await unit.Db.SaveChangesAsync(ct);
        book.Keep(conversation);
        return await Sql.Of(unit).ExecuteAsync(
            "update messages set state = 'Collected', reason = @reason where id = @id and state = 'Pending' and claim is null and due > @now", ct,
            ("id", held.MessageId), ("reason", Reason), ("now", unit.Now)) > 0;
    }
}
