using System.Text.Json.Serialization;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake.Organisations;

/// <summary>All of an organisation that staff decide.</summary>
/// <param name="Tier">How much service they have bought, in your words: <c>gold</c>.</param>
/// <param name="Domains">Whoever writes from these mail domains belongs to it: exactly these, not what is below them.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record OrganisationFields(string Name, string? Tier = null, IReadOnlyList<string>? Domains = null);

internal sealed record OrganisationView(
    Guid OrganisationId, string Name, string? Tier, IReadOnlyList<string> Domains, long Members, DateTimeOffset CreatedAt);

internal sealed class ChangeOrganisation(Unit<IntakeDb> unit)
{
    private const int MostDomains = 100;
    private const int LongestTier = 50;

    public static Refusal NotFound { get; } = new("organisation-not-found", "There is no such organisation.");

    public async Task<Outcome<OrganisationView>> AddAsync(OrganisationFields fields, CancellationToken ct)
    {
        var row = new OrganisationRow { Id = Guid.CreateVersion7(unit.Now), CreatedAt = unit.Now };
        var outcome = await ApplyAsync(row, fields, ct);
        if (!outcome.IsRefused)
            unit.Db.Organisations.Add(row);
        return outcome;
    }

    public async Task<Outcome<OrganisationView>> ChangeAsync(Guid id, OrganisationFields fields, CancellationToken ct) =>
        await Membership.LockAsync(unit.Db, id, ct) is { DeletedAt: null } row ? await ApplyAsync(row, fields, ct) : NotFound;

    /// <summary>Its members belong to none from then on; its domains may be proposed again.</summary>
    public async Task<Outcome<Done>> DeleteAsync(Guid id, CancellationToken ct)
    {
        if (await Membership.LockAsync(unit.Db, id, ct) is not { DeletedAt: null } row)
            return NotFound;
        row.DeletedAt = unit.Now;
        await unit.Db.OrganisationDomains.Where(domain => domain.OrganisationId == id).ExecuteDeleteAsync(ct);
        Tell(row, [], deleted: true);
        return Done.Value;
    }

    private async Task<Outcome<OrganisationView>> ApplyAsync(OrganisationRow row, OrganisationFields fields, CancellationToken ct)
    {
        var (name, tier) = (fields.Name.Trim(), string.IsNullOrWhiteSpace(fields.Tier) ? null : fields.Tier.Trim());
        var errors = new InputErrors().Required("name", name).MaxLength("name", name, Limits.Name)
            .Check(!name.Any(char.IsControl), "name", "must be one line without control characters.")
            .MaxLength("tier", tier, LongestTier)
            .Check(tier?.Any(char.IsControl) != true, "tier", "must be one line without control characters.")
            .Check(fields.Domains is null or { Count: <= MostDomains }, "domains", $"must be at most {MostDomains}.");
        var domains = (fields.Domains ?? []).Select((domain, i) => Domains.Read(domain, $"domains[{i}]", errors)).OfType<string>().Distinct()
            .Order(StringComparer.Ordinal).ToList();
        if (errors.ToRefusal() is { } refusal)
            return refusal;

        var known = await unit.Db.OrganisationDomains.AsTracking()
            .Where(domain => domain.OrganisationId == row.Id || domains.Contains(domain.Domain)).ToListAsync(ct);
        if (known.Find(domain => domain.OrganisationId is { } owner && owner != row.Id) is { } taken)
            return new Refusal("organisation-domain-taken", $"{taken.Domain} is the domain of organisation {taken.OrganisationId}.");
        unit.Db.OrganisationDomains.RemoveRange(known.Where(domain => !domains.Contains(domain.Domain)));
        foreach (var domain in domains)
        {
            if (known.Find(row => row.Domain == domain) is { } old)
                old.OrganisationId = row.Id;
            else
                unit.Db.OrganisationDomains.Add(new() { Domain = domain, OrganisationId = row.Id });
        }
        (row.Name, row.NameKey, row.Tier) = (name, Names.KeyOf(name) ?? "", tier);
        Tell(row, domains, deleted: false);
        return new OrganisationView(
            row.Id, name, tier, domains, await unit.Db.Customers.LongCountAsync(customer => customer.OrganisationId == row.Id, ct), row.CreatedAt);
    }

    private void Tell(OrganisationRow row, IReadOnlyList<string> domains, bool deleted)
    {
        unit.AppendNext("organisation/" + row.Id, new NewEvent(new OrganisationChanged
        {
            OrganisationId = row.Id,
            Name = row.Name,
            Tier = row.Tier,
            Domains = domains,
            Deleted = deleted,
        }));
        TellMembers.Start(unit, row.Id);
    }
}

internal static class Domains
{
    /// <summary>In ASCII; null when it was added to the errors.</summary>
    public static string? Read(string? written, string field, InputErrors errors)
    {
        var domain = Identities.Address("somebody@" + written?.Trim().TrimStart('@')) is { } address
            ? address[(address.LastIndexOf('@') + 1)..]
            : null;
        if (domain is null || domain.StartsWith('[') || !domain.Contains('.', StringComparison.Ordinal))
            errors.Add(field, "must be a mail domain, such as example.com.");
        else if (FreeMail.Has(domain))
            errors.Add(field, "must not be a domain of free mail: its addresses belong to people.");
        else
            return domain;
        return null;
    }
}

/// <param name="Domain">Customers of it are not organised yet.</param>
internal sealed record DomainProposal(string Domain, long Customers);

internal sealed record DomainProposalListView(IReadOnlyList<DomainProposal> Items);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record DomainFields(string Domain);

/// <summary>Domains that several customers share: an organisation, if somebody who knows says so. A proposal is what a query finds,
/// so there is none to keep.</summary>
internal sealed class Proposals(Unit<IntakeDb> unit)
{
    private const int FewestCustomers = 2;
    private const int Most = 100;

    public static async Task<List<DomainProposal>> ReadAsync(IntakeDb db, CancellationToken ct)
    {
        // Free mail is the most frequent of all: it is fetched with the others and left out here.
        var found = await db.Identities
            .Where(row => row.Domain != null && !db.OrganisationDomains.Any(known => known.Domain == row.Domain))
            .GroupBy(row => row.Domain!)
            .Select(group => new { Domain = group.Key, Customers = group.Select(row => row.CustomerId).Distinct().LongCount() })
            .Where(group => group.Customers >= FewestCustomers)
            .OrderByDescending(group => group.Customers).ThenBy(group => group.Domain)
            .Take(Most + FreeMail.All.Count).ToListAsync(ct);
        return [.. found.Where(group => !FreeMail.Has(group.Domain)).Take(Most).Select(group => new DomainProposal(group.Domain, group.Customers))];
    }

    /// <summary>It is no organisation's, and not proposed again.</summary>
    public async Task<Outcome<Done>> DismissAsync(DomainFields fields, CancellationToken ct)
    {
        var errors = new InputErrors();
        var domain = Domains.Read(fields.Domain, "domain", errors);
        if (errors.ToRefusal() is { } refusal)
            return refusal;
        var known = await unit.Db.OrganisationDomains.FindAsync([domain], ct);
        if (known?.OrganisationId is { } owner)
            return new Refusal("organisation-domain-taken", $"{domain} is the domain of organisation {owner}.");
        if (known is null)
            unit.Db.OrganisationDomains.Add(new() { Domain = domain! });
        return Done.Value;
    }
}
