using CxPlatform.Contracts;
using CxPlatform.Intake.Channels.Email;
using CxPlatform.Intake.Customers;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake.Contacts;

/// <summary>Reading contacts, their files and how they came.</summary>
internal static class ContactEndpoints
{
    public static void MapContacts(this IEndpointRouteBuilder app)
    {
        var contacts = app.MapGroup("/v1/contacts").RequireAuthorization(Policies.CasesRead).WithTags("Contacts");
        contacts.MapGet("/{id:guid}", GetAsync).Produces<ContactReading>().ProducesProblem(StatusCodes.Status404NotFound)
            .WithName("GetContact").WithSummary("A contact with what was made of it, in the shape of a preview.");
        contacts.MapGet("/", ListAsync).Produces<ContactPageView>().ProducesProblem(StatusCodes.Status400BadRequest)
            .WithName("ListContacts").WithSummary("A customer's contacts over all channels, the newest first; merged customers' included.");
        contacts.MapGet("/{id:guid}/attachments/{n:int}", AttachmentAsync).Produces<byte[]>(contentType: "application/octet-stream")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .WithName("GetContactAttachment").WithSummary("An attachment's bytes, counted from 0, always as a download.");
        contacts.MapGet("/{id:guid}/inline/{n:int}", PictureAsync).Produces<byte[]>(contentType: "image/png")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .WithName("GetContactPicture").WithSummary("A picture within a mail's HTML, by the attachment's number. PNG, JPEG, GIF and WebP only.");
        contacts.MapGet("/{id:guid}/raw", RawAsync).Produces<byte[]>(contentType: "application/octet-stream")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .WithName("GetRawContact").WithSummary("The contact as it came over the wire, always as a download.");
    }

    private static async Task<IResult> GetAsync(Guid id, ContactReader reader, CancellationToken ct) =>
        await reader.FindAsync(id, ct) is { } contact ? TypedResults.Ok(contact) : NotFound();

    private static async Task<IResult> ListAsync(
        [FromQuery] Guid customerId, [FromQuery] string? cursor, [FromQuery] int? limit, Work<IntakeDb> work, CancellationToken ct)
    {
        if (limit is < 1 or > ContactHistory.MostPerPage)
            return Problems.Invalid("limit", $"must be 1 to {ContactHistory.MostPerPage}.");
        return await work.ReadAsync((db, token) => ContactHistory.ReadAsync(db, customerId, null, cursor, limit ?? 50, token), ct) is { } page
            ? TypedResults.Ok(page)
            : Problems.Invalid("cursor", "must be the next of a page before.");
    }

    private static async Task<IResult> AttachmentAsync(
        Guid id, int n, Work<IntakeDb> work, IBlobs blobs, HttpContext context, CancellationToken ct)
    {
        if (await OpenAsync(id, n, work, blobs, ct) is not { } file)
            return NotFound();
        return Uploads.Serve(context, file.Content, FileTypes.Safe(file.Attachment.ContentType, file.Start), file.Attachment.Name);
    }

    /// <summary>Only pictures, whatever they are called: everything else is a download.</summary>
    private static async Task<IResult> PictureAsync(
        Guid id, int n, Work<IntakeDb> work, IBlobs blobs, HttpContext context, CancellationToken ct)
    {
        if (await OpenAsync(id, n, work, blobs, ct) is not { } file)
            return NotFound();
        if (FileTypes.Image(file.Start) is { } type)
            return Uploads.Serve(context, file.Content, type, null);
        await file.Content.DisposeAsync();
        return NotFound();
    }

    private static async Task<OpenFile?> OpenAsync(Guid id, int n, Work<IntakeDb> work, IBlobs blobs, CancellationToken ct)
    {
        var row = await work.ReadAsync((db, token) => db.Contacts.FirstOrDefaultAsync(contact => contact.Id == id, token), ct);
        if (row is null || ContactView.DocumentOf(row).Attachments is not { } attachments || n < 0 || n >= attachments.Count
            || await blobs.OpenAsync(attachments[n].Blob, ct) is not { } content)
            return null;
        var start = new byte[FileTypes.Looked];
        var read = await content.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, ct);
        content.Position = 0;
        return new(attachments[n], content, start[..read]);
    }

    private static async Task<IResult> RawAsync(Guid id, Work<IntakeDb> work, IBlobs blobs, HttpContext context, CancellationToken ct)
    {
        var found = await work.ReadAsync(
            async (db, token) =>
                await db.Contacts.Where(contact => contact.Id == id && contact.ErasedAt == null)
                    .Select(contact => new { contact.Raw, contact.RawBlob, contact.RawType }).FirstOrDefaultAsync(token)
                ?? await db.Arrivals.Where(arrival => arrival.Id == id)
                    .Select(arrival => new { arrival.Raw, arrival.RawBlob, arrival.RawType }).FirstOrDefaultAsync(token),
            ct);
        var stream = found switch
        {
            { Raw: { } inline } => new MemoryStream(inline),
            { RawBlob: { } hash } => await blobs.OpenAsync(hash, ct),
            _ => null,
        };
        var isMail = found?.RawType == MailIntake.RawType;
        return stream is null
            ? NotFound()
            : Uploads.Serve(context, stream, isMail ? MailIntake.RawType : FileTypes.Octets, $"{id:n}{(isMail ? ".eml" : ".txt")}");
    }

    private static IResult NotFound() => Problems.Of(new Refusal("contact-not-found", "There is no such contact, file or raw message."));

    private sealed record OpenFile(Attachment Attachment, Stream Content, byte[] Start);
}
