using System.Text.Json;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Domain;

namespace CxPlatform.Notifications.Storage;

/// <summary>The projections and messages of one unit, written together before its commit. Writing the same again changes nothing.</summary>
internal sealed class PendingWrites
{
    private static readonly SetStatement<Conversation> SaveConversations = SetStatement.Insert(
        "conversations",
        new Columns<Conversation>()
            .Uuid("case_id", row => row.CaseId)
            .Uuid("customer_id", row => row.CustomerId)
            .Number("version", row => row.Version)
            .Text("state", row => JsonSerializer.Serialize(row, EventTypes.Json)),
        "on conflict (case_id) do update set version = excluded.version, state = excluded.state where conversations.version <= excluded.version");

    private static readonly SetStatement<CustomerRow> SaveCustomers = SetStatement.Insert(
        "customers",
        new Columns<CustomerRow>()
            .Uuid("customer_id", row => row.CustomerId)
            .Number("version", row => row.Version)
            .Text("state", row => row.State),
        "on conflict (customer_id) do update set version = excluded.version, state = excluded.state where customers.version < excluded.version");

    /// <summary>One per event, recipient, template and copy.</summary>
    public static readonly SetStatement<MessageRow> InsertMessages = SetStatement.Insert(
        "messages",
        new Columns<MessageRow>()
            .Uuid("id", row => row.Id)
            .Uuid("event_id", row => row.EventId)
            .Text("recipient", row => row.Recipient)
            .Text("template", row => row.Template)
            .Count("copy", row => row.Copy)
            .Uuid("case_id", row => row.CaseId)
            .Uuid("customer_id", row => row.CustomerId)
            .Uuid("agent_id", row => row.AgentId)
            .Text("channel", row => row.Channel.ToString())
            .Text("weight", row => row.Weight.ToString())
            .Flag("automatic", row => row.Automatic)
            .Flag("late", row => row.Late)
            .Text("state", row => row.State.ToString())
            .Instant("due", row => row.Due)
            .Uuid("claim", row => row.Claim)
            .Count("attempts", row => row.Attempts)
            .Text("reason", row => row.Reason)
            .Text("content", row => row.Content)
            .Instant("created_at", row => row.CreatedAt)
            .Uuid("correlation_id", row => row.CorrelationId)
            .Text("trace", row => row.Trace));

    public Dictionary<Guid, Conversation> Conversations { get; } = [];

    public Dictionary<Guid, CustomerRow> Customers { get; } = [];

    public List<PendingMessage> Messages { get; } = [];

    public List<AgentNoticeRow> Notices { get; } = [];

    /// <summary>Automatic messages that one address gets in a day, from all cases together.</summary>
    public int MostAutomaticPerDay { get; set; } = int.MaxValue;

    public bool Any => Conversations.Count > 0 || Customers.Count > 0 || Messages.Count > 0 || Notices.Count > 0;

    public async Task WriteAsync(Sql sql, CancellationToken ct)
    {
        await sql.RunAsync(SaveConversations, [.. Conversations.Values], ct);
        await sql.RunAsync(SaveCustomers, [.. Customers.Values], ct);
        var inserted = await sql.RunAsync(InsertMessages, Messages.ConvertAll(message => message.Row), ct);
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

    // Those just written are counted too, those that never leave are not.
    private async Task<HashSet<string>> FloodedAsync(Sql sql, CancellationToken ct) =>
        [.. await sql.QueryAsync(
            $"""
            select recipient from messages where recipient {sql.In("recipients")} and recipient <> '' and created_at > @since and automatic and state <> 'Withheld'
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
    public const string Looped = "Too many automatic messages went to this address about this case; another machine may be answering.";
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
