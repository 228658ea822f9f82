using System.Buffers.Text;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Templating;
using CxPlatform.Notifications.Webhooks.Delivery;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notifications.Messages;

/// <summary>What an operator looks for, as it comes from the address line.</summary>
public sealed record MessageQuery(
    Guid? CaseId = null, Guid? CustomerId = null, string? State = null, string? Template = null, string? Channel = null, string? Recipient = null, DateTimeOffset? From = null,
    DateTimeOffset? Until = null, string? After = null, int Limit = 50);

/// <summary>Finds messages, newest first.</summary>
internal sealed class MessageSearch(Work<NotificationDb> work, TemplateBook book)
{
    private const int MostPerPage = 200;
    private const int LongestRecipient = 320;

    public static IReadOnlyList<string> States { get; } = [.. Enum.GetNames<MessageState>().Select(JsonNamingPolicy.CamelCase.ConvertName)];

    public static IReadOnlyList<Channel> Channels { get; } = [Channel.Email, Channel.Sms, Channel.Whatsapp, Channel.Chat, Channel.Social];

    /// <summary>What messages are called: by the template of their words, or, where a person or this code wrote those, by what they are for.</summary>
    public IReadOnlyList<string> Templates =>
        [.. book.Current.Names.Concat([ParticipantAdded.CopyTemplate, SideConversationOpened.Template, HaltSubscription.Template]).Order(StringComparer.Ordinal)];

    /// <returns>What is wrong with the query instead, by field.</returns>
    public async Task<(MessagePage? Page, InputErrors Errors)> FindAsync(MessageQuery query, CancellationToken ct)
    {
        MessageState state = default;
        Guid cursor = default;
        Channel channel = default;
        var errors = new InputErrors()
            .Check(query.State is null || States.Contains(query.State, StringComparer.OrdinalIgnoreCase) && Enum.TryParse(query.State, ignoreCase: true, out state), "state",
                $"must be one of {string.Join(", ", States)}.")
            .Check(query.Template is null || Templates.Contains(query.Template), "template", $"must be one of {string.Join(", ", Templates)}.")
            .Check(query.Channel is null || Enum.TryParse(query.Channel, ignoreCase: true, out channel) && Channels.Contains(channel), "channel",
                $"must be one of {string.Join(", ", Channels.Select(it => JsonNamingPolicy.CamelCase.ConvertName(it.ToString())))}.")
            .Check(query.Recipient is null || (query.Recipient.Trim().Length is > 0 and <= LongestRecipient && !query.Recipient.Any(char.IsControl)), "recipient",
                $"must be a whole mail address or number, of at most {LongestRecipient} characters.")
            .Check(query.Until is null || query.From is null || query.From < query.Until, "until", "must be after from.")
            .Check(query.After is null || TryReadCursor(query.After, out cursor), "after", "must be a cursor that an earlier answer gave as next.")
            .Check(query.Limit is >= 1 and <= MostPerPage, "limit", $"must be 1 to {MostPerPage}.");
        if (errors.Any)
            return (null, errors);
        var rows = await work.ReadAsync(
            async (db, token) =>
            {
                var found = db.Messages.AsQueryable();
                if (query.CaseId is not null)
                    found = found.Where(row => row.CaseId == query.CaseId);
                if (query.CustomerId is not null)
                    found = found.Where(row => row.CustomerId == query.CustomerId);
                if (query.State is not null)
                    found = found.Where(row => row.State == state);
                if (query.Template is not null)
                    found = found.Where(row => row.Template == query.Template);
                if (query.Channel is not null)
                    found = found.Where(row => row.Channel == channel);
                if (query.Recipient?.Trim() is { } recipient)
                {
                    // Mail addresses are kept in small letters; the names that channels give may be in both.
                    var small = recipient.ToLowerInvariant();
                    found = found.Where(row => row.Recipient == recipient || row.Recipient == small);
                }
                if (query.From is { } from)
                    found = found.Where(row => row.CreatedAt >= from);
                if (query.Until is { } until)
                    found = found.Where(row => row.CreatedAt < until);
                if (query.After is not null)
                    found = found.Where(row => row.Id < cursor);
                return await found.OrderByDescending(row => row.Id).Take(query.Limit + 1).ToListAsync(token);
            },
            ct);
        var next = rows.Count > query.Limit ? Base64Url.EncodeToString(rows[query.Limit - 1].Id.ToByteArray(bigEndian: true)) : null;
        return (new MessagePage([.. rows.Take(query.Limit).Select(MessageSummary.Of)], next), errors);
    }

    /// <summary>One message with what it says and every attempt at it; null when there is none.</summary>
    public async Task<MessageDetail?> ReadAsync(Guid id, CancellationToken ct)
    {
        var (row, attempts) = await work.ReadAsync(
            async (db, token) => (
                await db.Messages.SingleOrDefaultAsync(row => row.Id == id, token),
                await db.Attempts.Where(attempt => attempt.MessageId == id).OrderBy(attempt => attempt.Number).ToListAsync(token)),
            ct);
        if (row is null)
            return null;
        var content = JsonSerializer.Deserialize<MessageContent>(row.Content, EventTypes.Json)!;
        return new(
            MessageSummary.Of(row), row.EventId, row.Recipient, content.Sender, content.Subject, content.Text, content.MessageId, content.AutoSubmitted is not null,
            [.. attempts.Select(attempt => new MessageAttempt(attempt.Number, attempt.At, attempt.Outcome, attempt.Reason, attempt.ProviderId))],
            [.. content.Otherwise.Select(way => way.Channel)]);
    }

    private static bool TryReadCursor(string text, out Guid cursor)
    {
        cursor = default;
        if (!Base64Url.IsValid(text) || text.Length > 30 || Base64Url.DecodeFromChars(text) is not { Length: 16 } bytes)
            return false;
        cursor = new(bytes, bigEndian: true);
        return true;
    }
}
