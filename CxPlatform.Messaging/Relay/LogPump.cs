using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace CxPlatform.Messaging;

/// <summary>Somewhere that a log is read to: a module in this process, a queue, the public exchange.</summary>
internal interface ILogTarget
{
    string Name { get; }

    /// <summary>The types that it wants; null when that is not a question of types alone.</summary>
    IReadOnlySet<string>? Types => null;

    /// <summary>The least time between two reads of less than a page. A receiver at the other end of a queue takes a transaction for every batch,
    /// and cannot join those that wait there: what is written meanwhile goes together, what comes after a silence goes at once.</summary>
    TimeSpan Gather => TimeSpan.Zero;

    bool Wants(LoggedEvent e);

    /// <summary>How far it was read to; null when never.</summary>
    Task<Cursor?> LoadAsync(CancellationToken ct);

    /// <summary>Returns when the events are safe with the receiver. Called in order.</summary>
    /// <param name="upTo">The position up to which the log was read.</param>
    Task SendAsync(Guid epoch, long upTo, IReadOnlyList<LoggedEvent> events, CancellationToken ct);

    /// <summary>Called now and then with what was sent or passed over, and when there is nothing more to read.</summary>
    Task SaveAsync(Lease lease, Cursor cursor, CancellationToken ct);
}

/// <summary>Reads a log in order and brings it to one target, from where that target got to. Everything is sent at least once, in order.</summary>
internal sealed class LogPump<TDb>(Module<TDb> module, EventLog<TDb> log, ILogTarget target, MessagingMetrics metrics, ILogger logger)
    where TDb : ModuleDb
{
    public const int MaxEvents = 100;
    public const int MaxChars = 256 * 1024;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    // A position costs a transaction; after a crash what was sent since the last one is sent again, and the receivers' inboxes know it.
    private static readonly TimeSpan SaveEvery = TimeSpan.FromMilliseconds(500);

    public async Task RunAsync(Lease lease, CancellationToken ct)
    {
        var (epoch, position) = await StartAsync(ct);
        var saved = position;
        var savedAt = Stopwatch.GetTimestamp();
        try
        {
            while (true)
            {
                var news = log.NextNews;
                var (readAt, readFrom) = (Stopwatch.GetTimestamp(), position);
                var events = target.Types is { } types
                    ? await log.ReadAsync(position, MaxEvents, types, ct, MaxChars)
                    : await log.ReadAsync(position, MaxEvents, ct, MaxChars);
                if (events.Count > 0)
                {
                    metrics.Lag(module.Name, target.Name, module.Store.Now - events[0].Time);
                    var wanted = events.Where(target.Wants).ToList();
                    if (wanted.Count > 0)
                        await SendAsync(epoch, events[^1].Position, wanted, ct);
                    position = events[^1].Position;
                }
                if (saved < position && Stopwatch.GetElapsedTime(savedAt) > SaveEvery)
                {
                    await target.SaveAsync(lease, new(epoch, position), ct);
                    saved = position;
                    savedAt = Stopwatch.GetTimestamp();
                }
                if (events.Count > 0)
                {
                    if (position - readFrom < MaxEvents && target.Gather - Stopwatch.GetElapsedTime(readAt) is { Ticks: > 0 } rest)
                        await Task.Delay(rest, ct);
                    continue;
                }
                metrics.Lag(module.Name, target.Name, TimeSpan.Zero);
                await Task.WhenAny(news, Task.Delay(saved < position ? SaveEvery : Poll, ct));
                ct.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested && saved < position)
        {
            // Whoever goes on from here need not repeat the last of it. If this fails, or another one leads by now, it does.
            using var brief = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            await target.SaveAsync(lease, new(epoch, position), brief.Token);
            throw;
        }
    }

    private async Task<(Guid Epoch, long Position)> StartAsync(CancellationToken ct)
    {
        var info = await log.InfoAsync(ct);
        if (await target.LoadAsync(ct) is not { } cursor)
            return (info.Epoch, 0);
        if (cursor.Epoch == info.Epoch && cursor.Position <= await log.HeadAsync(ct))
            return (info.Epoch, cursor.Position);
        if (cursor.Epoch == info.Epoch)
        {
            // It has read further than the log goes: the log was put back to an older state.
            logger.LogRestored(module.Name);
            await log.BeginEpochAsync(ct);
            info = await log.InfoAsync(ct);
        }
        // Positions mean other events now. What the receiver knows its inbox recognises by id, for as long as the inbox remembers.
        return (info.Epoch, await log.BeforeAsync(module.Store.Now - Inbox.Kept + TimeSpan.FromDays(1), ct));
    }

    private async Task SendAsync(Guid epoch, long upTo, IReadOnlyList<LoggedEvent> events, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await target.SendAsync(epoch, upTo, events, ct);
                metrics.Relayed(module.Name, target.Name, events.Count);
                return;
            }
#pragma warning disable CA1031 // Whatever keeps it from going out, it stays in the log and is tried again.
            catch (Exception e) when (!ct.IsCancellationRequested && e is not LeaseLostException)
#pragma warning restore CA1031
            {
                metrics.Lag(module.Name, target.Name, module.Store.Now - events[0].Time);
                if (attempt is 1 or 5 || attempt % 30 == 0)
                    logger.RelayRetried(e.WithoutWords(), module.Name, target.Name, attempt);
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(2000, 100 * attempt)), ct);
            }
        }
    }
}

/// <summary>A module in the same process: its own position commits with what it did.</summary>
internal sealed class InProcessTarget(string owner, Route route, IModuleRuntime consumer) : ILogTarget
{
    public string Name => consumer.Name;

    public IReadOnlySet<string>? Types => route.Streams is null ? route.Types : null;

    public bool Wants(LoggedEvent e) => route.Wants(e);

    public Task<Cursor?> LoadAsync(CancellationToken ct) => consumer.PositionAsync(owner, ct);

    public Task SendAsync(Guid epoch, long upTo, IReadOnlyList<LoggedEvent> events, CancellationToken ct) => consumer.DeliverAsync(owner, epoch, upTo, events, ct);

    public Task SaveAsync(Lease lease, Cursor cursor, CancellationToken ct) => Task.CompletedTask;
}
