using System.Globalization;
using CxPlatform.Cases.Calendars;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Reading;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace CxPlatform.Cases.Clocks;

/// <summary>The clocks of a case, each with its explanation.</summary>
/// <param name="At">The instant at which this holds.</param>
internal sealed record ClocksView(Guid CaseId, string Number, DateTimeOffset At, IReadOnlyList<ClockView> Clocks);

/// <param name="Round">Which of the case's clocks of that kind, from 1.</param>
/// <param name="Policy">Whose target it is: a policy's name, the queue's, or the default.</param>
/// <param name="Calendar">In which time it counts.</param>
/// <param name="Warn">The share of the target at which somebody is warned.</param>
/// <param name="EndedAt">When what it counts towards happened.</param>
/// <param name="Due">When the target is or was missed, or would have been; absent while the clock is paused.</param>
/// <param name="Elapsed">Counted time: the sum of the counted intervals.</param>
/// <param name="Remaining">Target less elapsed; negative when it was missed.</param>
/// <param name="NotCounted">The sum of the other intervals; with elapsed it is the clock's whole life.</param>
/// <param name="Arithmetic">The same as a sum that can be checked by hand.</param>
internal sealed record ClockView(
    ClockKind Clock, int Round, ClockState State, string Policy, TimeSpan Target, string Calendar, string TimeZone, double Warn,
    DateTimeOffset StartedAt, DateTimeOffset? EndedAt, DateTimeOffset? WarnAt, DateTimeOffset? Due, TimeSpan Elapsed, TimeSpan Remaining,
    TimeSpan NotCounted, IReadOnlyList<IntervalView> Intervals, string Arithmetic)
{
    public static ClockView Of(Clock clock, DateTimeOffset now)
    {
        var intervals = clock.Explain(now);
        var not = intervals.Where(i => !i.Counted).Aggregate(TimeSpan.Zero, (sum, i) => sum + i.Duration);
        return new(
            clock.Life.Kind, clock.Life.Round, clock.State, clock.Policy, clock.Target.Within, clock.Calendar.Definition.CalendarId,
            clock.Calendar.TimeZone, clock.Target.Warn, clock.Life.StartedAt, clock.Life.EndedAt, clock.WarnAt, clock.Due, clock.Elapsed,
            clock.Remaining, not, [.. intervals.Select(IntervalView.Of)], ClockWords.Arithmetic(clock, intervals, not));
    }
}

/// <param name="Detail">The reason in words.</param>
internal sealed record IntervalView(
    DateTimeOffset From, DateTimeOffset To, bool Counted, TimeSpan Duration, ClockReason Reason, string Detail)
{
    public static IntervalView Of(ClockInterval i) => new(i.From, i.To, i.Counted, i.Duration, i.Reason, ClockWords.Of(i));
}

/// <summary>What is said of clocks, for people at the desk and who reads the API's answers.</summary>
internal static class ClockWords
{
    public static string Of(ClockKind kind) => kind switch
    {
        ClockKind.Acknowledgement => "Acknowledgement",
        ClockKind.FirstResponse => "First response",
        ClockKind.NextResponse => "Next response",
        ClockKind.Resolution => "Resolution",
        _ => kind.ToString(),
    };

    public static string Of(ClockInterval i)
    {
        var words = i.Reason switch
        {
            ClockReason.Open => "Within opening hours",
            ClockReason.Closed => "Outside opening hours",
            ClockReason.WaitingOnCustomer => "We asked the customer something",
            ClockReason.Proposed => "The customer has a proposal to answer",
            ClockReason.WaitingOnThirdParty => "Somebody outside has something to answer",
            ClockReason.Resolved => "The case was resolved",
            _ => i.Reason.ToString(),
        };
        return i.Names.Count == 0 ? words : $"{words}: {string.Join(", ", i.Names)}";
    }

    /// <summary><c>1 h + 2 h 30 min = 3 h 30 min of 4 h; 16 h do not count; 19 h 30 min in all</c>.</summary>
    public static string Arithmetic(Clock clock, IReadOnlyList<ClockInterval> intervals, TimeSpan not)
    {
        var counted = intervals.Where(i => i.Counted).Select(i => Of(i.Duration)).ToList();
        var terms = counted.Count switch
        {
            0 => "",
            <= 8 => string.Join(" + ", counted) + " = ",
            _ => $"{counted.Count} intervals: {string.Join(" + ", counted.Take(3))} + … + {counted[^1]} = ",
        };
        return $"{terms}{Of(clock.Elapsed)} of {Of(clock.Target.Within)}; {Of(not)} not counted; {Of(clock.Elapsed + not)} in all";
    }

    /// <summary>As people say it: to the second, from an hour on to the minute.</summary>
    public static string About(TimeSpan span)
    {
        var unit = span.Duration() < TimeSpan.FromHours(1) ? TimeSpan.TicksPerSecond : TimeSpan.TicksPerMinute;
        return Of(TimeSpan.FromTicks((long)Math.Round(span.Ticks / (double)unit) * unit));
    }

    /// <summary>Exactly, so that sums can be checked.</summary>
    public static string Of(TimeSpan span)
    {
        var sign = span < TimeSpan.Zero ? "−" : "";
        span = span.Duration();
        var parts = new List<string>(3);
        if (span.TotalHours >= 1)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours} h"));
        if (span.Minutes > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{span.Minutes} min"));
        var seconds = span.Seconds + (span.Ticks % TimeSpan.TicksPerSecond / (double)TimeSpan.TicksPerSecond);
        if (seconds > 0 || parts.Count == 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{seconds:0.######} s"));
        return sign + string.Join(' ', parts);
    }
}

/// <summary>Reads the clocks of a case, measured with the policy and the calendars of now.</summary>
internal sealed class ClockReader(
    Work<CaseDb> work, CalendarShelf shelf, IOptions<CaseOptions> options, PolicyShelf policies, EventLog<CaseDb> log, TimeProvider clock)
{
    public async Task<ClocksView> ReadAsync(CaseState state, CancellationToken ct)
    {
        if (state.Marks.Count == 0)
            state = await RecalculateClocks.ReplayAsync(log, state, ct);
        var (policy, calendars) = await work.ReadAsync(
            async (db, token) =>
            {
                var book = new CalendarBook(db, shelf, options);
                var policy = await new PolicyBook(db, policies).NowAsync(token);
                return (policy, await book.ForClocksAsync(await book.ForAsync(state.CalendarId ?? policy.CalendarId, token), policy, token));
            },
            ct);
        var now = Time.Truncate(clock.GetUtcNow());
        return new(state.Id, state.Number, now, [.. ClockMeasure.Of(state, policy, calendars, now).Select(c => ClockView.Of(c, now))]);
    }
}

internal static class ClockEndpoints
{
    public static void MapClocks(this IEndpointRouteBuilder cases) => cases
        .MapGet("/{key}/clocks", async (string key, CaseReader reader, ClockReader clocks, CancellationToken ct) =>
            await reader.FindAsync(key, ct) is { } state
                ? TypedResults.Ok(await clocks.ReadAsync(state, ct))
                : Http.NotFound(key))
        .RequireAuthorization(Policies.CasesRead).WithName("GetClocks")
        .WithSummary("The clocks of a case: what counted, what did not and why, and when each is due")
        .Produces<ClocksView>().ProducesProblem(404);
}
