using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.Calendars;

/// <summary>When people are there. An interval whose end is not after its beginning runs over midnight.</summary>
/// <param name="TimeZone">IANA zone.</param>
/// <param name="Holidays">Days on which no interval begins.</param>
internal sealed record CalendarRequest(
    string Name, string TimeZone, IReadOnlyList<OpeningHours> Hours, IReadOnlyList<DateOnly>? Holidays = null)
{
    public CalendarChanged Calendar(string id) => new(id, Name, TimeZone, Hours, Holidays ?? []);

    public Refusal? Check(string id) => new InputErrors()
        .Check(id.Length <= 60 && id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'), "id",
            "must be at most 60 lower-case letters, digits and hyphens.")
        .Required("name", Name).MaxLength("name", Name, 100)
        .Check(BusinessCalendar.IsTimeZone(TimeZone), "timeZone", "must be an IANA time zone, such as Europe/Berlin.")
        .Check(Hours.Count is >= 1 and <= 70, "hours", "must be 1 to 70 intervals.")
        .Check(Holidays is null || Holidays.Count <= 1000, "holidays", "must be at most 1000 days.")
        .ToRefusal();
}

internal sealed record CalendarView(
    string Id, string Name, string TimeZone, IReadOnlyList<OpeningHours> Hours, IReadOnlyList<DateOnly> Holidays, bool IsOpen,
    DateTimeOffset NextOpening)
{
    public static CalendarView Of(CalendarChanged c, DateTimeOffset now)
    {
        var calendar = new BusinessCalendar(c);
        return new(c.CalendarId, c.Name, c.TimeZone, c.Hours, c.Holidays, calendar.IsOpen(now), calendar.NextOpening(now));
    }
}

internal static class CalendarEndpoints
{
    public static void MapCalendars(this IEndpointRouteBuilder calendars)
    {
        calendars.MapGet("", async (Work<CaseDb> work, TimeProvider clock, CancellationToken ct) =>
                TypedResults.Ok(new CalendarsView(await work.ReadAsync<IReadOnlyList<CalendarView>>(
                    async (db, token) => [.. (await db.Calendars.OrderBy(row => row.Id).ToListAsync(token))
                        .Select(row => CalendarView.Of(CalendarShelf.Definition(row), clock.GetUtcNow()))], ct))))
            .RequireAuthorization(Policies.CasesRead).WithName("ListCalendars").WithSummary("All calendars");
        calendars.MapGet("/{id}", async (string id, Work<CaseDb> work, TimeProvider clock, CancellationToken ct) =>
                await work.ReadAsync((db, token) => db.Calendars.FirstOrDefaultAsync(row => row.Id == id, token), ct) is { } row
                    ? TypedResults.Ok(CalendarView.Of(CalendarShelf.Definition(row), clock.GetUtcNow()))
                    : (IResult)Problems.Of(new("calendar-not-found", $"There is no calendar {id}.")))
            .RequireAuthorization(Policies.CasesRead).WithName("GetCalendar").WithSummary("A calendar, and whether people are there now")
            .Produces<CalendarView>().ProducesProblem(404);
        calendars.MapPut("/{id}", async (string id, CalendarRequest request, Work<CaseDb> work, TimeProvider clock, CancellationToken ct) =>
                request.Check(id) is { } refusal
                    ? Problems.Of(refusal)
                    : (await work.RunAsync<ChangeCalendar, Outcome<CalendarChanged>>(
                        (handler, token) => handler.HandleAsync(request.Calendar(id), token), ct))
                    .ToHttp(calendar => TypedResults.Ok(CalendarView.Of(calendar, clock.GetUtcNow()))))
            .RequireAuthorization(Policies.Admin).WithName("PutCalendar")
            .WithSummary("Writes a calendar; promises that were made keep their dates")
            .Produces<CalendarView>().ProducesProblem(400);
    }

    internal sealed record CalendarsView(IReadOnlyList<CalendarView> Items);
}
