using CxPlatform.Cases.Calendars;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Messaging;
using Microsoft.Extensions.Options;

namespace CxPlatform.Cases.Reading;

/// <summary>The calendar that a case follows, for pages: when people are there, and in which time zone dates are told.</summary>
internal sealed class CaseCalendars(Work<CaseDb> work, CalendarShelf shelf, IOptions<CaseOptions> options)
{
    /// <param name="calendarId">Null: the default calendar.</param>
    public Task<BusinessCalendar> ForAsync(string? calendarId, CancellationToken ct) =>
        work.ReadAsync((db, token) => new CalendarBook(db, shelf, options).ForAsync(calendarId ?? CaseOptions.DefaultCalendar, token), ct);

    /// <summary>The customer's own zone when this machine knows it, else the calendar's.</summary>
    public static string ZoneOf(string? customers, BusinessCalendar calendar) =>
        LocalTime.IsZone(customers) ? customers! : calendar.TimeZone;
}
