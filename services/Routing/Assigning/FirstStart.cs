using CxPlatform.Messaging;
using CxPlatform.Routing.Storage;

namespace CxPlatform.Routing.Assigning;

/// <summary>A fresh platform has a team and a queue before anybody asks.</summary>
internal sealed class FirstStart(Work<RoutingDb> work, ILogger<FirstStart> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!await TryAsync(cancellationToken))
            await base.StartAsync(cancellationToken);
    }

    // A host may start before its database was migrated: it waits for that.
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        do
            await Task.Delay(Pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!stoppingToken.IsCancellationRequested && !await TryAsync(stoppingToken));
    }

    private async Task<bool> TryAsync(CancellationToken ct)
    {
        try
        {
            await work.RunAsync<Assigner, Done>(async (assigner, token) => { await assigner.CatalogAsync(token); return Done.Value; }, ct);
            return true;
        }
#pragma warning disable CA1031 // Whatever it is, it is tried again; health says that the service is not ready.
        catch (Exception e) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            log.FirstStartWaits(e.GetType().Name);
            return false;
        }
    }
}
