using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Intake.Channels.Media;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace CxPlatform.Intake;

/// <summary>What came in, before anybody looked at it.</summary>
/// <param name="Id">Its contact's id.</param>
/// <param name="Reader">Who makes contacts of it.</param>
/// <param name="Raw">The bytes, when they are few; else <paramref name="RawBlob"/> is their content hash.</param>
internal sealed record RawArrival(
    Guid Id, string Reader, Channel Channel, DateTimeOffset TakenAt, string RawType, Envelope Envelope, byte[]? Raw, string? RawBlob,
    int Attempts = 1);

/// <summary>Stores a group of raw arrivals in one transaction. They wait there until their contacts are stored.</summary>
internal sealed class RawArrivalWriter : IGroupWriter<IntakeDb, RawArrival, RawArrival>
{
    private static readonly SetStatement<RawArrival> Add = SetStatement.Insert("arrivals", new Columns<RawArrival>()
        .Uuid("id", raw => raw.Id)
        .Text("reader", raw => raw.Reader)
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
    GroupCommit<IntakeDb, RawArrival, RawArrival> writer, ContactIntake intake, RawReaders readers, MediaFetcher media, IBlobs blobs,
    Work<IntakeDb> work, Metrics metrics, ILogger<RawArrivals> log)
{
    /// <summary>After which somebody else reads what whoever took it has not finished by then.</summary>
    public static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LastRetry = TimeSpan.FromHours(6);

    /// <summary>Durable when this answers; read, if all goes well. A refusal means that nothing was kept.</summary>
    /// <returns>A receipt for every contact that it is, and one without a customer for what stays to be read later.</returns>
    public Task<Outcome<List<Receipt>>> TakeAsync(
        string reader, Channel channel, string rawType, Stream content, Envelope envelope, CancellationToken ct) => TakeAsync(
            channel,
            async () =>
            {
                var (raw, blob) = await RawContent.KeepAsync(content, blobs, ct);
                return raw is { Length: 0 }
                    ? new Refusal("input-invalid", "is required.", "body")
                    : new RawArrival(intake.NewId(), reader, channel, intake.Now, rawType, envelope, raw, blob);
            },
            ct);

    /// <summary>A provider's payload, which stays in its row whatever its size: it may hold several customers' contacts, each of which keeps
    /// its own part.</summary>
    public Task<Outcome<List<Receipt>>> TakeAsync(
        string reader, Channel channel, string rawType, ReadOnlyMemory<byte> content, Envelope envelope, CancellationToken ct) => TakeAsync(
            channel,
            () => Task.FromResult<Outcome<RawArrival>>(
                new RawArrival(intake.NewId(), reader, channel, intake.Now, rawType, envelope, content.ToArray(), null)),
            ct);

    /// <summary>Reads one that was kept, in transactions of its own: for whoever tries again.</summary>
    /// <returns>Whether it is settled; else it stays to be read later.</returns>
    public async Task<bool> ReadAsync(RawArrival raw, CancellationToken ct) => (await TryReadAsync(raw, intake.StoreAloneAsync, ct)).Settled;

    public static DateTimeOffset NextTry(DateTimeOffset now, int attempts) =>
        now + TimeSpan.FromTicks(Math.Min(LastRetry.Ticks, FirstRetry.Ticks << Math.Min(attempts, 20)));

    private async Task<Outcome<List<Receipt>>> TakeAsync(
        Channel channel, Func<Task<Outcome<RawArrival>>> receive, CancellationToken ct)
    {
        metrics.Received(channel);
        var started = Stopwatch.GetTimestamp();
        var kept = await intake.DurablyAsync<RawArrival>(channel, async () =>
        {
            var raw = await receive();
            return raw.IsRefused ? raw : await writer.SubmitAsync(raw.Value, ct);
        }, ct);
        if (kept.IsRefused)
        {
            if (kept.Refusal != ContactIntake.Unavailable)
                metrics.Refused(channel);
            return kept.Refusal;
        }
        // It is ours now: whether the sender still waits for the answer does not matter any more.
        var (outcomes, settled) = await TryReadAsync(kept.Value, intake.SubmitAsync, CancellationToken.None);
        Measure(kept.Value, outcomes, settled, Stopwatch.GetElapsedTime(started));
        if (outcomes is [(_, { IsRefused: true } refused)])
            return refused.Refusal;
        var receipts = outcomes.ConvertAll(outcome => outcome.Receipt.Value!);
        if (!settled)
            receipts.Add(new(kept.Value.Id, false, null));
        return receipts;
    }

    /// <returns>What became of its contacts, and whether all of it was read.</returns>
    private async Task<(List<(Channel Channel, Outcome<Receipt> Receipt)> Outcomes, bool Settled)> TryReadAsync(
        RawArrival raw, Func<Arrival, CancellationToken, Task<Outcome<Receipt>>> store, CancellationToken ct)
    {
        var outcomes = new List<(Channel, Outcome<Receipt>)>();
        string fault;
        try
        {
            var reading = await readers.ReadAsync(raw, ct);
            var isOne = reading is { Arrivals.Count: 1, Fault: null };
            // In their order, one after the other.
            foreach (var (n, read) in reading.Arrivals.Index())
            {
                var arrival = read with
                {
                    ContactId = isOne ? raw.Id : IdOf(raw.Id, n),
                    Settles = isOne ? raw.Id : null,
                    TakenAt = raw.TakenAt,
                };
                if (await WithMediaAsync(arrival, raw, ct) is { } complete)
                    outcomes.Add((arrival.Channel, await store(complete, ct)));
            }
            if (reading.Fault is null && outcomes.Count == reading.Arrivals.Count)
            {
                if (!isOne)
                    await SettleAsync(raw, ignored: outcomes.Count == 0, ct);
                return (outcomes, true);
            }
            if (reading.Fault is null)
            {
                if (raw.Attempts == 1)
                    await MarkAsync(raw.Id, null, intake.Now);
                return (outcomes, false);
            }
            fault = reading.Fault;
            log.NotUnderstood(Words.Of(raw.Channel), raw.Attempts, fault);
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
            log.NotRead(e.WithoutWords(), Words.Of(raw.Channel), raw.Attempts, fault);
        }
        await MarkAsync(raw.Id, fault, null);
        return (outcomes, false);
    }

    /// <summary>Null while it waits for its media. They are not fetched at the first reading: the provider waits for its answer.</summary>
    private Task<Arrival?> WithMediaAsync(Arrival arrival, RawArrival raw, CancellationToken ct) =>
        !media.Wants(arrival.Media) ? Task.FromResult<Arrival?>(arrival)
        : raw.Attempts == 1 ? Task.FromResult<Arrival?>(null)
        : media.FetchAsync(arrival, ct);

    /// <summary>The same id for the same part of a payload however often it is read.</summary>
    private static Guid IdOf(Guid raw, int n)
    {
        Span<byte> bytes = stackalloc byte[16];
        raw.TryWriteBytes(bytes, bigEndian: true, out _);
        var tail = bytes[12..];
        BinaryPrimitives.WriteUInt32BigEndian(tail, unchecked(BinaryPrimitives.ReadUInt32BigEndian(tail) + (uint)n + 1));
        return new(bytes, bigEndian: true);
    }

    /// <summary>All its contacts are stored and counted, or there are none: it waits no longer.</summary>
    private async Task SettleAsync(RawArrival raw, bool ignored, CancellationToken ct)
    {
        using var own = WithoutIdempotencyKey();
        await work.RunAsync<Unit<IntakeDb>, Done>(async (unit, token) =>
        {
            if (await unit.Db.Arrivals.Where(row => row.Id == raw.Id).ExecuteDeleteAsync(token) == 0)
                return Done.Value;
            var tallies = new Tallies();
            if (ignored)
                tallies.Of(raw.Channel, raw.TakenAt).Ignored++;
            else
                tallies.Of(raw.Channel, raw.TakenAt).Received--;
            await tallies.SaveAsync(unit, token);
            return Done.Value;
        }, ct);
    }

    /// <param name="due">When it is to be read; null leaves that.</param>
    private async Task MarkAsync(Guid id, string? fault, DateTimeOffset? due)
    {
        try
        {
            using var own = WithoutIdempotencyKey();
            await work.RunAsync<Unit<IntakeDb>, Done>(async (unit, token) =>
            {
                await unit.Db.Arrivals.Where(row => row.Id == id).ExecuteUpdateAsync(
                    set => set.SetProperty(row => row.Fault, fault).SetProperty(row => row.Due, row => due ?? row.Due), token);
                return Done.Value;
            }, CancellationToken.None);
        }
#pragma warning disable CA1031 // Only the note is lost; that it is still there to be read says the same.
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.NotRead(e.WithoutWords(), "arrival", 0, e.GetType().Name);
        }
    }

    // The request's key names its contact, not what is done about it besides.
    private static IDisposable WithoutIdempotencyKey() => Ambient.Use(Ambient.Current with { Idempotency = null });

    private void Measure(RawArrival raw, List<(Channel Channel, Outcome<Receipt> Receipt)> outcomes, bool settled, TimeSpan duration)
    {
        // It was received as one, and may have been several.
        foreach (var (channel, _) in settled ? outcomes.Skip(1) : outcomes)
            metrics.Received(channel);
        foreach (var (channel, outcome) in outcomes)
            metrics.Settled(channel, outcome, duration);
        if (!settled)
            metrics.Kept(raw.Channel);
        else if (outcomes.Count == 0)
            metrics.Ignored(raw.Channel);
    }
}

/// <summary>What a raw arrival was read as.</summary>
/// <param name="Arrivals">Its contacts. None, where it tells of nothing that a customer did.</param>
/// <param name="Fault">What could not be understood, in words without content; the rest is stored, and all of it stays to be read again.</param>
internal sealed record RawReading(IReadOnlyList<Arrival> Arrivals, string? Fault = null)
{
    public static RawReading NotUnderstood(string fault) => new([], fault);
}

/// <summary>Makes arrivals of raw ones of its kind. The same bytes and envelope make the same arrivals, at any time, in any version.</summary>
internal interface IRawReader
{
    string Name { get; }

    Task<RawReading> ReadAsync(RawArrival raw, CancellationToken ct);

    /// <summary>Who wrote it, also where the rest cannot be read: for whoever has to forget them.</summary>
    IEnumerable<RawPart> PartsOf(RawArrival raw, ReadOnlyMemory<byte> bytes);
}

/// <summary>Some of a raw arrival's bytes, and whom they are from; null where that cannot be told.</summary>
internal readonly record struct RawPart(Identity? From, Range Bytes);

/// <summary>Finds the reader of a raw arrival.</summary>
internal sealed class RawReaders(IEnumerable<IRawReader> readers)
{
    private readonly Dictionary<string, IRawReader> _readers = readers.ToDictionary(reader => reader.Name);

    public bool Has(string reader) => _readers.ContainsKey(reader);

    public Task<RawReading> ReadAsync(RawArrival raw, CancellationToken ct) => _readers[raw.Reader].ReadAsync(raw, ct);

    public IEnumerable<RawPart> PartsOf(RawArrival raw, ReadOnlyMemory<byte> bytes) =>
        _readers.TryGetValue(raw.Reader, out var reader) ? reader.PartsOf(raw, bytes) : [];
}
