using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CxPlatform.Messaging;

/// <summary>What one process per module does at a time, whichever of the replicas it is: relay the log, run the timers, tidy up.</summary>
internal sealed class Leader<TDb>(
    Module<TDb> module, EventLog<TDb> eventLog, Timers<TDb> timers, Parking<TDb> parking, MessagingMetrics metrics, IServiceProvider services, ILogger<Leader<TDb>> log) : BackgroundService
    where TDb : ModuleDb
{
    internal static readonly TimeSpan LeaseLength = TimeSpan.FromSeconds(5);
    private readonly string _holder = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():n}";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Everybody listens: the live streams of a replica that does not lead need waking too.
        var listening = RestartAsync("listening", ct => module.Store.ListenAsync(WakeAll, ct), stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await Lease.TryAcquireAsync(module.Store, _holder, LeaseLength, stoppingToken) is { } lease)
                    await LeadAsync(lease, stoppingToken);
                else
                    await Task.Delay(TimeSpan.FromSeconds(1), stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // The loop outlives whatever goes wrong with the database.
            catch (Exception e)
#pragma warning restore CA1031
            {
                log.LoopRestarted(e.WithoutWords(), module.Name, "leading");
                await Task.Delay(TimeSpan.FromSeconds(1), stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        await listening;
    }

    private void WakeAll()
    {
        module.News.Set();
        module.TimersChanged.Set();
    }

    private async Task LeadAsync(Lease lease, CancellationToken stoppingToken)
    {
        log.LeadershipTaken(module.Name, lease.Fence);
        if ((await eventLog.InfoAsync(stoppingToken)).Restored)
        {
            log.LogRestored(module.Name);
            await eventLog.BeginEpochAsync(stoppingToken);
        }
        using var leading = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var ct = leading.Token;
        var loops = new List<Task> { RestartAsync("timers", token => timers.RunAsync(lease, token), ct), RestartAsync("housekeeping", HousekeepAsync, ct) };
        foreach (var target in services.GetRequiredService<TransportTargets>().For(module.Name, module.Store))
            loops.Add(RestartAsync("relay to " + target.Name, token => new LogPump<TDb>(module, eventLog, target, metrics, log).RunAsync(lease, token), ct));
        try
        {
            await RenewAsync(lease, ct);
        }
        finally
        {
            // On the way out of leading nothing may run on; each loop ends between two batches.
            await leading.CancelAsync();
            await Task.WhenAll(loops);
            if (stoppingToken.IsCancellationRequested)
            {
                using var brief = new CancellationTokenSource(TimeSpan.FromSeconds(2));
                await lease.ReleaseAsync(brief.Token);
            }
            else
            {
                log.LeadershipLost(module.Name);
            }
        }
    }

    private async Task RenewAsync(Lease lease, CancellationToken ct)
    {
        var renewedAt = TimeProvider.System.GetTimestamp();
        while (!ct.IsCancellationRequested)
        {
            await Task.Delay(LeaseLength / 4, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ct.IsCancellationRequested)
                return;
            try
            {
                await lease.RenewAsync(LeaseLength, ct);
                renewedAt = TimeProvider.System.GetTimestamp();
            }
#pragma warning disable CA1031 // A passing fault is no loss while the lease lasts.
            catch (Exception e) when (e is not LeaseLostException && TimeProvider.System.GetElapsedTime(renewedAt) < LeaseLength)
#pragma warning restore CA1031
            {
                log.LoopRestarted(e.WithoutWords(), module.Name, "renewing");
            }
        }
    }

    private async Task HousekeepAsync(CancellationToken ct)
    {
        for (var round = 0; ; round++)
        {
            metrics.Parked(module.Name, await parking.CountAsync(ct));
            if (round % 240 == 0)
                await PruneAsync(ct);
            await Task.Delay(TimeSpan.FromSeconds(15), ct);
        }
    }

    private async Task PruneAsync(CancellationToken ct)
    {
        var now = module.Store.Now;
        await using var transaction = await module.Store.BeginAsync(ct);
        await module.Store.ExecuteAsync(transaction, "delete from inbox where received_at < @before", ct, ("@before", now - Inbox.Kept));
        await module.Store.ExecuteAsync(transaction, "delete from idempotency where created_at < @before", ct, ("@before", now - Idempotency.Kept));
        await transaction.Transaction.CommitAsync(ct);
    }

    private async Task RestartAsync(string loop, Func<CancellationToken, Task> run, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await run(ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (LeaseLostException)
            {
                // The renewal notices too and ends the leading; until then this loop has nothing to do.
                await Task.Delay(TimeSpan.FromMilliseconds(200), ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
#pragma warning disable CA1031 // The loop outlives whatever goes wrong.
            catch (Exception e)
#pragma warning restore CA1031
            {
                log.LoopRestarted(e.WithoutWords(), module.Name, loop);
                await Task.Delay(TimeSpan.FromMilliseconds(500), ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
