using System.Diagnostics;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Messaging;
using Microsoft.Extensions.Logging;

namespace CxPlatform.Intake;

/// <summary>What came in, before anybody looked at it.</summary>
/// <param name="Id">Its contact's id.</param>
/// <param name="Raw">The bytes, when they are few; else <paramref name="RawBlob"/> is their content hash.</param>
internal sealed record RawArrival(
    Guid Id, Channel Channel, DateTimeOffset TakenAt, string RawType, Envelope Envelope, byte[]? Raw, string? RawBlob, int Attempts = 1);

/// <summary>Stores a group of raw arrivals in one transaction. They wait there until their contacts are stored.</summary>
internal sealed class RawArrivalWriter : IGroupWriter<IntakeDb, RawArrival, RawArrival>
{
    private static readonly SetStatement<RawArrival> Add = SetStatement<RawArrival>.Insert("arrivals", new Columns<RawArrival>()
        .Uuid("id", raw => raw.Id)
        .Text("channel", raw => Words.Of(raw.Channel))
        .Instant("taken_at", raw => raw.TakenAt)
        .Text("envelope", raw => JsonSerializer.Serialize(raw.Envelope, EventTypes.Json))
        .Text("raw_type", raw => raw.RawType)
        .Bytes("raw", raw => raw.Raw)
        .Text("raw_blob", raw => raw.RawBlob)
        .Number("attempts", raw => raw.Attempts)
        .Instant("due", raw => raw.TakenAt + RawArrivals.FirstRetry));

    public async Task<IReadOnlyList<RawArrival>> WriteAsync(
        Unit<IntakeDb> unit, IReadOnlyList<Submitted<RawArrival>> members, CancellationToken ct)
    {
        // The instant of the commit, so that the hour it is counted in is the hour it became durable.
        var taken = members.Select(member => member.Member with { TakenAt = unit.Now }).ToList();
        await Add.RunAsync(unit, taken, ct);
        var tallies = new Tallies();
        foreach (var raw in taken)
            tallies.Of(raw.Channel, raw.TakenAt).Received++;
        await tallies.SaveAsync(unit, ct);
        return taken;
    }
}

/// <summary>Keeps what came in before it is read, and reads what is kept. What cannot be read yet stays and is tried again.</summary>
internal sealed class RawArrivals(
    GroupCommit<IntakeDb, RawArrival, RawArrival> writer, ContactIntake intake, RawReaders readers, IBlobs blobs, Work<IntakeDb> work,
    Metrics metrics, ILogger<RawArrivals> log)
{
    /// <summary>After which somebody else reads what whoever took it has not finished by then.</summary>
    public static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LastRetry = TimeSpan.FromHours(6);

    /// <summary>Durable when this answers; read, if all goes well. A refusal means that nothing was kept.</summary>
    public async Task<Outcome<Receipt>> TakeAsync(Channel channel, string rawType, Stream content, Envelope envelope, CancellationToken ct)
    {
        metrics.Received(channel);
        var started = Stopwatch.GetTimestamp();
        var kept = await intake.DurablyAsync<RawArrival>(channel, async () =>
        {
            var (raw, blob) = await RawContent.KeepAsync(content, blobs, ct);
            if (raw is { Length: 0 })
                return new Refusal("input-invalid", "is required.", "body");
            return await writer.SubmitAsync(new(intake.NewId(), channel, intake.Now, rawType, envelope, raw, blob), ct);
        }, ct);
        if (kept.IsRefused)
            return kept.Refusal;
        // It is ours now: whether the sender still waits for the answer does not matter any more.
        if (await TryReadAsync(kept.Value, intake.SubmitAsync, CancellationToken.None) is not { } outcome)
        {
            metrics.Kept(channel);
            return new Receipt(kept.Value.Id, false, null);
        }
        metrics.Settled(channel, outcome, Stopwatch.GetElapsedTime(started));
        return outcome;
    }

    /// <summary>Reads one that was kept, in a transaction of its own: for whoever tries again.</summary>
    public Task<Outcome<Receipt>?> ReadAsync(RawArrival raw, CancellationToken ct) => TryReadAsync(raw, intake.StoreAloneAsync, ct);

    public static DateTimeOffset NextTry(DateTimeOffset now, int attempts) =>
        now + TimeSpan.FromTicks(Math.Min(LastRetry.Ticks, FirstRetry.Ticks << Math.Min(attempts, 20)));

    /// <returns>Null when it stays to be read later.</returns>
    private async Task<Outcome<Receipt>?> TryReadAsync(
        RawArrival raw, Func<Arrival, CancellationToken, Task<Outcome<Receipt>>> store, CancellationToken ct)
    {
        string fault;
        try
        {
            var arrival = await readers.ReadAsync(raw, ct);
            return await store(arrival with
            {
                ContactId = raw.Id,
                TakenAt = raw.TakenAt,
                RawType = raw.RawType,
                Raw = raw.Raw ?? default(ReadOnlyMemory<byte>),
                RawBlob = raw.RawBlob,
                Envelope = raw.Envelope,
            }, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Whatever it was: the bytes are kept, and a later try or version may do better.
        catch (Exception e)
#pragma warning restore CA1031
        {
            fault = e.GetType().Name;
            log.NotRead(e, Words.Of(raw.Channel), raw.Attempts, fault);
        }
        await MarkAsync(raw.Id, fault);
        return null;
    }

    private async Task MarkAsync(Guid id, string fault)
    {
        try
        {
            await work.RunAsync<Unit<IntakeDb>, Done>(async (unit, token) =>
            {
                if (await unit.Db.Arrivals.FindAsync([id], token) is { } row)
                    row.Fault = fault;
                return Done.Value;
            }, CancellationToken.None);
        }
#pragma warning disable CA1031 // Only the note is lost; that it is still there to be read says the same.
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.NotRead(e, "arrival", 0, e.GetType().Name);
        }
    }
}

/// <summary>Makes an arrival of raw ones of its kind. The same bytes and envelope make the same arrival, at any time, in any version.</summary>
internal interface IRawReader
{
    Channel Channel { get; }

    Task<Arrival> ReadAsync(RawArrival raw, CancellationToken ct);
}

/// <summary>Finds the reader of a raw arrival.</summary>
internal sealed class RawReaders(IEnumerable<IRawReader> readers)
{
    private readonly Dictionary<Channel, IRawReader> _readers = readers.ToDictionary(reader => reader.Channel);

    public bool Has(Channel channel) => _readers.ContainsKey(channel);

    public Task<Arrival> ReadAsync(RawArrival raw, CancellationToken ct) => _readers[raw.Channel].ReadAsync(raw, ct);
}
