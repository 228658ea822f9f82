using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace CxPlatform.Intake.Customers;

/// <summary>Follows merges, which are rarely more than one deep.</summary>
internal static class Merges
{
    /// <summary>As whom the customer is known now.</summary>
    public static async Task<Guid> CurrentAsync(IntakeDb db, Guid id, CancellationToken ct)
    {
        // A circle cannot be made (merging asks for two current customers); the bound is for peace of mind.
        for (var depth = 0; depth < 100; depth++)
        {
            var into = await db.Customers.Where(customer => customer.Id == id).Select(customer => customer.MergedInto)
                .FirstOrDefaultAsync(ct);
            if (into is null)
                break;
            id = into.Value;
        }
        return id;
    }

    /// <summary>The customer and all that were merged into it, directly or not.</summary>
    public static async Task<List<Guid>> FamilyAsync(IntakeDb db, Guid id, CancellationToken ct)
    {
        List<Guid> family = [id];
        var last = family;
        while (last.Count > 0)
        {
            var parents = last;
            last = await db.Customers.Where(customer => customer.MergedInto != null && parents.Contains(customer.MergedInto.Value))
                .Select(customer => customer.Id).ToListAsync(ct);
            last.RemoveAll(family.Contains);
            family.AddRange(last);
        }
        return family;
    }

    /// <summary>The customers for a change: held until the transaction ends, in one order, so that two merges cannot cross.</summary>
    public static async Task<Dictionary<Guid, CustomerRow>> LockAsync(IntakeDb db, IEnumerable<Guid> ids, CancellationToken ct)
    {
        var wanted = ids.Distinct().ToArray();
        // On SQLite there is one writer at a time, and this is it.
        var query = db.Database.GetDbConnection() is NpgsqlConnection
            ? db.Customers.FromSql($"select * from customers where id = any({wanted}) order by id for update")
            : db.Customers.Where(customer => wanted.Contains(customer.Id));
        return (await query.AsTracking().ToListAsync(ct)).ToDictionary(customer => customer.Id);
    }
}
