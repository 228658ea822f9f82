using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CxPlatform.Intake;

/// <summary>Reads what was kept and not read: because its process died, or because something was in the way. A row is claimed by moving its
/// due time, so that replicas share the work, and an arrival that kills its reader is tried less and less often.</summary>
internal sealed class PendingArrivals(
    RawArrivals arrivals, RawReaders readers, Work<IntakeDb> work, Module<IntakeDb> module, ILogger<PendingArrivals> log) : BackgroundService
{
    private const int Batch = 8;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    /// <summary>Reads what is due, or everything that waits, once.</summary>
    /// <returns>How many were read, and how many stay.</returns>
    public async Task<(int Read, int Left)> RunAsync(bool everything, CancellationToken ct)
    {
        var (read, left) = (0, 0);
        var tried = new HashSet<Guid>();
        while (await ClaimAsync(everything, tried, ct) is { Count: > 0 } claimed)
        {
            tried.UnionWith(claimed.Select(raw => raw.Id));
            // Side by side: one whose media is slow to come holds up nobody.
            var settled = await Task.WhenAll(claimed.Select(raw => arrivals.ReadAsync(raw, ct)));
            read += settled.Count(done => done);
            left += settled.Count(done => !done);
        }
        return (read, left);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunAsync(false, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The loop outlives whatever goes wrong with the database.
            catch (Exception e)
#pragma warning restore CA1031
            {
                log.PendingNotLooked(e.GetType().Name);
            }
            await Task.Delay(Poll, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<IReadOnlyList<RawArrival>> ClaimAsync(bool everything, IReadOnlySet<Guid> tried, CancellationToken ct)
    {
        var now = module.Store.Now;
        // Looked for without a transaction: nearly always there is nothing.
        var due = await work.ReadAsync(
            async (db, token) => await db.Arrivals.Where(row => everything || row.Due <= now).OrderBy(row => row.Due)
                .Take(Batch + tried.Count).ToListAsync(token),
            ct);
        due = [.. due.Where(row => !tried.Contains(row.Id) && readers.Has(row.Reader)).Take(Batch)];
        return due.Count == 0 ? [] : await work.RunAsync<Unit<IntakeDb>, IReadOnlyList<RawArrival>>(
            async (unit, token) =>
            {
                var claimed = new List<RawArrival>();
                foreach (var row in due)
                {
                    var next = RawArrivals.NextTry(unit.Now, row.Attempts);
                    var won = await unit.Db.Arrivals.Where(other => other.Id == row.Id && other.Due == row.Due).ExecuteUpdateAsync(
                        set => set.SetProperty(other => other.Due, next).SetProperty(other => other.Attempts, row.Attempts + 1), token);
                    if (won > 0)
                        claimed.Add(row.ToRaw(row.Attempts + 1));
                }
                return claimed;
            },
            ct);
    }
}
