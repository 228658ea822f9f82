using CxPlatform.Cases.Reading;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts.Routing.V1;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.Desk;

/// <summary>Reads what the inbox shows.</summary>
internal sealed class InboxReader(Work<CaseDb> work, CaseList list)
{
    public const int PageSize = 30;

    public async Task<Looker> WhoAsync(Guid? agentId, CancellationToken ct) => new(agentId, agentId is null ? [] : await work.ReadAsync(
        (db, token) => db.AgentQueues.Where(row => row.AgentId == agentId).Select(row => row.QueueId).ToListAsync(token), ct));

    public Task<Outcome<CasePage>> ReadAsync(InboxParameters asked, InboxView view, Looker me, CancellationToken ct) =>
        list.ReadAsync(asked.Ask(view, me), ct);

    public Task<InboxCounts> CountAsync(Looker me, CancellationToken ct) => work.ReadAsync(
        async (db, token) =>
        {
            var owner = me.AgentId ?? Guid.Empty;
            var open = await db.Cases.Where(row => row.IsOpen).GroupBy(_ => 1)
                .Select(cases => new
                {
                    All = cases.Count(),
                    Mine = cases.Count(row => row.OwnerId == owner),
                    InQueues = cases.Count(row => me.Queues.Contains(row.QueueId!)),
                    Free = cases.Count(row => row.OwnerId == null),
                    Waiting = cases.Count(row => row.WaitingSince != null),
                })
                .FirstOrDefaultAsync(token);
            var promised = await db.Cases.CountAsync(row => row.NextDue != null, token);
            return open is null
                ? new InboxCounts(0, 0, 0, 0, 0, promised)
                : new InboxCounts(open.All, open.Mine, open.InQueues, open.Free, open.Waiting, promised);
        },
        ct);

    /// <summary>The queues that hold open cases, each by the name that one of its cases has for it.</summary>
    public Task<IReadOnlyList<QueueChoice>> QueuesAsync(CancellationToken ct) => work.ReadAsync<IReadOnlyList<QueueChoice>>(
        async (db, token) =>
        {
            var open = db.Cases.Where(row => row.IsOpen && row.QueueId != null);
            var ids = await open.Select(row => row.QueueId!).Distinct().ToListAsync(token);
            var queues = new List<QueueChoice>(ids.Count);
            foreach (var id in ids)
                if (await open.Where(row => row.QueueId == id).FirstOrDefaultAsync(token) is { } row)
                    queues.Add(new(id, row.Case.QueueName));
            return [.. queues.OrderBy(queue => queue.Name, StringComparer.CurrentCultureIgnoreCase)];
        },
        ct);
}

/// <summary>Which queues an agent serves, as Routing says: what "my queues" means. Events carry the whole.</summary>
internal sealed class OnAgentChanged(CaseDb db) : IHandle<AgentChanged>
{
    public async Task HandleAsync(AgentChanged e, EventEnvelope envelope, CancellationToken ct)
    {
        var queues = e.Active ? e.Queues.ToHashSet() : [];
        var rows = await db.AgentQueues.AsTracking().Where(row => row.AgentId == e.AgentId).ToListAsync(ct);
        db.AgentQueues.RemoveRange(rows.Where(row => !queues.Contains(row.QueueId)));
        foreach (var queue in queues.Except(rows.Select(row => row.QueueId)))
            db.AgentQueues.Add(new() { AgentId = e.AgentId, QueueId = queue });
    }
}
