using System.Data.Common;
using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace CxPlatform.Messaging;

/// <summary>The columns of a set of rows: their names in SQL, their types, where their values come from.</summary>
public sealed class Columns<T>
{
    private readonly List<Column> _columns = [];

    public IReadOnlyList<Column> All => _columns;

    /// <summary>Separated by commas.</summary>
    public string Names => string.Join(", ", _columns.Select(column => column.Name));

    /// <summary>As parameters, separated by commas.</summary>
    public string Parameters => string.Join(", ", _columns.Select(column => "@" + column.Name));

    public Columns<T> Uuid(string name, Func<T, Guid?> value) => Add(name, NpgsqlDbType.Uuid, value);

    public Columns<T> Text(string name, Func<T, string?> value) => Add(name, NpgsqlDbType.Text, value);

    public Columns<T> Bytes(string name, Func<T, byte[]?> value) => Add(name, NpgsqlDbType.Bytea, value);

    public Columns<T> Flag(string name, Func<T, bool> value) => Add(name, NpgsqlDbType.Boolean, value);

    /// <summary>64 bits.</summary>
    public Columns<T> Number(string name, Func<T, long> value) => Add(name, NpgsqlDbType.Bigint, value);

    /// <summary>32 bits.</summary>
    public Columns<T> Count(string name, Func<T, int?> value) => Add(name, NpgsqlDbType.Integer, value);

    public Columns<T> Instant(string name, Func<T, DateTimeOffset?> value) => Add(name, NpgsqlDbType.TimestampTz, row => value(row)?.UtcDateTime);

    private Columns<T> Add<TValue>(string name, NpgsqlDbType type, Func<T, TValue> value)
    {
        _columns.Add(new Column<TValue>(name, type, value));
        return this;
    }

    public abstract class Column(string name)
    {
        public string Name { get; } = name;

        /// <summary>The column of all rows as one parameter of PostgreSQL.</summary>
        public abstract NpgsqlParameter AsArray(IReadOnlyList<T> rows);

        internal abstract object? Of(T row);
    }

    private sealed class Column<TValue>(string name, NpgsqlDbType type, Func<T, TValue> value) : Column(name)
    {
        public override NpgsqlParameter AsArray(IReadOnlyList<T> rows)
        {
            var values = new TValue[rows.Count];
            for (var i = 0; i < values.Length; i++)
                values[i] = value(rows[i]);
            return new(Name, NpgsqlDbType.Array | type) { Value = values };
        }

        internal override object? Of(T row) => value(row);
    }
}

/// <summary>A statement over many rows. On PostgreSQL it reads a set called <c>rows</c>, made of arrays, in one round trip;
/// on SQLite, where there is no round trip to save, it runs once per row with the row's values as parameters.</summary>
public sealed class SetStatement<T>(Columns<T> columns, string postgres, string sqlite)
{
    private readonly string _postgres = $"with rows as (select * from unnest({columns.Parameters}) as rows({columns.Names})) {postgres}";

    /// <param name="connection">PostgreSQL's or SQLite's.</param>
    /// <param name="transaction">The transaction to run in.</param>
    /// <param name="rows">None: nothing is run.</param>
    /// <param name="read">Reads a row of what the statement answers.</param>
    public async Task<List<TResult>> RunAsync<TResult>(
        DbConnection connection, DbTransaction? transaction, IReadOnlyList<T> rows, Func<DbDataReader, TResult> read, CancellationToken ct)
    {
        var results = new List<TResult>();
        if (rows.Count == 0)
            return results;
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        if (connection is NpgsqlConnection)
        {
            command.CommandText = _postgres;
            foreach (var column in columns.All)
                command.Parameters.Add(column.AsArray(rows));
            await ReadAsync(command, read, results, ct);
            return results;
        }
        command.CommandText = sqlite;
        foreach (var column in columns.All)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = "@" + column.Name;
            command.Parameters.Add(parameter);
        }
        foreach (var row in rows)
        {
            for (var i = 0; i < columns.All.Count; i++)
                command.Parameters[i].Value = ForSqlite(columns.All[i].Of(row));
            await ReadAsync(command, read, results, ct);
        }
        return results;
    }

    /// <inheritdoc cref="RunAsync{TResult}(DbConnection, DbTransaction, IReadOnlyList{T}, Func{DbDataReader, TResult}, CancellationToken)"/>
    public Task<List<TResult>> RunAsync<TDb, TResult>(
        Unit<TDb> unit, IReadOnlyList<T> rows, Func<DbDataReader, TResult> read, CancellationToken ct)
        where TDb : ModuleDb => RunAsync(unit.Connection, unit.DbTransaction, rows, read, ct);

    /// <inheritdoc cref="RunAsync{TResult}(DbConnection, DbTransaction, IReadOnlyList{T}, Func{DbDataReader, TResult}, CancellationToken)"/>
    public Task RunAsync<TDb>(Unit<TDb> unit, IReadOnlyList<T> rows, CancellationToken ct)
        where TDb : ModuleDb => RunAsync(unit, rows, _ => 0, ct);

    private static async Task ReadAsync<TResult>(
        DbCommand command, Func<DbDataReader, TResult> read, List<TResult> results, CancellationToken ct)
    {
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            results.Add(read(reader));
    }

    // As EF Core's provider writes them, so that both find each other's rows.
    private static object ForSqlite(object? value) => value switch
    {
        null => DBNull.Value,
        Guid id => id.ToString().ToUpper(CultureInfo.InvariantCulture),
        DateTime time => Time.ToMicroseconds(new(time)),
        _ => value,
    };
}

/// <summary>The usual statements over many rows.</summary>
public static class SetStatement
{
    /// <summary>Inserts rows, and answers the first column, a UUID, of what was inserted or changed.</summary>
    /// <param name="table">The table's name.</param>
    /// <param name="columns">The first one is its key.</param>
    /// <param name="then">What becomes of a row that is there already.</param>
    public static SetStatement<T> Insert<T>(string table, Columns<T> columns, string then = "on conflict do nothing")
    {
        var rest = $"{then} returning {columns.All[0].Name}";
        return new(
            columns,
            $"insert into {table} ({columns.Names}) select {columns.Names} from rows {rest}",
            $"insert into {table} ({columns.Names}) values ({columns.Parameters}) {rest}");
    }

    /// <summary>Changes rows, each to values of its own, and answers the first column, a UUID, of what was changed.</summary>
    /// <param name="table">The table's name.</param>
    /// <param name="columns">The first <paramref name="match"/> of them find a row, the first one being its key; the others are set.</param>
    /// <param name="match">1 or more.</param>
    /// <param name="condition">What a row must be to be changed; <c>old.</c> names the table.</param>
    /// <param name="always">What is set to the same for all of them, if anything.</param>
    public static SetStatement<T> Update<T>(string table, Columns<T> columns, int match, string condition, string? always = null)
    {
        var set = $"update {table} as old set {(always is null ? "" : always + ", ")}";
        return new(
            columns,
            $"""
            {set}{Join(", ", columns.All.Skip(match), name => $"{name} = rows.{name}")}
            from rows where {Join(" and ", columns.All.Take(match), name => $"old.{name} = rows.{name}")} and {condition} returning old.{columns.All[0].Name}
            """,
            $"""
            {set}{Join(", ", columns.All.Skip(match), name => $"{name} = @{name}")}
            where {Join(" and ", columns.All.Take(match), name => $"{name} = @{name}")} and {condition} returning {columns.All[0].Name}
            """);
    }

    private static string Join<T>(string separator, IEnumerable<Columns<T>.Column> columns, Func<string, string> form) =>
        string.Join(separator, columns.Select(column => form(column.Name)));
}
