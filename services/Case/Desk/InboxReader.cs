using CxPlatform.Cases.Reading;
using CxPlatform.Cases.Storage;
using CxPlatform.Cases.Views;
using CxPlatform.Contracts.Routing.V1;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.Desk;

/// <summary>Reads what the inbox shows.</summary>
internal sealed class InboxReader(Work<CaseDb> work, CaseList list, ViewBook book, TimeProvider clock)
{
    public const int PageSize = 30;

    // From one queue to the next, at a step of the index each: open cases are not gone through to find a dozen names.
    private const string OpenQueues = """
        with recursive found(id) as (
            select min(queue_id) from cases where is_open
            union all
            select (select min(queue_id) from cases where is_open and queue_id > found.id) from found where found.id is not null)
        select id as "Value" from found where id is not null
        """;

    /// <summary>The views that somebody has, and the one that is asked for: the first when there is none of that key.</summary>
    public async Task<(Looker Me, IReadOnlyList<InboxView> Views, InboxView View)> ViewsAsync(
        string? key, Guid? agentId, string author, CancellationToken ct)
    {
        var me = await book.WhoAsync(agentId, ct);
        var views = await book.OfAsync(me, author, ct);
        return (me, views, views.FirstOrDefault(view => view.Key == key) ?? views[0]);
    }

    public Task<Outcome<CasePage>> ReadAsync(InboxParameters asked, InboxView view, Looker me, CancellationToken ct) =>
        list.ReadAsync(asked.Ask(view, me, clock.GetUtcNow()), ct);

    /// <summary>The queues that hold open cases, each by the name that one of its cases has for it.</summary>
    public Task<IReadOnlyList<QueueChoice>> QueuesAsync(CancellationToken ct) => work.ReadAsync<IReadOnlyList<QueueChoice>>(
        async (db, token) =>
        {
            var ids = await db.Database.SqlQueryRaw<string>(OpenQueues).ToListAsync(token);
            var queues = new List<QueueChoice>(ids.Count);
            foreach (var id in ids)
                if (await db.Cases.Where(row => row.IsOpen && row.QueueId == id).OrderByDescending(row => row.OpenedAt)
                    .FirstOrDefaultAsync(token) is { } row)
                    queues.Add(new(id, row.Case.QueueName));
            return [.. queues.OrderBy(queue => queue.Name, StringComparer.CurrentCultureIgnoreCase)];
        },
        ct);
}

/// <summary>Which queues an agent serves and which teams they are of, as Routing says: what "my team's" means, and who shares a view.
/// Events carry the whole.</summary>
internal sealed class OnAgentChanged(CaseDb db) : IHandle<AgentChanged>
{
    public async Task HandleAsync(AgentChanged e, EventEnvelope envelope, CancellationToken ct)
    {
        var queues = e.Active ? e.Queues.ToHashSet() : [];
        var rows = await db.AgentQueues.AsTracking().Where(row => row.AgentId == e.AgentId).ToListAsync(ct);
        db.AgentQueues.RemoveRange(rows.Where(row => !queues.Contains(row.QueueId)));
        foreach (var queue in queues.Except(rows.Select(row => row.QueueId)))
            db.AgentQueues.Add(new() { AgentId = e.AgentId, QueueId = queue });

        var teams = e.Active ? e.Teams.ToHashSet() : [];
        var members = await db.AgentTeams.AsTracking().Where(row => row.AgentId == e.AgentId).ToListAsync(ct);
        db.AgentTeams.RemoveRange(members.Where(row => !teams.Contains(row.Team)));
        foreach (var team in teams.Except(members.Select(row => row.Team)))
            db.AgentTeams.Add(new() { AgentId = e.AgentId, Team = team });
    }
}
