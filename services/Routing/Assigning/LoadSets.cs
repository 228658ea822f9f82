using System.Threading.Channels;
using CxPlatform.Messaging;
using CxPlatform.Routing.Storage;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Routing.Assigning;

/// <summary>Which cases each agent has, as shared sets of case ids: the quick view of all replicas. The table <c>assignments</c> is
/// the truth that decisions rest on; the sets may be emptied at any time and are built again from it.</summary>
internal sealed class LoadSets(ISharedSets sets, Work<RoutingDb> work, ILogger<LoadSets> log) : BackgroundService
{
    private const string Built = "routing:loads";
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    // A replica that died between its commit and its sets leaves them behind; the next full comparison mends it.
    private static readonly TimeSpan Compare = TimeSpan.FromMinutes(5);

    private readonly Channel<Move> _moves = Channel.CreateUnbounded<Move>(new() { SingleReader = true });
    private readonly SemaphoreSlim _building = new(1, 1);

    private sealed record Move(Guid CaseId, Guid? Before, Guid? After);

    /// <summary>Takes the change over to the sets once it is committed.</summary>
    public void Moved(Unit<RoutingDb> unit, Guid caseId, Guid? before, Guid? after) =>
        unit.OnCommitted(() => _moves.Writer.TryWrite(new(caseId, before, after)));

    /// <summary>How many cases each of these agents has.</summary>
    public async Task<IReadOnlyDictionary<Guid, long>> CountsAsync(IReadOnlyList<Guid> agents, CancellationToken ct)
    {
        await EnsureBuiltAsync(ct);
        var counts = new Dictionary<Guid, long>();
        foreach (var agent in agents)
            counts[agent] = await sets.CountAsync(KeyOf(agent), ct);
        return counts;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var compared = TimeProvider.System.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                using (var pause = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken))
                {
                    pause.CancelAfter(Look);
                    await ((Task)_moves.Reader.WaitToReadAsync(pause.Token).AsTask())
                        .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
                await ApplyAsync(stoppingToken);
                await EnsureBuiltAsync(stoppingToken);
                if (TimeProvider.System.GetElapsedTime(compared) > Compare)
                {
                    await BuildAsync(stoppingToken);
                    compared = TimeProvider.System.GetTimestamp();
                }
            }
#pragma warning disable CA1031 // A view: what it misses now it is told by the table later.
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                log.LoadsNotShared(e.GetType().Name);
                await Task.Delay(Look, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    public override void Dispose()
    {
        _building.Dispose();
        base.Dispose();
    }

    // Of a case that moved several times since, only from where to where in the end.
    private async Task ApplyAsync(CancellationToken ct)
    {
        var moved = new Dictionary<Guid, (Guid? Before, Guid? After)>();
        while (_moves.Reader.TryRead(out var move))
            moved[move.CaseId] = (moved.TryGetValue(move.CaseId, out var earlier) ? earlier.Before : move.Before, move.After);
        var changes = new List<Task>();
        foreach (var (caseId, (before, after)) in moved)
        {
            if (before is { } giver && before != after)
                changes.Add(sets.RemoveAsync(KeyOf(giver), caseId.ToString(), ct).AsTask());
            if (after is { } taker)
                changes.Add(sets.AddAsync(KeyOf(taker), caseId.ToString(), ct).AsTask());
        }
        await Task.WhenAll(changes);
    }

    private async Task EnsureBuiltAsync(CancellationToken ct)
    {
        if (await sets.CountAsync(Built, ct) == 0)
            await BuildAsync(ct);
    }

    private async Task BuildAsync(CancellationToken ct)
    {
        await _building.WaitAsync(ct);
        try
        {
            var truth = await work.ReadAsync(
                async (db, token) => (
                    Agents: await db.Agents.Select(row => row.Id).ToListAsync(token),
                    Cases: (await db.Assignments.Where(row => row.Open && row.AgentId != null)
                        .Select(row => new { row.AgentId, row.CaseId }).ToListAsync(token))
                        .ToLookup(row => row.AgentId!.Value, row => row.CaseId.ToString())),
                ct);
            foreach (var agent in truth.Agents)
            {
                var has = (await sets.MembersAsync(KeyOf(agent), ct)).ToHashSet();
                var should = truth.Cases[agent].ToHashSet();
                foreach (var gone in has.Except(should).ToList())
                    await sets.RemoveAsync(KeyOf(agent), gone, ct);
                foreach (var missing in should.Except(has).ToList())
                    await sets.AddAsync(KeyOf(agent), missing, ct);
            }
            await sets.AddAsync(Built, "built", ct);
        }
        finally
        {
            _building.Release();
        }
    }

    private static string KeyOf(Guid agent) => $"routing:agent:{agent}";
}
