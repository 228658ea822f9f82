using System.Text.Json;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Domain;

namespace CxPlatform.Notifications.Storage;

/// <summary>The projections and messages of one unit, written together before its commit. Writing the same again changes nothing.</summary>
internal sealed class PendingWrites
{
    private static readonly Insert<Conversation> SaveConversations = new(
        "conversations",
        "on conflict (case_id) do update set version = excluded.version, state = excluded.state where conversations.version <= excluded.version",
        Column<Conversation>.Uuid("case_id", row => row.CaseId),
        Column<Conversation>.Uuid("customer_id", row => row.CustomerId),
        Column<Conversation>.Number("version", row => row.Version),
        Column<Conversation>.Text("state", row => JsonSerializer.Serialize(row, EventTypes.Json)));

    private static readonly Insert<CustomerRow> SaveCustomers = new(
        "customers",
        "on conflict (customer_id) do update set version = excluded.version, state = excluded.state where customers.version < excluded.version",
        Column<CustomerRow>.Uuid("customer_id", row => row.CustomerId),
        Column<CustomerRow>.Number("version", row => row.Version),
        Column<CustomerRow>.Text("state", row => row.State));

    /// <summary>One per event, recipient, template and copy.</summary>
    public static readonly Insert<MessageRow> InsertMessages = new(
        "messages",
        "on conflict do nothing",
        Column<MessageRow>.Uuid("id", row => row.Id),
        Column<MessageRow>.Uuid("event_id", row => row.EventId),
        Column<MessageRow>.Text("recipient", row => row.Recipient),
        Column<MessageRow>.Text("template", row => row.Template),
        Column<MessageRow>.Count("copy", row => row.Copy),
        Column<MessageRow>.Uuid("case_id", row => row.CaseId),
        Column<MessageRow>.Uuid("customer_id", row => row.CustomerId),
        Column<MessageRow>.Uuid("agent_id", row => row.AgentId),
        Column<MessageRow>.Text("channel", row => row.Channel.ToString()),
        Column<MessageRow>.Text("weight", row => row.Weight.ToString()),
        Column<MessageRow>.Flag("automatic", row => row.Automatic),
        Column<MessageRow>.Flag("late", row => row.Late),
        Column<MessageRow>.Text("state", row => row.State.ToString()),
        Column<MessageRow>.Instant("due", row => row.Due),
        Column<MessageRow>.Uuid("claim", row => row.Claim),
        Column<MessageRow>.Count("attempts", row => row.Attempts),
        Column<MessageRow>.Text("reason", row => row.Reason),
        Column<MessageRow>.Text("content", row => row.Content),
        Column<MessageRow>.Instant("created_at", row => row.CreatedAt),
        Column<MessageRow>.Uuid("correlation_id", row => row.CorrelationId),
        Column<MessageRow>.Text("trace", row => row.Trace));

    public Dictionary<Guid, Conversation> Conversations { get; } = [];

    public Dictionary<Guid, CustomerRow> Customers { get; } = [];

    public List<PendingMessage> Messages { get; } = [];

    public List<AgentNoticeRow> Notices { get; } = [];

    /// <summary>Automatic messages that one address gets in a day, from all cases together.</summary>
    public int MostAutomaticPerDay { get; set; } = int.MaxValue;

    public bool Any => Conversations.Count > 0 || Customers.Count > 0 || Messages.Count > 0 || Notices.Count > 0;

    public async Task WriteAsync(Sql sql, CancellationToken ct)
    {
        await SaveConversations.RunAsync(sql, [.. Conversations.Values], ct);
        await SaveCustomers.RunAsync(sql, [.. Customers.Values], ct);
        var inserted = await InsertMessages.RunAsync(sql, Messages.ConvertAll(message => message.Row), ct);
        if (Messages.Count > 0)
        {
            var suppressed = await SuppressedAsync(sql, ct);
            var flooded = await FloodedAsync(sql, ct);
            foreach (var message in Messages)
            {
                message.Inserted = inserted.Contains(message.Row.Id);
                message.Stop = suppressed.Contains(message.Row.Recipient) ? Stops.Suppressed
                    : message.Row.Automatic && flooded.Contains(message.Row.Recipient) ? Stops.Flooded
                    : null;
            }
        }
        if (Notices.Count > 0)
            await NoticeWrites.WriteAsync(sql, Notices, ct);
        Conversations.Clear();
        Customers.Clear();
        Notices.Clear();
        Messages.Clear();
    }

    private async Task<HashSet<string>> SuppressedAsync(Sql sql, CancellationToken ct) =>
        [.. await sql.QueryAsync(
            $"select address from suppressions where address {sql.In("recipients")}", [("recipients", Recipients(sql))],
            reader => reader.GetString(0), ct)];

    // Those just written are counted too.
    private async Task<HashSet<string>> FloodedAsync(Sql sql, CancellationToken ct) =>
        [.. await sql.QueryAsync(
            $"""
            select recipient from messages where recipient {sql.In("recipients")} and recipient <> '' and created_at > @since and automatic
            group by recipient having count(*) > @most
            """,
            [("recipients", Recipients(sql)), ("since", Messages.Max(message => message.Row.CreatedAt) - LoopCap.Day), ("most", MostAutomaticPerDay)],
            reader => reader.GetString(0), ct)];

    private object Recipients(Sql sql) => sql.List(Messages.Select(message => message.Row.Recipient).Distinct().ToArray());
}

/// <summary>Why a message that is written is not sent.</summary>
internal static class Stops
{
    public const string Suppressed = "The address came back as not existing before; nothing is sent there any more.";
    public const string Flooded = "Too many automatic messages went to this address within a day; another machine may be answering.";
}

/// <summary>A message that the unit writes.</summary>
internal sealed class PendingMessage(MessageRow row, MessageContent content)
{
    public MessageRow Row => row;

    public MessageContent Content => content;

    /// <summary>False after the write when there was one for the same event, recipient and template already.</summary>
    public bool Inserted { get; set; }

    /// <summary>After the write: why it is not sent all the same.</summary>
    public string? Stop { get; set; }
}
