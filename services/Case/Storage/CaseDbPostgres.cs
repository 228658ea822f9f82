using CxPlatform.Messaging;
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
    internal static readonly Columns<CaseRow> Columns = new Columns<CaseRow>()
        .Uuid("id", row => row.Id)
        .Text("number", row => row.Number)
        .Text("state", row => row.State)
        .Number("version", row => row.Version)
        .Text("status", row => row.Status.ToString())
        .Flag("is_open", row => row.IsOpen)
        .Uuid("contact_id", row => row.ContactId)
        .Uuid("customer_id", row => row.CustomerId)
        .Text("queue_id", row => row.QueueId)
        .Text("category", row => row.Category)
        .Uuid("owner_id", row => row.OwnerId)
        .Text("priority", row => row.Priority.ToString())
        .Text("kind", row => row.Kind.ToString())
        .Text("channel", row => row.Channel.ToString())
        .Text("brand", row => row.Brand)
        .Instant("opened_at", row => row.OpenedAt)
        .Instant("last_activity_at", row => row.LastActivityAt)
        .Instant("next_due", row => row.NextDue)
        .Instant("waiting_since", row => row.WaitingSince)
        .Instant("clock_due", row => row.ClockDue);

    // What a case is identified by never changes.
    private static readonly IEnumerable<string> Changing =
        Columns.All.Select(c => c.Name).Where(name => name is not ("id" or "number" or "contact_id" or "opened_at"));

    private static readonly string InsertSql = $"insert into cases ({Columns.Names}) select * from unnest({Columns.Parameters})";

    private static readonly string UpdateSql =
        $"update cases c set {string.Join(", ", Changing.Select(name => $"{name} = u.{name}"))} "
        + $"from unnest({Columns.Parameters}, @seen) as u({Columns.Names}, seen) where c.id = u.id and c.version = u.seen";

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
        foreach (var column in Columns.All)
            command.Parameters.Add(column.AsArray(rows));
        if (seen is not null)
            command.Parameters.Add(new NpgsqlParameter("seen", NpgsqlDbType.Array | NpgsqlDbType.Bigint) { Value = seen });
        return await command.ExecuteNonQueryAsync(ct);
    }
}
