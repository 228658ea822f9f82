using CxPlatform.Contracts;
using CxPlatform.Intake.Contacts;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake.Customers;

/// <summary>A customer's contacts over all channels, the newest first, merged customers' included.</summary>
internal static class ContactHistory
{
    public const int MostPerPage = 100;

    /// <returns>Null when the cursor is none of ours.</returns>
    public static async Task<ContactPageView?> ReadAsync(
        IntakeDb db, Guid customerId, Channel? channel, string? cursor, int take, CancellationToken ct)
    {
        var family = await Merges.FamilyAsync(db, customerId, ct);
        var query = db.Contacts.Where(contact => family.Contains(contact.CustomerId));
        if (channel is { } only)
        {
            var word = Words.Of(only);
            query = query.Where(contact => contact.Channel == word);
        }
        if (cursor is not null)
        {
            if (PageCursor.Read(cursor) is not { } after)
                return null;
            query = query.Where(contact => contact.ReceivedAt < after.At
                || (contact.ReceivedAt == after.At && contact.Id.CompareTo(after.Id) < 0));
        }
        var rows = await query.OrderByDescending(contact => contact.ReceivedAt).ThenByDescending(contact => contact.Id)
            .Take(take + 1).ToListAsync(ct);
        var current = await Merges.CurrentAsync(db, customerId, ct);
        var items = rows.Take(take).Select(row => ContactView.Of(row, current)).ToList();
        return new(items, rows.Count > take ? new PageCursor(rows[take - 1].ReceivedAt, rows[take - 1].Id).ToString() : null);
    }
}
