using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Webhooks.Events;
using Microsoft.Extensions.Options;

namespace CxPlatform.Notifications.Webhooks.Delivery;

/// <summary>Delivers for its share of the subscriptions, beside whatever other processes do the same. A claim is a process's, not a delivery's: order within a
/// case needs nothing else, and nothing is written to begin a delivery.</summary>
internal sealed class WebhookCourier(
    Work<NotificationDb> work, EventLog<NotificationDb> log, EndpointLoader loader, EndpointTools tools, EventTail tail, Duty duty, SubscriptionWatch watch, Metrics metrics, IOptions<WebhookOptions> options,
    ILogger<WebhookCourier> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    // A position that lags costs nothing but repetition after a crash, and only of what was not wanted.
    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(10);
    private const long SaveBeyond = 1000;

    private readonly Dictionary<Guid, Endpoint> _endpoints = [];
    private volatile Endpoint[] _active = [];
    private long _saved;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        await Task.WhenAll(LoopAsync(LookAsync, stoppingToken), LoopAsync(FollowAsync, stoppingToken));
        await LeaveAsync();
    }

    private async Task LoopAsync(Func<CancellationToken, Task> round, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await round(ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever it is: events wait, and the next round may succeed.
            catch (Exception e)
#pragma warning restore CA1031
            {
                logger.WebhooksWait(e.WithoutWords());
                await Task.Delay(LookEvery, TimeProvider.System, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task FollowAsync(CancellationToken ct)
    {
        var news = log.NextNews;
        if (_active.Length > 0 && await tail.ReadOnAsync(ct))
        {
            foreach (var endpoint in _active)
                endpoint.Pump();
            return;
        }
        await Task.WhenAny(news, Task.Delay(Poll, TimeProvider.System, ct));
    }

    private async Task LookAsync(CancellationToken ct)
    {
        if (duty.IsDue)
        {
            await RenewAsync(ct);
            await watch.LookAsync(ct);
        }
        if (duty.Courier is { } courier)
        {
            await ReloadAsync(courier, ct);
            await RetryAsync(ct);
            await SaveAsync(ct);
        }
        await Task.Delay(LookEvery, TimeProvider.System, ct);
    }

    private async Task RenewAsync(CancellationToken ct)
    {
        var asked = TimeProvider.System.GetTimestamp();
        var known = duty.Courier;
        var id = known ?? Guid.CreateVersion7();
        if (!await work.RunAsync<SubscriptionClaims, bool>((claims, token) => claims.RenewAsync(id, known is null, token), ct))
        {
            // Declared dead: what this process goes on to record does not count. It begins anew, as somebody else.
            duty.Lost();
            foreach (var endpoint in _active)
                _ = endpoint.StopAsync();
            return;
        }
        duty.Renewed(id, asked);
        var surplus = await work.RunAsync<SubscriptionClaims, int>((claims, token) => claims.TakeAsync(id, token), ct);
        foreach (var endpoint in _active.Take(surplus))
            _ = endpoint.StopAsync();
    }

    private async Task GiveBackAsync(Guid courier, IReadOnlyList<Endpoint> endpoints, bool leave, CancellationToken ct)
    {
        foreach (var endpoint in endpoints)
            await SavePositionsAsync(endpoint, 0, ct);
        await work.RunAsync<SubscriptionClaims, Done>((claims, token) => claims.ReleaseAsync(courier, [.. endpoints.Select(endpoint => endpoint.Id)], leave, token), ct);
        foreach (var endpoint in endpoints)
            _endpoints.Remove(endpoint.Id);
    }

    private async Task ReloadAsync(Guid courier, CancellationToken ct)
    {
        var mine = await loader.MineAsync(courier, ct);
        var ids = mine.Select(row => row.Id).ToHashSet();
        // What is under way ends first, and nobody waits for it here: another endpoint for the same subscription beside it could overtake it.
        var quiet = _endpoints.Values.Where(endpoint => (endpoint.IsStopped || !ids.Contains(endpoint.Id)) && endpoint.StopAsync().IsCompleted).ToList();
        if (quiet.Count > 0)
            await GiveBackAsync(courier, quiet, leave: false, ct);
        var changed = mine.Where(row => !_endpoints.TryGetValue(row.Id, out var known) || known.Revision != row.Revision).Select(row => row.Id).ToList();
        if (changed.Count > 0)
            foreach (var loaded in await loader.LoadAsync(courier, changed, ct))
            {
                if (!_endpoints.TryGetValue(loaded.Subscription.Id, out var endpoint))
                    _endpoints.Add(loaded.Subscription.Id, endpoint = new(courier, loaded.Subscription, loaded.Health, tools, options.Value.Parallelism));
                endpoint.Change(loaded.Subscription, loaded.Courses);
            }
        _active = [.. _endpoints.Values.Where(endpoint => !endpoint.IsStopped)];
    }

    private async Task RetryAsync(CancellationToken ct)
    {
        var rooms = _active.Select(endpoint => (endpoint.Id, Room: endpoint.RoomForLanes)).Where(pair => pair.Room > 0).ToList();
        if (rooms.Count > 0)
            foreach (var (lane, e) in await loader.DueAsync(rooms.ConvertAll(pair => pair.Id), rooms.Max(pair => pair.Room), ct))
                _endpoints[lane.SubscriptionId].Retry(lane, e);
        // Also what rests, or waits for room.
        foreach (var endpoint in _active)
            endpoint.Pump();
    }

    private async Task SaveAsync(CancellationToken ct)
    {
        var all = TimeProvider.System.GetElapsedTime(_saved) > SaveEvery;
        if (all)
            _saved = TimeProvider.System.GetTimestamp();
        var backlog = 0L;
        var finished = new List<Guid>();
        foreach (var endpoint in _active)
        {
            await SavePositionsAsync(endpoint, all ? 0 : SaveBeyond, ct);
            var (_, done, waiting) = endpoint.Look(tail.Head, long.MaxValue);
            finished.AddRange(done.Select(course => course.Id));
            backlog += waiting;
        }
        metrics.DeliveryBacklog = backlog;
        if (finished.Count == 0)
            return;
        await work.RunAsync<SubscriptionClaims, Done>((claims, token) => claims.FinishAsync(finished, token), ct);
        foreach (var endpoint in _active)
            endpoint.Forget(finished);
    }

    private async Task SavePositionsAsync(Endpoint endpoint, long least, CancellationToken ct) =>
        await Task.WhenAll(endpoint.Look(tail.Head, least).Behind.Select(course => tools.Results.SubmitAsync(new(endpoint, course), ct)));

    private async Task LeaveAsync()
    {
        if (duty.Courier is not { } courier)
            return;
        using var brief = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            await Task.WhenAll(_endpoints.Values.Select(endpoint => endpoint.StopAsync())).WaitAsync(brief.Token);
            await GiveBackAsync(courier, [.. _endpoints.Values], leave: true, brief.Token);
        }
#pragma warning disable CA1031 // Others find the row overdue.
        catch (Exception e)
#pragma warning restore CA1031
        {
            logger.WebhooksWait(e.WithoutWords());
        }
        duty.Lost();
    }
}
