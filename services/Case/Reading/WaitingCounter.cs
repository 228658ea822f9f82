using CxPlatform.Cases.Storage;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.Reading;

/// <summary>Counts who waits for us, now and then, for the gauges.</summary>
internal sealed class WaitingCounter(Work<CaseDb> work, CaseMetrics metrics, TimeProvider clock, ILogger<WaitingCounter> log)
    : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Every, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested)
                return;
            try
            {
                metrics.SetWaiting(await CountAsync(stoppingToken));
            }
#pragma warning disable CA1031 // A gauge that cannot be read now is read later.
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                log.CountFailed(e.GetType().Name);
            }
        }
    }

    private Task<IReadOnlyList<CaseMetrics.Waiting>> CountAsync(CancellationToken ct) => work.ReadAsync<IReadOnlyList<CaseMetrics.Waiting>>(
        async (db, token) =>
        {
            var now = clock.GetUtcNow();
            var groups = await db.Cases.Where(row => row.WaitingSince != null)
                .GroupBy(row => new { row.QueueId, row.Priority })
                .Select(group => new
                {
                    group.Key.QueueId,
                    group.Key.Priority,
                    Count = group.Count(),
                    Oldest = group.Min(row => row.WaitingSince),
                })
                .ToListAsync(token);
            return [.. groups.Select(g => new CaseMetrics.Waiting(
                g.QueueId ?? "none", CaseMetrics.Word(g.Priority), g.Count, now - g.Oldest!.Value))];
        },
        ct);
}
