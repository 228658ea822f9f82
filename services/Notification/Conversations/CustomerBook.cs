using System.Text.Json;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;

namespace CxPlatform.Notifications.Conversations;

/// <summary>What is known of a customer: where they are reached and how they want to be spoken to.</summary>
/// <param name="MergedInto">As whom they are known since a merge.</param>
internal sealed record KnownCustomer(CustomerChanged? Customer, Updates? Chosen, Guid? MergedInto = null)
{
    public Wishes Wishes => Wishes.Of(Customer, Chosen);
}

/// <summary>The customers that a unit writes to: read once, for a whole batch together.</summary>
internal sealed class CustomerBook(Unit<NotificationDb> unit)
{
    private readonly Dictionary<Guid, KnownCustomer> _known = [];

    public async Task<KnownCustomer> FindAsync(Guid customerId, CancellationToken ct)
    {
        if (!_known.ContainsKey(customerId))
            await ReadAsync([customerId], ct);
        var known = _known[customerId];
        // The case may not have followed the merge yet; Intake makes no circle.
        for (var depth = 0; depth < 100 && known.MergedInto is { } into; depth++)
        {
            customerId = into;
            await ReadAsync([into], ct);
            known = _known[into];
        }
        // What this batch has heard and not yet written is newer.
        return unit.Db.Pending.Customers.TryGetValue(customerId, out var row) ? known with { Customer = Read(row.State) } : known;
    }

    public async Task ReadAsync(IReadOnlyCollection<Guid> customers, CancellationToken ct)
    {
        var ids = customers.Where(id => !_known.ContainsKey(id)).ToArray();
        if (ids.Length == 0)
            return;
        var sql = Sql.Of(unit);
        foreach (var id in ids)
            _known[id] = new(null, null);
        foreach (var state in await sql.QueryAsync(
            $"select state from customers where customer_id {sql.In("ids")}", [("ids", sql.List(ids))], reader => reader.GetString(0), ct))
        {
            var customer = Read(state);
            _known[customer.CustomerId] = new(customer, null);
        }
        foreach (var (id, updates, into) in await sql.QueryAsync(
            $"select customer_id, updates, merged_into from choices where customer_id {sql.In("ids")}", [("ids", sql.List(ids))],
            reader => (reader.GetGuid(0), Enum.Parse<Updates>(reader.GetString(1)), reader.IsDBNull(2) ? (Guid?)null : reader.GetGuid(2)), ct))
            _known[id] = _known[id] with { Chosen = updates, MergedInto = into };
    }

    private static CustomerChanged Read(string state) => JsonSerializer.Deserialize<CustomerChanged>(state, EventTypes.Json)!;
}
