using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace CxPlatform.Messaging;

internal sealed class PostgresStore(string module, string connectionString, TimeProvider clock) : ModuleStore(module, clock)
{
    private const string AppendSql = """
        select pg_advisory_xact_lock(@lock);
        insert into events (id, stream, version, type, data, public_type, public_subject, public_data, actor, correlation_id, causation_id, trace, time)
        select u.id, u.stream,
               case when u.next then u.version + (select coalesce(max(e.version), 0) from events e where e.stream = u.stream) else u.version end,
               u.type, u.data, u.public_type, u.public_subject, u.public_data, u.actor, u.correlation_id, u.causation_id, u.trace, u.time
        from unnest(@id, @stream, @version, @next, @type, @data, @public_type, @public_subject, @public_data, @actor, @correlation_id, @causation_id, @trace, @time)
             with ordinality as u(id, stream, version, next, type, data, public_type, public_subject, public_data, actor, correlation_id, causation_id, trace, time, place)
        order by u.place
        on conflict do nothing
        returning stream;
        select pg_notify(@channel, '')
        """;

    private const string SetTimersSql = """
        insert into timers (key, ordering, type, data, due, attempts, correlation_id, trace)
        select key, ordering, type, data, due, 0, correlation_id, trace
        from unnest(@key, @ordering, @type, @data, @due, @correlation_id, @trace) as set(key, ordering, type, data, due, correlation_id, trace)
        order by key
        on conflict (key) do update set ordering = excluded.ordering, type = excluded.type, data = excluded.data, due = excluded.due, attempts = 0
        """;

    // Locked in the order of their keys, whatever plan the rest of the statement gets.
    private const string CancelTimersSql = """
        with taken as (select key from timers where key = any(@key) order by key for update)
        delete from timers using taken where timers.key = taken.key
        """;

    private const string ClaimTimersSql = """
        with taken as (
            select timers.key from timers join unnest(@key, @due) as wanted(key, due) on timers.key = wanted.key and timers.due = wanted.due
            order by timers.key for update of timers)
        delete from timers using taken where timers.key = taken.key returning timers.key
        """;

    // One lock and one channel per module: several modules may share a server, and in tests a database.
    private readonly long _lock = 0x4378_0000_0000 + StableHash(module);
    private readonly string _channel = "cx_" + module;
    private readonly string _connectionString = Settings(module, connectionString);
    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(Settings(module, connectionString));

    internal override bool Embedded => false;

    public override async Task<DbConnection> OpenAsync(CancellationToken ct) => await _source.OpenConnectionAsync(ct);

    internal override async Task<StoreTransaction> BeginAsync(CancellationToken ct)
    {
        var connection = await _source.OpenConnectionAsync(ct);
        try
        {
            return new(connection, await connection.BeginTransactionAsync(ct), null);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    internal override DbContextOptions ContextOptions(Type contextType, DbConnection? connection)
    {
        var builder = (DbContextOptionsBuilder)Activator.CreateInstance(typeof(DbContextOptionsBuilder<>).MakeGenericType(contextType))!;
        return (connection is null ? builder.UseNpgsql(_source) : builder.UseNpgsql(connection)).Options;
    }

    internal override async Task AppendAsync(StoreTransaction transaction, IReadOnlyList<PendingEvent> events, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(AppendSql, (NpgsqlConnection)transaction.Connection, (NpgsqlTransaction)transaction.Transaction);
        void Add<T>(string name, NpgsqlDbType type, Func<PendingEvent, T> select) => command.Parameters.Add(Array(name, type, events, select));

        command.Parameters.Add(new NpgsqlParameter<long>("lock", _lock));
        command.Parameters.Add(new NpgsqlParameter<string>("channel", _channel));
        Add("id", NpgsqlDbType.Uuid, e => e.Id);
        Add("stream", NpgsqlDbType.Text, e => e.Stream);
        Add("version", NpgsqlDbType.Bigint, e => e.Version);
        Add("next", NpgsqlDbType.Boolean, e => e.Next);
        Add("type", NpgsqlDbType.Text, e => e.Type);
        Add("data", NpgsqlDbType.Text, e => e.Data);
        Add("public_type", NpgsqlDbType.Text, e => e.Public?.Type);
        Add("public_subject", NpgsqlDbType.Text, e => e.Public?.Subject);
        Add("public_data", NpgsqlDbType.Text, e => e.Public?.Json);
        Add("actor", NpgsqlDbType.Text, e => e.Actor);
        Add("correlation_id", NpgsqlDbType.Uuid, e => e.CorrelationId);
        Add("causation_id", NpgsqlDbType.Uuid, e => e.CausationId);
        Add("trace", NpgsqlDbType.Text, e => e.Trace);
        Add("time", NpgsqlDbType.TimestampTz, e => e.Time.UtcDateTime);

        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        var appended = 0;
        while (await reader.ReadAsync(ct))
            appended++;
        if (appended < events.Count)
            throw new StreamConflictException(events[0].Stream);
    }

    internal override async Task SetTimersAsync(StoreTransaction transaction, IReadOnlyList<PendingTimer> timers, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(SetTimersSql, (NpgsqlConnection)transaction.Connection, (NpgsqlTransaction)transaction.Transaction)
        {
            Parameters =
            {
                Array("key", NpgsqlDbType.Text, timers, timer => timer.Key),
                Array("ordering", NpgsqlDbType.Text, timers, timer => timer.Order),
                Array("type", NpgsqlDbType.Text, timers, timer => timer.Type),
                Array("data", NpgsqlDbType.Text, timers, timer => timer.Data),
                Array("due", NpgsqlDbType.TimestampTz, timers, timer => timer.Due.UtcDateTime),
                Array("correlation_id", NpgsqlDbType.Uuid, timers, timer => timer.CorrelationId),
                Array("trace", NpgsqlDbType.Text, timers, timer => timer.Trace),
            },
        };
        await command.ExecuteNonQueryAsync(ct);
    }

    internal override async Task CancelTimersAsync(StoreTransaction transaction, IReadOnlyList<string> keys, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(CancelTimersSql, (NpgsqlConnection)transaction.Connection, (NpgsqlTransaction)transaction.Transaction)
        {
            Parameters = { Array("key", NpgsqlDbType.Text, keys, key => key) },
        };
        await command.ExecuteNonQueryAsync(ct);
    }

    internal override async Task<HashSet<string>> ClaimTimersAsync(StoreTransaction transaction, IReadOnlyList<DueTimer> timers, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(ClaimTimersSql, (NpgsqlConnection)transaction.Connection, (NpgsqlTransaction)transaction.Transaction)
        {
            Parameters =
            {
                Array("key", NpgsqlDbType.Text, timers, timer => timer.Key),
                Array("due", NpgsqlDbType.TimestampTz, timers, timer => timer.DueAt.UtcDateTime),
            },
        };
        var claimed = new HashSet<string>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            claimed.Add(reader.GetString(0));
        return claimed;
    }

    internal override async Task<HashSet<Guid>> InboxAddAsync(StoreTransaction transaction, IReadOnlyList<Guid> events, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            "insert into inbox (event_id, received_at) select id, @now from unnest(@ids) id on conflict do nothing returning event_id",
            (NpgsqlConnection)transaction.Connection, (NpgsqlTransaction)transaction.Transaction);
        command.Parameters.AddWithValue("now", Now.UtcDateTime);
        command.Parameters.AddWithValue("ids", events.ToArray());
        var fresh = new HashSet<Guid>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            fresh.Add(reader.GetGuid(0));
        return fresh;
    }

    internal override string TryLockKeySql => "select pg_try_advisory_xact_lock(hashtextextended(@key, 1))";

    internal override async Task<bool> TryLockKeyAsync(StoreTransaction transaction, string key, CancellationToken ct)
    {
        await using var command = Command(transaction.Connection, transaction.Transaction, TryLockKeySql, ("key", key));
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    internal override async Task<string> SystemIdAsync(DbConnection connection, CancellationToken ct)
    {
        // The control functions need no rights beyond those of pg_monitor on newer servers; without them the database's name serves.
        await using var command = Command(connection, null,
            """
            select (select oid::text from pg_database where datname = current_database()) || ':' ||
                   case when has_function_privilege('pg_control_system()', 'execute') and has_function_privilege('pg_control_checkpoint()', 'execute')
                        then (select system_identifier::text from pg_control_system()) || ':' || (select timeline_id::text from pg_control_checkpoint())
                        else '' end
            """);
        return (string)(await command.ExecuteScalarAsync(ct))!;
    }

    internal override Task AnnounceAsync(StoreTransaction transaction, CancellationToken ct) =>
        ExecuteAsync(transaction, "select pg_notify(@channel, '')", ct, ("@channel", _channel));

    internal override async Task ListenAsync(Action wake, CancellationToken ct)
    {
        // Not from the pool, whose connections are not reset: it would go on listening there.
        await using var connection = new NpgsqlConnection(_connectionString + ";Pooling=false");
        await connection.OpenAsync(ct);
        connection.Notification += (_, _) => wake();
        await using (var listen = new NpgsqlCommand($"listen {_channel}", connection))
            await listen.ExecuteNonQueryAsync(ct);
        Skew = await SkewAsync(connection, ct);
        wake();
        while (true)
            await connection.WaitAsync(ct);
    }

    public override bool IsTransient(Exception exception) =>
        exception is StreamConflictException or TimeoutException
        || exception is NpgsqlException { IsTransient: true }
        || exception is PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow }
        || exception is NpgsqlException { InnerException: System.IO.IOException or System.Net.Sockets.SocketException }
        || exception is DbUpdateConcurrencyException
        || (exception is DbUpdateException or InvalidOperationException && exception.InnerException is { } inner && IsTransient(inner));

    public override bool IsUniqueViolation(Exception exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } || (exception is DbUpdateException && exception.InnerException is { } inner && IsUniqueViolation(inner));

    internal override object Value(object? value) => value switch
    {
        null => DBNull.Value,
        DateTimeOffset time => time.UtcDateTime,
        _ => value,
    };

    internal override DateTimeOffset ReadTime(DbDataReader reader, int column) => new(reader.GetDateTime(column));

    public override ValueTask DisposeAsync() => _source.DisposeAsync();

    /// <summary>By how much the database's clock is ahead of ours; zero when they agree within what asking takes.</summary>
    private static async Task<TimeSpan> SkewAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        // The quickest of a few answers counts: what a busy machine adds to a round trip must not pass for a difference of clocks.
        var (trip, skew) = (TimeSpan.MaxValue, TimeSpan.Zero);
        for (var i = 0; i < 5; i++)
        {
            await using var now = new NpgsqlCommand("select clock_timestamp()", connection);
            var sent = TimeProvider.System.GetUtcNow();
            var database = new DateTimeOffset((DateTime)(await now.ExecuteScalarAsync(ct))!);
            var took = TimeProvider.System.GetUtcNow() - sent;
            if (took < trip)
                (trip, skew) = (took, database - (sent + (took / 2)));
        }
        return skew.Duration() < (trip / 2) + TimeSpan.FromMilliseconds(50) ? TimeSpan.Zero : skew;
    }

    private static NpgsqlParameter Array<T, TValue>(string name, NpgsqlDbType type, IReadOnlyList<T> rows, Func<T, TValue> select) =>
        new(name, NpgsqlDbType.Array | type) { Value = rows.Select(select).ToArray() };

    // Nothing here changes a session: every lock and setting is a transaction's. So there is nothing to reset when a connection goes back.
    private static string Settings(string module, string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "cx-" + module, KeepAlive = 30, NoResetOnClose = true };
        if (settings.MaxAutoPrepare == 0)
            settings.MaxAutoPrepare = 100;
        return settings.ConnectionString;
    }

    private static uint StableHash(string text)
    {
        // FNV-1a: the same number in every process and version.
        var hash = 2166136261u;
        foreach (var c in text)
            hash = (hash ^ c) * 16777619u;
        return hash;
    }
}
