using System.Data.Common;
using CxPlatform.Messaging;
using Npgsql;

namespace CxPlatform.Intake.Reconciliation;

/// <summary>One channel in one hour. What was counted as received must be there: as a contact, as a duplicate or a refusal that was
/// answered, as news of nothing, or as something that waits to be read.</summary>
/// <param name="Received">Counted when it became durable.</param>
/// <param name="Stored">Counted when its contact was stored.</param>
/// <param name="Duplicates">Counted: the contact had been stored before.</param>
/// <param name="Refused">Counted: refused to its sender's face after it was taken.</param>
/// <param name="Ignored">Counted: a provider's news of nothing that a customer did.</param>
/// <param name="Contacts">Rows that are there; of these <paramref name="Automatic"/> a program wrote and <paramref name="Held"/> look like
/// spam.</param>
/// <param name="Pending">Rows that wait to be read for the first time.</param>
/// <param name="Failed">Rows that could not be read, and are tried again.</param>
internal sealed record HourOfChannel(
    DateTimeOffset Hour, string Channel, long Received, long Stored, long Duplicates, long Refused, long Ignored, long Contacts,
    long Automatic, long Held, long Pending, long Failed)
{
    /// <summary>What is missing; below 0: what is there and was never counted. 0 when the sum adds up.</summary>
    public long Missing => Received - Contacts - Duplicates - Refused - Ignored - Pending - Failed;

    public bool Balanced => Missing == 0 && Stored == Contacts;
}

/// <summary>Holds what was counted against the rows that are there, in one snapshot.</summary>
internal sealed class Reconciler(Module<IntakeDb> module)
{
    // Instants are microseconds on SQLite; both answer the hour as microseconds.
    private const string SqliteHour = "{0} / 3600000000 * 3600000000";
    private const string PostgresHour = "(extract(epoch from date_trunc('hour', {0}, 'UTC')) * 1000000)::bigint";

    private const string Sums = """
        with counted as (
            select {hour:hour} as hour, channel, received, stored, duplicates, refused, ignored from tallies where hour >= @since
        ), contacts_there as (
            select {hour:stored_at} as hour, channel, count(*) as contacts,
                sum(case when automatic <> 'none' then 1 else 0 end) as automatic,
                sum(case when state = 'held' then 1 else 0 end) as held
            from contacts where stored_at >= @since group by 1, 2
        ), waiting as (
            select {hour:taken_at} as hour, channel,
                sum(case when fault is null then 1 else 0 end) as pending, sum(case when fault is null then 0 else 1 end) as failed
            from arrivals where taken_at >= @since group by 1, 2
        ), hours as (
            select hour, channel from counted union select hour, channel from contacts_there union select hour, channel from waiting
        )
        select h.hour, h.channel, coalesce(t.received, 0), coalesce(t.stored, 0), coalesce(t.duplicates, 0), coalesce(t.refused, 0),
            coalesce(t.ignored, 0), coalesce(c.contacts, 0), coalesce(c.automatic, 0), coalesce(c.held, 0), coalesce(w.pending, 0), coalesce(w.failed, 0)
        from hours h
            left join counted t on t.hour = h.hour and t.channel = h.channel
            left join contacts_there c on c.hour = h.hour and c.channel = h.channel
            left join waiting w on w.hour = h.hour and w.channel = h.channel
        order by h.hour, h.channel
        """;

    /// <summary>Every channel and hour from that hour on.</summary>
    public async Task<IReadOnlyList<HourOfChannel>> ReadAsync(DateTimeOffset since, CancellationToken ct)
    {
        await using var connection = await module.Store.OpenAsync(ct);
        await using var command = connection.CreateCommand();
        var postgres = connection is NpgsqlConnection;
        // One statement is one snapshot: a contact that is stored meanwhile does not look lost.
        command.CommandText = Sql(postgres ? PostgresHour : SqliteHour);
        var parameter = command.CreateParameter();
        parameter.ParameterName = "@since";
        parameter.Value = postgres ? since.UtcDateTime : Time.ToMicroseconds(since);
        command.Parameters.Add(parameter);
        var hours = new List<HourOfChannel>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            hours.Add(Read(reader));
        return hours;
    }

    private static string Sql(string hour)
    {
        string Of(string sql, string column) =>
            sql.Replace($"{{hour:{column}}}", hour.Replace("{0}", column, StringComparison.Ordinal), StringComparison.Ordinal);
        return Of(Of(Of(Sums, "hour"), "stored_at"), "taken_at");
    }

    private static HourOfChannel Read(DbDataReader reader)
    {
        long Number(int column) => Convert.ToInt64(reader.GetValue(column), System.Globalization.CultureInfo.InvariantCulture);
        return new(
            Time.FromMicroseconds(Number(0)), reader.GetString(1), Number(2), Number(3), Number(4), Number(5), Number(6), Number(7), Number(8),
            Number(9), Number(10), Number(11));
    }
}
