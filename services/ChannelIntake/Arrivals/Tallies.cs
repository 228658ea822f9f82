using CxPlatform.Contracts;
using CxPlatform.Messaging;

namespace CxPlatform.Intake;

/// <summary>Counts what came in and what became of it, by channel and the hour in which it became durable. Written in the transaction
/// that makes it so, so that rows and counts can be held against each other.</summary>
internal sealed class Tallies
{
    private const string Numbers = "received, stored, duplicates, automatic, refused, ignored";

    private const string OnConflict = """
        on conflict (hour, channel) do update set
            received = tallies.received + excluded.received,
            stored = tallies.stored + excluded.stored,
            duplicates = tallies.duplicates + excluded.duplicates,
            automatic = tallies.automatic + excluded.automatic,
            refused = tallies.refused + excluded.refused,
            ignored = tallies.ignored + excluded.ignored
        """;

    private static readonly SetStatement<TallyRow> Add = new(
        new Columns<TallyRow>()
            .Instant("hour", tally => tally.Hour)
            .Text("channel", tally => tally.Channel)
            .Number("received", tally => tally.Received)
            .Number("stored", tally => tally.Stored)
            .Number("duplicates", tally => tally.Duplicates)
            .Number("automatic", tally => tally.Automatic)
            .Number("refused", tally => tally.Refused)
            .Number("ignored", tally => tally.Ignored),
        $"insert into tallies (hour, channel, {Numbers}) select * from rows {OnConflict}",
        $"insert into tallies (hour, channel, {Numbers}) "
        + "values (@hour, @channel, @received, @stored, @duplicates, @automatic, @refused, @ignored) "
        + OnConflict);

    private readonly Dictionary<(DateTimeOffset, string), TallyRow> _rows = [];

    public static DateTimeOffset HourOf(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerHour));

    public TallyRow Of(Channel channel, DateTimeOffset durableSince)
    {
        var (hour, word) = (HourOf(durableSince), Words.Of(channel));
        if (!_rows.TryGetValue((hour, word), out var row))
            _rows[(hour, word)] = row = new() { Hour = hour, Channel = word };
        return row;
    }

    /// <summary>To be called last, because replicas wait for each other here; in one order, so that they never do in a circle.</summary>
    public Task SaveAsync(Unit<IntakeDb> unit, CancellationToken ct) => Add.RunAsync(
        unit, [.. _rows.Values.OrderBy(row => row.Hour).ThenBy(row => row.Channel, StringComparer.Ordinal)], ct);
}
