using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Messaging;

/// <summary>A place in a log: opaque to those who hold it.</summary>
/// <param name="Epoch">Which history: it changes when the database was restored to an older state.</param>
/// <param name="Position">The last event read; 0 before the first.</param>
public readonly record struct Cursor(Guid Epoch, long Position)
{
    public override string ToString() => $"{Epoch:n}{Position.ToString("x", CultureInfo.InvariantCulture)}";

    public static bool TryParse(string? text, out Cursor cursor)
    {
        cursor = default;
        if (text is not { Length: > 32 and <= 48 }
            || !Guid.TryParseExact(text[..32], "n", out var epoch)
            || !long.TryParse(text.AsSpan(32), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var position)
            || position < 0)
            return false;
        cursor = new(epoch, position);
        return true;
    }
}

/// <summary>Reads a module's log. Position order is commit order, so reading after a position misses nothing.</summary>
public sealed class EventLog<TDb>(Module<TDb> module)
    where TDb : ModuleDb
{
    private const string Columns =
        "position, id, stream, version, type, data, public_type, public_subject, public_data, actor, correlation_id, causation_id, trace, time, erased_at";

    private LogInfo? _info;

    /// <summary>Which history this is.</summary>
    public async Task<LogInfo> InfoAsync(CancellationToken ct) => _info ??= await LoadInfoAsync(ct);

    /// <summary>Events after a position, in order.</summary>
    /// <param name="limit">The most events.</param>
    /// <param name="maxChars">About the most data; at least one event is answered whatever its size.</param>
    public Task<IReadOnlyList<LoggedEvent>> ReadAsync(long after, int limit, CancellationToken ct, int maxChars = int.MaxValue) =>
        QueryAsync($"select {Columns} from events where position > @after order by position limit @limit", maxChars, ct, ("@after", after), ("@limit", limit));

    /// <summary>Of the events after a position those of some types, and in any case the last one that was looked at: its position is how
    /// far the log was read.</summary>
    /// <param name="limit">The most events that are looked at.</param>
    internal Task<IReadOnlyList<LoggedEvent>> ReadAsync(long after, int limit, IReadOnlySet<string> types, CancellationToken ct, int maxChars = int.MaxValue) => QueryAsync(
        $"""
        with page as (select {Columns} from events where position > @after order by position limit @limit)
        select {Columns} from page
        where type in ({TypeList(types)}) or position = (select max(position) from page) order by position
        """,
        maxChars, ct, ("@after", after), ("@limit", limit));

    /// <summary>All events of a stream, in order.</summary>
    public Task<IReadOnlyList<LoggedEvent>> ReadStreamAsync(string stream, CancellationToken ct, long afterVersion = 0) =>
        QueryAsync($"select {Columns} from events where stream = @stream and version > @after order by version", int.MaxValue, ct, ("@stream", stream), ("@after", afterVersion));

    /// <summary>Events of some types and of some streams up to a position, in order.</summary>
    public Task<IReadOnlyList<LoggedEvent>> ReadStreamsAsync(IReadOnlyCollection<string> streams, IReadOnlySet<string> types, long upTo, CancellationToken ct) => QueryAsync(
        $"""
        select {Columns} from events
        where stream in ({string.Join(", ", streams.Select((_, i) => $"@s{i}"))}) and position <= @up_to and type in ({TypeList(types)}) order by position
        """,
        int.MaxValue, ct, [("@up_to", upTo), .. streams.Select((stream, i) => ($"@s{i}", (object?)stream))]);

    /// <summary>The last position; 0 when the log is empty.</summary>
    public Task<long> HeadAsync(CancellationToken ct) => ScalarAsync("select coalesce(max(position), 0) from events", ct);

    /// <summary>The oldest position that is still there; 0 when the log is empty.</summary>
    public Task<long> OldestAsync(CancellationToken ct) => ScalarAsync("select coalesce(min(position), 0) from events", ct);

    /// <summary>The position before the first event at or after an instant; the head when there is none.</summary>
    internal Task<long> BeforeAsync(DateTimeOffset time, CancellationToken ct) => ScalarAsync(
        "select coalesce((select min(position) - 1 from events where time >= @time), (select max(position) from events), 0)", ct, ("@time", time));

    /// <summary>Completes when something may have been appended since this was called; poll as well, at a second or so.</summary>
    public Task NextNews => module.News.Next;

    /// <summary>Removes personal data from the events of a stream, the log's only permitted update. Answers how many it was removed from.</summary>
    /// <param name="only">Which events; all of them when null.</param>
    public async Task<int> EraseAsync(Unit<TDb> unit, string stream, CancellationToken ct, Func<LoggedEvent, bool>? only = null)
    {
        var events = (await QueryAsync(
            $"select {Columns} from events where stream = @stream and erased_at is null order by version", int.MaxValue, unit.Connection, unit.DbTransaction, ct, ("@stream", stream)))
            .Where(e => only?.Invoke(e) ?? true).ToList();
        foreach (var e in events)
            await module.Store.ExecuteAsync(
                unit.Transaction, "update events set data = @data, erased_at = @now where position = @position", ct,
                ("@data", EventTypes.WithoutPersonalData(e.Type, e.Data)), ("@now", unit.Now), ("@position", e.Position));
        return events.Count;
    }

    /// <summary>Declares that history was lost: cursors of the old epoch may name events that are gone.</summary>
    internal async Task BeginEpochAsync(CancellationToken ct)
    {
        await using var connection = await module.Store.OpenAsync(ct);
        await using var command = module.Store.Command(
            connection, null,
            "update log_info set epoch = @epoch, system_id = @system_id",
            ("@epoch", Guid.NewGuid()), ("@system_id", await module.Store.SystemIdAsync(connection, ct)));
        await command.ExecuteNonQueryAsync(ct);
        _info = null;
    }

    private async Task<LogInfo> LoadInfoAsync(CancellationToken ct)
    {
        await using var connection = await module.Store.OpenAsync(ct);
        var systemId = await module.Store.SystemIdAsync(connection, ct);
        await using (var insert = module.Store.Command(
            connection, null, "insert into log_info (id, epoch, system_id) values (1, @epoch, @system_id) on conflict do nothing",
            ("@epoch", Guid.NewGuid()), ("@system_id", systemId)))
            await insert.ExecuteNonQueryAsync(ct);
        await using var select = module.Store.Command(connection, null, "select epoch, system_id from log_info where id = 1");
        await using var reader = await select.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return new(reader.GetGuid(0), reader.GetString(1) != systemId);
    }

    private Task<long> ScalarAsync(string sql, CancellationToken ct, params (string, object?)[] parameters) => module.Store.ReadAsync(
        async connection =>
        {
            await using var command = module.Store.Command(connection, null, sql, parameters);
            return Convert.ToInt64(await command.ExecuteScalarAsync(ct), CultureInfo.InvariantCulture);
        },
        ct);

    private Task<IReadOnlyList<LoggedEvent>> QueryAsync(string sql, int maxChars, CancellationToken ct, params (string, object?)[] parameters) =>
        module.Store.ReadAsync(connection => QueryAsync(sql, maxChars, connection, null, ct, parameters), ct);

    private async Task<IReadOnlyList<LoggedEvent>> QueryAsync(
        string sql, int maxChars, DbConnection connection, DbTransaction? transaction, CancellationToken ct, params (string, object?)[] parameters)
    {
        await using var command = module.Store.Command(connection, transaction, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var events = new List<LoggedEvent>();
        var chars = 0;
        while (chars < maxChars && await reader.ReadAsync(ct))
        {
            var e = Read(reader);
            events.Add(e);
            chars += e.Data.Length + (e.PublicData?.Length ?? 0);
        }
        return events;
    }

    private LoggedEvent Read(DbDataReader reader) => new()
    {
        Position = reader.GetInt64(0),
        Id = reader.GetGuid(1),
        Stream = reader.GetString(2),
        Version = reader.GetInt64(3),
        Type = reader.GetString(4),
        Data = reader.GetString(5),
        PublicType = Text(reader, 6),
        PublicSubject = Text(reader, 7),
        PublicData = Text(reader, 8),
        Actor = reader.GetString(9),
        CorrelationId = reader.GetGuid(10),
        CausationId = reader.IsDBNull(11) ? null : reader.GetGuid(11),
        Trace = Text(reader, 12),
        Time = module.Store.ReadTime(reader, 13),
        ErasedAt = reader.IsDBNull(14) ? null : module.Store.ReadTime(reader, 14),
    };

    // The contracts' own names.
    private static string TypeList(IReadOnlySet<string> types) => string.Join(", ", types.Select(type => $"'{type}'"));

    private static string? Text(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}

/// <param name="Epoch">The current history.</param>
/// <param name="Restored">The database is not the one in which the epoch began.</param>
public sealed record LogInfo(Guid Epoch, bool Restored);
