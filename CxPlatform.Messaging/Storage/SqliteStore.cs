using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Messaging;

internal sealed class SqliteStore : ModuleStore
{
    private const string AppendSql = """
        insert into events (id, stream, version, type, data, public_type, public_subject, public_data, actor, correlation_id, causation_id, trace, time)
        values (@id, @stream, case when @next then @version + (select coalesce(max(version), 0) from events where stream = @stream) else @version end,
                @type, @data, @public_type, @public_subject, @public_data, @actor, @correlation_id, @causation_id, @trace, @time)
        on conflict do nothing
        """;

    private readonly string _connectionString;

    // SQLite has one writer; waiting here is cheaper than being told that the file is busy.
    private readonly SemaphoreSlim _writer = new(1, 1);

    public SqliteStore(string module, string path, TimeProvider clock)
        : base(module, clock)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path, ForeignKeys = true, DefaultTimeout = 30 }.ConnectionString;
        using var connection = new SqliteConnection(_connectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "pragma journal_mode = wal";
        command.ExecuteNonQuery();
    }

    internal override bool Embedded => true;

    public override async Task<DbConnection> OpenAsync(CancellationToken ct)
    {
        var connection = new SqliteConnection(_connectionString);
        await connection.OpenAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = "pragma synchronous = full";
        await command.ExecuteNonQueryAsync(ct);
        return connection;
    }

    internal override async Task<StoreTransaction> BeginAsync(CancellationToken ct)
    {
        await _writer.WaitAsync(ct);
        var gate = new Gate(_writer);
        try
        {
            var connection = (SqliteConnection)await OpenAsync(ct);
            return new(connection, connection.BeginTransaction(deferred: false), gate);
        }
        catch
        {
            gate.Dispose();
            throw;
        }
    }

    internal override DbContextOptions ContextOptions(Type contextType, DbConnection? connection)
    {
        var builder = (DbContextOptionsBuilder)Activator.CreateInstance(typeof(DbContextOptionsBuilder<>).MakeGenericType(contextType))!;
        return (connection is null ? builder.UseSqlite(_connectionString) : builder.UseSqlite(connection)).Options;
    }

    internal override async Task AppendAsync(StoreTransaction transaction, IReadOnlyList<PendingEvent> events, CancellationToken ct)
    {
        await using var command = Command(transaction.Connection, transaction.Transaction, AppendSql);
        foreach (var e in events)
        {
            command.Parameters.Clear();
            void Add(string name, object? value)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = name;
                parameter.Value = Value(value);
                command.Parameters.Add(parameter);
            }
            Add("@id", e.Id);
            Add("@stream", e.Stream);
            Add("@version", e.Next ? 1L : e.Version); // rows before it are in: the next one is always the last plus one
            Add("@next", e.Next);
            Add("@type", e.Type);
            Add("@data", e.Data);
            Add("@public_type", e.Public?.Type);
            Add("@public_subject", e.Public?.Subject);
            Add("@public_data", e.Public?.Json);
            Add("@actor", e.Actor);
            Add("@correlation_id", e.CorrelationId);
            Add("@causation_id", e.CausationId);
            Add("@trace", e.Trace);
            Add("@time", e.Time);
            if (await command.ExecuteNonQueryAsync(ct) == 0)
                throw new StreamConflictException(e.Stream);
        }
    }

    internal override async Task SetTimersAsync(StoreTransaction transaction, IReadOnlyList<PendingTimer> timers, CancellationToken ct)
    {
        foreach (var timer in timers)
            await ExecuteAsync(
                transaction,
                """
                insert into timers (key, ordering, type, data, due, attempts, correlation_id, trace)
                values (@key, @ordering, @type, @data, @due, 0, @correlation_id, @trace)
                on conflict (key) do update set ordering = excluded.ordering, type = excluded.type, data = excluded.data, due = excluded.due, attempts = 0
                """,
                ct, ("@key", timer.Key), ("@ordering", timer.Order), ("@type", timer.Type), ("@data", timer.Data), ("@due", timer.Due),
                ("@correlation_id", timer.CorrelationId), ("@trace", timer.Trace));
    }

    internal override async Task CancelTimersAsync(StoreTransaction transaction, IReadOnlyList<string> keys, CancellationToken ct)
    {
        foreach (var key in keys)
            await ExecuteAsync(transaction, "delete from timers where key = @key", ct, ("@key", key));
    }

    internal override async Task<HashSet<string>> ClaimTimersAsync(StoreTransaction transaction, IReadOnlyList<DueTimer> timers, CancellationToken ct)
    {
        var claimed = new HashSet<string>();
        foreach (var timer in timers)
            if (await ExecuteAsync(transaction, "delete from timers where key = @key and due = @due", ct, ("@key", timer.Key), ("@due", timer.DueAt)) > 0)
                claimed.Add(timer.Key);
        return claimed;
    }

    internal override async Task<HashSet<Guid>> InboxAddAsync(StoreTransaction transaction, IReadOnlyList<Guid> events, CancellationToken ct)
    {
        var fresh = new HashSet<Guid>();
        foreach (var id in events)
            if (await ExecuteAsync(transaction, "insert into inbox (event_id, received_at) values (@id, @now) on conflict do nothing", ct, ("@id", id), ("@now", Now)) > 0)
                fresh.Add(id);
        return fresh;
    }

    // One writer at a time: whoever is here is alone.
    internal override Task<bool> TryLockKeyAsync(StoreTransaction transaction, string key, CancellationToken ct) => Task.FromResult(true);

    internal override Task<string> SystemIdAsync(DbConnection connection, CancellationToken ct) => Task.FromResult("sqlite");

    internal override Task ListenAsync(Action wake, CancellationToken ct) => Task.Delay(Timeout.Infinite, ct);

    public override bool IsTransient(Exception exception) =>
        exception is StreamConflictException or TimeoutException or DbUpdateConcurrencyException
        || exception is SqliteException { SqliteErrorCode: 5 or 6 }
        || (exception is DbUpdateException && exception.InnerException is { } inner && IsTransient(inner));

    public override bool IsUniqueViolation(Exception exception) =>
        exception is SqliteException { SqliteExtendedErrorCode: 2067 or 1555 } || (exception is DbUpdateException && exception.InnerException is { } inner && IsUniqueViolation(inner));

    internal override object Value(object? value) => value switch
    {
        null => DBNull.Value,
        DateTimeOffset time => Time.ToMicroseconds(time),
        Guid id => id.ToString().ToUpper(CultureInfo.InvariantCulture), // as EF Core's provider writes it
        _ => value,
    };

    internal override DateTimeOffset ReadTime(DbDataReader reader, int column) => Time.FromMicroseconds(reader.GetInt64(column));

    public override ValueTask DisposeAsync()
    {
        using (var connection = new SqliteConnection(_connectionString))
            SqliteConnection.ClearPool(connection);
        _writer.Dispose();
        return ValueTask.CompletedTask;
    }

    private sealed class Gate(SemaphoreSlim semaphore) : IDisposable
    {
        private SemaphoreSlim? _semaphore = semaphore;

        public void Dispose() => Interlocked.Exchange(ref _semaphore, null)?.Release();
    }
}
