using System.Text.Json.Nodes;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace CxPlatform.Cases.Calendars;

/// <summary>A calendar as it was written, and what it says of now.</summary>
/// <param name="NextOpening">Now, when people are there; null when they never come again.</param>
internal sealed record CalendarView(
    string Id, string Name, string TimeZone, IReadOnlyList<WeeklyHours> Hours, IReadOnlyList<HolidayEntry> Holidays,
    IReadOnlyList<ExceptionEntry> Exceptions, bool AlwaysOpen, bool IsOpen, DateTimeOffset? NextOpening)
{
    public static CalendarView Of(CalendarChanged c, DateTimeOffset now)
    {
        var calendar = new BusinessCalendar(c);
        var written = CalendarRequest.Of(c);
        return new(
            c.CalendarId, c.Name, c.TimeZone, written.Hours!, written.Holidays!, written.Exceptions!, c.AlwaysOpen, calendar.IsOpen(now),
            calendar.NextOpening(now));
    }
}

internal static class CalendarEndpoints
{
    private const int MaxFile = 1024 * 1024;

    public static void MapCalendars(this IEndpointRouteBuilder calendars)
    {
        calendars.MapGet("", async (CalendarReader reader, TimeProvider clock, CancellationToken ct) =>
                TypedResults.Ok(new CalendarsView(
                    [.. (await reader.AllAsync(ct)).Select(calendar => CalendarView.Of(calendar, clock.GetUtcNow()))])))
            .RequireAuthorization(Policies.CasesRead).WithName("ListCalendars").WithSummary("All calendars");

        calendars.MapGet("/{id}", async (string id, CalendarReader reader, TimeProvider clock, CancellationToken ct) =>
                await reader.FindAsync(id, ct) is { } calendar
                    ? TypedResults.Ok(CalendarView.Of(calendar, clock.GetUtcNow()))
                    : (IResult)NotFound(id))
            .RequireAuthorization(Policies.CasesRead).WithName("GetCalendar").WithSummary("A calendar, and whether people are there now")
            .Produces<CalendarView>().ProducesProblem(404);

        calendars.MapPut("/{id}", async (string id, CalendarRequest request, Work<CaseDb> work, TimeProvider clock, CancellationToken ct) =>
                request.Read(id) is var calendar && calendar.IsRefused
                    ? Problems.Of(calendar.Refusal)
                    : (await work.RunAsync<ChangeCalendar, Outcome<CalendarChanged>>(
                        (handler, token) => handler.HandleAsync(calendar.Value, token), ct))
                    .ToHttp(written => TypedResults.Ok(CalendarView.Of(written, clock.GetUtcNow()))))
            .RequireAuthorization(Policies.Admin).WithName("PutCalendar")
            .WithSummary("Writes a calendar; running clocks follow it, promises that were made keep their dates")
            .Produces<CalendarView>().ProducesProblem(400)
            .AddOpenApiOperationTransformer((operation, _, _) => WithExample(operation, CalendarExamples.Calendar));

        calendars.MapPost("/preview", (PreviewRequest request, TimeProvider clock) =>
                CalendarPreview.Answer(request, clock.GetUtcNow()).ToHttp(view => TypedResults.Ok(view)))
            .RequireAuthorization(Policies.CasesRead).WithName("PreviewCalendar")
            .WithSummary("Answers questions to a calendar without saving it")
            .WithDescription(
                "The calendar has exactly the form in which PUT /v1/calendars/{id} takes it. Each question is answered in its place, "
                + "or with an error of its own: add and nextOpening with instant (RFC 3339, UTC) and local (the same with the zone's offset), "
                + "between with duration (ISO 8601) and seconds (a number), isOpen with isOpen. Instants of questions are RFC 3339; without an "
                + "offset they are local times of the calendar's zone. Durations are ISO 8601, 4h 30m or 04:30:00, or a number of seconds; "
                + "P1D is 24 hours of business time. Openings end exclusively: at closing time a calendar is closed, but a duration that "
                + "ends with it ends then. From a closed instant, counting starts at the next opening; a negative duration counts back. "
                + "While open, the next opening is the instant itself. An interval whose end is not after its beginning lies over midnight; "
                + "a holiday closes its day from midnight to midnight; a day with hours of its own has those and no others.")
            .Produces<PreviewView>().ProducesProblem(400)
            .AddOpenApiOperationTransformer((operation, _, _) => WithExample(operation, CalendarExamples.Preview));

        calendars.MapPost("/{id}/holidays", ImportAsync)
            .RequireAuthorization(Policies.Admin).WithName("ImportHolidays")
            .WithSummary("Adds the events of an iCalendar file (RFC 5545) to a calendar's holidays")
            .WithMetadata(new RequestSizeLimitAttribute(MaxFile))
            .Accepts<string>("text/calendar").Produces<CalendarView>().ProducesProblem(400).ProducesProblem(404);
    }

    private static async Task<IResult> ImportAsync(
        string id, HttpRequest request, CalendarReader reader, Work<CaseDb> work, TimeProvider clock, CancellationToken ct)
    {
        using var body = new StreamReader(request.Body);
        var text = await body.ReadToEndAsync(ct);
        if (await reader.FindAsync(id, ct) is not { } calendar)
            return NotFound(id);
        var now = clock.GetUtcNow();
        var read = HolidayFile.Read(text, calendar.TimeZone, now.Year);
        if (read.IsRefused)
            return Problems.Of(read.Refusal);
        var done = await work.RunAsync<ChangeCalendar, Outcome<CalendarChanged>>(
            (handler, token) => handler.AddHolidaysAsync(id, read.Value, token), ct);
        return done.ToHttp(written => TypedResults.Ok(CalendarView.Of(written, now)));
    }

    private static IResult NotFound(string id) => Problems.Of(new("calendar-not-found", $"There is no calendar {id}."));

    private static Task WithExample(OpenApiOperation operation, string json)
    {
        if (operation.RequestBody?.Content?.TryGetValue("application/json", out var body) == true)
            body.Example = JsonNode.Parse(json);
        return Task.CompletedTask;
    }

    internal sealed record CalendarsView(IReadOnlyList<CalendarView> Items);
}

/// <summary>Reads calendars without changing anything.</summary>
internal sealed class CalendarReader(Work<CaseDb> work, IOptions<CaseOptions> options)
{
    public Task<IReadOnlyList<CalendarChanged>> AllAsync(CancellationToken ct) => work.ReadAsync<IReadOnlyList<CalendarChanged>>(
        async (db, token) => [.. (await db.Calendars.OrderBy(row => row.Id).ToListAsync(token)).Select(CalendarShelf.Definition)], ct);

    public Task<CalendarChanged?> FindAsync(string id, CancellationToken ct) => work.ReadAsync(
        async (db, token) => await db.Calendars.FirstOrDefaultAsync(row => row.Id == id, token) is { } row
            ? CalendarShelf.Definition(row)
            : id == CaseOptions.DefaultCalendar ? options.Value.Calendar() // it is about to be written
            : null,
        ct);
}

/// <summary>What the API's document shows.</summary>
internal static class CalendarExamples
{
    public const string Calendar =
        """
        {
          "name": "Berlin office",
          "timeZone": "Europe/Berlin",
          "hours": [
            { "day": "monday", "from": "09:00", "to": "12:30" },
            { "day": "monday", "from": "13:00", "to": "17:00" },
            { "day": "friday", "from": "22:00", "to": "06:00" },
            { "day": "saturday", "from": "12:00", "to": "24:00" }
          ],
          "holidays": [
            "2026-05-14",
            { "date": "2026-12-25", "name": "Christmas", "yearly": true },
            { "date": "2026-12-24", "name": "Christmas Eve", "yearly": true, "from": "14:00", "to": "24:00" },
            { "date": "2026-12-28", "until": "2027-01-02", "name": "Works holiday", "yearly": false }
          ],
          "exceptions": [
            { "date": "2026-12-28", "name": "Stocktaking", "hours": [ { "from": "10:00", "to": "12:00" } ] },
            { "date": "2026-12-29", "name": "Closed", "hours": [] }
          ],
          "alwaysOpen": false
        }
        """;

    public const string Preview =
        $$"""
        {
          "calendar": {{Calendar}},
          "questions": [
            { "ask": "add", "at": "2026-03-02T11:00:00Z", "duration": "PT4H" },
            { "ask": "between", "from": "2026-03-02T08:00:00Z", "to": "2026-03-09T08:00:00Z" },
            { "ask": "nextOpening", "at": "2026-03-07T09:00:00" },
            { "ask": "isOpen", "at": "2026-03-07T01:00:00+01:00" }
          ]
        }
        """;
}
