using CxPlatform.Cases.Calendars;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Clocks;

/// <summary>Sets the one timer that a case's clocks need: for the next instant at which one is to be told of.</summary>
internal sealed class ClockTimer(Unit<CaseDb> unit, CalendarBook calendars, CasePolicy policy)
{
    public async Task SetAsync(CaseState state, CancellationToken ct)
    {
        if (!state.IsTriaged)
            return; // which targets hold is not known yet; it is within seconds
        var own = await calendars.ForAsync(state.CalendarId ?? policy.CalendarId, ct);
        var clocks = ClockMeasure.Of(state, policy, await calendars.ForClocksAsync(own, policy, ct), unit.Now);
        var key = CaseTimers.ClockKey(state);
        if (ClockMeasure.NextTold(state, clocks, unit.Now) is { } at)
            unit.Schedule(key, CaseState.StreamOf(state.Id), new ClockDue(state.Id), at);
        else
            unit.Cancel(key);
    }
}
