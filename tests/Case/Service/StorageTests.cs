using CxPlatform.Cases.Storage;
using CxPlatform.Contracts;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Case.Tests.Service;

public sealed class StorageTests
{
    [Fact]
    public void No_model_change_waits_for_a_migration()
    {
        using var postgres = Postgres();
        using var sqlite = new CaseDbSqlite(new DbContextOptionsBuilder<CaseDbSqlite>().UseSqlite("Data Source=:memory:").Options);
        Assert.False(postgres.Database.HasPendingModelChanges());
        Assert.False(sqlite.Database.HasPendingModelChanges());
    }

    [Fact]
    public void Every_column_of_a_case_is_written_in_bulk()
    {
        using var db = Postgres();
        Assert.Equal(
            db.Model.FindEntityType(typeof(CaseRow))!.GetProperties().Select(p => p.GetColumnName()).Order(),
                CaseDbPostgres.Columns.All.Select(c => c.Name).Order());
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Cases_written_in_bulk_read_as_they_were(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var contacts = Enumerable.Range(0, 10).Select(_ => CaseHost.Contact()).ToList();
        await host.DeliverAsync("intake", "contact/many", [.. contacts]);
        var again = contacts.ConvertAll(c => CaseHost.Contact(
            "Please hurry, it leaks.", c.CustomerId, evidence: new Evidence(EvidenceKind.ReplyToken, "t", c.ContactId)));
        await host.DeliverAsync("intake", "contact/again", [.. again]);
        var items = (await host.GetAsync("/v1/cases?order=waiting")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(10, items.Count);
        Assert.All(items, item => Assert.Equal(2, item.GetProperty("version").GetInt32()));
        foreach (var contact in contacts)
            await CustomerTests.AssertReplaysAsync(host, contact.ContactId);
    }

    private static CaseDbPostgres Postgres() => new(new DbContextOptionsBuilder<CaseDbPostgres>().UseNpgsql("Host=127.0.0.1").Options);
}
