using System.Data.Common;
using CxPlatform.Messaging;
using Npgsql;
using NpgsqlTypes;

namespace CxPlatform.Intake;

/// <summary>A column of a set of rows: its name in SQL, its type, where its value comes from.</summary>
internal abstract class Column<T>(string name)
{
    public string Name { get; } = name;

    public abstract NpgsqlParameter AsArray(IReadOnlyList<T> rows);

    public abstract object? Of(T row);
}

internal static class Columns
{
    public static Column<T> Uuid<T>(string name, Func<T, Guid> value) => new Typed<T, Guid>(name, NpgsqlDbType.Uuid, value);

    public static Column<T> Text<T>(string name, Func<T, string?> value) => new Typed<T, string?>(name, NpgsqlDbType.Text, value);

    public static Column<T> Bytes<T>(string name, Func<T, byte[]?> value) => new Typed<T, byte[]?>(name, NpgsqlDbType.Bytea, value);

    public static Column<T> Flag<T>(string name, Func<T, bool> value) => new Typed<T, bool>(name, NpgsqlDbType.Boolean, value);

    public static Column<T> Number<T>(string name, Func<T, long> value) => new Typed<T, long>(name, NpgsqlDbType.Bigint, value);

    public static Column<T> Instant<T>(string name, Func<T, DateTimeOffset> value) =>
        new Typed<T, DateTime>(name, NpgsqlDbType.TimestampTz, row => value(row).UtcDateTime);

    private sealed class Typed<T, TValue>(string name, NpgsqlDbType type, Func<T, TValue> value) : Column<T>(name)
    {
        public override NpgsqlParameter AsArray(IReadOnlyList<T> rows)
        {
            var values = new TValue[rows.Count];
            for (var i = 0; i < values.Length; i++)
                values[i] = value(rows[i]);
            return new(Name, NpgsqlDbType.Array | type) { Value = values };
        }

        public override object? Of(T row) => value(row);
    }
}

/// <summary>Statements over many rows: one round trip with arrays on PostgreSQL, one prepared statement per row on SQLite,
/// where there is no round trip to save.</summary>
internal sealed class SetSql(DbConnection connection, DbTransaction transaction)
{
    private readonly bool _postgres = connection is NpgsqlConnection;

    /// <summary>Inserts what is not there yet.</summary>
    /// <param name="columns">The first is a UUID that tells the rows apart.</param>
    /// <returns>The UUIDs of the rows that were inserted.</returns>
    public async Task<HashSet<Guid>> InsertAsync<T>(string table, IReadOnlyList<T> rows, Column<T>[] columns, CancellationToken ct)
    {
        var names = string.Join(", ", columns.Select(column => column.Name));
        var inserted = await RunAsync(
            rows, columns,
            $"insert into {table} ({names}) select {names} from rows on conflict do nothing returning {columns[0].Name}",
            $"insert into {table} ({names}) values ({string.Join(", ", columns.Select(column => "@" + column.Name))}) on conflict do nothing returning {columns[0].Name}",
            reader => reader.GetGuid(0), ct);
        return [.. inserted];
    }

    /// <summary>Runs a statement over a set called <c>rows</c> on PostgreSQL, or with each row's values as parameters on SQLite.</summary>
    public async Task<List<TResult>> RunAsync<T, TResult>(
        IReadOnlyList<T> rows, Column<T>[] columns, string postgres, string sqlite, Func<DbDataReader, TResult> read, CancellationToken ct)
    {
        var results = new List<TResult>();
        if (rows.Count == 0)
            return results;
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        if (_postgres)
        {
            command.CommandText =
                $"with rows as (select * from unnest({string.Join(", ", columns.Select(column => "@" + column.Name))}) " +
                $"as rows({string.Join(", ", columns.Select(column => column.Name))})) {postgres}";
            foreach (var column in columns)
                command.Parameters.Add(column.AsArray(rows));
            await ReadAsync(command, read, results, ct);
            return results;
        }
        command.CommandText = sqlite;
        foreach (var column in columns)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = "@" + column.Name;
            command.Parameters.Add(parameter);
        }
        foreach (var row in rows)
        {
            for (var i = 0; i < columns.Length; i++)
                command.Parameters[i].Value = ForSqlite(columns[i].Of(row));
            await ReadAsync(command, read, results, ct);
        }
        return results;
    }

    /// <summary>Instants as either provider returns them.</summary>
    public static DateTimeOffset ReadTime(DbDataReader reader, int column) =>
        reader is NpgsqlDataReader ? new(reader.GetDateTime(column)) : Time.FromMicroseconds(reader.GetInt64(column));

    private static async Task ReadAsync<TResult>(DbCommand command, Func<DbDataReader, TResult> read, List<TResult> results, CancellationToken ct)
    {
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            results.Add(read(reader));
    }

    // As EF Core's provider writes them, so that both find each other's rows.
    private static object ForSqlite(object? value) => value switch
    {
        null => DBNull.Value,
        Guid id => id.ToString().ToUpperInvariant(),
        DateTime time => Time.ToMicroseconds(new(time)),
        _ => value,
    };
}
