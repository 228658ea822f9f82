using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CxPlatform.Messaging;

/// <summary>An event (or timer) that could not be handled, or that waits behind one.</summary>
/// <param name="Source">The module that owns the event; <c>timer</c> for a timer.</param>
/// <param name="Reason">What was thrown: type and message, without customer content.</param>
/// <param name="Attempts">How often it was tried; 0 for one that waits behind another.</param>
public sealed record ParkedEvent(long Id, string Source, Guid EventId, string Stream, long Position, string Type, string Reason, DateTimeOffset ParkedAt, int Attempts);

/// <summary>What is common to all modules' parking.</summary>
public static class Parking
{
    internal const string TimerSource = "timer";

    // A message may quote data; the kind of failure and the place are what an operator needs.
    internal static string ReasonOf(Exception e)
    {
        var place = e.StackTrace?.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.StartsWith("at CxPlatform", StringComparison.Ordinal));
        var reason = $"{e.GetType().Name}{(e.InnerException is { } inner ? " (" + inner.GetType().Name + ")" : "")} {place?.Split(" in ")[0]}".Trim();
        return reason.Length > 500 ? reason[..500] : reason;
    }
}

/// <summary>Events that could not be handled, kept in order by stream until somebody mends the cause and drives them again.</summary>
public sealed class Parking<TDb>(Module<TDb> module, IServiceProvider services, IServiceScopeFactory scopes, ILogger<Parking<TDb>> log)
    where TDb : ModuleDb
{
    private const string Columns = "id, source, event_id, stream, position, type, reason, parked_at, attempts";

    public Task<IReadOnlyList<ParkedEvent>> ListAsync(int limit, CancellationToken ct) => module.Store.ReadAsync<IReadOnlyList<ParkedEvent>>(
        async connection =>
        {
            await using var command = module.Store.Command(connection, null, $"select {Columns} from parked order by id limit @limit", ("@limit", limit));
            await using var reader = await command.ExecuteReaderAsync(ct);
            var result = new List<ParkedEvent>();
            while (await reader.ReadAsync(ct))
                result.Add(new(
                    reader.GetInt64(0), reader.GetString(1), reader.GetGuid(2), reader.GetString(3), reader.GetInt64(4), reader.GetString(5), reader.GetString(6),
                    module.Store.ReadTime(reader, 7), reader.GetInt32(8)));
            return result;
        },
        ct);

    public Task<int> CountAsync(CancellationToken ct) => module.Store.ReadAsync(
        async connection =>
        {
            await using var command = module.Store.Command(connection, null, "select count(*) from parked");
            return Convert.ToInt32(await command.ExecuteScalarAsync(ct), System.Globalization.CultureInfo.InvariantCulture);
        },
        ct);

    /// <summary>Handles parked events again, stream by stream in order; one that fails again stays, and so do those behind it.</summary>
    /// <returns>How many went through.</returns>
    public async Task<int> RedriveAsync(string? stream, CancellationToken ct)
    {
        var done = 0;
        var stuck = new HashSet<(string, string)>();
        var after = 0L;
        while (true)
        {
            var next = await NextAsync(after, stream, ct);
            if (next is not { } row)
                break;
            after = row.Id;
            if (stuck.Contains((row.Source, row.Event.Stream)))
                continue;
            try
            {
                await RedriveAsync(row, ct);
                done++;
            }
#pragma warning disable CA1031 // Whatever it is, the event stays parked with it as the reason.
            catch (Exception e) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
            {
                stuck.Add((row.Source, row.Event.Stream));
                await using var transaction = await module.Store.BeginAsync(ct);
                await module.Store.ExecuteAsync(
                    transaction, "update parked set reason = @reason, attempts = attempts + 1 where id = @id", ct, ("@reason", Parking.ReasonOf(e)), ("@id", row.Id));
                await transaction.Transaction.CommitAsync(ct);
            }
        }
        log.Redriven(module.Name, done, await CountAsync(ct));
        return done;
    }

    internal async Task ParkAsync(string source, Guid epoch, long upTo, LoggedEvent e, string reason, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await using var unit = await module.BeginAsync(scope.ServiceProvider, ct);
                if ((await module.Store.InboxAddAsync(unit.Transaction, [e.Id], ct)).Count > 0)
                {
                    if (scope.ServiceProvider.GetService<IObserve<TDb>>() is { } observer)
                        await observer.ObserveAsync(source, [e], ct);
                    await AddAsync(module.Store, unit.Transaction, source, e, reason, ct, attempts: 1);
                }
                await Cursors.SaveAsync(module.Store, unit.Transaction, "from:" + source, epoch, upTo, ct);
                await unit.CommitAsync(ct);
                return;
            }
#pragma warning disable CA1031 // Until it is parked it may not be passed over, whatever keeps the database from it.
            catch (Exception) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(5000, 50 * attempt)), ct);
            }
        }
    }

    internal static Task<int> AddAsync(ModuleStore store, StoreTransaction transaction, string source, LoggedEvent e, string reason, CancellationToken ct, int attempts = 0) =>
        store.ExecuteAsync(
            transaction,
            """
            insert into parked (source, event_id, stream, position, type, event, reason, parked_at, attempts)
            values (@source, @event_id, @stream, @position, @type, @event, @reason, @now, @attempts) on conflict do nothing
            """,
            ct,
            ("@source", source), ("@event_id", e.Id), ("@stream", e.Stream), ("@position", e.Position), ("@type", e.Type),
            ("@event", JsonSerializer.Serialize(e, EventTypes.Json)), ("@reason", reason), ("@now", store.Now), ("@attempts", attempts));

    internal static async Task<HashSet<string>> StreamsAsync(ModuleStore store, StoreTransaction transaction, string source, CancellationToken ct)
    {
        await using var command = store.Command(transaction.Connection, transaction.Transaction, "select distinct stream from parked where source = @source", ("@source", source));
        await using var reader = await command.ExecuteReaderAsync(ct);
        var streams = new HashSet<string>();
        while (await reader.ReadAsync(ct))
            streams.Add(reader.GetString(0));
        return streams;
    }

    private async Task RedriveAsync(Row row, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        await using var unit = await module.BeginAsync(scope.ServiceProvider, ct);
        // Gone already: somebody else drove it at the same time.
        if (await module.Store.ExecuteAsync(unit.Transaction, "delete from parked where id = @id", ct, ("@id", row.Id)) == 0)
            return;
        if (row.Source == Parking.TimerSource)
            await services.GetRequiredService<Timers<TDb>>().RunParkedAsync(unit, scope.ServiceProvider, row.Event, ct);
        else
            await services.GetRequiredService<Dispatcher<TDb>>().HandleAsync(scope.ServiceProvider, row.Source, row.Event, ct);
        await unit.CommitAsync(ct);
    }

    private Task<Row?> NextAsync(long after, string? stream, CancellationToken ct) => module.Store.ReadAsync(
        async connection =>
        {
            await using var command = module.Store.Command(
                connection, null,
                "select id, source, event from parked where id > @after and (@all or stream = @stream) order by id limit 1",
                ("@after", after), ("@all", stream is null), ("@stream", stream ?? ""));
            await using var reader = await command.ExecuteReaderAsync(ct);
            return await reader.ReadAsync(ct)
                ? new Row(reader.GetInt64(0), reader.GetString(1), JsonSerializer.Deserialize<LoggedEvent>(reader.GetString(2), EventTypes.Json)!)
                : null;
        },
        ct);

    private sealed record Row(long Id, string Source, LoggedEvent Event);
}
