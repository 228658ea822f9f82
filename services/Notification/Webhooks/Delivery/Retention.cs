using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Webhooks.Events;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notifications.Webhooks.Delivery;

/// <summary>Forgets events after thirty days, unless a subscription has yet to get them, and the log of attempts.</summary>
internal sealed class Retention(Work<NotificationDb> work, ILogger<Retention> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, TimeProvider.System);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await work.RunAsync<Forget, Done>((handler, token) => handler.HandleAsync(token), stoppingToken);
            }
#pragma warning disable CA1031 // Next time.
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                log.WebhooksWait(e.WithoutWords());
            }
        }
    }
}

internal sealed class Forget(Unit<NotificationDb> unit)
{
    public static readonly TimeSpan EventsKept = TimeSpan.FromDays(30);

    // A transaction's worth: the next one takes more.
    private const int Most = 50_000;

    public async Task<Done> HandleAsync(CancellationToken ct)
    {
        var before = unit.Now - EventsKept;
        var oldest = await unit.Db.OutgoingEvents.MinAsync(row => (long?)row.Seq, ct) ?? 0;
        var needed = Math.Min(
            await unit.Db.Courses.MinAsync(row => (long?)row.Position, ct) + 1 ?? long.MaxValue,
            await unit.Db.Lanes.MinAsync(row => (long?)row.Seq, ct) ?? long.MaxValue);
        var upTo = Math.Min(needed, oldest + Most);
        await unit.Db.OutgoingEvents.Where(row => row.Seq < upTo && row.Time < before).ExecuteDeleteAsync(ct);
        var ended = Guid.CreateVersion7(unit.Now - DeliveryLog.Kept);
        foreach (var id in await unit.Db.Subscriptions.Select(row => row.Id).ToListAsync(ct))
            await unit.Db.Deliveries.Where(row => row.SubscriptionId == id && row.Id < ended).ExecuteDeleteAsync(ct);
        return Done.Value;
    }
}
