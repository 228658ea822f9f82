using CxPlatform.Cases.Domain;
using CxPlatform.Contracts.Feedback.V1;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Contracts.Notifications.V1;
using CxPlatform.Contracts.Routing.V1;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.Storage;

/// <summary>The cases that a batch is about, in one query.</summary>
internal sealed class CasePrefetch(CaseDb db) : IPrefetch<CaseDb>
{
    public async Task PrefetchAsync(IReadOnlyList<object> batch, CancellationToken ct)
    {
        var ids = batch.SelectMany(CasesOf).ToHashSet();
        if (ids.Count > 1)
            await db.Cases.AsTracking().Where(row => ids.Contains(row.Id)).LoadAsync(ct);
    }

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
