using System.Globalization;
using System.Security.Claims;
using CxPlatform.Cases.Praises;
using CxPlatform.Cases.Storage;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.Promises;

internal sealed class MeasureParameters
{
    /// <summary>The first day, such as 2026-03-01; thirty days before <c>to</c> when absent.</summary>
    public string? From { get; init; }

    /// <summary>The last day; today when absent.</summary>
    public string? To { get; init; }

    /// <summary>queue, category, channel or source: a group for each.</summary>
    public string? By { get; init; }

    /// <summary>day, week (from Monday) or month: a group for each.</summary>
    public string? Period { get; init; }

    public string? Queue { get; init; }

    public string? Category { get; init; }
}

internal static class MeasureEndpoints
{
    private const int MostDays = 800;
    private static readonly string[] Ways = ["queue", "category", "channel", "source"];
    private static readonly string[] Periods = ["day", "week", "month"];

    public static void MapMeasures(this IEndpointRouteBuilder measures)
    {
        measures.MapGet("/promises", (
                [AsParameters] MeasureParameters p, ClaimsPrincipal user, PromiseReader reader, TimeProvider clock, CancellationToken ct) =>
                MeasureAsync(p, Ways, user, clock, (from, to, owner) => reader.MeasureAsync(from, to, owner, p, ct)))
            .RequireAuthorization(Policies.CasesRead).WithName("MeasurePromises").Produces<PromiseMeasures>().ProducesProblem(400)
            .WithSummary("How promises came out, by the day on which they are due; agents see their own, leads and admins everybody's");
        measures.MapGet("/praise", (
                [AsParameters] MeasureParameters p, ClaimsPrincipal user, PraiseReader reader, TimeProvider clock, CancellationToken ct) =>
                MeasureAsync(p, Ways[..^1], user, clock, (from, to, owner) => reader.MeasureAsync(from, to, owner, p, ct)))
            .RequireAuthorization(Policies.CasesRead).WithName("MeasurePraise").Produces<PraiseMeasures>().ProducesProblem(400)
            .WithSummary("How often customers thanked us, by the day on which they did; agents see their own, leads and admins everybody's");
    }

    private static async Task<IResult> MeasureAsync<T>(
        MeasureParameters p, string[] ways, ClaimsPrincipal user, TimeProvider clock, Func<DateOnly, DateOnly, Guid?, Task<T>> measure)
    {
        var errors = new InputErrors();
        var to = Day("to", p.To, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime), errors);
        var from = Day("from", p.From, to.DayNumber > 30 ? to.AddDays(-30) : DateOnly.MinValue, errors);
        errors.Check(p.By is null || ways.Contains(p.By), "by", $"must be one of {string.Join(", ", ways)}.")
            .Check(p.Period is null || Periods.Contains(p.Period), "period", $"must be one of {string.Join(", ", Periods)}.")
            .Check(from <= to && to.DayNumber - from.DayNumber < MostDays, "from", $"must be at most {MostDays} days before to, and not after it.");
        if (errors.ToRefusal() is { } refusal)
            return Problems.Of(refusal);
        // An agent sees how their own came out: there is no list of colleagues to be compared in.
        var owner = user.AgentId() is { } me && !user.HasRole(Roles.Lead) ? me : (Guid?)null;
        return TypedResults.Ok(await measure(from, to, owner));
    }

    /// <summary>The first day of a day's period; null when there is none.</summary>
    public static DateOnly? Begin(DateOnly day, string? period) => period switch
    {
        "day" => day,
        "week" => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
        "month" => new(day.Year, day.Month, 1),
        _ => null,
    };

    private static DateOnly Day(string field, string? text, DateOnly otherwise, InputErrors errors)
    {
        if (text is null)
            return otherwise;
        errors.Check(DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day), field, "must be a day, such as 2026-03-01.");
        return day;
    }
}

/// <summary>Counts the rows of promises: some for each day, whatever their number.</summary>
internal sealed class PromiseReader(Work<CaseDb> work)
{
    public async Task<PromiseMeasures> MeasureAsync(DateOnly from, DateOnly to, Guid? owner, MeasureParameters p, CancellationToken ct)
    {
        var tallies = await work.ReadAsync((db, token) => TallyAsync(db, from, to, owner, p, token), ct);
        var groups = p.By is null && p.Period is null ? [] : tallies
            .GroupBy(tally => (Key: p.By is null ? null : tally.Key, Period: MeasureEndpoints.Begin(tally.Day, p.Period)))
            .OrderBy(group => group.Key.Period).ThenBy(group => group.Key.Key, StringComparer.Ordinal)
            .Select(group => new PromiseGroup(group.Key.Key, group.Key.Period, PromiseCounts.Of([.. group]))).ToList();
        return new(from, to, owner, PromiseCounts.Of(tallies), groups);
    }

    private static async Task<List<PromiseTally>> TallyAsync(
        CaseDb db, DateOnly from, DateOnly to, Guid? owner, MeasureParameters p, CancellationToken ct)
    {
        var rows = db.Promises.Where(row => row.DueOn >= from && row.DueOn <= to);
        if (owner is { } one)
            rows = rows.Where(row => row.OwnerId == one);
        if (p.Queue is { } queue)
            rows = rows.Where(row => row.QueueId == queue);
        if (p.Category is { } category)
            rows = rows.Where(row => row.Category == category);
        return p.By switch
        {
            "channel" => (await rows.GroupBy(row => new { row.Channel, row.DueOn, row.State, row.Moved })
                .Select(g => new { g.Key, Count = g.LongCount() }).ToListAsync(ct))
                .ConvertAll(g => new PromiseTally(CaseMetrics.Word(g.Key.Channel), g.Key.DueOn, g.Key.State, g.Key.Moved, g.Count)),
            "source" => (await rows.GroupBy(row => new { row.Source, row.DueOn, row.State, row.Moved })
                .Select(g => new { g.Key, Count = g.LongCount() }).ToListAsync(ct))
                .ConvertAll(g => new PromiseTally(CaseMetrics.Word(g.Key.Source), g.Key.DueOn, g.Key.State, g.Key.Moved, g.Count)),
            var by => (await rows.GroupBy(row => new { Key = by == "queue" ? row.QueueId : by == "category" ? row.Category : "", row.DueOn, row.State, row.Moved })
                .Select(g => new { g.Key, Count = g.LongCount() }).ToListAsync(ct))
                .ConvertAll(g => new PromiseTally(g.Key.Key, g.Key.DueOn, g.Key.State, g.Key.Moved, g.Count)),
        };
    }
}
