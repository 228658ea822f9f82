using CxPlatform.Intake.Channels.Api;
using CxPlatform.Intake.Contacts;
using CxPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Mvc;

namespace CxPlatform.Intake.Channels.Email;

/// <summary>Raw mail from mail servers and mail services, and what would be made of it.</summary>
internal static class EmailChannel
{
    private static readonly string[] MailTypes = ["message/rfc822", "message/global", "application/octet-stream"];

    public static IServiceCollection AddEmailChannel(this IServiceCollection services) => services
        .AddSingleton<MailReader>().AddSingleton<MailIntake>().AddSingleton<MailArrivals>()
        .AddSingleton<IRawReader>(provider => provider.GetRequiredService<MailArrivals>());

    public static void MapEmailChannel(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/channels/email", PostAsync)
            .RequireAuthorization(Policies.Intake)
            .AddEndpointFilter<SourceLimit>()
            .WithMetadata(new RequestSizeLimitAttribute(Limits.Mail))
            .Accepts<byte[]>(MailIntake.RawType, "message/global", "application/octet-stream")
            .Produces<ContactAccepted>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType).ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithName("PostMail").WithTags("Channels")
            .WithSummary("Hands in a raw mail (RFC 5322) of up to 50 MB. 202 means it is durable, whatever its state.")
            .WithDescription("On 503 keep it and come again. "
                + "recipient: the envelope's recipient, where the server knows it. sender: the envelope's sender, empty for the null path.");
        app.MapPost("/v1/channels/email/preview", PreviewAsync)
            .RequireAuthorization(Policies.IntakeOrCasesRead)
            .WithMetadata(new RequestSizeLimitAttribute(Limits.Mail))
            .Accepts<byte[]>(MailIntake.RawType, "*/*")
            .Produces<Interpretation>()
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .WithName("PreviewMail").WithTags("Channels")
            .WithSummary("What would be made of a raw mail. Nothing is stored. Answers for any bytes.")
            .WithDescription("The same reading that a contact gets; GET /v1/contacts/{id} answers in the same shape.");
    }

    private static async Task<IResult> PostAsync(
        HttpRequest http,
        [FromQuery] string? recipient,
        [FromQuery] string? sender,
        MailIntake intake,
        CancellationToken ct)
    {
        var type = http.ContentType?.Split(';')[0].Trim();
        // Tools that send a file without being told its type send octets.
        if (type is not null && !MailTypes.Contains(type, StringComparer.OrdinalIgnoreCase))
            return Problems.Of(
                StatusCodes.Status415UnsupportedMediaType,
                "unsupported-media-type",
                "The body must be a raw mail: Content-Type message/rfc822.");
        return (await intake.TakeAsync(http.Body, new(recipient, sender), ct)).ToAccepted(http.HttpContext);
    }

    private static async Task<IResult> PreviewAsync(
        HttpRequest http,
        [FromQuery] string? recipient,
        [FromQuery] string? sender,
        MailReader reader,
        SpamFilter spam,
        CancellationToken ct)
    {
        var mail = await http.ReadBodyAsync(ct);
        var reading = reader.Read(mail, new(recipient, sender));
        return TypedResults.Ok(reading.Shown with
        {
            Spam = await spam.ListsAndScannerAsync(reading.Shown.Spam, reading.From, reading.IsAuthentic, mail, ct),
        });
    }
}
