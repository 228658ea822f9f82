using CxPlatform.Cases.Storage;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Calendars;

/// <summary>Writes a calendar, the whole of it, and tells everybody. Promises that were made keep their dates.</summary>
internal sealed class ChangeCalendar(Unit<CaseDb> unit)
{
    public async Task<Outcome<CalendarChanged>> HandleAsync(CalendarChanged calendar, CancellationToken ct)
    {
        var row = await unit.Db.Calendars.FindAsync([calendar.CalendarId], ct);
        var definition = EventTypes.Write(calendar);
        if (row?.Definition == definition)
            return calendar;
        if (row is null)
            unit.Db.Calendars.Add(row = new() { Id = calendar.CalendarId });
        row.Version++;
        row.Definition = definition;
        unit.Append($"calendar/{calendar.CalendarId}", row.Version - 1, [new NewEvent(calendar)]);
        return calendar;
    }

    /// <summary>Writes the calendar unless there is one of that id.</summary>
    public async Task<Outcome<CalendarChanged>> HandleFirstAsync(CalendarChanged calendar, CancellationToken ct) =>
        await unit.Db.Calendars.FindAsync([calendar.CalendarId], ct) is null ? await HandleAsync(calendar, ct) : calendar;
}
