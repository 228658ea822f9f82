using CxPlatform.Cases.Calendars;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Clocks;

/// <summary>Sets the one timer that a case's clocks need, for the next instant at which one is to be told of, and the column by which
/// the desk finds who is to be answered next.</summary>
internal sealed class ClockTimer(Unit<CaseDb> unit, CalendarBook calendars, PolicyBook policies)
{
    public async Task SetAsync(CaseRow row, CancellationToken ct)
    {
        var state = row.Case;
        if (!state.IsTriaged)
            return; // which targets hold is not known yet; it is within seconds
        var policy = await policies.NowAsync(ct);
        var own = await calendars.ForAsync(state.CalendarId ?? policy.CalendarId, ct);
        var clocks = ClockMeasure.Of(state, policy, await calendars.ForClocksAsync(own, policy, ct), unit.Now);
        // A clock that is stopped has no date; one that has missed its target gives way to the next.
        row.ClockDue = clocks.Where(clock => clock.State == ClockState.Running).Min(clock => clock.Due);
        var key = CaseTimers.ClockKey(state);
        if (ClockMeasure.NextTold(state, clocks, unit.Now) is { } at)
            unit.Schedule(key, CaseState.StreamOf(state.Id), new ClockDue(state.Id), at);
        else
            unit.Cancel(key);
    }
}
