using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Reading;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts;
using CxPlatform.Messaging;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.Desk;

/// <summary>A view of the inbox: a name for a question.</summary>
/// <param name="ForAgents">Only for somebody who can own cases.</param>
internal sealed record InboxView(string Key, string Title, string Empty, Func<CaseQuery, Guid, CaseQuery> Ask, Func<InboxCounts, int?> Count, bool ForAgents = false)
{
    public static IReadOnlyList<InboxView> All { get; } =
    [
        new("mine", "Mine", "You have no open case.", (q, me) => q with { Open = true, OwnerId = me }, c => c.Mine, ForAgents: true),
        new("unassigned", "Unassigned", "Every open case has an owner.", (q, _) => q with { Open = true, Unassigned = true }, c => c.Unassigned),
        new("waiting", "Waiting longest", "Nobody waits for us.", (q, _) => q with { Open = true, Order = CaseOrder.Waiting }, c => c.Waiting),
        new("due", "Promise due", "No promise is open.", (q, _) => q with { Order = CaseOrder.Due }, c => c.Promised),
        new("open", "All open", "No case is open.", (q, _) => q with { Open = true }, c => c.Open),
        new("ended", "Resolved", "No case was resolved yet.", (q, _) => q with { Open = false }, _ => null),
    ];

    public static InboxView Of(string? key, bool agent) =>
        All.FirstOrDefault(view => view.Key == key && (agent || !view.ForAgents)) ?? All.First(view => agent || !view.ForAgents);
}

/// <summary>How many cases the views hold.</summary>
internal sealed record InboxCounts(int Open, int Mine, int Unassigned, int Waiting, int Promised);

internal sealed record QueueChoice(string Id, string Name);

/// <summary>The inbox's query string.</summary>
internal sealed class InboxParameters
{
    public string? View { get; init; }
    public string? Q { get; init; }
    public string? Status { get; init; }
    public string? Queue { get; init; }
    public string? Priority { get; init; }
    public string? Channel { get; init; }
    public string? Cursor { get; init; }
}

/// <summary>What the inbox shows. Public because components and their parameters are; what it holds is not.</summary>
public sealed record InboxModel
{
    internal InboxModel(InboxParameters asked, InboxView view, bool agent, string zone, DateTimeOffset now)
    {
        Zone = zone;
        Now = now;
        Asked = asked;
        View = view;
        IsAgent = agent;
    }

    internal InboxParameters Asked { get; }

    internal InboxView View { get; }

    internal bool IsAgent { get; }

    internal IReadOnlyList<CaseSummary> Items { get; init; } = [];

    internal string? Next { get; init; }

    internal InboxCounts Counts { get; init; } = new(0, 0, 0, 0, 0);

    internal IReadOnlyList<QueueChoice> Queues { get; init; } = [];

    internal string Zone { get; }

    internal DateTimeOffset Now { get; }

    /// <summary>A search looks everywhere, not into one view.</summary>
    internal bool IsSearch => !string.IsNullOrWhiteSpace(Asked.Q);

    internal bool IsFiltered => IsSearch || Asked is not { Status: null or "", Queue: null or "", Priority: null or "", Channel: null or "" };

    internal string AddressOf(string view, string? cursor = null)
    {
        Dictionary<string, string?> query = new() { ["view"] = view };
        if (cursor is not null)
        {
            foreach (var (name, value) in ((string, string?)[])[("q", Asked.Q), ("status", Asked.Status), ("queue", Asked.Queue), ("priority", Asked.Priority), ("channel", Asked.Channel)])
                if (!string.IsNullOrEmpty(value))
                    query[name] = value;
            query["cursor"] = cursor;
        }
        return QueryHelpers.AddQueryString(DeskEndpoints.Path, query);
    }
}

/// <summary>Reads what the inbox shows.</summary>
internal sealed class InboxReader(Work<CaseDb> work, CaseList list)
{
    public const int PageSize = 30;

    public Task<Outcome<CasePage>> ReadAsync(InboxParameters asked, InboxView view, Guid me, CancellationToken ct)
    {
        var query = new CaseQuery { Limit = PageSize, Cursor = string.IsNullOrEmpty(asked.Cursor) ? null : asked.Cursor };
        query = string.IsNullOrWhiteSpace(asked.Q) ? view.Ask(query, me) : query with { Number = asked.Q };
        return list.ReadAsync(
            query with
            {
                Status = One<CaseStatus>(asked.Status),
                Priority = One<Priority>(asked.Priority),
                Channel = One<Channel>(asked.Channel),
                Queue = string.IsNullOrEmpty(asked.Queue) ? [] : [asked.Queue],
            },
            ct);
    }

    public Task<InboxCounts> CountAsync(Guid me, CancellationToken ct) => work.ReadAsync(
        async (db, token) =>
        {
            var open = await db.Cases.Where(row => row.IsOpen).GroupBy(_ => 1)
                .Select(g => new { All = g.Count(), Mine = g.Count(row => row.OwnerId == me), Unassigned = g.Count(row => row.OwnerId == null), Waiting = g.Count(row => row.WaitingSince != null) })
                .FirstOrDefaultAsync(token);
            var promised = await db.Cases.CountAsync(row => row.NextDue != null, token);
            return new InboxCounts(open?.All ?? 0, open?.Mine ?? 0, open?.Unassigned ?? 0, open?.Waiting ?? 0, promised);
        },
        ct);

    /// <summary>The queues that hold open cases, by the name that their newest case has for them.</summary>
    public Task<IReadOnlyList<QueueChoice>> QueuesAsync(CancellationToken ct) => work.ReadAsync<IReadOnlyList<QueueChoice>>(
        async (db, token) =>
        {
            var ids = await db.Cases.Where(row => row.IsOpen && row.QueueId != null).Select(row => row.QueueId!).Distinct().ToListAsync(token);
            var queues = new List<QueueChoice>(ids.Count);
            foreach (var id in ids)
                if (await db.Cases.Where(row => row.IsOpen && row.QueueId == id).FirstOrDefaultAsync(token) is { } row)
                    queues.Add(new(id, row.Case.QueueName));
            return [.. queues.OrderBy(queue => queue.Name, StringComparer.CurrentCultureIgnoreCase)];
        },
        ct);

    // Whoever types an unknown word into the address gets the whole view: a select never sends one.
    private static T[] One<T>(string? name) where T : struct, Enum =>
        Enum.TryParse<T>(name, ignoreCase: true, out var value) && Enum.IsDefined(value) ? [value] : [];
}
