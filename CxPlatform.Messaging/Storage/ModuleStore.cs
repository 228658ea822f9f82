using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace CxPlatform.Messaging;

/// <summary>A module's database: opens connections, speaks the provider's SQL, knows the time.</summary>
public abstract class ModuleStore(string module, TimeProvider clock) : IAsyncDisposable
{
    private long _skewTicks;

    public string Module { get; } = module;

    internal TimeProvider Clock { get; } = clock;

    /// <summary>Database time: the process's clock corrected by what the database's differs from it; UTC, microseconds.</summary>
    public DateTimeOffset Now => Time.Truncate(Clock.GetUtcNow().AddTicks(Interlocked.Read(ref _skewTicks)));

    internal TimeSpan Skew { set => Interlocked.Exchange(ref _skewTicks, value.Ticks); }

    /// <summary>True when only this process can write: one lease holder, no notifications needed.</summary>
    internal abstract bool Embedded { get; }

    public abstract Task<DbConnection> OpenAsync(CancellationToken ct);

    /// <summary>Begins a write transaction. Dispose the result: it ends the transaction, and on SQLite lets the next writer in.</summary>
    internal abstract Task<StoreTransaction> BeginAsync(CancellationToken ct);

    internal abstract DbContextOptions ContextOptions(Type contextType, DbConnection? connection);

    /// <summary>Appends in order under the log's lock. Positions are assigned here, so this is the last thing before commit.</summary>
    /// <exception cref="StreamConflictException">A version is taken.</exception>
    internal abstract Task AppendAsync(StoreTransaction transaction, IReadOnlyList<PendingEvent> events, CancellationToken ct);

    /// <summary>Sets timers; one that has the key already is replaced.</summary>
    internal abstract Task SetTimersAsync(StoreTransaction transaction, IReadOnlyList<PendingTimer> timers, CancellationToken ct);

    /// <summary>Takes timers back, in the same order as <see cref="ClaimTimersAsync"/> takes them, so that neither waits for the other in a circle.</summary>
    internal abstract Task CancelTimersAsync(StoreTransaction transaction, IReadOnlyList<string> keys, CancellationToken ct);

    /// <summary>Takes due timers for the transaction's own.</summary>
    /// <returns>The keys of those that were still there, with the same due time: one that was set anew meanwhile is another timer.</returns>
    internal abstract Task<HashSet<string>> ClaimTimersAsync(StoreTransaction transaction, IReadOnlyList<DueTimer> timers, CancellationToken ct);

    /// <summary>Adds events to the inbox; those that are not in the answer were there already.</summary>
    internal abstract Task<HashSet<Guid>> InboxAddAsync(StoreTransaction transaction, IReadOnlyList<Guid> events, CancellationToken ct);

    /// <summary>Answers whether the transaction got hold of <c>@key</c>; null where nobody else could have it.</summary>
    internal virtual string? TryLockKeySql => null;

    /// <summary>False when another request with the same key is being worked on.</summary>
    internal abstract Task<bool> TryLockKeyAsync(StoreTransaction transaction, string key, CancellationToken ct);

    /// <summary>Names the database and, where it can, the line of history it is on: a restore to an older state changes it.</summary>
    internal abstract Task<string> SystemIdAsync(DbConnection connection, CancellationToken ct);

    /// <summary>With the commit, wakes those who listen in other processes; there are none where only this one can write.</summary>
    internal virtual Task AnnounceAsync(StoreTransaction transaction, CancellationToken ct) => Task.CompletedTask;

    /// <summary>Completes when another process may have appended, or with the token.</summary>
    internal abstract Task ListenAsync(Action wake, CancellationToken ct);

    /// <summary>What only a passing fault says: try the same again.</summary>
    public abstract bool IsTransient(Exception exception);

    public abstract bool IsUniqueViolation(Exception exception);

    internal abstract object Value(object? value);

    internal abstract DateTimeOffset ReadTime(DbDataReader reader, int column);

    internal DbCommand Command(DbConnection connection, DbTransaction? transaction, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = Value(value);
            command.Parameters.Add(parameter);
        }
        return command;
    }

    internal async Task<int> ExecuteAsync(StoreTransaction tx, string sql, CancellationToken ct, params (string Name, object? Value)[] parameters)
    {
        await using var command = Command(tx.Connection, tx.Transaction, sql, parameters);
        return await command.ExecuteNonQueryAsync(ct);
    }

    internal async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> read, CancellationToken ct)
    {
        await using var connection = await OpenAsync(ct);
        return await read(connection);
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>PostgreSQL when the connection string is given, else the module's file under <paramref name="dataPath"/>.</summary>
    public static ModuleStore Create(string module, string? connectionString, string dataPath, TimeProvider clock) =>
        string.IsNullOrWhiteSpace(connectionString)
            ? new SqliteStore(module, Path.Combine(dataPath, module + ".db"), clock)
            : new PostgresStore(module, connectionString, clock);
}

/// <summary>An open write transaction.</summary>
internal sealed class StoreTransaction(DbConnection connection, DbTransaction transaction, IDisposable? gate) : IAsyncDisposable
{
    public DbConnection Connection => connection;

    public DbTransaction Transaction => transaction;

    public async ValueTask DisposeAsync()
    {
        try
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
        finally
        {
            gate?.Dispose();
        }
    }
}

/// <summary>A timer to set.</summary>
/// <param name="Order">Timers with the same order run one after the other.</param>
internal sealed record PendingTimer(string Key, string Order, string Type, string Data, DateTimeOffset Due, Guid CorrelationId, string? Trace);

/// <summary>A timer whose time has come.</summary>
internal sealed record DueTimer(string Key, string Ordering, string Type, string Data, DateTimeOffset DueAt, Guid CorrelationId, string? Trace);

/// <summary>An event on its way into the log.</summary>
internal sealed class PendingEvent
{
    public required Guid Id { get; init; }
    public required string Stream { get; init; }

    /// <summary>The version it takes; for an event without an expected version, its offset (from 1) after the last one of the stream.</summary>
    public required long Version { get; init; }
    public required bool Next { get; init; }
    public required string Type { get; init; }
    public required string Data { get; init; }
    public PublicData? Public { get; init; }
    public required string Actor { get; init; }
    public required Guid CorrelationId { get; init; }
    public Guid? CausationId { get; init; }
    public string? Trace { get; init; }
    public required DateTimeOffset Time { get; init; }
}
