using CxPlatform.Messaging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CxPlatform.ServiceDefaults;

/// <summary>
/// Brings the databases of all modules up to date before anything else starts, side by side. In production a job with
/// <c>--migrate</c> does it instead; a host there waits unready for that job.
/// </summary>
internal sealed class Migrations(IEnumerable<IModuleRuntime> modules, CxTopology topology, IHostEnvironment environment, ILogger<Migrations> logger)
    : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) =>
        environment.IsProduction() && !topology.IsEmbedded ? Task.CompletedTask : RunAsync(cancellationToken);

    public Task RunAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(topology.DataPath);
        return Task.WhenAll(modules.Select(module => Task.Run(() => MigrateAsync(module, ct), ct)));
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task MigrateAsync(IModuleRuntime module, CancellationToken ct)
    {
        await module.MigrateAsync(ct);
        Log.Migrated(logger, module.Name);
    }
}
