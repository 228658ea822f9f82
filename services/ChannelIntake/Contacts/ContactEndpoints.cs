using System.Globalization;
using CxPlatform.Intake.Customers;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake.Contacts;

/// <summary>Reading contacts, their files and how they came.</summary>
internal static class ContactEndpoints
{
    private const int MostPerPage = 100;

    public static void MapContacts(this IEndpointRouteBuilder app)
    {
        var contacts = app.MapGroup("/v1/contacts").RequireAuthorization(Policies.CasesRead).WithTags("Contacts");
        contacts.MapGet("/{id:guid}", GetAsync).Produces<ContactView>().ProducesProblem(StatusCodes.Status404NotFound)
            .WithName("GetContact").WithSummary("A contact as it was understood.");
        contacts.MapGet("/", ListAsync).Produces<ContactPageView>().ProducesProblem(StatusCodes.Status400BadRequest)
            .WithName("ListContacts").WithSummary("A customer's contacts over all channels, the newest first; merged customers' included.");
        contacts.MapGet("/{id:guid}/attachments/{n:int}", AttachmentAsync).Produces<byte[]>(contentType: "application/octet-stream")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .WithName("GetContactAttachment").WithSummary("An attachment's bytes, counted from 0, always as a download.");
        contacts.MapGet("/{id:guid}/raw", RawAsync).Produces<byte[]>(contentType: "application/octet-stream")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .WithName("GetRawContact").WithSummary("The contact as it came over the wire, always as a download.");
    }

    private static async Task<IResult> GetAsync(Guid id, Work<IntakeDb> work, CancellationToken ct) => await work.ReadAsync(
        async (db, token) =>
        {
            var row = await db.Contacts.FirstOrDefaultAsync(contact => contact.Id == id, token);
            return row is null ? NotFound() : TypedResults.Ok(ContactView.Of(row, await Merges.CurrentAsync(db, row.CustomerId, token)));
        },
        ct);

    private static async Task<IResult> ListAsync(
        [FromQuery] Guid customerId, [FromQuery] string? cursor, [FromQuery] int? limit, Work<IntakeDb> work, CancellationToken ct)
    {
        if (limit is < 1 or > MostPerPage)
            return Problems.Invalid("limit", $"must be 1 to {MostPerPage}.");
        PageCursor? after = null;
        if (cursor is not null && (after = PageCursor.Read(cursor)) is null)
            return Problems.Invalid("cursor", "must be the next of a page before.");
        return await work.ReadAsync(
            async (db, token) =>
            {
                var family = await Merges.FamilyAsync(db, customerId, token);
                var query = db.Contacts.Where(contact => family.Contains(contact.CustomerId));
                if (after is not null)
                    query = query.Where(contact => contact.ReceivedAt < after.ReceivedAt
                        || (contact.ReceivedAt == after.ReceivedAt && contact.Id.CompareTo(after.Id) < 0));
                var take = limit ?? 50;
                var rows = await query.OrderByDescending(contact => contact.ReceivedAt).ThenByDescending(contact => contact.Id)
                    .Take(take + 1).ToListAsync(token);
                var current = await Merges.CurrentAsync(db, customerId, token);
                var items = rows.Take(take).Select(row => ContactView.Of(row, current)).ToList();
                var next = rows.Count > take ? new PageCursor(rows[take - 1].ReceivedAt, rows[take - 1].Id).ToString() : null;
                return TypedResults.Ok(new ContactPageView(items, next));
            },
            ct);
    }

    private static async Task<IResult> AttachmentAsync(
        Guid id, int n, Work<IntakeDb> work, IBlobs blobs, HttpContext context, CancellationToken ct)
    {
        var row = await FindAsync(work, id, ct);
        if (row is null || ContactView.DocumentOf(row).Attachments is not { } attachments || n < 0 || n >= attachments.Count)
            return NotFound();
        var stream = await blobs.OpenAsync(attachments[n].Blob, ct);
        return stream is null ? NotFound() : Download(context, stream, SafeTypes.Of(attachments[n].ContentType), attachments[n].Name);
    }

    private static async Task<IResult> RawAsync(Guid id, Work<IntakeDb> work, IBlobs blobs, HttpContext context, CancellationToken ct)
    {
        var row = await FindAsync(work, id, ct);
        if (row is null || row.ErasedAt is not null)
            return NotFound();
        var stream = row.Raw is { } inline ? new MemoryStream(inline) : row.RawBlob is { } hash ? await blobs.OpenAsync(hash, ct) : null;
        var type = SafeTypes.OfRaw(row.RawType);
        return stream is null ? NotFound() : Download(context, stream, type, $"{row.Id:n}{(type == "message/rfc822" ? ".eml" : ".txt")}");
    }

    private static Task<ContactRow?> FindAsync(Work<IntakeDb> work, Guid id, CancellationToken ct) =>
        work.ReadAsync((db, token) => db.Contacts.FirstOrDefaultAsync(contact => contact.Id == id, token), ct);

    // Strangers' bytes: saved, never shown, whatever they claim to be.
    private static IResult Download(HttpContext context, Stream content, string type, string name)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.CacheControl = "private, no-store";
        return TypedResults.Stream(content, type, name);
    }

    private static IResult NotFound() => Problems.Of(new Refusal("contact-not-found", "There is no such contact, file or raw message."));

    private sealed record PageCursor(DateTimeOffset ReceivedAt, Guid Id)
    {
        public override string ToString() => $"{Time.ToMicroseconds(ReceivedAt).ToString("x", CultureInfo.InvariantCulture)}-{Id:n}";

        public static PageCursor? Read(string text) =>
            text.Split('-') is [var time, var id]
            && long.TryParse(time, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var micros)
            && micros is >= 0 and < 253_402_300_800_000_000
            && Guid.TryParseExact(id, "n", out var guid)
                ? new(Time.FromMicroseconds(micros), guid)
                : null;
    }
}

/// <summary>Media types that no browser runs; anything else is octets.</summary>
internal static class SafeTypes
{
    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "image/png", "image/jpeg", "image/gif", "image/webp", "image/tiff", "image/heic", "application/pdf", "text/plain", "text/csv",
        "text/calendar",
        "application/zip", "application/json", "message/rfc822", "audio/mpeg", "audio/ogg", "audio/wav", "video/mp4", "video/quicktime",
        "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint", "application/vnd.oasis.opendocument.text",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    };

    public static string Of(string declared)
    {
        var type = declared.Split(';')[0].Trim();
        return Known.Contains(type) ? type.ToLowerInvariant() : "application/octet-stream";
    }

    public static string OfRaw(string type) => Of(type) is "message/rfc822" ? "message/rfc822" : "application/octet-stream";
}
