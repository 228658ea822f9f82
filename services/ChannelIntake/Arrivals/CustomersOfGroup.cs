using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Intake.Customers;
using CxPlatform.Intake.Organisations;
using CxPlatform.Messaging;

namespace CxPlatform.Intake;

/// <summary>The customers of a group of arrivals, found or added, with what is learned of them.</summary>
internal sealed class CustomersOfGroup
{
    private readonly Dictionary<(IdentityKind, string), KnownCustomer> _customers = [];
    private readonly HashSet<Guid> _added = [];
    private readonly HashSet<Guid> _appended = [];

    // What is new of whom, as it is to be told.
    private readonly Dictionary<Guid, CustomerChanged> _changes = [];

    public KnownCustomer Of(Arrival arrival) => _customers[KeyOf(arrival.From)];

    /// <summary>Whose the address of somebody in copy is, if that is known.</summary>
    public Guid? OwnerOf(string address) => _customers.GetValueOrDefault((IdentityKind.EmailAddress, address))?.Id;

    public static async Task<CustomersOfGroup> FindOrAddAsync(
        Unit<IntakeDb> unit, ArrivalSql sql, IReadOnlyList<Arrival> arrivals, CancellationToken ct)
    {
        var group = new CustomersOfGroup();
        var identities = arrivals.Select(arrival => arrival.From).DistinctBy(KeyOf)
            .OrderBy(identity => identity.Kind).ThenBy(identity => identity.Value, StringComparer.Ordinal).ToList();
        var inCopy = arrivals.SelectMany(arrival => arrival.InCopy).Select(person => new Identity(IdentityKind.EmailAddress, person.Address))
            .DistinctBy(KeyOf).ExceptBy(identities.Select(KeyOf), KeyOf);
        group.Know(await sql.FindCustomersAsync([.. identities, .. inCopy], ct));

        var people = arrivals.Where(arrival => arrival.Automatic == Automatic.None).ToLookup(arrival => KeyOf(arrival.From));
        var unknown = identities.Where(identity => !group._customers.ContainsKey(KeyOf(identity)))
            .Select(identity => Describe(Guid.CreateVersion7(unit.Now), identity, people[KeyOf(identity)])).ToList();
        if (unknown.Count > 0)
        {
            var organisations = await Membership.OfDomainsAsync(
                unit.Db, unknown.Select(customer => Identities.DomainOf(customer.Identity)).OfType<string>(), ct);
            unknown = unknown.ConvertAll(customer => customer with { OrganisationId = organisations.Of(customer.Identity)?.Id });
            group._added.UnionWith(await sql.AddCustomersAsync(unknown, ct));
            group.Know(unknown.Where(customer => group._added.Contains(customer.Id)));
            foreach (var customer in unknown.Where(customer => group._added.Contains(customer.Id)))
                group._changes[customer.Id] = ChangeOf(customer, organisations.Of(customer.Identity));
            if (group._added.Count < unknown.Count)
            {
                var taken = identities.FindAll(identity => !group._customers.ContainsKey(KeyOf(identity)));
                group.Know(await sql.FindCustomersAsync(taken, ct));
            }
        }
        await group.LearnAsync(unit.Db, sql, arrivals, ct);
        return group;
    }

    /// <summary>Appends what is new of the arrival's customer, once per group.</summary>
    public void AppendChange(Unit<IntakeDb> unit, Arrival arrival)
    {
        var customer = Of(arrival);
        if (!_changes.TryGetValue(customer.Id, out var change) || !_appended.Add(customer.Id))
            return;
        if (_added.Contains(customer.Id))
            unit.Append("customer/" + customer.Id, 0, [new NewEvent(change)]);
        else
            unit.AppendNext("customer/" + customer.Id, new NewEvent(change));
    }

    /// <summary>Takes from the contacts a better name, a language and a time zone that were not known, and who has shown that an
    /// identity is theirs.</summary>
    private async Task LearnAsync(IntakeDb db, ArrivalSql sql, IReadOnlyList<Arrival> arrivals, CancellationToken ct)
    {
        var learned = new HashSet<Guid>();
        var verified = new List<Identity>();
        foreach (var arrival in arrivals.Where(arrival => arrival.Automatic == Automatic.None))
        {
            var known = Of(arrival);
            var isVerified = known.Verified || Verification.Of(arrival);
            var now = known with
            {
                Name = known.NameByStaff ? known.Name : Names.Better(known.Name, arrival.Name),
                Language = known.Language ?? arrival.Language,
                TimeZone = known.TimeZone ?? arrival.TimeZone,
            };
            if (now == known && isVerified == known.Verified)
                continue;
            learned.Add(known.Id);
            if (isVerified != known.Verified)
                verified.Add(known.Identity);
            foreach (var (key, customer) in _customers.ToList())
                if (customer.Id == known.Id)
                    _customers[key] = customer with
                    {
                        Name = now.Name,
                        Language = now.Language,
                        TimeZone = now.TimeZone,
                        Verified = customer.Verified || (isVerified && key == KeyOf(arrival.From)),
                    };
        }
        if (learned.Count == 0)
            return;
        await sql.LearnAsync(
            [.. _customers.Values.Where(customer => learned.Contains(customer.Id)).DistinctBy(customer => customer.Id)
                .OrderBy(customer => customer.Id)],
            ct);
        await sql.VerifyAsync(
            [.. verified.OrderBy(identity => identity.Kind).ThenBy(identity => identity.Value, StringComparer.Ordinal)], ct);
        // Read again: what staff wrote meanwhile has stayed.
        foreach (var (id, change) in await CustomerFacts.ReadAsync(db, learned, ct))
            _changes[id] = change;
    }

    // What the group's own arrivals say of a newcomer is written with the first row.
    private static KnownCustomer Describe(Guid id, Identity identity, IEnumerable<Arrival> own)
    {
        var arrivals = own.ToList();
        return new(
            Words.Of(identity.Kind),
            identity.Value,
            id,
            arrivals.Aggregate((string?)null, (name, arrival) => Names.Better(name, arrival.Name)),
            arrivals.Select(arrival => arrival.Language).FirstOrDefault(language => language is not null),
            arrivals.Select(arrival => arrival.TimeZone).FirstOrDefault(zone => zone is not null),
            Verified: arrivals.Exists(Verification.Of));
    }

    private static CustomerChanged ChangeOf(KnownCustomer customer, OrganisationRow? organisation) => new()
    {
        CustomerId = customer.Id,
        Name = customer.Name,
        Language = customer.Language,
        TimeZone = customer.TimeZone,
        Identities = [customer.Identity],
        Organisation = organisation?.Name,
        Tier = organisation?.Tier,
    };

    private void Know(IEnumerable<KnownCustomer> customers)
    {
        foreach (var customer in customers)
            _customers[KeyOf(customer.Identity)] = customer;
    }

    private static (IdentityKind, string) KeyOf(Identity identity) => (identity.Kind, identity.Value);
}
