using System.Data.Common;
using System.Globalization;
using CxPlatform.Messaging;
using Microsoft.Data.Sqlite;

namespace CxPlatform.Notifications.Storage;

/// <summary>Statements of a hot path on either database: many rows in one round trip where the provider can.</summary>
internal sealed class Sql(DbConnection connection, DbTransaction? transaction)
{
    public static Sql Of(Unit<NotificationDb> unit) => new(unit.Connection, unit.DbTransaction);

    public bool Embedded { get; } = connection is SqliteConnection;

    /// <summary>Runs one statement per row.</summary>
    /// <returns>The rows that each changed.</returns>
    public async Task<int[]> ExecuteAsync(string sql, IReadOnlyList<(string Name, object? Value)[]> rows, CancellationToken ct)
    {
        if (rows.Count == 0)
            return [];
        if (!connection.CanCreateBatch)
        {
            var changed = new int[rows.Count];
            await using var command = Command(sql);
            for (var i = 0; i < rows.Count; i++)
            {
                command.Parameters.Clear();
                foreach (var (name, value) in rows[i])
                    command.Parameters.Add(new SqliteParameter(name, Value(value)));
                changed[i] = await command.ExecuteNonQueryAsync(ct);
            }
            return changed;
        }

        await using var batch = connection.CreateBatch();
        batch.Transaction = transaction;
        foreach (var row in rows)
        {
            var command = batch.CreateBatchCommand();
            command.CommandText = sql;
            foreach (var (name, value) in row)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = name;
                parameter.Value = Value(value);
                command.Parameters.Add(parameter);
            }
            batch.BatchCommands.Add(command);
        }
        await batch.ExecuteNonQueryAsync(ct);
        return [.. batch.BatchCommands.Select(command => command.RecordsAffected)];
    }

    public async Task<List<T>> QueryAsync<T>(string sql, (string Name, object? Value)[] parameters, Func<DbDataReader, T> read, CancellationToken ct)
    {
        await using var command = Command(sql);
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = Value(value);
            command.Parameters.Add(parameter);
        }
        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            rows.Add(read(reader));
        return rows;
    }

    public DateTimeOffset ReadTime(DbDataReader reader, int column) =>
        Embedded ? Time.FromMicroseconds(reader.GetInt64(column)) : new DateTimeOffset(reader.GetDateTime(column));

    private DbCommand Command(string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
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
