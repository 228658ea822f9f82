using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using CxPlatform.Messaging;
using Microsoft.Data.Sqlite;

namespace CxPlatform.Notifications.Storage;

/// <summary>Statements of a hot path on either database.</summary>
internal sealed class Sql(DbConnection connection, DbTransaction? transaction)
{
    public static Sql Of(Unit<NotificationDb> unit) => new(unit.Connection, unit.DbTransaction);

    public bool Embedded { get; } = connection is SqliteConnection;

    public async Task<int> ExecuteAsync(string sql, CancellationToken ct, params (string Name, object? Value)[] parameters)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync(ct);
    }

    /// <returns>The UUIDs that it answers.</returns>
    public async Task<HashSet<Guid>> RunAsync<T>(SetStatement<T> statement, IReadOnlyList<T> rows, CancellationToken ct) =>
        [.. await statement.RunAsync(connection, transaction, rows, reader => reader.GetGuid(0), ct)];

    public async Task<List<T>> QueryAsync<T>(string sql, (string Name, object? Value)[] parameters, Func<DbDataReader, T> read, CancellationToken ct)
    {
        await using var command = Command(sql, parameters);
        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            rows.Add(read(reader));
        return rows;
    }

    /// <summary>The condition that a column is in a list, given as <see cref="List{T}"/>.</summary>
    public string In(string parameter) => Embedded ? $"in (select value from json_each(@{parameter}))" : $"= any(@{parameter})";

    /// <summary>A list as one parameter.</summary>
    public object List<T>(T[] values) => Embedded ? JsonSerializer.Serialize(values.Select(value => Value(value))) : values;

    public DateTimeOffset ReadTime(DbDataReader reader, int column) =>
        Embedded ? Time.FromMicroseconds(reader.GetInt64(column)) : new DateTimeOffset(reader.GetDateTime(column));

    private DbCommand Command(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
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

    private object Value(object? value) => value switch
    {
        null => DBNull.Value,
        Enum word => word.ToString(),
        DateTimeOffset time => Embedded ? Time.ToMicroseconds(time) : time.UtcDateTime,
        Guid id when Embedded => id.ToString().ToUpper(CultureInfo.InvariantCulture), // as EF Core's provider writes it
        _ => value,
    };
}
