using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Messaging;

/// <summary>A module as its host sees it, whatever its context type.</summary>
public interface IModuleRuntime
{
    string Name { get; }

    /// <summary>Applies pending migrations.</summary>
    Task MigrateAsync(CancellationToken ct);

    /// <summary>Null when ready; else what is missing, in a sentence.</summary>
    Task<string?> ReadyAsync(CancellationToken ct);

    Task<int> ParkedCountAsync(CancellationToken ct);

    Task<IReadOnlyList<ParkedEvent>> ParkedAsync(int limit, CancellationToken ct);

    /// <summary>Handles parked events again, those of one stream or all; answers how many went through.</summary>
    Task<int> RedriveAsync(string? stream, CancellationToken ct);

    /// <summary>How far this module has handled another's log; null when never.</summary>
    Task<Cursor?> PositionAsync(string source, CancellationToken ct);

    /// <summary>Handles events of another module's log.</summary>
    Task DeliverAsync(string source, Guid epoch, long upTo, IReadOnlyList<LoggedEvent> events, CancellationToken ct);

    /// <summary>The event types this module handles.</summary>
    IEnumerable<string> HandledTypes { get; }
}

internal sealed class ModuleRuntime<TDb>(Module<TDb> module, Dispatcher<TDb> dispatcher, Parking<TDb> parking, MessagingMetrics metrics) : IModuleRuntime
    where TDb : ModuleDb
{
    public string Name => module.Name;

    public IEnumerable<string> HandledTypes => module.Handlers.Events.Keys;

    public async Task MigrateAsync(CancellationToken ct)
    {
        await using var db = module.CreateReadContext();
        // Asked first: MigrateAsync builds and compares the whole design-time model even when there is nothing to do.
        if ((await db.Database.GetPendingMigrationsAsync(ct)).Any())
            await db.Database.MigrateAsync(ct);
    }

    public async Task<string?> ReadyAsync(CancellationToken ct)
    {
        try
        {
            await using var db = module.CreateReadContext();
            var pending = await db.Database.GetPendingMigrationsAsync(ct);
            metrics.Parked(Name, await parking.CountAsync(ct));
            return pending.Any() ? $"The database of {Name} is not migrated: run with --migrate." : null;
        }
#pragma warning disable CA1031 // Not ready, for whatever reason.
        catch (Exception e) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return $"The database of {Name} cannot be reached ({e.GetType().Name}).";
        }
    }

    public Task<int> ParkedCountAsync(CancellationToken ct) => parking.CountAsync(ct);

    public Task<IReadOnlyList<ParkedEvent>> ParkedAsync(int limit, CancellationToken ct) => parking.ListAsync(limit, ct);

    public Task<int> RedriveAsync(string? stream, CancellationToken ct) => parking.RedriveAsync(stream, ct);

    public Task<Cursor?> PositionAsync(string source, CancellationToken ct) => Cursors.LoadAsync(module.Store, "from:" + source, ct);

    public Task DeliverAsync(string source, Guid epoch, long upTo, IReadOnlyList<LoggedEvent> events, CancellationToken ct) =>
        dispatcher.DeliverAsync(source, epoch, upTo, events, ct);
}
