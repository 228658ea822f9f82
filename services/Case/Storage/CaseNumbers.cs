using CxPlatform.Cases.Domain;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.Storage;

/// <summary>Gives case numbers, without gaps: one locked read and one update per transaction, however many cases it opens.</summary>
internal sealed class CaseNumbers(Unit<CaseDb> unit)
{
    public async Task<string> NextAsync(CancellationToken ct)
    {
        var year = unit.Now.Year;
        var row = unit.Db.Numbers.Local.FindEntry(year)?.Entity ?? await LockAsync(year, ct);
        return CaseNumber.Format(year, ++row.Last);
    }

    private async Task<NumberRow> LockAsync(int year, CancellationToken ct)
    {
        // SQLite's write transaction is the lock; it knows no "for update".
        var postgres = unit.Db.Database.IsNpgsql();
        var row = await ReadAsync(postgres, year, ct);
        if (row is not null)
            return row;
        await unit.Db.Database.ExecuteSqlAsync($"insert into numbers (year, last) values ({year}, 0) on conflict do nothing", ct);
        return (await ReadAsync(postgres, year, ct))!;
    }

    private Task<NumberRow?> ReadAsync(bool postgres, int year, CancellationToken ct)
    {
        var rows = postgres
            ? unit.Db.Numbers.FromSql($"select year, last from numbers where year = {year} for update")
            : unit.Db.Numbers.FromSql($"select year, last from numbers where year = {year}");
        return rows.AsTracking().SingleOrDefaultAsync(ct);
    }
}
