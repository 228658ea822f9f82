using CxPlatform.Contracts;
using CxPlatform.Intake.Customers;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace CxPlatform.Intake.Organisations;

/// <summary>Who belongs to which organisation: by mail domain, where staff have confirmed it, or because staff said so.</summary>
internal static class Membership
{
    /// <summary>The organisations of some domains.</summary>
    public static async Task<OrganisationsOfDomains> OfDomainsAsync(IntakeDb db, IEnumerable<string> domains, CancellationToken ct)
    {
        var wanted = domains.Where(domain => !FreeMail.Has(domain)).Distinct().ToList();
        return new(wanted.Count == 0
            ? []
            : await db.OrganisationDomains.Where(row => wanted.Contains(row.Domain))
                .Join(db.Organisations, row => row.OrganisationId, row => row.Id, (domain, organisation) => new { domain.Domain, organisation })
                .ToDictionaryAsync(pair => pair.Domain, pair => pair.organisation, ct));
    }

    /// <summary>The organisation, held until the transaction ends.</summary>
    public static async Task<OrganisationRow?> LockAsync(IntakeDb db, Guid id, CancellationToken ct)
    {
        var query = db.Database.GetDbConnection() is NpgsqlConnection
            ? db.Organisations.FromSql($"select * from organisations where id = {id} for update")
            : db.Organisations.Where(row => row.Id == id);
        return await query.AsTracking().FirstOrDefaultAsync(ct);
    }
}

internal sealed class OrganisationsOfDomains(Dictionary<string, OrganisationRow> found)
{
    public OrganisationRow? Of(Identity identity) =>
        Identities.DomainOf(identity) is { } domain ? found.GetValueOrDefault(domain) : null;
}

/// <summary>Brings an organisation's change to its members, a page at a time: they may be thousands.</summary>
/// <param name="OnlyNew">Only whoever came in while it was being made known, and belongs to it.</param>
[TimerType("intake.tell-members")]
internal sealed record TellMembers(Guid OrganisationId, Guid After, bool OnlyNew = false)
{
    private static readonly TimeSpan Sweep = TimeSpan.FromMinutes(1);
    private const int PageSize = 200;

    public static void Start(Unit<IntakeDb> unit, Guid id)
    {
        unit.Schedule(KeyOf(id, false), "organisation/" + id, new TellMembers(id, Guid.Empty), unit.Now);
        unit.Schedule(KeyOf(id, true), "organisation/" + id, new TellMembers(id, Guid.Empty, true), unit.Now + Sweep);
    }

    private static string KeyOf(Guid id, bool onlyNew) => $"organisation/{id}/{(onlyNew ? "sweep" : "members")}";

    internal sealed class Handler(Unit<IntakeDb> unit) : IHandleTimer<TellMembers>
    {
        public async Task HandleAsync(TellMembers timer, TimerContext context, CancellationToken ct)
        {
            // Held, so that a change that comes meanwhile starts over after this page and not before it.
            if (await Membership.LockAsync(unit.Db, timer.OrganisationId, ct) is not { } organisation)
                return;
            var id = organisation.Id;
            var domains = await unit.Db.OrganisationDomains.Where(row => row.OrganisationId == id).Select(row => row.Domain).ToListAsync(ct);
            var belonging = unit.Db.Identities.Where(row => row.Domain != null && domains.Contains(row.Domain)).Select(row => row.CustomerId);
            var page = await unit.Db.Customers.AsTracking()
                .Where(row => row.Id.CompareTo(timer.After) > 0 && row.MergedInto == null && row.ErasedAt == null
                    && ((!timer.OnlyNew && row.OrganisationId == id)
                        || (row.OrganisationId == null && !row.OrganisationByStaff && belonging.Contains(row.Id))))
                .OrderBy(row => row.Id).Take(PageSize).ToListAsync(ct);
            var ids = page.ConvertAll(row => row.Id);
            var members = organisation.DeletedAt is null
                ? (await belonging.Where(customer => ids.Contains(customer)).ToListAsync(ct)).ToHashSet()
                : [];
            foreach (var row in page)
            {
                if (organisation.DeletedAt is not null)
                    (row.OrganisationId, row.OrganisationByStaff) = (null, false);
                else if (!row.OrganisationByStaff)
                    row.OrganisationId = members.Contains(row.Id) ? id : null;
            }
            await CustomerFacts.TellAsync(unit, ids, ct);
            if (page.Count == PageSize)
                unit.Schedule(context.Key, "organisation/" + id, timer with { After = ids[^1] }, unit.Now);
            else if (organisation.DeletedAt is not null && !timer.OnlyNew)
                unit.Db.Organisations.Remove(organisation);
        }
    }
}

/// <param name="OrganisationId">Null: they belong to none.</param>
[System.Text.Json.Serialization.JsonUnmappedMemberHandling(System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow)]
internal sealed record MembershipWish(Guid? OrganisationId = null);

/// <summary>Staff say where a customer belongs; no mail domain changes it any more.</summary>
internal sealed class ChangeMembership(Unit<IntakeDb> unit)
{
    public async Task<Outcome<CustomerView>> HandleAsync(Guid customerId, Guid? organisationId, CancellationToken ct)
    {
        if (organisationId is { } id && (await Membership.LockAsync(unit.Db, id, ct)) is not { DeletedAt: null })
            return new Refusal("input-invalid", "must be an organisation.", "organisationId");
        if (!(await Merges.LockAsync(unit.Db, [customerId], ct)).TryGetValue(customerId, out var customer))
            return CustomerRefusals.NotFound;
        if (CustomerRefusals.UnlessCurrent(customer) is { } refusal)
            return refusal;
        var changed = customer.OrganisationId != organisationId;
        (customer.OrganisationId, customer.OrganisationByStaff) = (organisationId, true);
        if (changed)
            await CustomerFacts.TellAsync(unit, [customerId], ct);
        return await CustomerView.OfAsync(unit.Db, customer, ct);
    }
}
