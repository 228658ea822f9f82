using System.Text.Json;
using CxPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Mvc;

namespace CxPlatform.Intake.Channels.Api;

/// <summary>Contacts as JSON: from other programs, and from staff who took a call or opened a letter.</summary>
internal static class ApiChannel
{
    public static IServiceCollection AddApiChannel(this IServiceCollection services) => services.AddSingleton<ApiAdapter>();

    public static void MapApiChannel(this IEndpointRouteBuilder app) => app.MapPost("/v1/contacts", PostAsync)
        .RequireAuthorization(Policies.Intake)
        .AddEndpointFilter<SourceLimit>()
        .WithMetadata(new RequestSizeLimitAttribute(Limits.ApiBody))
        .Accepts<ContactRequest>("application/json")
        .Produces<ContactAccepted>(StatusCodes.Status202Accepted)
        .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status429TooManyRequests)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
        .WithName("PostContact").WithTags("Contacts")
        .WithSummary("Hands in a contact. 202 means it is durable.")
        .WithDescription("The same channel and providerId again is answered with the first one's id.");

    private static async Task<IResult> PostAsync(HttpRequest http, ApiAdapter adapter, ContactIntake intake, CancellationToken ct)
    {
        if (!http.HasJsonContentType())
            throw new BadHttpRequestException("", StatusCodes.Status415UnsupportedMediaType);
        var raw = await http.ReadBodyAsync(ct);
        var request = JsonSerializer.Deserialize<ContactRequest>(raw.Span, CxJson.Options);
        if (request is null)
            return Problems.Invalid("body", "must not be null.");
        var (arrival, errors) = await adapter.ReadAsync(request, raw, ct);
        return arrival is null
            ? errors.ToHttp()
            : (await intake.AcceptAsync(arrival, ct)).ToAccepted(http.HttpContext);
    }
}
