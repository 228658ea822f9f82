using System.Data.Common;
using Npgsql;
using NpgsqlTypes;

namespace CxPlatform.Notifications.Storage;

/// <summary>A column of rows that go to the database together.</summary>
internal abstract class Column<T>(string name)
{
    public string Name => name;

    /// <summary>The column of all rows as one array.</summary>
    public abstract NpgsqlParameter Of(IReadOnlyList<T> rows);

    public abstract object? Of(T row);

    public static Column<T> Uuid(string name, Func<T, Guid?> value) => new Typed<Guid?>(name, NpgsqlDbType.Uuid, value);

    public static Column<T> Text(string name, Func<T, string?> value) => new Typed<string?>(name, NpgsqlDbType.Text, value);

    public static Column<T> Number(string name, Func<T, long> value) => new Typed<long>(name, NpgsqlDbType.Bigint, value);

    public static Column<T> Count(string name, Func<T, int> value) => new Typed<int>(name, NpgsqlDbType.Integer, value);

    public static Column<T> OptionalCount(string name, Func<T, int?> value) => new Typed<int?>(name, NpgsqlDbType.Integer, value);

    public static Column<T> Flag(string name, Func<T, bool> value) => new Typed<bool>(name, NpgsqlDbType.Boolean, value);

    public static Column<T> Instant(string name, Func<T, DateTimeOffset?> value) => new Typed<DateTimeOffset?>(name, NpgsqlDbType.TimestampTz, value);

    private sealed class Typed<TValue>(string name, NpgsqlDbType type, Func<T, TValue> value) : Column<T>(name)
    {
        public override NpgsqlParameter Of(IReadOnlyList<T> rows) => new(Name, NpgsqlDbType.Array | type) { Value = rows.Select(value).ToArray() };

        public override object? Of(T row) => value(row);
    }
}

/// <summary>One statement for many rows: on PostgreSQL a set in one round trip, on SQLite, which has none, row by row.</summary>
/// <param name="table">Has a UUID key, named by the first column.</param>
/// <param name="then">What follows the inserted rows.</param>
internal sealed class Insert<T>(string table, string then, params Column<T>[] columns)
{
    private readonly string _names = string.Join(", ", columns.Select(column => column.Name));
    private readonly string _parameters = string.Join(", ", columns.Select(column => "@" + column.Name));

    private string Rest => $"{then} returning {columns[0].Name}";

    /// <returns>The keys of the rows that were inserted or changed.</returns>
    public Task<HashSet<Guid>> RunAsync(Sql sql, IReadOnlyList<T> rows, CancellationToken ct) => sql.RunAsync(
        $"insert into {table} ({_names}) select {_names} from unnest({_parameters}) as rows({_names}) {Rest}",
        $"insert into {table} ({_names}) values ({_parameters}) {Rest}",
        columns, rows, ct);
}

/// <summary>Changes many rows, each to values of its own.</summary>
/// <param name="table">Has a UUID key, named by the first column.</param>
/// <param name="always">What is set to the same for all of them, if anything.</param>
/// <param name="condition">What a row must be to be changed; <c>old.</c> names the table.</param>
/// <param name="match">Columns that a row is found by, the first one being its key; the others are set.</param>
internal sealed class Update<T>(string table, string? always, string condition, int match, params Column<T>[] columns)
{
    private readonly string _names = string.Join(", ", columns.Select(column => column.Name));
    private readonly string _parameters = string.Join(", ", columns.Select(column => "@" + column.Name));

    private readonly string _always = always is null ? "" : always + ", ";

    /// <returns>The keys of the rows that were changed.</returns>
    public Task<HashSet<Guid>> RunAsync(Sql sql, IReadOnlyList<T> rows, CancellationToken ct) => sql.RunAsync(
        $"""
        update {table} old set {_always}{Join(", ", match, columns.Length, name => $"{name} = new.{name}")}
        from unnest({_parameters}) as new({_names})
        where {Join(" and ", 0, match, name => $"old.{name} = new.{name}")} and {condition} returning old.{columns[0].Name}
        """,
        $"""
        update {table} as old set {_always}{Join(", ", match, columns.Length, name => $"{name} = @{name}")}
        where {Join(" and ", 0, match, name => $"{name} = @{name}")} and {condition} returning {columns[0].Name}
        """,
        columns, rows, ct);

    private string Join(string separator, int from, int to, Func<string, string> form) => string.Join(separator, columns[from..to].Select(column => form(column.Name)));
}
