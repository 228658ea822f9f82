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
                        log.TimerParked(failure, module.Name, timer.Type, timer.Ordering);
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
        var timer = JsonSerializer.Deserialize<Due>(parked.Data, EventTypes.Json)!;
        await RunOneAsync(unit, scope, timer, ct);
    }

    /// <returns>Null when it went well.</returns>
    private async Task<Exception?> TryRunAsync(Lease lease, IReadOnlyList<Due> timers, CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await using var unit = await module.BeginAsync(scope.ServiceProvider, ct);
            await lease.CheckAsync(unit.Transaction, ct);
            foreach (var timer in timers)
            {
                // The row's due time is part of the claim: a timer that was set anew meanwhile is another timer.
                var claimed = await module.Store.ExecuteAsync(unit.Transaction, "delete from timers where key = @key and due = @due", ct, ("@key", timer.Key), ("@due", timer.DueAt));
                if (claimed > 0)
                    await RunOneAsync(unit, scope.ServiceProvider, timer, ct);
            }
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

    private async Task RunOneAsync(Unit<TDb> unit, IServiceProvider scope, Due timer, CancellationToken ct)
    {
        if (!module.Handlers.Timers.TryGetValue(timer.Type, out var handler))
            throw new NotSupportedException($"No handler for timer {timer.Type}.");
        ActivityContext.TryParse(timer.Trace, null, isRemote: true, out var origin);
        using var activity = MessagingMetrics.Activities.StartActivity(
            $"{module.Name} timer {timer.Type}", ActivityKind.Internal, default(ActivityContext), links: origin == default ? null : [new ActivityLink(origin)]);
        using var ambient = Ambient.Use(RequestInfo.System with { CorrelationId = timer.CorrelationId });
        var data = JsonSerializer.Deserialize(timer.Data, handler.Type, EventTypes.Json)!;
        await handler.Handle(scope, data, new(timer.Key, timer.DueAt, unit.Now), ct);
    }

    private async Task ParkAsync(Due timer, Exception failure, CancellationToken ct)
    {
        await using var transaction = await module.Store.BeginAsync(ct);
        if (await module.Store.ExecuteAsync(transaction, "delete from timers where key = @key and due = @due", ct, ("@key", timer.Key), ("@due", timer.DueAt)) > 0)
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

    private Task<List<Due>> DueAsync(CancellationToken ct) => module.Store.ReadAsync(
        async connection =>
        {
            await using var command = module.Store.Command(
                connection, null,
                "select key, ordering, type, data, due, correlation_id, trace from timers where due <= @now order by due, key limit @limit",
                ("@now", module.Store.Now), ("@limit", Batch));
            await using var reader = await command.ExecuteReaderAsync(ct);
            var due = new List<Due>();
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

    internal sealed record Due(string Key, string Ordering, string Type, string Data, DateTimeOffset DueAt, Guid CorrelationId, string? Trace);
}
