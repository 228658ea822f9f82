using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;

namespace CxPlatform.Notifications.Sending;

/// <summary>Takes messages that are due, so that no other process takes them too.</summary>
internal sealed class Claims(Unit<NotificationDb> unit)
{
    private static readonly SetStatement<(OutgoingMessage Message, DateTimeOffset Now)> Release = SetStatement.Update(
        "messages",
        new Columns<(OutgoingMessage Message, DateTimeOffset Now)>()
            .Uuid("id", row => row.Message.Id)
            .Uuid("claim", row => row.Message.Claim)
            .Instant("due", row => row.Now),
        match: 2,
        "old.state = 'Pending'",
        "claim = null");

    private static readonly SetStatement<(OutgoingMessage Message, DateTimeOffset Until)> Renew = SetStatement.Update(
        "messages",
        new Columns<(OutgoingMessage Message, DateTimeOffset Until)>()
            .Uuid("id", row => row.Message.Id)
            .Uuid("claim", row => row.Message.Claim)
            .Instant("due", row => row.Until),
        match: 2,
        "old.state = 'Pending'");

    public async Task<List<OutgoingMessage>> TakeAsync(Channel channel, int most, CancellationToken ct)
    {
        var sql = Sql.Of(unit);
        var claim = Guid.CreateVersion7(unit.Now);
        var until = unit.Now + Postbox.Lease;
        return await sql.QueryAsync(
            $"""
            update messages set claim = @claim, due = @until
            where id in (select id from messages where state = 'Pending' and channel = @channel and due <= @now order by due limit @most {(sql.Embedded ? "" : "for update skip locked")})
            returning id, event_id, case_id, customer_id, recipient, template, content, attempts, created_at, correlation_id, trace, weight, late,
                      exists (select 1 from suppressions where address = recipient), agent_id
            """,
            [("claim", claim), ("until", until), ("now", unit.Now), ("channel", channel), ("most", most)],
            reader => new OutgoingMessage(
                reader.GetGuid(0), claim, until, reader.GetGuid(1), reader.IsDBNull(2) ? null : reader.GetGuid(2), reader.IsDBNull(3) ? null : reader.GetGuid(3),
                new(channel, reader.GetString(4)), reader.GetString(5), Enum.Parse<Weight>(reader.GetString(11)),
                JsonSerializer.Deserialize<MessageContent>(reader.GetString(6), EventTypes.Json)!,
                reader.GetInt32(7) + 1, sql.ReadTime(reader, 8), reader.GetGuid(9), reader.IsDBNull(10) ? null : reader.GetString(10), reader.GetBoolean(12),
                reader.GetBoolean(13) ? Stops.Suppressed : null, reader.IsDBNull(14) ? null : reader.GetGuid(14)),
            ct);
    }

    /// <summary>Keeps others from taking what this process still holds.</summary>
    /// <returns>The ids of those that are still its own, and when their claims end now.</returns>
    public async Task<(HashSet<Guid> Kept, DateTimeOffset Until)> RenewAsync(IReadOnlyList<OutgoingMessage> messages, CancellationToken ct)
    {
        var until = unit.Now + Postbox.Lease;
        return (await Sql.Of(unit).RunAsync(Renew, [.. messages.Select(message => (message, until))], ct), until);
    }

    /// <summary>Gives back what will not be sent by this process.</summary>
    public async Task<Done> ReleaseAsync(IEnumerable<OutgoingMessage> messages, CancellationToken ct)
    {
        await Sql.Of(unit).RunAsync(Release, [.. messages.Select(message => (message, unit.Now))], ct);
        return Done.Value;
    }

    /// <summary>For a store that only one process writes to: claims of its earlier life are nobody's.</summary>
    public async Task<Done> ReleaseEarlierAsync(DateTimeOffset since, CancellationToken ct)
    {
        await Sql.Of(unit).ExecuteAsync(
            "update messages set claim = null, due = @now where state = 'Pending' and claim is not null and due < @end", ct,
            ("now", unit.Now), ("end", since + Postbox.Lease));
        return Done.Value;
    }
}
