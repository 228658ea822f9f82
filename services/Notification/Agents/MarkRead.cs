using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notifications.Agents;

/// <summary>Which notices are read: one of the three.</summary>
/// <param name="UpTo">All up to this number.</param>
/// <param name="Numbers">These.</param>
/// <param name="CaseId">All of this case.</param>
public sealed record ReadNotices(long? UpTo = null, IReadOnlyList<long>? Numbers = null, Guid? CaseId = null);

/// <param name="Unread">How many are left.</param>
public sealed record UnreadNotices(int Unread);

/// <summary>An agent has read what they were told.</summary>
internal sealed class MarkRead(Unit<NotificationDb> unit)
{
    private const int Most = 1000;

    public async Task<Outcome<UnreadNotices>> HandleAsync(Guid agentId, ReadNotices read, CancellationToken ct)
    {
        var errors = new InputErrors()
            .Check((read.UpTo is null ? 0 : 1) + (read.Numbers is null ? 0 : 1) + (read.CaseId is null ? 0 : 1) == 1, "upTo", "must be given, or numbers or caseId; and only one of them.")
            .Check(read.Numbers is null or { Count: > 0 and <= Most }, "numbers", $"must be 1 to {Most} numbers.");
        if (errors.ToRefusal() is { } refusal)
            return refusal;
        var unread = unit.Db.AgentNotices.Where(row => row.AgentId == agentId && row.ReadAt == null);
        var meant = read switch
        {
            { UpTo: { } upTo } => unread.Where(row => row.Number <= upTo),
            { Numbers: { } numbers } => unread.Where(row => numbers.Contains(row.Number)),
            _ => unread.Where(row => row.CaseId == read.CaseId),
        };
        if (await meant.ExecuteUpdateAsync(set => set.SetProperty(row => row.ReadAt, unit.Now), ct) > 0)
        {
            await unit.Db.AgentDesks.Where(row => row.AgentId == agentId).ExecuteUpdateAsync(set => set.SetProperty(row => row.Reads, row => row.Reads + 1), ct);
            unit.Announce();
        }
        return new UnreadNotices(await unread.CountAsync(ct));
    }
}
