using CxPlatform.Intake;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.ChannelIntake.Tests;

public sealed class StorageTests
{
    [Fact]
    public void No_model_change_waits_for_a_migration()
    {
        using var postgres = new IntakeDbPostgres(new DbContextOptionsBuilder<IntakeDbPostgres>().UseNpgsql("Host=nowhere").Options);
        using var sqlite = new IntakeDbSqlite(new DbContextOptionsBuilder<IntakeDbSqlite>().UseSqlite("Data Source=:memory:").Options);
        Assert.False(postgres.Database.HasPendingModelChanges());
        Assert.False(sqlite.Database.HasPendingModelChanges());
    }
}
