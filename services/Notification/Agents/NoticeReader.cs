using System.Text.Json;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notifications.Agents;

/// <summary>Something that an agent is told.</summary>
/// <param name="Number">Ascending for the agent: what a stream resumes after, and pages go back from.</param>
/// <param name="What">What has happened, in the agent's language.</param>
/// <param name="Need">Of the case, as it is understood now.</param>
/// <param name="Detail">What colleagues wrote about it.</param>
public sealed record NoticeItem(
    long Number, NoticeKind Kind, Guid CaseId, string CaseNumber, string What, string? Need, string? Detail, DateTimeOffset At, DateTimeOffset? ReadAt);

/// <param name="Unread">All of them, not only those of the page.</param>
/// <param name="Next">Give it as <c>before</c> for the next page; null on the last.</param>
public sealed record NoticePage(IReadOnlyList<NoticeItem> Items, int Unread, long? Next);

/// <summary>Reads what an agent is told.</summary>
internal sealed class NoticeReader(Work<NotificationDb> work)
{
    /// <summary>Newest first.</summary>
    public Task<NoticePage> PageAsync(Guid agent, bool unreadOnly, long? before, int limit, CancellationToken ct) => work.ReadAsync(
        async (db, token) =>
        {
            var mine = db.AgentNotices.Where(row => row.AgentId == agent);
            var found = mine.Where(row => (before == null || row.Number < before) && (!unreadOnly || row.ReadAt == null));
            var rows = await found.OrderByDescending(row => row.Number).Take(limit + 1).ToListAsync(token);
            var items = await WithNeedsAsync(db, rows.Take(limit).ToList(), token);
            return new NoticePage(items, await mine.CountAsync(row => row.ReadAt == null, token), rows.Count > limit ? rows[limit - 1].Number : null);
        },
        ct);

    /// <summary>What came after a number, oldest first, and how many are unread.</summary>
    public Task<NoticePage> AfterAsync(Guid agent, long number, int limit, CancellationToken ct) => work.ReadAsync(
        async (db, token) =>
        {
            var mine = db.AgentNotices.Where(row => row.AgentId == agent);
            var rows = await mine.Where(row => row.Number > number).OrderBy(row => row.Number).Take(limit).ToListAsync(token);
            return new NoticePage(await WithNeedsAsync(db, rows, token), await mine.CountAsync(row => row.ReadAt == null, token), null);
        },
        ct);

    public async Task<AgentChoices> ChoicesAsync(Guid agent, CancellationToken ct) => AgentBook.Choices(
        await work.ReadAsync((db, token) => db.AgentDesks.Where(row => row.AgentId == agent).Select(row => row.Choices).SingleOrDefaultAsync(token), ct)).Complete();

    private static async Task<IReadOnlyList<NoticeItem>> WithNeedsAsync(NotificationDb db, List<AgentNoticeRow> rows, CancellationToken ct)
    {
        var cases = rows.Select(row => row.CaseId).Distinct().ToList();
        var states = await db.Conversations.Where(row => cases.Contains(row.CaseId)).Select(row => row.State).ToListAsync(ct);
        var needs = states.Select(state => JsonSerializer.Deserialize<Conversation>(state, EventTypes.Json)!).ToDictionary(it => it.CaseId, it => it.Need);
        return rows.ConvertAll(row => new NoticeItem(
            row.Number, row.Kind, row.CaseId, row.CaseNumber, row.What, needs.GetValueOrDefault(row.CaseId), row.Detail, row.At, row.ReadAt));
    }
}
