using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Promises;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.Praises;

/// <summary>Keeps a row for every thank-you.</summary>
internal static class PraiseIndex
{
    public static void Write(CaseDb db, IReadOnlyList<object> events, CaseState after, DateOnly day)
    {
        foreach (var e in events.OfType<PraiseGiven>())
            db.Praise.Add(new()
            {
                Id = e.ContactId,
                CaseId = e.CaseId,
                AgentId = e.AgentId,
                QueueId = e.QueueId ?? "",
                Category = after.Category,
                Channel = after.Channel,
                On = day,
            });
    }
}

/// <param name="Key">The queue, category or channel; null when all are counted together.</param>
/// <param name="Period">Its first day; null when the whole time is one.</param>
internal sealed record PraiseGroup(string? Key, DateOnly? Period, long Count);

/// <param name="Agent">Whose praise this is; null for everybody's.</param>
internal sealed record PraiseMeasures(DateOnly From, DateOnly To, Guid? Agent, long Total, IReadOnlyList<PraiseGroup> Groups);

/// <summary>Counts the rows of thank-yous.</summary>
internal sealed class PraiseReader(Work<CaseDb> work)
{
    public async Task<PraiseMeasures> MeasureAsync(DateOnly from, DateOnly to, Guid? agent, MeasureParameters p, CancellationToken ct)
    {
        var counts = await work.ReadAsync((db, token) => CountAsync(db, from, to, agent, p, token), ct);
        var groups = p.By is null && p.Period is null ? [] : counts
            .GroupBy(count => (Key: p.By is null ? null : count.Key, Period: MeasureEndpoints.Begin(count.Day, p.Period)))
            .OrderBy(group => group.Key.Period).ThenBy(group => group.Key.Key, StringComparer.Ordinal)
            .Select(group => new PraiseGroup(group.Key.Key, group.Key.Period, group.Sum(count => count.Count))).ToList();
        return new(from, to, agent, counts.Sum(count => count.Count), groups);
    }

    private static async Task<List<(string Key, DateOnly Day, long Count)>> CountAsync(
        CaseDb db, DateOnly from, DateOnly to, Guid? agent, MeasureParameters p, CancellationToken ct)
    {
        var rows = db.Praise.Where(row => row.On >= from && row.On <= to);
        if (agent is { } one)
            rows = rows.Where(row => row.AgentId == one);
        if (p.Queue is { } queue)
            rows = rows.Where(row => row.QueueId == queue);
        if (p.Category is { } category)
            rows = rows.Where(row => row.Category == category);
        if (p.By == "channel")
            return (await rows.GroupBy(row => new { row.Channel, row.On }).Select(g => new { g.Key, Count = g.LongCount() }).ToListAsync(ct))
                .ConvertAll(g => (CaseMetrics.Word(g.Key.Channel), g.Key.On, g.Count));
        var by = p.By;
        return (await rows.GroupBy(row => new { Key = by == "queue" ? row.QueueId : by == "category" ? row.Category : "", row.On })
            .Select(g => new { g.Key, Count = g.LongCount() }).ToListAsync(ct)).ConvertAll(g => (g.Key.Key, g.Key.On, g.Count));
    }
}
