using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.Clocks;

/// <summary>A customer's tier is a fact of their open cases, since targets may depend on it.</summary>
internal sealed class OnCustomerTier(CaseStore store, CasePrefetch known) : IHandle<CustomerChanged>
{
    public async Task HandleAsync(CustomerChanged e, EventEnvelope envelope, CancellationToken ct)
    {
        var tier = string.IsNullOrWhiteSpace(e.Tier) ? null : e.Tier.Trim();
        var row = await known.TierOfAsync(e.CustomerId, ct);
        if (row?.Tier == tier)
            return;
        if (tier is null)
            store.Db.Tiers.Remove(row!);
        else if (row is null)
            store.Db.Tiers.Add(new() { CustomerId = e.CustomerId, Tier = tier });
        else
            row.Tier = tier;
        var open = await store.Db.Cases.Where(c => c.CustomerId == e.CustomerId && c.IsOpen).Select(c => c.Id).ToListAsync(ct);
        foreach (var id in open)
            await store.ActAsync(id, new ChangeTier(tier), ct);
    }
}
