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

    // One lock and one channel per module: several modules may share a server, and in tests a database.
    private readonly long _lock = 0x4378_0000_0000 + StableHash(module);
    private readonly string _channel = "cx_" + module;
    private readonly NpgsqlDataSource _source = Build(module, connectionString);

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
        void Add<T>(string name, NpgsqlDbType type, Func<PendingEvent, T> select) =>
            command.Parameters.Add(new NpgsqlParameter(name, NpgsqlDbType.Array | type) { Value = events.Select(select).ToArray() });

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

    internal override async Task ListenAsync(Action wake, CancellationToken ct)
    {
        await using var connection = await _source.OpenConnectionAsync(ct);
        connection.Notification += (_, _) => wake();
        await using (var listen = new NpgsqlCommand($"listen {_channel}", connection))
            await listen.ExecuteNonQueryAsync(ct);

        var before = Clock.GetUtcNow();
        await using (var now = new NpgsqlCommand("select clock_timestamp()", connection))
        {
            var database = new DateTimeOffset((DateTime)(await now.ExecuteScalarAsync(ct))!);
            var here = TimeProvider.System.GetUtcNow();
            // Clocks that agree within a network round trip are left alone.
            Skew = (database - here).Duration() < TimeSpan.FromMilliseconds(50) ? TimeSpan.Zero : database - here;
        }

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

    private static NpgsqlDataSource Build(string module, string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "cx-" + module, KeepAlive = 30 };
        if (settings.MaxAutoPrepare == 0)
            settings.MaxAutoPrepare = 100;
        return NpgsqlDataSource.Create(settings.ConnectionString);
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
