using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.Reading;

/// <summary>How far from its turn a case is that nobody has yet, as a range: those of a higher priority may still come before it, and
/// those of a lower one that wait longer may as well.</summary>
/// <param name="IsMore">There are more than are counted.</param>
internal sealed record QueuePlace(int From, int To, bool IsMore)
{
    private const int Most = 100;

    /// <summary>Null when the case does not wait for somebody to have it.</summary>
    public static async Task<QueuePlace?> OfAsync(CaseDb db, CaseState s, CancellationToken ct)
    {
        if (s is not { IsOpen: true, OwnerId: null, QueueId: { } queue, WaitingSince: { } since })
            return null;
        var higher = Enum.GetValues<Priority>().Where(priority => priority > s.Priority).ToList();
        var before = await db.Cases
            .Where(row => row.QueueId == queue && row.IsOpen && row.OwnerId == null && row.WaitingSince != null && row.Id != s.Id)
            .Where(row => row.WaitingSince < since || higher.Contains(row.Priority))
            .OrderBy(row => row.WaitingSince).Select(row => new { row.Priority, row.WaitingSince }).Take(Most).ToListAsync(ct);
        var certain = before.Count(row => row.Priority >= s.Priority && row.WaitingSince < since);
        return new(certain + 1, before.Count + 1, before.Count == Most);
    }
}
