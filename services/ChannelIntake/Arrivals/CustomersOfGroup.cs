using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Intake;

/// <summary>The customers of a group of arrivals, found or added, with what is learned of them.</summary>
internal sealed class CustomersOfGroup
{
    private readonly Dictionary<(IdentityKind, string), KnownCustomer> _customers = [];
    private readonly HashSet<Guid> _added = [];
    private readonly HashSet<Guid> _learned = [];
    private readonly HashSet<Guid> _appended = [];
    private ILookup<Guid, Identity> _identities = Array.Empty<Identity>().ToLookup(_ => Guid.Empty);

    public KnownCustomer Of(Arrival arrival) => _customers[KeyOf(arrival.From)];

    public static async Task<CustomersOfGroup> FindOrAddAsync(
        Unit<IntakeDb> unit, ArrivalSql sql, IReadOnlyList<Arrival> arrivals, CancellationToken ct)
    {
        var group = new CustomersOfGroup();
        var identities = arrivals.Select(arrival => arrival.From).DistinctBy(KeyOf)
            .OrderBy(identity => identity.Kind).ThenBy(identity => identity.Value, StringComparer.Ordinal).ToList();
        group.Know(await sql.FindCustomersAsync(identities, ct));

        var people = arrivals.Where(arrival => arrival.Automatic == Automatic.None).ToLookup(arrival => KeyOf(arrival.From));
        var unknown = identities.Where(identity => !group._customers.ContainsKey(KeyOf(identity)))
            .Select(identity => Describe(Guid.CreateVersion7(unit.Now), identity, people[KeyOf(identity)])).ToList();
        if (unknown.Count > 0)
        {
            group._added.UnionWith(await sql.AddCustomersAsync(unknown, ct));
            group.Know(unknown.Where(customer => group._added.Contains(customer.Id)));
            if (group._added.Count < unknown.Count)
            {
                var taken = identities.FindAll(identity => !group._customers.ContainsKey(KeyOf(identity)));
                group.Know(await sql.FindCustomersAsync(taken, ct));
            }
        }
        await group.LearnAsync(sql, arrivals, ct);
        return group;
    }

    /// <summary>Appends what is new of the arrival's customer, once per group.</summary>
    public void AppendChange(Unit<IntakeDb> unit, Arrival arrival)
    {
        var customer = Of(arrival);
        if ((!_added.Contains(customer.Id) && !_learned.Contains(customer.Id)) || !_appended.Add(customer.Id))
            return;
        var changed = new NewEvent(new CustomerChanged
        {
            CustomerId = customer.Id,
            Name = customer.Name,
            Language = customer.Language,
            TimeZone = customer.TimeZone,
            Identities = _added.Contains(customer.Id) ? [arrival.From] : [.. _identities[customer.Id]],
        });
        if (_added.Contains(customer.Id))
            unit.Append("customer/" + customer.Id, 0, [changed]);
        else
            unit.AppendNext("customer/" + customer.Id, changed);
    }

    /// <summary>A name, language or time zone that was not known yet is taken from the contact; what is known stays.</summary>
    private async Task LearnAsync(ArrivalSql sql, IReadOnlyList<Arrival> arrivals, CancellationToken ct)
    {
        foreach (var arrival in arrivals.Where(arrival => arrival.Automatic == Automatic.None))
        {
            var known = Of(arrival);
            var now = known with
            {
                Name = known.Name ?? arrival.Name,
                Language = known.Language ?? arrival.Language,
                TimeZone = known.TimeZone ?? arrival.TimeZone,
            };
            if (now == known)
                continue;
            _learned.Add(known.Id);
            foreach (var (key, customer) in _customers.ToList())
                if (customer.Id == known.Id)
                    _customers[key] = customer with { Name = now.Name, Language = now.Language, TimeZone = now.TimeZone };
        }
        var learned = _customers.Values.Where(customer => _learned.Contains(customer.Id)).DistinctBy(customer => customer.Id)
            .OrderBy(customer => customer.Id).ToList();
        await sql.LearnAsync(learned, ct);
        var old = learned.Select(customer => customer.Id).Where(id => !_added.Contains(id)).ToList();
        _identities = (await sql.IdentitiesAsync(old, ct)).ToLookup(pair => pair.CustomerId, pair => pair.Identity);
    }

    // What the group's own arrivals say of a newcomer is written with the first row.
    private static KnownCustomer Describe(Guid id, Identity identity, IEnumerable<Arrival> own) => new(
        Words.Of(identity.Kind),
        identity.Value,
        id,
        own.Select(arrival => arrival.Name).FirstOrDefault(name => name is not null),
        own.Select(arrival => arrival.Language).FirstOrDefault(language => language is not null),
        own.Select(arrival => arrival.TimeZone).FirstOrDefault(zone => zone is not null));

    private void Know(IEnumerable<KnownCustomer> customers)
    {
        foreach (var customer in customers)
            _customers[(Words.Read<IdentityKind>(customer.Kind), customer.Value)] = customer;
    }

    private static (IdentityKind, string) KeyOf(Identity identity) => (identity.Kind, identity.Value);
}
