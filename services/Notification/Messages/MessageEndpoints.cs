using System.Buffers.Text;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notifications.Messages;

/// <summary>A message in a list.</summary>
/// <param name="Reason">Why it has not left yet, or never will.</param>
/// <param name="NextAttemptAt">For what is on its way.</param>
internal sealed record MessageSummary(
    Guid Id, Guid? CaseId, Guid? CustomerId, string Template, Channel Channel, MessageState State, int Attempts, string? Reason, string? ProviderId,
    DateTimeOffset CreatedAt, DateTimeOffset? NextAttemptAt, DateTimeOffset? SentAt, int Copy)
{
    public static MessageSummary Of(MessageRow row) => new(
        row.Id, row.CaseId, row.CustomerId, row.Template, row.Channel, row.State, row.Attempts, row.Reason, row.ProviderId,
        row.CreatedAt, row.State == MessageState.Pending ? row.Due : null, row.SentAt, row.Copy);
}

/// <summary>A message with what it says.</summary>
/// <param name="Text">The mail's plain text, or the text message.</param>
internal sealed record MessageDetail(MessageSummary Message, Guid EventId, string Recipient, string Sender, string Subject, string Text, string? MessageId, bool Automatic);

internal sealed record MessagePage(IReadOnlyList<MessageSummary> Items, string? Next);

internal static class MessageEndpoints
{
    private const int MostPerPage = 200;

    public static void MapMessages(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/messages").WithTags("Messages").WithGroupName(NotificationModule.Name);
        group.MapGet("/", ListAsync).RequireAuthorization(Policies.CasesRead)
            .WithName("ListMessages").WithSummary("Messages out, newest first, of one case or in one state.").Produces<MessagePage>();
        group.MapGet("/{id:guid}", GetAsync).RequireAuthorization(Policies.CasesRead)
            .WithName("GetMessage").WithSummary("One message with what it says.").Produces<MessageDetail>();
        group.MapPost("/{id:guid}/resend", ResendAsync).RequireAuthorization(Policies.Admin)
            .WithName("ResendMessage").WithSummary("Sends it once more, as a further copy.").Produces<MessageSummary>(StatusCodes.Status202Accepted);
        group.MapPost("/{id:guid}/cancel", CancelAsync).RequireAuthorization(Policies.Admin)
            .WithName("CancelMessage").WithSummary("Takes back a message that has not left yet.").Produces<MessageSummary>();
    }

    private static async Task<IResult> ListAsync(
        Work<NotificationDb> work, CancellationToken ct, Guid? caseId = null, string? state = null, string? after = null, int limit = 50)
    {
        MessageState wanted = default;
        Guid cursor = default;
        var errors = new InputErrors()
            .Check(state is null || Enum.TryParse(state, ignoreCase: true, out wanted) && Enum.IsDefined(wanted), "state", $"must be one of {string.Join(", ", Enum.GetNames<MessageState>().Select(JsonNamingPolicy.CamelCase.ConvertName))}.")
            .Check(after is null || TryReadCursor(after, out cursor), "after", "must be a cursor that an earlier answer gave as next.")
            .Check(limit is >= 1 and <= MostPerPage, "limit", $"must be 1 to {MostPerPage}.");
        if (errors.Any)
            return errors.ToHttp();
        var rows = await work.ReadAsync(
            async (db, token) =>
            {
                var query = db.Messages.AsQueryable();
                if (caseId is not null)
                    query = query.Where(row => row.CaseId == caseId);
                if (state is not null)
                    query = query.Where(row => row.State == wanted);
                if (after is not null)
                    query = query.Where(row => row.Id < cursor);
                return await query.OrderByDescending(row => row.Id).Take(limit + 1).ToListAsync(token);
            },
            ct);
        var next = rows.Count > limit ? Base64Url.EncodeToString(rows[limit - 1].Id.ToByteArray(bigEndian: true)) : null;
        return TypedResults.Ok(new MessagePage([.. rows.Take(limit).Select(MessageSummary.Of)], next));
    }

    private static async Task<IResult> GetAsync(Guid id, Work<NotificationDb> work, CancellationToken ct)
    {
        var row = await work.ReadAsync((db, token) => db.Messages.SingleOrDefaultAsync(row => row.Id == id, token), ct);
        if (row is null)
            return Problems.Of(MessageRefusals.NotFound);
        var content = JsonSerializer.Deserialize<MessageContent>(row.Content, EventTypes.Json)!;
        return TypedResults.Ok(new MessageDetail(
            MessageSummary.Of(row), row.EventId, row.Recipient, content.Sender, content.Subject, content.Text, content.MessageId, content.AutoSubmitted is not null));
    }

    private static Task<IResult> ResendAsync(Guid id, Work<NotificationDb> work, CancellationToken ct) =>
        work.RunAsync<ResendMessage, Outcome<MessageSummary>>((handler, token) => handler.HandleAsync(id, token), ct)
            .ToHttp(copy => TypedResults.Accepted($"/v1/messages/{copy.Id}", copy));

    private static Task<IResult> CancelAsync(Guid id, Work<NotificationDb> work, CancellationToken ct) =>
        work.RunAsync<CancelMessage, Outcome<MessageSummary>>((handler, token) => handler.HandleAsync(id, token), ct).ToHttp(message => TypedResults.Ok(message));

    private static bool TryReadCursor(string text, out Guid cursor)
    {
        cursor = default;
        if (!Base64Url.IsValid(text) || text.Length > 30 || Base64Url.DecodeFromChars(text) is not { Length: 16 } bytes)
            return false;
        cursor = new(bytes, bigEndian: true);
        return true;
    }
}

internal static class MessageRefusals
{
    public static Refusal NotFound { get; } = new("message-not-found", "There is no message with this id.");
}
