using System.Text.Json;
using CxPlatform.Intake.Channels.Api;
using CxPlatform.Intake.Customers;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using CxPlatform.ServiceDefaults.Pages;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CxPlatform.Intake.Channels.Staff;

/// <summary>Calls, visits and letters that staff writes down: a page beside the desk, and the same for programs.</summary>
internal static class StaffChannel
{
    public const string PagePath = "/contact/staff";

    public static IServiceCollection AddStaffChannel(this IServiceCollection services) => services.AddSingleton<StaffAdapter>();

    public static void MapStaffChannel(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/channels/staff", PostAsync)
            .RequireAuthorization(Policies.CasesWrite)
            .WithMetadata(new RequestSizeLimitAttribute(Limits.FormWithFiles))
            .Accepts<StaffEntry>("application/json", "multipart/form-data", "application/x-www-form-urlencoded")
            .Produces<ContactAccepted>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithName("PostStaffEntry").WithTags("Channels")
            .WithSummary("A call, a visit or a letter that a member of staff writes down. 202 means it is durable.")
            .WithDescription("Who wrote it down is recorded. As JSON, or as a form; with multipart/form-data files may come as files.");
        var page = app.MapGroup(PagePath).RequireAuthorization(Policies.Agent).ExcludeFromDescription();
        page.MapGet("", ShowAsync);
        page.MapPost("", PostPageAsync).RequireAntiforgery().WithMetadata(new RequestSizeLimitAttribute(Limits.FormWithFiles));
    }

    private static async Task<IResult> PostAsync(
        HttpRequest http, StaffAdapter adapter, Uploads uploads, ContactIntake intake, CancellationToken ct)
    {
        if (!http.HasJsonContentType() && !http.HasFormContentType)
            throw new BadHttpRequestException("", StatusCodes.Status415UnsupportedMediaType);
        var (form, raw) = await http.ReadRawFormAsync(ct);
        var entry = http.HasFormContentType ? StaffEntry.Of(form) : JsonSerializer.Deserialize<StaffEntry>(raw.Span, CxJson.Options);
        if (entry is null)
            return Problems.Invalid("body", "must not be null.");
        return (await AcceptAsync(entry, Uploads.Of(form), raw, http.HttpContext, adapter, uploads, intake, ct)).ToAccepted(http.HttpContext);
    }

    private static async Task<IResult> ShowAsync(
        [FromQuery] string? from, [FromQuery] bool? done, StaffAdapter adapter, Work<IntakeDb> work, IOptions<IntakeOptions> options,
        CancellationToken ct)
    {
        var entry = new StaffEntry { Id = adapter.NewId(), From = from };
        if (string.IsNullOrWhiteSpace(from))
            return Page.Of<StaffPage>(new { Entry = entry, Done = done == true });
        var read = Identities.Read(null, from, options.Value.DefaultCountryCode, "from");
        if (read.IsRefused)
            return Page.Of<StaffPage>(new { Entry = entry, Refused = read.Refusal });
        var (kind, value) = (Words.Of(read.Value.Kind), read.Value.Value);
        var customer = await work.ReadAsync(
            async (db, token) => await db.Identities.FirstOrDefaultAsync(known => known.Kind == kind && known.Value == value, token) is { } row
                ? await CustomerView.FindAsync(db, row.CustomerId, token)
                : null,
            ct);
        var known = customer is null
            ? null
            : string.Join(", ", customer.Identities.Select(identity => identity.Value).Prepend(customer.Name ?? "no name yet"));
        return Page.Of<StaffPage>(new { Entry = entry with { From = value, Name = customer?.Name }, Known = known, Looked = true });
    }

    private static async Task<IResult> PostPageAsync(
        HttpContext context, StaffAdapter adapter, Uploads uploads, ContactIntake intake, CancellationToken ct)
    {
        if (!context.Request.HasFormContentType)
            return Problems.Of(StatusCodes.Status415UnsupportedMediaType, "unsupported-media-type", "The body must be a form.");
        var (form, raw) = await context.Request.ReadRawFormAsync(ct);
        var entry = StaffEntry.Of(form);
        var outcome = await AcceptAsync(entry, Uploads.Of(form), raw, context, adapter, uploads, intake, ct);
        if (!outcome.IsRefused)
            return Page.SeeOther(PagePath + "?done=true");
        // What was typed stays in the form: nobody writes it twice.
        context.RetryWhenUnavailable(outcome);
        return Page.Of<StaffPage>(new { Entry = entry, Refused = outcome.Refusal }, Outcomes.StatusOf(outcome.Refusal));
    }

    private static async Task<Outcome<Receipt>> AcceptAsync(
        StaffEntry entry, IReadOnlyList<IFormFile> files, ReadOnlyMemory<byte> raw, HttpContext context, StaffAdapter adapter,
        Uploads uploads, ContactIntake intake, CancellationToken ct)
    {
        var arrival = adapter.Read(entry, files, raw, context.Request.ContentType ?? FileTypes.Octets, context.User);
        return arrival.IsRefused
            ? arrival.Refusal
            : await intake.AcceptAsync(arrival.Value with { Attachments = await uploads.StoreAsync(files, ct) }, ct);
    }
}
