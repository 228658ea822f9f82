using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Customers;

/// <summary>Two customer records are one person, so their cases are one history; when that was wrong, each gets its own back.</summary>
internal sealed class OnCustomerMerged(CaseStore store) : IHandle<CustomerMerged>, IHandle<CustomerUnmerged>
{
    public async Task HandleAsync(CustomerMerged e, EventEnvelope envelope, CancellationToken ct)
    {
        foreach (var row in await store.ConcerningAsync(e.MergedId, ct))
            await store.ActAsync(row.Id, new ChangeCustomer(e.CustomerId, e.MergedId), ct);
    }

    public async Task HandleAsync(CustomerUnmerged e, EventEnvelope envelope, CancellationToken ct)
    {
        // Those that were merged into it before go with it, and so does what came in meanwhile: a case has the id of its first contact.
        HashSet<Guid> parted = [e.MergedId, .. e.Family];
        var contacts = e.Contacts.ToHashSet();
        foreach (var row in await store.ConcerningAsync(e.CustomerId, ct))
            if (row.CustomerId == e.CustomerId && (parted.Contains(row.Case.OpenedFor) || contacts.Contains(row.Id)))
                await store.ActAsync(row.Id, new ChangeCustomer(e.MergedId, e.CustomerId), ct);
    }
}
