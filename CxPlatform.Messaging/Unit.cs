using System.Diagnostics;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Messaging;

/// <summary>One transaction of a module: the tracked context, the events to append, the timers to set. Commits as a whole or not at all.</summary>
/// <remarks>Made by <see cref="Work{TDb}"/>, the dispatcher and the timers; handlers get it injected and never commit it themselves.</remarks>
public sealed class Unit<TDb> : IAsyncDisposable
    where TDb : ModuleDb
{
    private const string DeleteTimer = "delete from timers where key = @key";
    private const string SetTimer = """
        insert into timers (key, ordering, type, data, due, attempts, correlation_id, trace)
        values (@key, @ordering, @type, @data, @due, 0, @correlation_id, @trace)
        on conflict (key) do update set ordering = excluded.ordering, type = excluded.type, data = excluded.data, due = excluded.due, attempts = 0
        """;

    private readonly Module<TDb> _module;
    private readonly StoreTransaction _transaction;
    private readonly List<PendingEvent> _events = [];
    private readonly Dictionary<string, long> _nextVersions = [];
    private readonly Dictionary<string, PendingTimer?> _timers = [];
    private readonly List<Action> _committed = [];
    private bool _disposed;

    internal Unit(Module<TDb> module, StoreTransaction transaction)
    {
        _module = module;
        _transaction = transaction;
        Now = module.Store.Now;
        Db = module.CreateContext(transaction.Connection);
        Db.Database.AutoTransactionBehavior = AutoTransactionBehavior.Never;
        Db.Database.AutoSavepointsEnabled = false;
        Db.Database.UseTransaction(transaction.Transaction);
    }

    public TDb Db { get; }

    /// <summary>The instant of this transaction, UTC, microseconds.</summary>
    public DateTimeOffset Now { get; internal set; }

    internal StoreTransaction Transaction => _transaction;

    /// <summary>For SQL on a hot path: the transaction's own connection.</summary>
    public System.Data.Common.DbConnection Connection => _transaction.Connection;

    public System.Data.Common.DbTransaction DbTransaction => _transaction.Transaction;

    public ModuleStore Store => _module.Store;

    /// <summary>Appends events to a stream that is at <paramref name="expectedVersion"/> (0 when it is new).</summary>
    public void Append(string stream, long expectedVersion, IEnumerable<NewEvent> events)
    {
        foreach (var e in events)
            _events.Add(Pending(stream, ++expectedVersion, false, e));
    }

    /// <summary>Appends events to the end of a stream, whatever version it is at.</summary>
    public void AppendNext(string stream, params ReadOnlySpan<NewEvent> events)
    {
        foreach (var e in events)
            _events.Add(Pending(stream, _nextVersions[stream] = _nextVersions.GetValueOrDefault(stream) + 1, true, e));
    }

    /// <summary>Sets a timer; one that has the key already is replaced.</summary>
    /// <param name="key">Unique in the module, e.g. <c>case/0198.../acknowledge</c>.</param>
    /// <param name="order">Timers with the same order run one after the other, e.g. the case's stream.</param>
    /// <param name="timer">Its data; the class carries <see cref="TimerTypeAttribute"/>.</param>
    public void Schedule(string key, string order, object timer, DateTimeOffset due) =>
        _timers[key] = new(order, _module.TimerName(timer.GetType()), JsonSerializer.Serialize(timer, timer.GetType(), EventTypes.Json), Time.Truncate(due), Ambient.Current.CorrelationId ?? Guid.CreateVersion7(Now), Activity.Current?.Id);

    /// <summary>Takes a timer back; nothing happens when there is none.</summary>
    public void Cancel(string key) => _timers[key] = null;

    /// <summary>Runs after the commit: metrics, signals. Not part of the transaction.</summary>
    public void OnCommitted(Action action) => _committed.Add(action);

    internal async Task CommitAsync(CancellationToken ct)
    {
        await Db.SaveChangesAsync(ct);
        if (_timers.Count > 0)
            await SaveTimersAsync(ct);
        if (_events.Count > 0)
            await _module.Store.AppendAsync(_transaction, _events, ct);
        await _transaction.Transaction.CommitAsync(ct);
        if (_events.Count > 0)
            _module.News.Set();
        if (_timers.Count > 0)
            _module.TimersChanged.Set();
        foreach (var action in _committed)
            action();
    }

    // One round trip for all of them where the provider can.
    private async Task SaveTimersAsync(CancellationToken ct)
    {
        if (!Connection.CanCreateBatch || _timers.Count == 1)
        {
            foreach (var (key, timer) in _timers)
            {
                await using var command = _module.Store.Command(Connection, DbTransaction, timer is null ? DeleteTimer : SetTimer, TimerParameters(key, timer));
                await command.ExecuteNonQueryAsync(ct);
            }
            return;
        }
        await using var batch = Connection.CreateBatch();
        batch.Transaction = DbTransaction;
        foreach (var (key, timer) in _timers)
        {
            var command = batch.CreateBatchCommand();
            command.CommandText = timer is null ? DeleteTimer : SetTimer;
            foreach (var (name, value) in TimerParameters(key, timer))
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = name;
                parameter.Value = _module.Store.Value(value);
                command.Parameters.Add(parameter);
            }
            batch.BatchCommands.Add(command);
        }
        await batch.ExecuteNonQueryAsync(ct);
    }

    private static (string Name, object? Value)[] TimerParameters(string key, PendingTimer? timer) => timer is null
        ? [("@key", key)]
        :
        [
            ("@key", key), ("@ordering", timer.Order), ("@type", timer.Type), ("@data", timer.Data), ("@due", timer.Due),
            ("@correlation_id", timer.CorrelationId), ("@trace", timer.Trace),
        ];

    private PendingEvent Pending(string stream, long version, bool next, NewEvent e)
    {
        var info = Ambient.Current;
        var id = Guid.CreateVersion7(Now);
        return new()
        {
            Id = id,
            Stream = stream,
            Version = version,
            Next = next,
            Type = EventTypes.NameOf(e.Data.GetType()),
            Data = EventTypes.Write(e.Data),
            Public = e.Public,
            Actor = info.Actor,
            CorrelationId = info.CorrelationId ?? id,
            CausationId = info.CausationId,
            Trace = Activity.Current?.Id,
            Time = Now,
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        await Db.DisposeAsync();
        await _transaction.DisposeAsync();
    }

    private sealed record PendingTimer(string Order, string Type, string Data, DateTimeOffset Due, Guid CorrelationId, string? Trace);
}
