using System.Diagnostics;
using CxPlatform.Contracts;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Agents;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CxPlatform.Notifications.Sending;

/// <summary>Sends what is written: claims what is due, keeps many attempts in flight, records how each went.</summary>
internal sealed class Courier(
    Postbox postbox, Module<NotificationDb> module, Work<NotificationDb> work, GroupCommit<NotificationDb, Attempted, Done> results, IEnumerable<ISender> senders,
    Metrics metrics, AgentPresence presence, IOptions<NotificationOptions> options, TimeProvider clock, ILogger<Courier> log) : BackgroundService
{
    private const int MostPerClaim = 250;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SameTrace = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan CountEvery = TimeSpan.FromSeconds(15);

    private long _counted = clock.GetTimestamp() - (15 * clock.TimestampFrequency);

    private readonly List<GuardedSender> _senders = [.. senders.Select(sender => new GuardedSender(sender, log))];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var carriers = _senders.SelectMany(sender => Enumerable.Range(0, options.Value.Parallelism).Select(_ => CarryAsync(sender, stoppingToken))).ToList();
        await ClaimAsync(stoppingToken);
        await Task.WhenAll(carriers);

        // What this process will not get to is given back, for another one or the next start.
        var left = _senders.SelectMany(sender => sender.Turns?.Drain() ?? []).ToList();
        while (postbox.TryTake(out var message))
            left.Add(message);
        if (left.Count > 0)
            await work.RunAsync<Claims, Done>((claims, ct) => claims.ReleaseAsync(left, ct), CancellationToken.None);
    }

    private async Task ClaimAsync(CancellationToken ct)
    {
        var fresh = true;
        while (!ct.IsCancellationRequested)
        {
            var woken = postbox.Woken;
            try
            {
                if (fresh)
                    await ReleaseEarlierAsync(ct);
                fresh = false;
                var pause = LongestPause;
                await RenewAsync(ct);
                await CountAsync(ct);
                foreach (var sender in _senders)
                    pause = await ClaimAsync(sender.Channel, ct) is var wait && wait < pause ? wait : pause;
                if (pause > TimeSpan.Zero)
                    // In real time: what is due is read from the clock, but a look must come round in seconds.
                    await Task.WhenAny(woken, Task.Delay(pause, TimeProvider.System, ct));
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                // Stopping: what was claimed is given back by the caller.
            }
#pragma warning disable CA1031 // Whatever it is: messages wait, and the next look may succeed.
            catch (Exception e)
#pragma warning restore CA1031
            {
                log.ClaimFailed(e.WithoutWords());
                await Task.Delay(LongestPause, TimeProvider.System, CancellationToken.None);
            }
        }
    }

    private async Task RenewAsync(CancellationToken ct)
    {
        var held = postbox.ToRenew(module.Store.Now);
        if (held.Count == 0)
            return;
        var (kept, until) = await work.RunAsync<Claims, (HashSet<Guid>, DateTimeOffset)>((claims, token) => claims.RenewAsync(held, token), ct);
        foreach (var message in held)
        {
            if (kept.Contains(message.Id))
                postbox.Renewed(message, until);
            else
                postbox.Done(message); // it was cancelled, or is somebody else's now
        }
    }

    /// <returns>How long to wait before the next look.</returns>
    private async Task<TimeSpan> ClaimAsync(Channel channel, CancellationToken ct)
    {
        // Looked at with a read first: an idle service writes nothing.
        var next = await work.ReadAsync(
            (db, token) => db.Messages.Where(row => row.State == MessageState.Pending && row.Channel == channel).OrderBy(row => row.Due)
                .Select(row => (DateTimeOffset?)row.Due).FirstOrDefaultAsync(token),
            ct);
        if (next is not { } due)
            return LongestPause;
        if (due > module.Store.Now)
            return due - module.Store.Now;
        var room = Math.Min(postbox.Room(channel), MostPerClaim);
        if (room == 0)
            return LongestPause;
        var messages = await work.RunAsync<Claims, List<OutgoingMessage>>((claims, token) => claims.TakeAsync(channel, room, token), ct);
        foreach (var message in messages)
            postbox.Post(message);
        return messages.Count > 0 ? TimeSpan.Zero : LongestPause;
    }

    private async Task CountAsync(CancellationToken ct)
    {
        if (clock.GetElapsedTime(_counted) < CountEvery)
            return;
        _counted = clock.GetTimestamp();
        metrics.Backlog = await work.ReadAsync((db, token) => db.Messages.LongCountAsync(row => row.State == MessageState.Pending, token), ct);
    }

    // A store that only this process writes to holds no other's claims: those in it are of this service's earlier life.
    private async Task ReleaseEarlierAsync(CancellationToken ct)
    {
        await using (var connection = await module.Store.OpenAsync(ct))
        {
            if (!new Sql(connection, null).Embedded)
                return;
        }
        await work.RunAsync<Claims, Done>((claims, token) => claims.ReleaseEarlierAsync(postbox.Since, token), ct);
    }

    private async Task CarryAsync(GuardedSender sender, CancellationToken ct)
    {
        try
        {
            await foreach (var message in postbox.TakeAsync(sender.Channel, ct))
            {
                try
                {
                    if (sender.Turns is { } turns)
                        await CarryInTurnAsync(sender, turns, message, ct);
                    else
                        await CarryAsync(sender, message);
                }
#pragma warning disable CA1031 // A bug that one message meets must not end the carrier: its claim ends, and it is tried again.
                catch (Exception e) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
                {
                    log.CarryFailed(e.WithoutWords(), message.Id);
                    postbox.Done(message);
                }
                if (postbox.Room(sender.Channel) == Postbox.Capacity / 2)
                    postbox.Wake();
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Stopping: the attempt in hand is finished, the rest is given back.
        }
    }

    /// <summary>A mail when its domain's turn has come; and then, as long as there are some, those that waited for it to be through.</summary>
    private async Task CarryInTurnAsync(GuardedSender sender, DomainTurns turns, OutgoingMessage message, CancellationToken ct)
    {
        var wait = turns.Enter(message);
        if (wait > TimeSpan.Zero)
        {
            await RecordAsync(message, new SendResult.NotYet(wait.Value, "So much goes to its domain that it waits its turn."));
            postbox.Done(message);
        }
        for (var next = wait is null ? message : null; next is not null; next = turns.Leave(next))
        {
            await CarryAsync(sender, next);
            ct.ThrowIfCancellationRequested();
        }
    }

    private async Task CarryAsync(GuardedSender sender, OutgoingMessage message)
    {
        // One that this process may not hold for long is left to whoever claims it next.
        if (postbox.MayBegin(message, module.Store.Now))
            await SendAsync(sender, message);
        postbox.Done(message);
    }

    private async Task SendAsync(GuardedSender sender, OutgoingMessage message)
    {
        using var activity = StartActivity(message);
        using var ambient = Ambient.Use(RequestInfo.System with { CorrelationId = message.CorrelationId, CausationId = message.EventId });
        var result = message.Stop is { } reason ? new SendResult.Permanent(reason)
            : await presence.LooksAtItAsync(message) ? new SendResult.Needless(AgentPresence.Reason)
            : await sender.SendAsync(message);
        activity?.SetTag("cx.outcome", result.GetType().Name.ToLowerInvariant());
        if (result is SendResult.Permanent)
            activity?.SetStatus(ActivityStatusCode.Error);
        await RecordAsync(message, result);
    }

    private async Task RecordAsync(OutgoingMessage message, SendResult result)
    {
        while (true)
        {
            try
            {
                await results.SubmitAsync(new(message, result), CancellationToken.None);
                return;
            }
#pragma warning disable CA1031 // The message has left: whatever hinders recording it, forgetting it would send it twice.
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (module.Store.Now > message.CreatedAt + RetrySchedule.Lasting(message.To.Channel))
                    return;
                log.RecordFailed(e.WithoutWords(), message.Id);
                await Task.Delay(LongestPause, TimeProvider.System, CancellationToken.None);
            }
        }
    }

    private Activity? StartActivity(OutgoingMessage message)
    {
        if (!Metrics.Activities.HasListeners())
            return null;
        _ = ActivityContext.TryParse(message.Trace, null, isRemote: true, out var origin);
        // An attempt hours later is a story of its own, with a link to where it began.
        var recent = clock.GetUtcNow() - message.CreatedAt < SameTrace;
        var activity = Metrics.Activities.StartActivity(
            $"send {message.Template}", ActivityKind.Client, recent ? origin : default, links: recent || origin == default ? null : [new ActivityLink(origin)]);
        return activity?.SetTag("cx.channel", metrics.Word(message.To.Channel)).SetTag("cx.template", message.Template).SetTag("cx.message.id", message.Id)
            .SetTag("cx.attempt", message.Attempt);
    }
}
