using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace CxPlatform.Messaging;

/// <summary>The base of every module's context: the tables that Messaging keeps in each module's own database, snake_case
/// names, and the conversions that let one model live on PostgreSQL and on SQLite.</summary>
public abstract class ModuleDb(DbContextOptions options) : DbContext(options)
{
    protected sealed override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        if (Database.ProviderName!.EndsWith("Sqlite", StringComparison.Ordinal))
            configurationBuilder.Properties<DateTimeOffset>().HaveConversion<Microseconds>();
    }

    /// <summary>The module's own tables.</summary>
    protected abstract void ConfigureModel(ModelBuilder model);

    protected sealed override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ConfigureModel(modelBuilder);

        modelBuilder.Entity<EventRow>(e =>
        {
            e.ToTable("events").HasKey(row => row.Position);
            e.Property(row => row.Position).ValueGeneratedOnAdd();
            e.HasIndex(row => new { row.Stream, row.Version }).IsUnique();
            e.HasIndex(row => row.Id).IsUnique();
        });
        modelBuilder.Entity<InboxRow>(e =>
        {
            e.ToTable("inbox").HasKey(row => row.EventId);
            e.HasIndex(row => row.ReceivedAt);
        });
        modelBuilder.Entity<CursorRow>().ToTable("cursors").HasKey(row => row.Name);
        modelBuilder.Entity<LeaseRow>().ToTable("leases").HasKey(row => row.Name);
        modelBuilder.Entity<TimerRow>(e =>
        {
            e.ToTable("timers").HasKey(row => row.Key);
            e.HasIndex(row => row.Due);
        });
        modelBuilder.Entity<ParkedRow>(e =>
        {
            e.ToTable("parked").HasKey(row => row.Id);
            e.HasIndex(row => row.EventId).IsUnique();
            e.HasIndex(row => new { row.Source, row.Stream });
        });
        modelBuilder.Entity<IdempotencyRow>(e =>
        {
            e.ToTable("idempotency").HasKey(row => new { row.Principal, row.Route, row.Key });
            e.HasIndex(row => row.CreatedAt);
        });
        modelBuilder.Entity<LogInfoRow>().ToTable("log_info").HasKey(row => row.Id);

        foreach (var entity in modelBuilder.Model.GetEntityTypes())
        {
            foreach (var property in entity.GetProperties())
                property.SetColumnName(SnakeCase(property.Name));
            entity.SetTableName(SnakeCase(entity.GetTableName()!));
        }
    }

    private static string SnakeCase(string name)
    {
        var result = new StringBuilder(name.Length + 8);
        foreach (var c in name)
        {
            if (char.IsUpper(c) && result.Length > 0 && result[^1] != '_')
                result.Append('_');
            result.Append(char.ToLowerInvariant(c));
        }
        return result.ToString();
    }

    private sealed class Microseconds() : ValueConverter<DateTimeOffset, long>(time => Time.ToMicroseconds(time), value => Time.FromMicroseconds(value));
}

/// <summary>Instants as the platform keeps them: UTC, whole microseconds.</summary>
public static class Time
{
    public static DateTimeOffset Truncate(DateTimeOffset time)
    {
        var utc = time.ToUniversalTime();
        return utc.AddTicks(-(utc.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    /// <summary>Microseconds since 1970-01-01T00:00:00Z.</summary>
    public static long ToMicroseconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset FromMicroseconds(long value) => DateTimeOffset.UnixEpoch.AddTicks(value * TimeSpan.TicksPerMicrosecond);
}
