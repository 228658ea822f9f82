using CxPlatform.Cases.Desk;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using CxPlatform.ServiceDefaults.Pages;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace CxPlatform.Cases.Calendars;

/// <summary>Calendars at the desk: everybody sees and tries them, an administrator writes them.</summary>
internal static class CalendarPages
{
    public const string Path = DeskEndpoints.Path + "/calendars";
    private const int MaxForm = 2 * 1024 * 1024;

    public static string AddressOf(string id) => $"{Path}/{Uri.EscapeDataString(id)}";

    public static void MapCalendarPages(this IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup(Path).RequireAuthorization(Policies.Agent).ExcludeFromDescription();
        pages.MapGet("", ListAsync);
        pages.MapGet("/{id}", ShowAsync);
        pages.MapPost("/{id}", ActAsync).RequireAntiforgery().WithMetadata(new RequestSizeLimitAttribute(MaxForm));
    }

    private static async Task<IResult> ListAsync(string? id, CalendarReader reader, CancellationToken ct) =>
        id?.Trim().ToLowerInvariant() is { Length: > 0 } wanted
            ? Page.SeeOther(AddressOf(wanted))
            : Page.Of<CalendarListPage>(new { Model = new CalendarListModel(await reader.AllAsync(ct)) });

    private static async Task<IResult> ShowAsync(
        string id, string? done, CalendarReader reader, IAuthorizationService access, HttpContext context, TimeProvider clock,
        CancellationToken ct)
    {
        var known = await reader.FindAsync(id, ct);
        var calendar = known ?? BusinessCalendar.WorkingWeek(id, id, (await reader.FindAsync(CaseOptions.DefaultCalendar, ct))!.TimeZone);
        var model = new CalendarModel(id, CalendarForm.Of(CalendarRequest.Of(calendar), clock.GetUtcNow()))
        {
            Exists = known is not null,
            MaySave = await MaySaveAsync(access, context),
            Done = done is null || known is null ? null : "The calendar is saved. Running clocks follow it; promises keep their dates.",
        };
        return Page.Of<CalendarPage>(new { Model = model.Tried(calendar, clock.GetUtcNow()) });
    }

    private static async Task<IResult> ActAsync(
        string id, HttpContext context, CalendarReader reader, Work<CaseDb> work, IAuthorizationService access, TimeProvider clock,
        CancellationToken ct)
    {
        var (input, now) = (await context.Request.ReadFormAsync(ct), clock.GetUtcNow());
        var form = CalendarForm.Of(input);
        var maySave = await MaySaveAsync(access, context);
        CalendarModel Model(CalendarForm shown) => new(id, shown) { MaySave = maySave, Exists = input["exists"].Count > 0 };
        IResult Refused(Refusal refusal) =>
            Page.Of<CalendarPage>(new { Model = Model(form) with { Refused = refusal } }, StatusCodes.Status400BadRequest);

        var read = form.Read(id);
        if (read.IsRefused)
            return Refused(read.Refusal);
        switch (input["do"].ToString())
        {
            case "save" when !maySave:
                return Problems.Of(new("calendar-forbidden", "Only an administrator writes calendars."));
            case "save":
                var saved = await work.RunAsync<ChangeCalendar, Outcome<CalendarChanged>>(
                    (handler, token) => handler.HandleAsync(read.Value, token), ct);
                return saved.IsRefused ? Refused(saved.Refusal) : Page.SeeOther(AddressOf(id) + "?done=save");
            case "import":
                var file = await TextOfAsync(input, ct);
                var holidays = HolidayFile.Read(file, read.Value.TimeZone, now.Year);
                var merged = holidays.IsRefused ? holidays.Refusal : ChangeCalendar.WithHolidays(read.Value, holidays.Value);
                if (merged.IsRefused)
                    return Refused(merged.Refusal with { Field = "file" });
                var shown = Model(form with { Holidays = CalendarText.Write(CalendarRequest.Of(merged.Value).Holidays!) });
                return Page.Of<CalendarPage>(new
                {
                    Model = shown.Tried(merged.Value, now) with { Done = "The file's holidays are in the list. Nothing is saved yet." },
                });
            default:
                return Page.Of<CalendarPage>(new { Model = Model(form).Tried(read.Value, now) });
        }
    }

    private static async Task<string> TextOfAsync(IFormCollection input, CancellationToken ct)
    {
        if (input.Files["file"] is not { Length: > 0 } file)
            return "";
        using var reader = new StreamReader(file.OpenReadStream());
        return await reader.ReadToEndAsync(ct);
    }

    private static async Task<bool> MaySaveAsync(IAuthorizationService access, HttpContext context) =>
        (await access.AuthorizeAsync(context.User, null, Policies.Admin)).Succeeded;
}

/// <summary>What the list shows. Public because components and their parameters are; what it holds is not.</summary>
public sealed record CalendarListModel
{
    internal CalendarListModel(IReadOnlyList<CalendarChanged> calendars) => Calendars = calendars;

    internal IReadOnlyList<CalendarChanged> Calendars { get; }
}
