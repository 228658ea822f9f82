using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CxPlatform.Messaging;

/// <summary>Runs a module's due timers: claim and effect in one transaction, in order of due time, never early; late ones in order after an outage.</summary>
/// <remarks>Runs under the module's leadership only, and each transaction checks the fence, so one process at a time does it.</remarks>
internal sealed class Timers<TDb>(Module<TDb> module, IServiceScopeFactory scopes, MessagingMetrics metrics, ILogger<Timers<TDb>> log)
    where TDb : ModuleDb
{
    private const int Batch = 64;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    public async Task RunAsync(Lease lease, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var changed = module.TimersChanged.Next;
            var due = await DueAsync(ct);
            if (due.Count == 0)
            {
                await WaitAsync(changed, ct);
                continue;
            }
            if (due.Count > 1 && await TryRunAsync(lease, due, ct) is null)
                continue;
            foreach (var timer in due)
            {
                for (var attempt = 1; ; attempt++)
                {
                    var failure = await TryRunAsync(lease, [timer], ct);
                    if (failure is null)
                        break;
                    var conflict = failure is StreamConflictException || module.Store.IsUniqueViolation(failure);
                    if (conflict ? attempt >= 20 : !module.Store.IsTransient(failure))
                    {
                        log.TimerParked(failure.WithoutWords(), module.Name, timer.Type, timer.Ordering);
                        await ParkAsync(timer, failure, ct);
                        break;
                    }
                    await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(5000, 20 * attempt)), ct);
                }
            }
        }
    }

    internal async Task RunParkedAsync(Unit<TDb> unit, IServiceProvider scope, LoggedEvent parked, CancellationToken ct)
    {
        var timer = JsonSerializer.Deserialize<DueTimer>(parked.Data, EventTypes.Json)!;
        await RunOneAsync(unit, scope, timer, Read(timer), ct);
    }

    /// <returns>Null when it went well.</returns>
    private async Task<Exception?> TryRunAsync(Lease lease, IReadOnlyList<DueTimer> timers, CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await using var unit = await module.BeginAsync(scope.ServiceProvider, ct);
            await lease.CheckAsync(unit.Transaction, ct);
            var claimed = await module.Store.ClaimTimersAsync(unit.Transaction, timers, ct);
            var mine = timers.Where(timer => claimed.Contains(timer.Key)).Select(timer => (Timer: timer, Data: Read(timer))).ToList();
            if (mine.Count > 1 && scope.ServiceProvider.GetService<IPrefetch<TDb>>() is { } prefetch)
                await prefetch.PrefetchAsync(mine.ConvertAll(pair => pair.Data), ct);
            foreach (var (timer, data) in mine)
                await RunOneAsync(unit, scope.ServiceProvider, timer, data, ct);
            await unit.CommitAsync(ct);
            metrics.TimersRun(module.Name, timers.Count);
            return null;
        }
#pragma warning disable CA1031 // The caller decides between trying again and parking.
        catch (Exception e) when (!ct.IsCancellationRequested && e is not LeaseLostException)
#pragma warning restore CA1031
        {
            return e;
        }
    }

    private object Read(DueTimer timer) => JsonSerializer.Deserialize(timer.Data, HandlerOf(timer).Type, EventTypes.Json)!;

    private TimerHandler HandlerOf(DueTimer timer) =>
        module.Handlers.Timers.GetValueOrDefault(timer.Type) ?? throw new NotSupportedException($"No handler for timer {timer.Type}.");

    private async Task RunOneAsync(Unit<TDb> unit, IServiceProvider scope, DueTimer timer, object data, CancellationToken ct)
    {
        ActivityContext.TryParse(timer.Trace, null, isRemote: true, out var origin);
        using var activity = MessagingMetrics.Activities.StartActivity(
            $"{module.Name} timer {timer.Type}", ActivityKind.Internal, default(ActivityContext), links: origin == default ? null : [new ActivityLink(origin)]);
        using var ambient = Ambient.Use(RequestInfo.System with { CorrelationId = timer.CorrelationId });
        await HandlerOf(timer).Handle(scope, data, new(timer.Key, timer.DueAt, unit.Now), ct);
    }

    private async Task ParkAsync(DueTimer timer, Exception failure, CancellationToken ct)
    {
        await using var transaction = await module.Store.BeginAsync(ct);
        if ((await module.Store.ClaimTimersAsync(transaction, [timer], ct)).Count > 0)
        {
            var parked = new LoggedEvent
            {
                Position = 0,
                Id = Guid.CreateVersion7(module.Store.Now),
                Stream = timer.Ordering,
                Version = 0,
                Type = timer.Type,
                Data = JsonSerializer.Serialize(timer, EventTypes.Json),
                Actor = RequestInfo.System.Actor,
                CorrelationId = timer.CorrelationId,
                Trace = timer.Trace,
                Time = timer.DueAt,
            };
            await Parking<TDb>.AddAsync(module.Store, transaction, Parking.TimerSource, parked, Parking.ReasonOf(failure), ct, attempts: 1);
        }
        await transaction.Transaction.CommitAsync(ct);
    }

    private Task<List<DueTimer>> DueAsync(CancellationToken ct) => module.Store.ReadAsync(
        async connection =>
        {
            await using var command = module.Store.Command(
                connection, null,
                "select key, ordering, type, data, due, correlation_id, trace from timers where due <= @now order by due, key limit @limit",
                ("@now", module.Store.Now), ("@limit", Batch));
            await using var reader = await command.ExecuteReaderAsync(ct);
            var due = new List<DueTimer>();
            while (await reader.ReadAsync(ct))
                due.Add(new(
                    reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), module.Store.ReadTime(reader, 4), reader.GetGuid(5),
                    reader.IsDBNull(6) ? null : reader.GetString(6)));
            return due;
        },
        ct);

    private async Task WaitAsync(Task changed, CancellationToken ct)
    {
        var next = await module.Store.ReadAsync(
            async connection =>
            {
                await using var command = module.Store.Command(connection, null, "select due from timers order by due limit 1");
                await using var reader = await command.ExecuteReaderAsync(ct);
                return await reader.ReadAsync(ct) ? module.Store.ReadTime(reader, 0) - module.Store.Now : Poll;
            },
            ct);
        // A wall clock that jumps, and timers set by another process, are noticed by the poll.
        var wait = next < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : next < Poll ? next : Poll;
        await Task.WhenAny(changed, Task.Delay(wait, ct));
        ct.ThrowIfCancellationRequested();
    }
}
