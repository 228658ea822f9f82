using CxPlatform.Cases.Calendars;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.Promises;

/// <summary>Keeps a row for every promise, beside the case that has it.</summary>
internal sealed class PromiseIndex(CaseDb db)
{
    public async Task WriteAsync(CaseState? before, CaseState after, string timeZone, CancellationToken ct)
    {
        var elsewhere = (before?.QueueId, before?.Category) != (after.QueueId, after.Category);
        if (!elsewhere && ReferenceEquals(before?.Promises ?? after.Promises, after.Promises))
            return;
        foreach (var promise in after.Promises)
        {
            var was = before?.Promises.FirstOrDefault(p => p.Id == promise.Id);
            if (was == promise && !(elsewhere && promise.State == PromiseState.Open))
                continue;
            var row = was is null && before is not null ? null : await db.Promises.FindAsync([promise.Id], ct);
            if (row is null)
                db.Promises.Add(row = new() { Id = promise.Id, CaseId = after.Id, Source = promise.Source });
            row.Become(promise, after, timeZone);
        }
    }
}

/// <summary>Promises of a version that kept no rows get theirs, from the case after <paramref name="After"/> on.</summary>
[TimerType("case.promises-index")]
internal sealed record IndexPromises(Guid? After = null)
{
    private const string Key = "promises/index";

    public static void Schedule(Unit<CaseDb> unit, Guid? after) => unit.Schedule(Key, Key, new IndexPromises(after), unit.Now);
}

internal sealed class OnIndexPromises(Unit<CaseDb> unit, PromiseIndex index, CalendarBook calendars, CasePolicy policy) : IHandleTimer<IndexPromises>
{
    private const int Batch = 200;

    public async Task HandleAsync(IndexPromises command, TimerContext context, CancellationToken ct)
    {
        var rows = unit.Db.Cases.AsTracking();
        if (command.After is { } after)
            rows = rows.Where(row => row.Id > after);
        var batch = await rows.OrderBy(row => row.Id).Take(Batch).ToListAsync(ct);
        foreach (var row in batch)
        {
            var calendar = await calendars.ForAsync(row.Case.CalendarId ?? policy.CalendarId, ct);
            await index.WriteAsync(null, row.Case, calendar.TimeZone, ct);
            // Somebody who changes the case meanwhile writes its rows too: one of both looks again.
            unit.Db.Entry(row).State = EntityState.Modified;
        }
        if (batch.Count == Batch)
            IndexPromises.Schedule(unit, batch[^1].Id);
    }
}

/// <summary>Notices, at the start, that the rows are still to be written.</summary>
internal sealed class BeginIndex(Unit<CaseDb> unit)
{
    private const string Name = "promises-indexed";

    public async Task<Outcome<Done>> HandleAsync(CancellationToken ct)
    {
        if (await unit.Db.Settings.FindAsync([Name], ct) is null)
        {
            unit.Db.Settings.Add(new() { Name = Name, Value = "1" });
            IndexPromises.Schedule(unit, null);
        }
        return Done.Value;
    }
}
