using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using NpgsqlTypes;

namespace CxPlatform.Cases.Storage;

/// <summary>On PostgreSQL the cases of a transaction are written by one statement for the new and one for the changed, however many
/// there are: the path that every case takes several times. Everything else is EF Core's.</summary>
internal sealed class CaseDbPostgres(DbContextOptions<CaseDbPostgres> options) : CaseDb(options)
{
    // The one table of what is written; a test holds it against the model.
    internal static readonly IReadOnlyList<Column> Columns =
    [
        Column.Of("id", NpgsqlDbType.Uuid, "uuid", row => row.Id),
        Column.Of("number", NpgsqlDbType.Text, "text", row => row.Number),
        Column.Of("state", NpgsqlDbType.Text, "text", row => row.State),
        Column.Of("version", NpgsqlDbType.Bigint, "bigint", row => row.Version),
        Column.Of("status", NpgsqlDbType.Text, "text", row => row.Status.ToString()),
        Column.Of("is_open", NpgsqlDbType.Boolean, "boolean", row => row.IsOpen),
        Column.Of("contact_id", NpgsqlDbType.Uuid, "uuid", row => row.ContactId),
        Column.Of("customer_id", NpgsqlDbType.Uuid, "uuid", row => row.CustomerId),
        Column.Of("queue_id", NpgsqlDbType.Text, "text", row => row.QueueId),
        Column.Of("category", NpgsqlDbType.Text, "text", row => row.Category),
        Column.Of("owner_id", NpgsqlDbType.Uuid, "uuid", row => row.OwnerId),
        Column.Of("priority", NpgsqlDbType.Text, "text", row => row.Priority.ToString()),
        Column.Of("kind", NpgsqlDbType.Text, "text", row => row.Kind.ToString()),
        Column.Of("channel", NpgsqlDbType.Text, "text", row => row.Channel.ToString()),
        Column.Of("brand", NpgsqlDbType.Text, "text", row => row.Brand),
        Column.Of("opened_at", NpgsqlDbType.TimestampTz, "timestamptz", row => row.OpenedAt.UtcDateTime),
        Column.Of("last_activity_at", NpgsqlDbType.TimestampTz, "timestamptz", row => row.LastActivityAt.UtcDateTime),
        Column.Of("next_due", NpgsqlDbType.TimestampTz, "timestamptz", row => row.NextDue?.UtcDateTime),
        Column.Of("waiting_since", NpgsqlDbType.TimestampTz, "timestamptz", row => row.WaitingSince?.UtcDateTime),
        Column.Of("clock_due", NpgsqlDbType.TimestampTz, "timestamptz", row => row.ClockDue?.UtcDateTime),
    ];

    // What a case is identified by never changes.
    private static readonly IEnumerable<Column> Changing =
        Columns.Where(c => c.Name is not ("id" or "number" or "contact_id" or "opened_at"));

    private static readonly string Names = string.Join(", ", Columns.Select(c => c.Name));
    private static readonly string Arrays = string.Join(", ", Columns.Select(c => $"@{c.Name}::{c.Sql}[]"));
    private static readonly string InsertSql = $"insert into cases ({Names}) select * from unnest({Arrays})";

    private static readonly string UpdateSql =
        $"update cases c set {string.Join(", ", Changing.Select(c => $"{c.Name} = u.{c.Name}"))} "
        + $"from unnest({Arrays}, @seen::bigint[]) as u({Names}, seen) where c.id = u.id and c.version = u.seen";

    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        var cases = ChangeTracker.Entries<CaseRow>().Where(entry => entry.State is EntityState.Added or EntityState.Modified).ToList();
        foreach (var group in cases.GroupBy(entry => entry.State).Where(group => group.Count() > 1))
        {
            var adding = group.Key == EntityState.Added;
            // In one order everywhere, so that two writers of the same cases wait for each other instead of deadlocking.
            var entries = group.OrderBy(entry => entry.Entity.Id).ToList();
            var rows = entries.Select(entry => entry.Entity).ToArray();
            var written = adding
                ? await WriteAsync(InsertSql, rows, null, cancellationToken)
                : await WriteAsync(
                    UpdateSql, rows, [.. entries.Select(entry => entry.Property(row => row.Version).OriginalValue)], cancellationToken);
            if (written < entries.Count)
                throw new DbUpdateConcurrencyException($"{entries.Count - written} of {entries.Count} cases have been changed meanwhile.");
            foreach (var entry in entries)
                entry.State = EntityState.Unchanged;
        }
        return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    private async Task<int> WriteAsync(string sql, CaseRow[] rows, long[]? seen, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            sql, (NpgsqlConnection)Database.GetDbConnection(), (NpgsqlTransaction?)Database.CurrentTransaction?.GetDbTransaction());
        foreach (var column in Columns)
            command.Parameters.Add(column.Parameter(rows));
        if (seen is not null)
            command.Parameters.Add(new NpgsqlParameter("seen", NpgsqlDbType.Array | NpgsqlDbType.Bigint) { Value = seen });
        return await command.ExecuteNonQueryAsync(ct);
    }

    internal sealed record Column(string Name, string Sql, Func<CaseRow[], NpgsqlParameter> Parameter)
    {
        public static Column Of<T>(string name, NpgsqlDbType type, string sql, Func<CaseRow, T> value) =>
            new(name, sql, rows => new NpgsqlParameter<T[]>(name, NpgsqlDbType.Array | type)
            {
                TypedValue = Array.ConvertAll(rows, row => value(row)),
            });
    }
}
