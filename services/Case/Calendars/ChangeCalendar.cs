using CxPlatform.Cases.Clocks;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Calendars;

/// <summary>Writes a calendar, the whole of it, and tells everybody. Running clocks follow it; promises that were made keep their
/// dates.</summary>
internal sealed class ChangeCalendar(Unit<CaseDb> unit)
{
    public async Task<Outcome<CalendarChanged>> HandleAsync(CalendarChanged calendar, CancellationToken ct)
    {
        if (new BusinessCalendar(calendar).NextOpening(unit.Now) is null)
            return new Refusal("hours-invalid", "must open the calendar at least once from now on, or no clock would run.", "hours");
        var row = await unit.Db.Calendars.FindAsync([calendar.CalendarId], ct);
        var definition = EventTypes.Write(calendar);
        if (row?.Definition == definition)
            return calendar;
        if (row is null)
            unit.Db.Calendars.Add(row = new() { Id = calendar.CalendarId });
        row.Version++;
        row.Definition = definition;
        unit.Append($"calendar/{calendar.CalendarId}", row.Version - 1, [new NewEvent(calendar)]);
        Recalculate.Begin(unit);
        return calendar;
    }

    /// <summary>Writes the calendar unless there is one of that id.</summary>
    public async Task<Outcome<CalendarChanged>> HandleFirstAsync(CalendarChanged calendar, CancellationToken ct) =>
        await unit.Db.Calendars.FindAsync([calendar.CalendarId], ct) is null ? await HandleAsync(calendar, ct) : calendar;

    /// <summary>Adds days off; one that the calendar has already is not added twice.</summary>
    public async Task<Outcome<CalendarChanged>> AddHolidaysAsync(string id, IReadOnlyList<DayOff> holidays, CancellationToken ct)
    {
        if (await unit.Db.Calendars.FindAsync([id], ct) is not { } row)
            return new Refusal("calendar-not-found", $"There is no calendar {id}.");
        var merged = WithHolidays(CalendarShelf.Definition(row), holidays);
        return merged.IsRefused ? merged : await HandleAsync(merged.Value, ct);
    }

    public static Outcome<CalendarChanged> WithHolidays(CalendarChanged calendar, IReadOnlyList<DayOff> holidays)
    {
        var known = CalendarRequest.HolidaysOf(calendar).SelectMany(Times).ToHashSet();
        var all = calendar.DaysOff.Concat(holidays.Where(off => Times(off).Aggregate(false, (isNew, day) => known.Add(day) || isNew))).ToList();
        return known.Count > CalendarRequest.MostHolidays
            ? new Refusal("holidays-invalid", $"must be at most {CalendarRequest.MostHolidays} days in all.", "holidays")
            : calendar with { DaysOff = [.. all.OrderBy(day => day.Yearly).ThenBy(day => day.Date)] };

        // What it is called does not make it another day.
        static IEnumerable<DayOff> Times(DayOff off) => off.Each().Select(day => day with { Name = null });
    }
}
