using CxPlatform.Intake.Channels.Api;
using CxPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Mvc;

namespace CxPlatform.Intake.Channels.Email;

/// <summary>Raw mail from mail servers and mail services.</summary>
internal static class EmailChannel
{
    public static IServiceCollection AddEmailChannel(this IServiceCollection services) => services.AddSingleton<EmailAdapter>();

    public static void MapEmailChannel(this IEndpointRouteBuilder app) => app.MapPost("/v1/channels/email", PostAsync)
        .RequireAuthorization(Policies.Intake)
        .WithMetadata(new RequestSizeLimitAttribute(Limits.Mail))
        .Accepts<byte[]>("message/rfc822")
        .Produces<ContactAccepted>(StatusCodes.Status202Accepted)
        .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType).ProducesProblem(StatusCodes.Status503ServiceUnavailable)
        .WithName("PostMail").WithTags("Channels")
        .WithSummary("Hands in a raw mail (RFC 5322) of up to 50 MB. 202 means it is durable, whatever its state.")
        .WithDescription("On 503 keep it and come again. "
            + "recipient: the envelope's recipient, where the server knows it. sender: the envelope's sender, empty for the null path.");

    private static async Task<IResult> PostAsync(
        HttpRequest http,
        [FromQuery] string? recipient,
        [FromQuery] string? sender,
        EmailAdapter adapter,
        ContactIntake intake,
        CancellationToken ct)
    {
        var type = http.ContentType?.Split(';')[0].Trim();
        // Tools that send a file without being told its type send octets.
        if (type is not null && !type.Equals("message/rfc822", StringComparison.OrdinalIgnoreCase)
            && !type.Equals("message/global", StringComparison.OrdinalIgnoreCase)
            && !type.Equals("application/octet-stream", StringComparison.OrdinalIgnoreCase))
            return Problems.Of(
                StatusCodes.Status415UnsupportedMediaType,
                "unsupported-media-type",
                "The body must be a raw mail: Content-Type message/rfc822.");
        var raw = await http.ReadBodyAsync(ct);
        if (raw.IsEmpty)
            return Problems.Invalid("body", "is required: a raw mail (RFC 5322).");
        return (await intake.AcceptAsync(await adapter.ReadAsync(raw, recipient, sender, ct), ct)).ToAccepted(http.HttpContext);
    }
}
