using CxPlatform.Cases.Actions;
using CxPlatform.Cases.Domain;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Mail;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Cases.Contacts;

/// <summary>What a member of staff writes down for a customer: a call, a visit, a letter.</summary>
/// <param name="CustomerId">A customer that Intake knows.</param>
/// <param name="From">Where the customer is to be answered.</param>
internal sealed record OpenRequest(
    Guid CustomerId, OpenRequest.Address From, string Text, Channel Channel = Channel.Voice, string? CustomerName = null,
    string? Subject = null, string? Brand = null, string? Language = null, string? TimeZone = null, Kind? Kind = null,
    Priority? Priority = null, IReadOnlyDictionary<string, string>? References = null, IReadOnlyList<string>? Tags = null)
{
    internal sealed record Address(IdentityKind Kind, string Value);

    public Refusal? Check() => new InputErrors()
        .Required("text", Text).MaxLength("text", Text, 64 * 1024)
        .Required("from.value", From.Value).MaxLength("from.value", From.Value, 320)
        .MaxLength("subject", Subject, 500).MaxLength("customerName", CustomerName, 200).MaxLength("brand", Brand, 60)
        .MaxLength("language", Language, 35)
        .Check(TimeZone is null || BusinessCalendar.IsTimeZone(TimeZone), "timeZone", "must be an IANA time zone, such as Europe/Berlin.")
        .Check(CustomerId != Guid.Empty, "customerId", "is required.")
        .Check(References is null || References.Count <= 20, "references", "must be at most 20.")
        .Check(Tags is null || Tags.Count <= 20, "tags", "must be at most 20.")
        .ToRefusal();
}

internal static class OpenEndpoint
{
    public static void MapOpening(this IEndpointRouteBuilder cases) => cases
        .MapPost("", async (OpenRequest request, CaseActions actions, TimeProvider clock, HttpContext context, CancellationToken ct) =>
        {
            if (request.Check() is { } refusal)
                return Problems.Of(refusal);
            var id = Guid.CreateVersion7(clock.GetUtcNow());
            var contact = new ContactReceived
            {
                ContactId = id,
                Channel = request.Channel,
                ProviderId = id.ToString(),
                Brand = request.Brand ?? "main",
                ReceivedAt = Time.Truncate(clock.GetUtcNow()),
                CustomerId = request.CustomerId,
                CustomerName = DisplayName.Plain(request.CustomerName),
                From = new(request.From.Kind, request.From.Value),
                Language = request.Language,
                TimeZone = request.TimeZone,
                Subject = request.Subject,
                Text = request.Text,
                References = request.References ?? new Dictionary<string, string>(),
                Tags = request.Tags ?? [],
                Kind = request.Kind,
                Priority = request.Priority,
            };
            return (await actions.OpenAsync(new(id, "", contact), ct)).ToHttp(opened =>
            {
                context.SetVersion(opened.Version);
                return TypedResults.Created($"/v1/cases/{opened.CaseId}", opened);
            });
        })
        .RequireAuthorization(Policies.CasesWrite)
        .WithName("OpenCase").WithSummary("Opens a case that staff writes down for a customer")
        .Produces<Storage.CaseChanged>(StatusCodes.Status201Created).ProducesProblem(400);
}
