using System.Text.Json.Serialization;
using CxPlatform.Mail;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Intake.Customers;

/// <summary>What staff know better. Absent leaves as it is, an empty text forgets.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CustomerPatch(string? Name = null, string? Language = null, string? TimeZone = null);

internal sealed class ChangeCustomer(Unit<IntakeDb> unit)
{
    public async Task<Outcome<CustomerView>> HandleAsync(Guid id, CustomerPatch patch, CancellationToken ct)
    {
        var errors = new InputErrors()
            .MaxLength("name", patch.Name, Limits.Name)
            .Check(patch.Name is null || !patch.Name.Any(char.IsControl), "name", "must be one line without control characters.")
            .Check(
                string.IsNullOrEmpty(patch.Language) || Intake.Language.IsTag(patch.Language),
                "language", "must be a language tag (BCP 47), such as de or pt-BR.")
            .Check(
                string.IsNullOrEmpty(patch.TimeZone) || TimeZones.IsKnown(patch.TimeZone),
                "timeZone", "must be an IANA time zone, such as Europe/Berlin.");
        if (errors.ToRefusal() is { } refusal)
            return refusal;
        if (!(await Merges.LockAsync(unit.Db, [id], ct)).TryGetValue(id, out var customer))
            return CustomerRefusals.NotFound;
        if (CustomerRefusals.UnlessCurrent(customer) is { } notCurrent)
            return notCurrent;

        var before = (customer.Name, customer.Language, customer.TimeZone);
        if (patch.Name is not null)
        {
            customer.Name = Patched(DisplayName.Plain(patch.Name) ?? "", customer.Name);
            customer.NameKey = Names.KeyOf(customer.Name);
            // A name that staff took away may be learned anew.
            customer.NameByStaff = customer.Name is not null;
        }
        customer.Language = Patched(patch.Language, customer.Language);
        customer.TimeZone = Patched(patch.TimeZone, customer.TimeZone);
        if (before != (customer.Name, customer.Language, customer.TimeZone))
            await CustomerFacts.TellAsync(unit, [id], ct);
        return await CustomerView.OfAsync(unit.Db, customer, ct);
    }

    private static string? Patched(string? patch, string? before) =>
        patch is null ? before : string.IsNullOrWhiteSpace(patch) ? null : patch.Trim();
}

internal static class CustomerRefusals
{
    public static Refusal NotFound { get; } = new("customer-not-found", "There is no such customer.");

    /// <summary>A merged or erased customer is changed no more.</summary>
    public static Refusal? UnlessCurrent(CustomerRow customer) =>
        customer.ErasedAt is not null ? new("customer-gone", "This customer was erased.")
        : customer.MergedInto is { } into
            ? new("customer-merged", $"This customer is known as {into} since a merge: use that one, or unmerge first.")
        : null;
}
