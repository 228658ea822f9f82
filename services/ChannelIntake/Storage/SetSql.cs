using System.Data.Common;
using CxPlatform.Messaging;
using Npgsql;
using NpgsqlTypes;

namespace CxPlatform.Intake;

/// <summary>The columns of a set of rows: their names in SQL, their types, where their values come from.</summary>
internal sealed class Columns<T>
{
    private readonly List<Column> _columns = [];

    public IReadOnlyList<Column> All => _columns;

    /// <summary>Separated by commas.</summary>
    public string Names => string.Join(", ", _columns.Select(column => column.Name));

    /// <summary>As parameters, separated by commas.</summary>
    public string Parameters => string.Join(", ", _columns.Select(column => "@" + column.Name));

    public Columns<T> Uuid(string name, Func<T, Guid> value) => Add(name, NpgsqlDbType.Uuid, value);

    public Columns<T> Uuid(string name, Func<T, Guid?> value) => Add(name, NpgsqlDbType.Uuid, value);

    public Columns<T> Text(string name, Func<T, string?> value) => Add(name, NpgsqlDbType.Text, value);

    public Columns<T> Bytes(string name, Func<T, byte[]?> value) => Add(name, NpgsqlDbType.Bytea, value);

    public Columns<T> Flag(string name, Func<T, bool> value) => Add(name, NpgsqlDbType.Boolean, value);

    public Columns<T> Number(string name, Func<T, long> value) => Add(name, NpgsqlDbType.Bigint, value);

    public Columns<T> Instant(string name, Func<T, DateTimeOffset> value) =>
        Add(name, NpgsqlDbType.TimestampTz, row => value(row).UtcDateTime);

    private Columns<T> Add<TValue>(string name, NpgsqlDbType type, Func<T, TValue> value)
    {
        _columns.Add(new Column<TValue>(name, type, value));
        return this;
    }

    internal abstract class Column(string name)
    {
        public string Name { get; } = name;

        public abstract NpgsqlParameter AsArray(IReadOnlyList<T> rows);

        public abstract object? Of(T row);
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

        public override object? Of(T row) => value(row);
    }
}

/// <summary>A statement over many rows. On PostgreSQL it reads a set called <c>rows</c>, made of arrays, in one round trip;
/// on SQLite, where there is no round trip to save, it runs once per row with the row's values as parameters.</summary>
internal sealed class SetStatement<T>(Columns<T> columns, string postgres, string sqlite)
{
    private readonly string _postgres = $"with rows as (select * from unnest({columns.Parameters}) as rows({columns.Names})) {postgres}";

    /// <summary>Inserts what is not there yet, and answers the first column, a UUID, of what was inserted.</summary>
    public static SetStatement<T> Insert(string table, Columns<T> columns)
    {
        var rest = $"on conflict do nothing returning {columns.All[0].Name}";
        return new(
            columns,
            $"insert into {table} ({columns.Names}) select {columns.Names} from rows {rest}",
            $"insert into {table} ({columns.Names}) values ({columns.Parameters}) {rest}");
    }

    /// <param name="unit">The transaction to run in.</param>
    /// <param name="rows">None: nothing is run.</param>
    public async Task<List<TResult>> RunAsync<TResult>(
        Unit<IntakeDb> unit, IReadOnlyList<T> rows, Func<DbDataReader, TResult> read, CancellationToken ct)
    {
        var results = new List<TResult>();
        if (rows.Count == 0)
            return results;
        await using var command = unit.Connection.CreateCommand();
        command.Transaction = unit.DbTransaction;
        if (unit.Connection is NpgsqlConnection)
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

    public Task RunAsync(Unit<IntakeDb> unit, IReadOnlyList<T> rows, CancellationToken ct) => RunAsync(unit, rows, _ => 0, ct);

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
        Guid id => id.ToString().ToUpperInvariant(),
        DateTime time => Time.ToMicroseconds(new(time)),
        _ => value,
    };
}
