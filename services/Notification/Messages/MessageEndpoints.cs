using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Notifications.Messages;

/// <summary>A message in a list.</summary>
/// <param name="Weight"><c>update</c>, <c>important</c>, <c>answer</c>, <c>receipt</c> or <c>urgent</c>.</param>
/// <param name="State"><c>pending</c>, <c>sent</c>, <c>failed</c>, <c>cancelled</c>, <c>undeliverable</c>, <c>withheld</c> or <c>collected</c>.</param>
/// <param name="Reason">Why it has not left yet, or never will.</param>
/// <param name="NextAttemptAt">For what is on its way.</param>
/// <param name="Recipient">The address or number; empty when none is known.</param>
public sealed record MessageSummary(
    Guid Id, Guid? CaseId, Guid? CustomerId, string Template, Channel Channel, string Weight, string State, int Attempts, string? Reason, string? ProviderId,
    DateTimeOffset CreatedAt, DateTimeOffset? NextAttemptAt, DateTimeOffset? SentAt, int Copy, string Recipient)
{
    internal static MessageSummary Of(MessageRow row) => new(
        row.Id, row.CaseId, row.CustomerId, row.Template, row.Channel, Word(row.Weight), Word(row.State), row.Attempts, row.Reason, row.ProviderId,
        row.CreatedAt, row.State == MessageState.Pending ? row.Due : null, row.SentAt, row.Copy, row.Recipient);

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}

/// <summary>A message with what it says.</summary>
/// <param name="Text">The mail's plain text, or the text message.</param>
/// <param name="Attempts">Every attempt, in order.</param>
/// <param name="Otherwise">The channels that are tried when this one fails for good.</param>
public sealed record MessageDetail(
    MessageSummary Message, Guid EventId, string Recipient, string Sender, string Subject, string Text, string? MessageId, bool Automatic, IReadOnlyList<MessageAttempt> Attempts,
    IReadOnlyList<Channel> Otherwise);

/// <param name="Outcome"><c>sent</c>, <c>deferred</c> or <c>failed</c>.</param>
public sealed record MessageAttempt(int Number, DateTimeOffset At, string Outcome, string? Reason, string? ProviderId);

public sealed record MessagePage(IReadOnlyList<MessageSummary> Items, string? Next);

internal static class MessageEndpoints
{
    public static void MapMessages(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/messages").WithTags("Messages").WithGroupName(NotificationModule.Name);
        group.MapGet("/", ListAsync).RequireAuthorization(Policies.CasesRead)
            .WithName("ListMessages").WithSummary("Messages out, newest first: by case, customer, recipient, state, template, channel and time.").Produces<MessagePage>();
        group.MapGet("/{id:guid}", GetAsync).RequireAuthorization(Policies.CasesRead)
            .WithName("GetMessage").WithSummary("One message with what it says.").Produces<MessageDetail>();
        group.MapPost("/{id:guid}/resend", ResendAsync).RequireAuthorization(Policies.Admin)
            .WithName("ResendMessage").WithSummary("Sends it once more, as a further copy.").Produces<MessageSummary>(StatusCodes.Status202Accepted);
        group.MapPost("/{id:guid}/cancel", CancelAsync).RequireAuthorization(Policies.Admin)
            .WithName("CancelMessage").WithSummary("Takes back a message that has not left yet.").Produces<MessageSummary>();
    }

    private static async Task<IResult> ListAsync(
        MessageSearch search, CancellationToken ct, Guid? caseId = null, Guid? customerId = null, string? state = null, string? template = null, string? channel = null,
        string? recipient = null, DateTimeOffset? from = null, DateTimeOffset? until = null, string? after = null, int limit = 50)
    {
        var (page, errors) = await search.FindAsync(new(caseId, customerId, state, template, channel, recipient, from, until, after, limit), ct);
        return page is null ? errors.ToHttp() : TypedResults.Ok(page);
    }

    private static async Task<IResult> GetAsync(Guid id, MessageSearch search, CancellationToken ct) =>
        await search.ReadAsync(id, ct) is { } message ? TypedResults.Ok(message) : Problems.Of(MessageRefusals.NotFound);

    private static Task<IResult> ResendAsync(Guid id, Work<NotificationDb> work, CancellationToken ct) =>
        work.RunAsync<ResendMessage, Outcome<MessageSummary>>((handler, token) => handler.HandleAsync(id, token), ct)
            .ToHttp(copy => TypedResults.Accepted($"/v1/messages/{copy.Id}", copy));

    private static Task<IResult> CancelAsync(Guid id, Work<NotificationDb> work, CancellationToken ct) =>
        work.RunAsync<CancelMessage, Outcome<MessageSummary>>((handler, token) => handler.HandleAsync(id, token), ct).ToHttp(message => TypedResults.Ok(message));
}

internal static class MessageRefusals
{
    public static Refusal NotFound { get; } = new("message-not-found", "There is no message with this id.");
}
