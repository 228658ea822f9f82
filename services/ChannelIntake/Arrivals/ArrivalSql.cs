using System.Data.Common;
using CxPlatform.Contracts;
using CxPlatform.Messaging;

namespace CxPlatform.Intake;

internal sealed record StoredContact(string Channel, string ProviderId, Guid Id, Guid CustomerId);

internal sealed record KnownCustomer(
    string Kind, string Value, Guid Id, string? Name, string? Language, string? TimeZone,
    bool NameByStaff = false, bool Verified = false, Guid? OrganisationId = null)
{
    public Identity Identity => new(Words.Read<IdentityKind>(Kind), Value, Verified);
}

/// <summary>A raw arrival that waits no longer.</summary>
internal sealed record SettledArrival(Guid Id, Channel Channel, DateTimeOffset TakenAt);

internal sealed record NewContact(ReadyArrival Ready, Guid CustomerId)
{
    public Arrival Arrival => Ready.Arrival;
}

/// <summary>What the writer asks of the database, each for a whole group at once.</summary>
internal sealed class ArrivalSql(Unit<IntakeDb> unit)
{
    private static readonly SetStatement<ReadyArrival> FindContacts = new(
        new Columns<ReadyArrival>()
            .Text("channel", ready => Words.Of(ready.Arrival.Channel))
            .Text("provider_id", ready => ready.Arrival.ProviderId),
        """
        select c.channel, c.provider_id, c.id, c.customer_id
        from rows join contacts c on c.channel = rows.channel and c.provider_id = rows.provider_id
        """,
        "select channel, provider_id, id, customer_id from contacts where channel = @channel and provider_id = @provider_id");

    // Row by row through the indexes: while the statistics are young, a plain join reads every customer there is.
    private static readonly SetStatement<Identity> FindCustomers = new(
        new Columns<Identity>().Text("kind", identity => Words.Of(identity.Kind)).Text("value", identity => identity.Value),
        """
        select i.kind, i.value, i.customer_id, c.name, c.language, c.time_zone, c.name_by_staff, i.verified
        from rows
        cross join lateral (select * from identities where kind = rows.kind and value = rows.value limit 1) i
        cross join lateral (select * from customers where id = i.customer_id limit 1) c
        """,
        """
        select i.kind, i.value, i.customer_id, c.name, c.language, c.time_zone, c.name_by_staff, i.verified
        from identities i join customers c on c.id = i.customer_id where i.kind = @kind and i.value = @value
        """);

    private static readonly SetStatement<(KnownCustomer Customer, DateTimeOffset Now)> AddIdentities =
        SetStatement.Insert("identities",
            new Columns<(KnownCustomer Customer, DateTimeOffset Now)>()
            .Uuid("customer_id", row => row.Customer.Id)
            .Text("kind", row => row.Customer.Kind)
            .Text("value", row => row.Customer.Value)
            .Text("domain", row => Identities.DomainOf(row.Customer.Identity))
            .Flag("verified", row => row.Customer.Verified)
            .Instant("created_at", row => row.Now));

    private static readonly SetStatement<(KnownCustomer Customer, DateTimeOffset Now)> AddCustomers =
        SetStatement.Insert("customers",
            new Columns<(KnownCustomer Customer, DateTimeOffset Now)>()
            .Uuid("id", row => row.Customer.Id)
            .Text("name", row => row.Customer.Name)
            .Text("name_key", row => Names.KeyOf(row.Customer.Name))
            .Flag("name_by_staff", _ => false)
            .Text("language", row => row.Customer.Language)
            .Text("time_zone", row => row.Customer.TimeZone)
            .Uuid("organisation_id", row => row.Customer.OrganisationId)
            .Flag("organisation_by_staff", _ => false)
            .Instant("created_at", row => row.Now));

    private static readonly SetStatement<KnownCustomer> Learn = new(
        new Columns<KnownCustomer>()
            .Uuid("id", customer => customer.Id)
            .Text("name", customer => customer.Name)
            .Text("name_key", customer => Names.KeyOf(customer.Name))
            .Text("language", customer => customer.Language)
            .Text("time_zone", customer => customer.TimeZone),
        """
        update customers c
        set name = case when c.name_by_staff then c.name else rows.name end,
            name_key = case when c.name_by_staff then c.name_key else rows.name_key end,
            language = coalesce(c.language, rows.language),
            time_zone = coalesce(c.time_zone, rows.time_zone)
        from rows where c.id = rows.id
        """,
        """
        update customers
        set name = case when name_by_staff then name else @name end,
            name_key = case when name_by_staff then name_key else @name_key end,
            language = coalesce(language, @language), time_zone = coalesce(time_zone, @time_zone)
        where id = @id
        """);

    private static readonly SetStatement<Identity> Verify = new(
        new Columns<Identity>().Text("kind", identity => Words.Of(identity.Kind)).Text("value", identity => identity.Value),
        "update identities i set verified = true from rows where i.kind = rows.kind and i.value = rows.value",
        "update identities set verified = true where kind = @kind and value = @value");

    private static readonly SetStatement<(NewContact Contact, DateTimeOffset Now)> AddContacts =
        SetStatement.Insert("contacts", new Columns<(NewContact Contact, DateTimeOffset Now)>()
            .Uuid("id", row => row.Contact.Arrival.ContactId)
            .Text("channel", row => Words.Of(row.Contact.Arrival.Channel))
            .Text("provider_id", row => row.Contact.Arrival.ProviderId)
            .Uuid("customer_id", row => row.Contact.CustomerId)
            .Instant("received_at", row => row.Contact.Arrival.ReceivedAt)
            .Instant("stored_at", row => row.Contact.Arrival.TakenAt ?? row.Now)
            .Text("automatic", row => Words.Of(row.Contact.Arrival.Automatic))
            .Text("state", row => Words.Of(row.Contact.Arrival.State))
            .Text("document", row => row.Contact.Ready.Document)
            .Text("raw_type", row => row.Contact.Arrival.RawType)
            .Bytes("raw", row => row.Contact.Ready.RawBlob is null ? row.Contact.Arrival.Raw.ToArray() : null)
            .Text("raw_blob", row => row.Contact.Ready.RawBlob));

    private static readonly SetStatement<(Guid ContactId, string Hash)> AddBlobs =
        SetStatement.Insert("contact_blobs", new Columns<(Guid ContactId, string Hash)>()
            .Uuid("contact_id", blob => blob.ContactId)
            .Text("hash", blob => blob.Hash));

    private static readonly SetStatement<Guid> RemoveArrivals = new(
        new Columns<Guid>().Uuid("id", id => id),
        "delete from arrivals a using rows where a.id = rows.id returning a.id, a.channel, a.taken_at",
        "delete from arrivals where id = @id returning id, channel, taken_at");

    public Task<List<StoredContact>> FindContactsAsync(IReadOnlyList<ReadyArrival> arrivals, CancellationToken ct) => FindContacts.RunAsync(
        unit, arrivals, reader => new StoredContact(reader.GetString(0), reader.GetString(1), reader.GetGuid(2), reader.GetGuid(3)), ct);

    public Task<List<KnownCustomer>> FindCustomersAsync(IReadOnlyList<Identity> identities, CancellationToken ct) => FindCustomers.RunAsync(
        unit, identities,
        reader => new KnownCustomer(
            reader.GetString(0), reader.GetString(1), reader.GetGuid(2), Text(reader, 3), Text(reader, 4), Text(reader, 5),
            reader.GetBoolean(6), reader.GetBoolean(7)),
        ct);

    /// <returns>The ids of the customers whose identity was not taken.</returns>
    public async Task<HashSet<Guid>> AddCustomersAsync(IReadOnlyList<KnownCustomer> customers, CancellationToken ct)
    {
        // The identity decides who wins; a customer without one would be nobody's.
        var rows = customers.Select(customer => (customer, unit.Now)).ToList();
        HashSet<Guid> inserted = [.. await AddIdentities.RunAsync(unit, rows, reader => reader.GetGuid(0), ct)];
        await AddCustomers.RunAsync(unit, rows.FindAll(row => inserted.Contains(row.customer.Id)), ct);
        return inserted;
    }

    public Task LearnAsync(IReadOnlyList<KnownCustomer> customers, CancellationToken ct) => Learn.RunAsync(unit, customers, ct);

    public Task VerifyAsync(IReadOnlyList<Identity> identities, CancellationToken ct) => Verify.RunAsync(unit, identities, ct);

    /// <returns>The ids of the contacts that were not there yet.</returns>
    public async Task<HashSet<Guid>> AddContactsAsync(IReadOnlyList<NewContact> contacts, CancellationToken ct)
    {
        var rows = contacts.Select(contact => (contact, unit.Now)).ToList();
        HashSet<Guid> inserted = [.. await AddContacts.RunAsync(unit, rows, reader => reader.GetGuid(0), ct)];
        var blobs = contacts.Where(contact => inserted.Contains(contact.Arrival.ContactId))
            .SelectMany(contact => contact.Ready.Blobs.Select(hash => (contact.Arrival.ContactId, hash))).ToList();
        await AddBlobs.RunAsync(unit, blobs, ct);
        return inserted;
    }

    /// <returns>Those that were still there, and as what they were counted.</returns>
    public Task<List<SettledArrival>> RemoveArrivalsAsync(IReadOnlyList<Guid> arrivals, CancellationToken ct) => RemoveArrivals.RunAsync(
        unit, arrivals, reader => new SettledArrival(reader.GetGuid(0), Words.Read<Channel>(reader.GetString(1)), Instant(reader, 2)), ct);

    private static DateTimeOffset Instant(DbDataReader reader, int column) => reader.GetValue(column) is DateTime time
        ? new(time)
        : Time.FromMicroseconds(reader.GetInt64(column));

    private static string? Text(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
