using CxPlatform.Cases.Domain;
using CxPlatform.Contracts.Feedback.V1;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Contracts.Notifications.V1;
using CxPlatform.Contracts.Routing.V1;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.Storage;

/// <summary>The cases and the tiers that a batch is about, in one query each.</summary>
internal sealed class CasePrefetch(CaseDb db) : IPrefetch<CaseDb>
{
    private HashSet<Guid> _withoutTier = [];

    public async Task PrefetchAsync(IReadOnlyList<object> batch, CancellationToken ct)
    {
        var ids = batch.SelectMany(CasesOf).ToHashSet();
        if (ids.Count > 1)
            await db.Cases.AsTracking().Where(row => ids.Contains(row.Id)).LoadAsync(ct);
        var customers = batch.OfType<CustomerChanged>().Select(e => e.CustomerId).ToHashSet();
        if (customers.Count < 2)
            return;
        var tiers = await db.Tiers.AsTracking().Where(row => customers.Contains(row.CustomerId)).ToListAsync(ct);
        _withoutTier = [.. customers.Except(tiers.Select(row => row.CustomerId))];
    }

    /// <summary>A customer's tier as it is kept; of those in the batch the database is not asked again.</summary>
    public async Task<TierRow?> TierOfAsync(Guid customerId, CancellationToken ct) =>
        _withoutTier.Remove(customerId) ? null : await db.Tiers.FindAsync([customerId], ct);

    private static IEnumerable<Guid> CasesOf(object e) => e switch
    {
        TimedCommand x => [x.CaseId],
        RoutingDecided x => [x.CaseId],
        MessageSent { CaseId: { } id } => [id],
        MessageFailed { CaseId: { } id } => [id],
        FeedbackReceived x => [x.CaseId],
        RecoveryNeeded x => [x.CaseId],
        ContactReceived x => x.Evidence.Select(evidence => evidence.CaseId).OfType<Guid>(),
        _ => [],
    };
}
