using System.Diagnostics;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Messaging;

/// <summary>One transaction of a module: the tracked context, the events to append, the timers to set. Commits as a whole or not at all.</summary>
/// <remarks>Made by <see cref="Work{TDb}"/>, the dispatcher and the timers; handlers get it injected and never commit it themselves.</remarks>
public sealed class Unit<TDb> : IAsyncDisposable
    where TDb : ModuleDb
{
    private readonly Module<TDb> _module;
    private readonly StoreTransaction _transaction;
    private readonly List<PendingEvent> _events = [];
    private readonly Dictionary<string, long> _nextVersions = [];
    private readonly Dictionary<string, PendingTimer?> _timers = [];
    private readonly List<Action> _committed = [];
    private bool _announced;
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
        _timers[key] = new(
            key, order, _module.TimerName(timer.GetType()), JsonSerializer.Serialize(timer, timer.GetType(), EventTypes.Json), Time.Truncate(due),
            Ambient.Current.CorrelationId ?? Guid.CreateVersion7(Now), Activity.Current?.Id);

    /// <summary>Takes a timer back; nothing happens when there is none.</summary>
    public void Cancel(string key) => _timers[key] = null;

    /// <summary>After the commit wakes whoever waits for <see cref="EventLog{TDb}.NextNews"/>, in every process of the module, as an append does.</summary>
    public void Announce() => _announced = true;

    /// <summary>Runs after the commit: metrics, signals. Not part of the transaction.</summary>
    public void OnCommitted(Action action) => _committed.Add(action);

    internal async Task CommitAsync(CancellationToken ct)
    {
        // Timers first: whoever runs one has locked it before it changes anything else.
        if (_timers.Count > 0)
            await SaveTimersAsync(ct);
        await Db.SaveChangesAsync(ct);
        if (_events.Count > 0)
            await _module.Store.AppendAsync(_transaction, _events, ct);
        else if (_announced)
            await _module.Store.AnnounceAsync(_transaction, ct);
        await _transaction.Transaction.CommitAsync(ct);
        if (_events.Count > 0 || _announced)
            _module.News.Set();
        if (_timers.Count > 0)
            _module.TimersChanged.Set();
        foreach (var action in _committed)
            action();
    }

    private async Task SaveTimersAsync(CancellationToken ct)
    {
        var taken = _timers.Where(pair => pair.Value is null).Select(pair => pair.Key).ToList();
        if (taken.Count > 0)
            await _module.Store.CancelTimersAsync(_transaction, taken, ct);
        var set = _timers.Values.OfType<PendingTimer>().ToList();
        if (set.Count > 0)
            await _module.Store.SetTimersAsync(_transaction, set, ct);
    }

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
}
