using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;

namespace CxPlatform.Notifications.Conversations;

/// <summary>Merged customers are one person, who has chosen once what they want to hear: of two choices the one that asks for less counts. Addresses,
/// quiet hours and "do not contact" come with the customer as Intake knows them; a suppressed address stays one, whosever it is.</summary>
internal sealed class CustomerMerges(Unit<NotificationDb> unit) : IHandle<CustomerMerged>, IHandle<CustomerUnmerged>
{
    public async Task HandleAsync(CustomerMerged e, EventEnvelope envelope, CancellationToken ct)
    {
        var merged = await FindAsync(e.MergedId, ct);
        merged.MergedInto = e.CustomerId;
        if (merged.Updates > Updates.Everything)
            Follow(await FindAsync(e.CustomerId, ct), merged);
    }

    /// <summary>Which of the two chose while they were one is not known: both are left in peace.</summary>
    public async Task HandleAsync(CustomerUnmerged e, EventEnvelope envelope, CancellationToken ct)
    {
        var merged = await FindAsync(e.MergedId, ct);
        merged.MergedInto = null;
        if (await unit.Db.Choices.FindAsync([e.CustomerId], ct) is { } customer)
            Follow(merged, customer);
    }

    /// <summary>As whom the customer is known now.</summary>
    public static async Task<Guid> CurrentAsync(NotificationDb db, Guid id, CancellationToken ct)
    {
        // Intake makes no circle; the bound is for peace of mind.
        for (var depth = 0; depth < 100 && await db.Choices.FindAsync([id], ct) is { MergedInto: { } into }; depth++)
            id = into;
        return id;
    }

    private void Follow(ChoiceRow row, ChoiceRow other)
    {
        if (other.Updates > row.Updates)
            (row.Updates, row.Since) = (other.Updates, unit.Now);
    }

    private async Task<ChoiceRow> FindAsync(Guid id, CancellationToken ct)
    {
        var row = await unit.Db.Choices.FindAsync([id], ct);
        if (row is null)
            unit.Db.Choices.Add(row = new() { CustomerId = id, Since = unit.Now });
        return row;
    }
}
