using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CxPlatform.Messaging;

/// <summary>Brings events of other modules to this module's handlers, each once, in order: the receiving end of both transports.</summary>
/// <remarks>A batch's effects, its inbox rows and the position commit in one transaction. A passing fault holds the batch;
/// a permanent one is found by trying the events singly, and parks that event and the later ones of its stream.</remarks>
public sealed class Dispatcher<TDb>(
    Module<TDb> module, IServiceScopeFactory scopes, IServiceProviderIsService registered, Parking<TDb> parking, MessagingMetrics metrics, ILogger<Dispatcher<TDb>> log)
    where TDb : ModuleDb
{
    private const int ConflictTries = 20;

    private readonly bool _observed = registered.IsService(typeof(IObserve<TDb>));

    // An event older than this starts a trace of its own with a link back: what happens hours later is another story.
    private static readonly TimeSpan SameTrace = TimeSpan.FromMinutes(10);

    public bool Handles(string type) => module.Handlers.Events.ContainsKey(type);

    /// <summary>Returns when the events are handled or parked, durably.</summary>
    /// <param name="source">The module that owns the log.</param>
    /// <param name="epoch">Its log's epoch.</param>
    /// <param name="upTo">The position up to which the log was read; at least that of the last event.</param>
    public async Task DeliverAsync(string source, Guid epoch, long upTo, IReadOnlyList<LoggedEvent> events, CancellationToken ct)
    {
        var wanted = events.Where(e => _observed || Handles(e.Type)).ToList();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await HandleAsync(source, epoch, upTo, wanted, ct);
                return;
            }
            catch (Exception e) when (!ct.IsCancellationRequested && IsPassing(e, attempt))
            {
                if (attempt % 10 == 0)
                    log.BatchRetried(e.WithoutWords(), module.Name, source, attempt);
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(5000, 5 << Math.Min(attempt, 10)) * (0.5 + (Random.Shared.NextDouble() / 2))), ct);
            }
            catch (Exception) when (!ct.IsCancellationRequested && wanted.Count > 1)
            {
                for (var i = 0; i < wanted.Count; i++)
                    await DeliverAsync(source, epoch, i == wanted.Count - 1 ? upTo : wanted[i].Position, [wanted[i]], ct);
                return;
            }
            catch (Exception e) when (!ct.IsCancellationRequested && wanted.Count == 1)
            {
                log.EventParked(e.WithoutWords(), module.Name, wanted[0].Type, wanted[0].Id, wanted[0].Stream, source);
                await parking.ParkAsync(source, epoch, upTo, wanted[0], Parking.ReasonOf(e), ct);
                return;
            }
        }
    }

    // A conflict passes when the other writer is through; one that never does is a bug in a handler.
    private bool IsPassing(Exception e, int attempt) => module.Store.IsUniqueViolation(e) || e is StreamConflictException
        ? attempt < ConflictTries
        : module.Store.IsTransient(e);

    private async Task HandleAsync(string source, Guid epoch, long upTo, List<LoggedEvent> events, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        await using var unit = await module.BeginAsync(scope.ServiceProvider, ct);
        if (events.Count > 0)
        {
            var fresh = await module.Store.InboxAddAsync(unit.Transaction, events.ConvertAll(e => e.Id), ct);
            if (_observed && fresh.Count > 0)
                await scope.ServiceProvider.GetRequiredService<IObserve<TDb>>().ObserveAsync(source, events.FindAll(e => fresh.Contains(e.Id)), ct);
            var parked = fresh.Count == 0 ? [] : await Parking<TDb>.StreamsAsync(module.Store, unit.Transaction, source, ct);
            var mine = events.FindAll(e => fresh.Contains(e.Id) && Handles(e.Type));
            foreach (var e in mine.Where(e => parked.Contains(e.Stream)))
                await Parking<TDb>.AddAsync(module.Store, unit.Transaction, source, e, "Waits behind an earlier event of its stream.", ct);
            var now = mine.Where(e => !parked.Contains(e.Stream)).Select(e => (Event: e, Data: EventTypes.Read(e.Type, e.Data))).ToList();
            if (now.Count > 1 && scope.ServiceProvider.GetService<IPrefetch<TDb>>() is { } prefetch)
                await prefetch.PrefetchAsync(now.ConvertAll(pair => pair.Data), ct);
            foreach (var (e, data) in now)
                await HandleAsync(scope.ServiceProvider, source, e, data, ct);
            unit.OnCommitted(() => metrics.Handled(module.Name, source, fresh.Count));
        }
        await Cursors.SaveAsync(module.Store, unit.Transaction, "from:" + source, epoch, upTo, ct);
        await unit.CommitAsync(ct);
    }

    internal Task HandleAsync(IServiceProvider scope, string source, LoggedEvent e, CancellationToken ct) =>
        HandleAsync(scope, source, e, EventTypes.Read(e.Type, e.Data), ct);

    private async Task HandleAsync(IServiceProvider scope, string source, LoggedEvent e, object data, CancellationToken ct)
    {
        using var activity = StartActivity(e);
        using var ambient = Ambient.Use(RequestInfo.System with { CorrelationId = e.CorrelationId, CausationId = e.Id });
        foreach (var handle in module.Handlers.Events[e.Type])
            await handle(scope, data, e.Envelope(source), ct);
    }

    private Activity? StartActivity(LoggedEvent e)
    {
        if (!MessagingMetrics.Activities.HasListeners() || !ActivityContext.TryParse(e.Trace, null, isRemote: true, out var origin))
            return null;
        var recent = module.Store.Now - e.Time < SameTrace;
        var activity = MessagingMetrics.Activities.StartActivity(
            $"{module.Name} handles {e.Type}", ActivityKind.Consumer, recent ? origin : default, links: recent ? null : [new ActivityLink(origin)]);
        activity?.SetTag("cx.event.type", e.Type).SetTag("cx.event.id", e.Id).SetTag("cx.event.stream", e.Stream);
        return activity;
    }
}

/// <summary>What was handled, by event id.</summary>
internal static class Inbox
{
    /// <summary>How long an event is recognised when it comes again.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);
}

/// <summary>Positions in logs, one row a reader.</summary>
internal static class Cursors
{
    public static Task<int> SaveAsync(ModuleStore store, StoreTransaction transaction, string name, Guid epoch, long position, CancellationToken ct) => store.ExecuteAsync(
        transaction,
        """
        insert into cursors (name, epoch, position) values (@name, @epoch, @position)
        on conflict (name) do update set epoch = excluded.epoch,
            position = case when cursors.epoch = excluded.epoch and cursors.position > excluded.position then cursors.position else excluded.position end
        """,
        ct, ("@name", name), ("@epoch", epoch), ("@position", position));

    public static Task<Cursor?> LoadAsync(ModuleStore store, string name, CancellationToken ct) => store.ReadAsync<Cursor?>(
        async connection =>
        {
            await using var command = store.Command(connection, null, "select epoch, position from cursors where name = @name", ("@name", name));
            await using var reader = await command.ExecuteReaderAsync(ct);
            return await reader.ReadAsync(ct) ? new(reader.GetGuid(0), reader.GetInt64(1)) : null;
        },
        ct);
}
