using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Cases.Domain;

internal enum ClockState
{
    Unknown,

    /// <summary>It counts whenever its calendar is open.</summary>
    Running,

    /// <summary>It is not our turn.</summary>
    Paused,

    /// <summary>What it counted towards happened in time.</summary>
    Met,

    /// <summary>The target was missed, whether or not what it counts towards has happened since.</summary>
    Breached,
}

/// <summary>Why time counts, or does not.</summary>
internal enum ClockReason
{
    Unknown,
    Open,
    Closed,
    WaitingOnCustomer,
    Proposed,
    Resolved,
    WaitingOnThirdParty,
}

/// <summary>Some time of a clock's life, that counts or does not.</summary>
/// <param name="Names">The holidays and exceptions in it.</param>
internal sealed record ClockInterval(
    DateTimeOffset From, DateTimeOffset To, bool Counted, ClockReason Reason, IReadOnlyList<string> Names)
{
    public TimeSpan Duration => To - From;
}

/// <summary>A clock as it stands: its life, measured with a target and a calendar.</summary>
/// <param name="Policy">Which policy's target it is.</param>
/// <param name="Elapsed">Counted time.</param>
/// <param name="Due">When the target is, or would have been, missed; null while it does not run, or when its calendar never opens
/// for so long.</param>
/// <param name="WarnAt">When somebody is warned.</param>
internal sealed record Clock(
    ClockLife Life, ClockTarget Target, string Policy, BusinessCalendar Calendar, ClockState State, TimeSpan Elapsed, DateTimeOffset? Due,
    DateTimeOffset? WarnAt)
{
    public bool IsOver => Life.EndedAt is not null;

    public TimeSpan Remaining => Target.Within - Elapsed;

    /// <summary>Every interval of its life until now, without a gap.</summary>
    public IReadOnlyList<ClockInterval> Explain(DateTimeOffset now)
    {
        var intervals = new List<ClockInterval>();
        foreach (var stretch in Life.Stretches)
        {
            var (from, to) = (stretch.From, ClockMeasure.EndOf(stretch, now));
            if (!Target.Counts(stretch.Turn))
            {
                Add(intervals, from, to, ReasonOf(stretch.Turn));
                continue;
            }
            foreach (var opening in Calendar.Within(from, to))
            {
                Add(intervals, from, opening.From, ClockReason.Closed);
                Add(intervals, opening.From, opening.To, ClockReason.Open);
                from = opening.To;
            }
            Add(intervals, from, to, ClockReason.Closed);
        }
        return intervals;
    }

    private void Add(List<ClockInterval> intervals, DateTimeOffset from, DateTimeOffset to, ClockReason reason)
    {
        if (to <= from)
            return;
        if (intervals is [.., var last] && last.Reason == reason && last.To == from)
        {
            from = last.From;
            intervals.RemoveAt(intervals.Count - 1);
        }
        intervals.Add(new(
            from, to, reason == ClockReason.Open, reason,
            reason == ClockReason.Closed ? [.. Calendar.NamesBetween(from, to.AddTicks(-1)).Distinct()] : []));
    }

    private static ClockReason ReasonOf(Turn turn) => turn switch
    {
        Turn.Customers => ClockReason.WaitingOnCustomer,
        Turn.Proposed => ClockReason.Proposed,
        Turn.ThirdPartys => ClockReason.WaitingOnThirdParty,
        Turn.Over => ClockReason.Resolved,
        _ => ClockReason.Open,
    };
}

/// <summary>The clocks of a case: a pure function of its events, the policy and the calendars. Nothing of them is kept that could go
/// wrong, so that a changed policy or calendar measures the whole life anew and no minute is lost.</summary>
internal static class ClockMeasure
{
    public static IReadOnlyList<Clock> Of(CaseState s, CasePolicy policy, ClockCalendars calendars, DateTimeOffset now)
    {
        var clocks = new List<Clock>();
        foreach (var life in ClockHistory.Of(s))
            if (policy.TargetOf(s, life.Kind) is { } chosen)
                clocks.Add(Measure(s, life, chosen.Target, chosen.Policy, calendars.Of(chosen.Target.Calendar), now));
        return clocks;
    }

    /// <summary>What is to be told by now and was not yet, in the order in which it came to pass.</summary>
    public static IEnumerable<object> Untold(CaseState s, IReadOnlyList<Clock> clocks, DateTimeOffset now)
    {
        var untold = new List<(DateTimeOffset At, object Event)>();
        foreach (var clock in clocks)
        {
            var (kind, round, target) = (clock.Life.Kind, clock.Life.Round, clock.Target.Within);
            // Nobody can act on the warning of a clock that is over; that it was too late stays true.
            if (clock is { IsOver: false, WarnAt: { } warn, Due: { } by } && warn <= now && !s.WasTold(kind, round, breach: false))
                untold.Add((warn, new CaseClockWarned(s.Id, kind, round, warn, by, target)));
            if (clock is { State: ClockState.Breached, Due: { } due } && !s.WasTold(kind, round, breach: true))
                untold.Add((due, new CaseClockBreached(s.Id, kind, round, due, target)));
        }
        return untold.OrderBy(told => told.At).Select(told => told.Event);
    }

    /// <summary>When there will be something to tell next; null when there will not, as things stand.</summary>
    public static DateTimeOffset? NextTold(CaseState s, IReadOnlyList<Clock> clocks, DateTimeOffset now)
    {
        if (Untold(s, clocks, now).Any())
            return now;
        return clocks.Where(clock => !clock.IsOver).SelectMany(clock => new[]
        {
            s.WasTold(clock.Life.Kind, clock.Life.Round, breach: false) ? null : clock.WarnAt,
            s.WasTold(clock.Life.Kind, clock.Life.Round, breach: true) ? null : clock.Due,
        }).Where(at => at > now).Min();
    }

    /// <summary>The end of a stretch, seen from now.</summary>
    public static DateTimeOffset EndOf(Stretch stretch, DateTimeOffset now) => stretch.To ?? (now > stretch.From ? now : stretch.From);

    private static Clock Measure(
        CaseState s, ClockLife life, ClockTarget target, string policy, BusinessCalendar calendar, DateTimeOffset now)
    {
        var elapsed = TimeSpan.Zero;
        foreach (var stretch in life.Stretches)
            if (target.Counts(stretch.Turn))
                elapsed += calendar.Between(stretch.From, EndOf(stretch, now));
        var due = Reached(life, target, calendar, target.Within);
        var missed = life.EndedAt is { } ended ? ended > due || s.WasTold(life.Kind, life.Round, due) : now >= due;
        var state = missed ? ClockState.Breached
            : life.EndedAt is not null ? ClockState.Met
            : target.Counts(life.Stretches[^1].Turn) ? ClockState.Running
            : ClockState.Paused;
        return new(life, target, policy, calendar, state, elapsed, due, Reached(life, target, calendar, target.Within * target.Warn));
    }

    // The instant at which that much has been counted, or would be when the clock went on as it ran last.
    private static DateTimeOffset? Reached(ClockLife life, ClockTarget target, BusinessCalendar calendar, TimeSpan wanted)
    {
        DateTimeOffset? at = null;
        for (var i = 0; i < life.Stretches.Count; i++)
        {
            var stretch = life.Stretches[i];
            if (!target.Counts(stretch.Turn))
                continue;
            if (stretch.To is { } to && calendar.Between(stretch.From, to) is var counted && counted < wanted)
            {
                at = calendar.Add(stretch.From, wanted);
                wanted -= counted;
                continue;
            }
            return calendar.Add(stretch.From, wanted);
        }
        // A clock that was stopped when it ended was never due: how long the customer took says nothing of us.
        return life.EndedAt is not null && target.Counts(life.Stretches[^1].Turn) ? at : null;
    }
}

/// <summary>The calendars that clocks run by.</summary>
/// <param name="own">The one that the case follows.</param>
/// <param name="named">Those that targets name.</param>
internal sealed class ClockCalendars(BusinessCalendar own, IReadOnlyDictionary<string, BusinessCalendar>? named = null)
{
    public BusinessCalendar Of(string? id) => id switch
    {
        null => own,
        BusinessCalendar.AlwaysId => BusinessCalendar.Always,
        _ => named?.GetValueOrDefault(id) ?? own,
    };
}
