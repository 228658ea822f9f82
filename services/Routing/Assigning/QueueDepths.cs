using CxPlatform.Messaging;
using CxPlatform.Routing.Storage;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Routing.Assigning;

/// <summary>Keeps the gauge of what waits in each queue fresh.</summary>
internal sealed class QueueDepths(Work<RoutingDb> work, RoutingMetrics metrics, ILogger<QueueDepths> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                metrics.Depths(await work.ReadAsync(CountAsync, stoppingToken));
            }
#pragma warning disable CA1031 // A gauge may be old for a moment.
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                log.DepthsUnread(e.GetType().Name);
            }
            await Task.Delay(Pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    internal static async Task<IReadOnlyDictionary<string, int>> CountAsync(RoutingDb db, CancellationToken ct)
    {
        var depths = (await db.Queues.Select(row => row.Id).ToListAsync(ct)).ToDictionary(id => id, _ => 0);
        foreach (var depth in await db.Assignments.Where(row => row.Waiting).GroupBy(row => row.QueueId)
            .Select(group => new { group.Key, Count = group.Count() }).ToListAsync(ct))
            depths[depth.Key] = depth.Count;
        return depths;
    }
}
