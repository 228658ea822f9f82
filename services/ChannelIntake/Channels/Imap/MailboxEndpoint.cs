using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CxPlatform.Intake.Channels.Imap;

/// <param name="State"><c>reading</c>, <c>failing</c>, or <c>waiting</c> before the first reading.</param>
/// <param name="LastPollAt">When all of it was last compared with what is stored.</param>
/// <param name="Stored">Contacts that came of it.</param>
/// <param name="Duplicates">Messages that were stored before, by whatever way they came.</param>
/// <param name="FailingSince">Since when it cannot be read, and <paramref name="Failure"/> why.</param>
/// <param name="FailedCount">Messages that could not be stored; <paramref name="Failed"/> holds the first hundred.</param>
internal sealed record MailboxView(
    string Name,
    string State,
    DateTimeOffset? LastPollAt,
    long LastUid,
    long Stored,
    long Duplicates,
    DateTimeOffset? FailingSince,
    string? Failure,
    int FailedCount,
    IReadOnlyList<FailedMessageView> Failed);

/// <param name="NextAt">When it is tried again.</param>
internal sealed record FailedMessageView(long Uid, string Reason, int Attempts, DateTimeOffset? NextAt);

internal sealed record MailboxListView(IReadOnlyList<MailboxView> Items);

internal static class MailboxEndpoint
{
    private const int Most = 100;

    public static void MapMailboxes(this IEndpointRouteBuilder app) => app.MapGet("/v1/intake/mailboxes", GetAsync)
        .RequireAuthorization(Policies.Admin).Produces<MailboxListView>()
        .WithName("GetMailboxes").WithTags("Operations")
        .WithSummary("The mailboxes that mail is fetched from: when they were last read, and what could not be stored and why.");

    private static async Task<IResult> GetAsync(Work<IntakeDb> work, IOptions<IntakeOptions> options, CancellationToken ct)
    {
        var (rows, failed) = await work.ReadAsync(
            async (db, token) => (
                await db.Mailboxes.ToDictionaryAsync(row => row.Name, token),
                await db.MailboxMessages.Where(row => row.Reason != null).OrderBy(row => row.Uid).ToListAsync(token)),
            ct);
        return TypedResults.Ok(new MailboxListView(
            [.. options.Value.Imap.Mailboxes.Select(mailbox => mailbox.Name)
                .Select(name => Of(rows.GetValueOrDefault(name) ?? new() { Name = name }, failed))]));
    }

    private static MailboxView Of(MailboxRow row, IEnumerable<MailboxMessageRow> failed)
    {
        var own = failed.Where(message => message.Mailbox == row.Name).ToList();
        return new(
            row.Name,
            row.FailingSince is not null ? "failing" : row.LastPollAt is null ? "waiting" : "reading",
            row.LastPollAt, row.LastUid, row.Stored, row.Duplicates, row.FailingSince, row.Failure, own.Count,
            [.. own.Take(Most).Select(message => new FailedMessageView(message.Uid, message.Reason!, message.Attempts, message.NextAt))]);
    }
}
