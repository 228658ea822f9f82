using System.Collections.Concurrent;
using System.Text.Json;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using Microsoft.Extensions.Options;

namespace CxPlatform.Cases.Calendars;

/// <summary>The calendars that a transaction asks for. One that nobody has written yet is the default one.</summary>
internal sealed class CalendarBook(CaseDb db, CalendarShelf shelf, IOptions<CaseOptions> options)
{
    public async Task<BusinessCalendar> ForAsync(string id, CancellationToken ct)
    {
        var row = await db.Calendars.FindAsync([id], ct);
        if (row is null && id != CaseOptions.DefaultCalendar)
            row = await db.Calendars.FindAsync([CaseOptions.DefaultCalendar], ct);
        return row is null ? shelf.Take(options.Value.Calendar()) : shelf.Take(row);
    }

    /// <summary>The calendars that a case's clocks run by.</summary>
    /// <param name="own">The one that the case follows.</param>
    public async Task<ClockCalendars> ForClocksAsync(BusinessCalendar own, CasePolicy policy, CancellationToken ct)
    {
        var named = new Dictionary<string, BusinessCalendar>();
        foreach (var id in policy.Calendars)
            named[id] = await ForAsync(id, ct);
        return new(own, named);
    }
}

/// <summary>Calendars that were read before: a version of a calendar never changes.</summary>
internal sealed class CalendarShelf
{
    private readonly ConcurrentDictionary<string, (long Version, BusinessCalendar Calendar)> _known = new();

    public BusinessCalendar Take(CalendarRow row) => _known.AddOrUpdate(
        row.Id,
        _ => (row.Version, Read(row)),
        (_, known) => known.Version == row.Version ? known : (row.Version, Read(row))).Calendar;

    public BusinessCalendar Take(CalendarChanged definition) => _known.GetOrAdd(definition.CalendarId, _ => (0, new(definition))).Calendar;

    public static CalendarChanged Definition(CalendarRow row) =>
        JsonSerializer.Deserialize<CalendarChanged>(row.Definition, EventTypes.Json)!;

    private static BusinessCalendar Read(CalendarRow row) => new(Definition(row));
}
