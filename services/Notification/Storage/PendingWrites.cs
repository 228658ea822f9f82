using System.Text.Json;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Domain;

namespace CxPlatform.Notifications.Storage;

/// <summary>The projections and messages of one unit, written together before its commit. Writing the same again changes nothing.</summary>
internal sealed class PendingWrites
{
    public Dictionary<Guid, Conversation> Conversations { get; } = [];

    public Dictionary<Guid, CustomerRow> Customers { get; } = [];

    public List<PendingMessage> Messages { get; } = [];

    public bool Any => Conversations.Count > 0 || Customers.Count > 0 || Messages.Count > 0;

    public async Task WriteAsync(Sql sql, CancellationToken ct)
    {
        await sql.ExecuteAsync(
            """
            insert into conversations (case_id, customer_id, version, state) values (@case_id, @customer_id, @version, @state)
            on conflict (case_id) do update set version = excluded.version, state = excluded.state where conversations.version <= excluded.version
            """,
            [.. Conversations.Values.Select(conversation => new (string, object?)[]
            {
                ("case_id", conversation.CaseId), ("customer_id", conversation.CustomerId), ("version", conversation.Version),
                ("state", JsonSerializer.Serialize(conversation, EventTypes.Json)),
            })],
            ct);
        await sql.ExecuteAsync(
            """
            insert into customers (customer_id, version, state) values (@customer_id, @version, @state)
            on conflict (customer_id) do update set version = excluded.version, state = excluded.state where customers.version < excluded.version
            """,
            [.. Customers.Values.Select(row => new (string, object?)[] { ("customer_id", row.CustomerId), ("version", row.Version), ("state", row.State) })],
            ct);
        var inserted = await sql.ExecuteAsync(InsertMessage, [.. Messages.Select(message => Values(message.Row))], ct);
        var suppressed = await SuppressedAsync(sql, ct);
        for (var i = 0; i < inserted.Length; i++)
        {
            Messages[i].Inserted = inserted[i] > 0;
            Messages[i].Suppressed = suppressed.Contains(Messages[i].Row.Recipient);
        }
        Conversations.Clear();
        Customers.Clear();
        Messages.Clear();
    }

    private async Task<HashSet<string>> SuppressedAsync(Sql sql, CancellationToken ct)
    {
        if (Messages.Count == 0)
            return [];
        var recipients = Messages.Select(message => message.Row.Recipient).ToArray();
        return [.. await sql.QueryAsync(
            $"select address from suppressions where address {(sql.Embedded ? "in (select value from json_each(@recipients))" : "= any(@recipients)")}",
            [("recipients", sql.Embedded ? JsonSerializer.Serialize(recipients) : recipients)],
            reader => reader.GetString(0), ct)];
    }

    private const string InsertMessage =
        """
        insert into messages (id, event_id, recipient, template, copy, case_id, customer_id, channel, state, due, claim, attempts, reason, content, created_at, correlation_id, trace)
        values (@id, @event_id, @recipient, @template, @copy, @case_id, @customer_id, @channel, @state, @due, @claim, @attempts, @reason, @content, @created_at, @correlation_id, @trace)
        on conflict do nothing
        """;

    private static (string, object?)[] Values(MessageRow row) =>
    [
        ("id", row.Id), ("event_id", row.EventId), ("recipient", row.Recipient), ("template", row.Template), ("copy", row.Copy), ("case_id", row.CaseId),
        ("customer_id", row.CustomerId), ("channel", row.Channel), ("state", row.State), ("due", row.Due), ("claim", row.Claim), ("attempts", row.Attempts),
        ("reason", row.Reason), ("content", row.Content), ("created_at", row.CreatedAt), ("correlation_id", row.CorrelationId), ("trace", row.Trace),
    ];
}

/// <summary>A message that the unit writes.</summary>
internal sealed class PendingMessage(MessageRow row, MessageContent content)
{
    public MessageRow Row => row;

    public MessageContent Content => content;

    /// <summary>False after the write when there was one for the same event, recipient and template already.</summary>
    public bool Inserted { get; set; }

    /// <summary>After the write: the address came back as not existing before.</summary>
    public bool Suppressed { get; set; }
}
