using CxPlatform.Messaging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CxPlatform.Intake.Reconciliation;

/// <summary>Adds up the last hours every few minutes, so that a sum that does not add up is seen without anybody asking.</summary>
internal sealed class ReconciliationWatch(
    Reconciler reconciler, Module<IntakeDb> module, Metrics metrics, ILogger<ReconciliationWatch> log) : BackgroundService
{
    private const int Hours = 2;
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Every, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                if (!stoppingToken.IsCancellationRequested)
                    await LookAsync(stoppingToken);
            }
#pragma warning disable CA1031 // The loop outlives whatever goes wrong with the database.
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                log.PendingNotLooked(e.GetType().Name);
            }
        }
    }

    public async Task LookAsync(CancellationToken ct)
    {
        var hours = await reconciler.ReadAsync(Tallies.HourOf(module.Store.Now).AddHours(1 - Hours), ct);
        metrics.Reconciled(hours.Sum(hour => Math.Abs(hour.Missing)), hours.Sum(hour => hour.Pending + hour.Failed), hours.Sum(hour => hour.Held));
        foreach (var hour in hours.Where(hour => !hour.Balanced))
            log.NotBalanced(hour.Channel, hour.Hour, hour.Missing);
    }
}
