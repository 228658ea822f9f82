using CxPlatform.Contracts;
using CxPlatform.Messaging;

namespace CxPlatform.Intake;

/// <summary>What the writer asks of the database, each for a whole group at once.</summary>
internal sealed class ArrivalSql(Unit<IntakeDb> unit)
{
    private readonly SetSql _sql = new(unit.Connection, unit.DbTransaction);

    public sealed record StoredContact(string Channel, string ProviderId, Guid Id, Guid CustomerId);

    public sealed record KnownCustomer(string Kind, string Value, Guid Id, string? Name, string? Language, string? TimeZone);

    public sealed record NewContact(ReadyArrival Ready, Guid CustomerId);

    public Task<List<StoredContact>> FindContactsAsync(IReadOnlyList<ReadyArrival> arrivals, CancellationToken ct) => _sql.RunAsync(
        arrivals,
        [
            Columns.Text<ReadyArrival>("channel", ready => Words.Of(ready.Arrival.Channel)),
            Columns.Text<ReadyArrival>("provider_id", ready => ready.Arrival.ProviderId),
        ],
        "select c.channel, c.provider_id, c.id, c.customer_id from rows join contacts c on c.channel = rows.channel and c.provider_id = rows.provider_id",
        "select channel, provider_id, id, customer_id from contacts where channel = @channel and provider_id = @provider_id",
        reader => new StoredContact(reader.GetString(0), reader.GetString(1), reader.GetGuid(2), reader.GetGuid(3)),
        ct);

    public Task<List<KnownCustomer>> FindCustomersAsync(IReadOnlyList<Identity> identities, CancellationToken ct) => _sql.RunAsync(
        identities,
        [Columns.Text<Identity>("kind", identity => Words.Of(identity.Kind)), Columns.Text<Identity>("value", identity => identity.Value)],
        """
        select i.kind, i.value, i.customer_id, c.name, c.language, c.time_zone
        from rows join identities i on i.kind = rows.kind and i.value = rows.value join customers c on c.id = i.customer_id
        """,
        """
        select i.kind, i.value, i.customer_id, c.name, c.language, c.time_zone
        from identities i join customers c on c.id = i.customer_id where i.kind = @kind and i.value = @value
        """,
        reader => new KnownCustomer(
            reader.GetString(0), reader.GetString(1), reader.GetGuid(2),
            reader.IsDBNull(3) ? null : reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetString(4), reader.IsDBNull(5) ? null : reader.GetString(5)),
        ct);

    /// <returns>The ids of the customers whose identity was not taken.</returns>
    public async Task<HashSet<Guid>> AddCustomersAsync(IReadOnlyList<KnownCustomer> customers, CancellationToken ct)
    {
        // The identity decides who wins; a customer without one would be nobody's.
        var inserted = await _sql.InsertAsync(
            "identities", customers,
            [
                Columns.Uuid<KnownCustomer>("customer_id", customer => customer.Id),
                Columns.Text<KnownCustomer>("kind", customer => customer.Kind),
                Columns.Text<KnownCustomer>("value", customer => customer.Value),
                Columns.Flag<KnownCustomer>("verified", _ => false),
                Columns.Instant<KnownCustomer>("created_at", _ => unit.Now),
            ],
            ct);
        await _sql.InsertAsync(
            "customers", [.. customers.Where(customer => inserted.Contains(customer.Id))],
            [
                Columns.Uuid<KnownCustomer>("id", customer => customer.Id),
                Columns.Text<KnownCustomer>("name", customer => customer.Name),
                Columns.Text<KnownCustomer>("language", customer => customer.Language),
                Columns.Text<KnownCustomer>("time_zone", customer => customer.TimeZone),
                Columns.Instant<KnownCustomer>("created_at", _ => unit.Now),
            ],
            ct);
        return inserted;
    }

    public Task LearnAsync(IReadOnlyList<KnownCustomer> customers, CancellationToken ct) => _sql.RunAsync(
        customers,
        [
            Columns.Uuid<KnownCustomer>("id", customer => customer.Id),
            Columns.Text<KnownCustomer>("name", customer => customer.Name),
            Columns.Text<KnownCustomer>("language", customer => customer.Language),
            Columns.Text<KnownCustomer>("time_zone", customer => customer.TimeZone),
        ],
        """
        update customers c set name = coalesce(c.name, rows.name), language = coalesce(c.language, rows.language), time_zone = coalesce(c.time_zone, rows.time_zone)
        from rows where c.id = rows.id
        """,
        """
        update customers set name = coalesce(name, @name), language = coalesce(language, @language), time_zone = coalesce(time_zone, @time_zone) where id = @id
        """,
        _ => 0, ct);

    public Task<List<(Guid CustomerId, Identity Identity)>> IdentitiesAsync(IReadOnlyList<Guid> customers, CancellationToken ct) => _sql.RunAsync(
        customers,
        [Columns.Uuid<Guid>("id", id => id)],
        "select i.customer_id, i.kind, i.value, i.verified from rows join identities i on i.customer_id = rows.id order by i.created_at, i.value",
        "select customer_id, kind, value, verified from identities where customer_id = @id order by created_at, value",
        reader => (reader.GetGuid(0), new Identity(Words.Read<IdentityKind>(reader.GetString(1)), reader.GetString(2), reader.GetBoolean(3))),
        ct);

    /// <returns>The ids of the contacts that were not there yet.</returns>
    public async Task<HashSet<Guid>> AddContactsAsync(IReadOnlyList<NewContact> contacts, CancellationToken ct)
    {
        var inserted = await _sql.InsertAsync(
            "contacts", contacts,
            [
                Columns.Uuid<NewContact>("id", contact => contact.Ready.Arrival.ContactId),
                Columns.Text<NewContact>("channel", contact => Words.Of(contact.Ready.Arrival.Channel)),
                Columns.Text<NewContact>("provider_id", contact => contact.Ready.Arrival.ProviderId),
                Columns.Uuid<NewContact>("customer_id", contact => contact.CustomerId),
                Columns.Instant<NewContact>("received_at", contact => contact.Ready.Arrival.ReceivedAt),
                Columns.Instant<NewContact>("stored_at", _ => unit.Now),
                Columns.Text<NewContact>("automatic", contact => Words.Of(contact.Ready.Arrival.Automatic)),
                Columns.Text<NewContact>("document", contact => contact.Ready.Document),
                Columns.Text<NewContact>("raw_type", contact => contact.Ready.Arrival.RawType),
                Columns.Bytes<NewContact>("raw", contact => contact.Ready.RawBlob is null ? contact.Ready.Arrival.Raw.ToArray() : null),
                Columns.Text<NewContact>("raw_blob", contact => contact.Ready.RawBlob),
            ],
            ct);
        await _sql.InsertAsync(
            "contact_blobs",
            [.. contacts.Where(contact => inserted.Contains(contact.Ready.Arrival.ContactId))
                .SelectMany(contact => contact.Ready.Blobs.Select(hash => (contact.Ready.Arrival.ContactId, Hash: hash)))],
            [
                Columns.Uuid<(Guid ContactId, string Hash)>("contact_id", blob => blob.ContactId),
                Columns.Text<(Guid ContactId, string Hash)>("hash", blob => blob.Hash),
            ],
            ct);
        return inserted;
    }

    public Task AddTalliesAsync(IReadOnlyList<TallyRow> tallies, CancellationToken ct)
    {
        const string Add = """
            on conflict (hour, channel) do update set
                stored = tallies.stored + excluded.stored, duplicates = tallies.duplicates + excluded.duplicates, automatic = tallies.automatic + excluded.automatic
            """;
        return _sql.RunAsync(
            tallies,
            [
                Columns.Instant<TallyRow>("hour", tally => tally.Hour),
                Columns.Text<TallyRow>("channel", tally => tally.Channel),
                Columns.Number<TallyRow>("stored", tally => tally.Stored),
                Columns.Number<TallyRow>("duplicates", tally => tally.Duplicates),
                Columns.Number<TallyRow>("automatic", tally => tally.Automatic),
            ],
            "insert into tallies (hour, channel, stored, duplicates, automatic) select hour, channel, stored, duplicates, automatic from rows " + Add,
            "insert into tallies (hour, channel, stored, duplicates, automatic) values (@hour, @channel, @stored, @duplicates, @automatic) " + Add,
            _ => 0, ct);
    }
}
