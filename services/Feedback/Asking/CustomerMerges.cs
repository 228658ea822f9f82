using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Feedback.Domain;
using CxPlatform.Feedback.Storage;
using CxPlatform.Messaging;

namespace CxPlatform.Feedback.Asking;

/// <summary>Merged customers are one person, who is asked as one.</summary>
internal sealed class CustomerMerges(Unit<FeedbackDb> unit) : IHandle<CustomerMerged>, IHandle<CustomerUnmerged>
{
    public async Task HandleAsync(CustomerMerged e, EventEnvelope envelope, CancellationToken ct)
    {
        var (customer, merged) = await FindAsync(e.CustomerId, e.MergedId, ct);
        unit.Db.Put(merged, (merged ?? new() { CustomerId = e.MergedId }) with { MergedInto = e.CustomerId });
        unit.Db.Put(customer, (customer ?? new() { CustomerId = e.CustomerId }).With(merged));
    }

    public async Task HandleAsync(CustomerUnmerged e, EventEnvelope envelope, CancellationToken ct)
    {
        // Which of the two was asked while they were one is not known, so both are left in peace.
        var (customer, merged) = await FindAsync(e.CustomerId, e.MergedId, ct);
        unit.Db.Put(merged, (merged ?? new() { CustomerId = e.MergedId }).With(customer) with { MergedInto = null });
    }

    /// <summary>As whom the customer is known now.</summary>
    public static async Task<Guid> CurrentAsync(FeedbackDb db, Guid id, CancellationToken ct)
    {
        // Intake makes no circle; the bound is for peace of mind.
        for (var depth = 0; depth < 100 && await db.Customers.FindAsync([id], ct) is { MergedInto: { } into }; depth++)
            id = into;
        return id;
    }

    private async Task<(CustomerMemory? Customer, CustomerMemory? Merged)> FindAsync(Guid id, Guid mergedId, CancellationToken ct) =>
        (await unit.Db.Customers.FindAsync([id], ct), await unit.Db.Customers.FindAsync([mergedId], ct));
}
