using System.Collections.Concurrent;
using CxPlatform.Notifications.Storage;
using CxPlatform.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit.Abstractions;

namespace CxPlatform.Notification.Tests.Webhooks;

/// <summary>Several processes on one database. That one is taken for dead while it lives is worse than a kill: it goes on with what it has under way.</summary>
public sealed class ReplicaTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Processes_share_the_subscriptions_and_one_that_ends_hands_its_own_on()
    {
        var receivers = new List<Receiver>();
        await using var host = await WebhookHost.StartAsync(Store.Postgres);
        for (var i = 0; i < 6; i++)
        {
            receivers.Add(await Receiver.StartAsync());
            await host.SubscribeAsync(receivers[i]);
        }
        var other = await host.Host.AnotherAsync();
        Task<int[]> SharesAsync() => host.Host.ReadAsync(async db => (await db.Subscriptions.ToListAsync()).GroupBy(row => row.Courier).Select(group => group.Count()).ToArray());
        await Eventually.Async(async () => Assert.Equal((int[])[3, 3], await SharesAsync()), TimeSpan.FromSeconds(30));
        await host.HappenAsync(Guid.CreateVersion7(), 5);
        foreach (var receiver in receivers)
            await receiver.ReceivedAsync(5);

        await other.DisposeAsync();
        await host.HappenAsync(Guid.CreateVersion7(), 5);
        foreach (var receiver in receivers)
            Assert.Equal(10, (await receiver.ReceivedAsync(10)).Count);
        foreach (var receiver in receivers)
            await receiver.DisposeAsync();
    }

    [Fact]
    public async Task Nothing_is_lost_and_no_case_goes_back_though_processes_die_and_are_taken_for_dead()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var receiver = await Receiver.StartAsync();
        await using var host = await WebhookHost.StartAsync(Store.Postgres);
        var (id, _) = await host.SubscribeAsync(receiver);
        var failing = new ConcurrentDictionary<string, int>();
        receiver.Answer = async (received, context) =>
        {
            await Task.Delay(received.Body[^20] % 5);
            // Now and then an event is refused at first.
            context.Response.StatusCode = received.Id[^1] == '7' && failing.AddOrUpdate(received.Id, 1, (_, tries) => tries + 1) == 1 ? 500 : 204;
        };
        await using var other = await host.Host.AnotherAsync();
        var cases = Enumerable.Range(0, 20).Select(_ => Guid.CreateVersion7()).ToList();
        var count = 0;
        for (var round = 0; round < 30; round++)
        {
            var happened = Enumerable.Range(0, 20).Select(_ => (cases[random.Next(cases.Count)], "cx.case.step-changed.v1", "{}")).ToArray();
            await host.HappenAsync(happened);
            count += happened.Length;
            if (random.Next(4) == 0)
                await host.Host.ReadAsync(async db =>
                {
                    // As if nobody had renewed it for half a minute.
                    var courier = await db.Subscriptions.Where(row => row.Id == id).Select(row => row.Courier).SingleAsync();
                    return courier is null ? 0 : await db.Set<CourierRow>().Where(row => row.Id == courier).ExecuteDeleteAsync();
                });
        }
        await Eventually.Async(() => Assert.Equal(count, receiver.Events.Select(e => e.Id).Distinct().Count()), TimeSpan.FromSeconds(120));

        foreach (var ofCase in receiver.Events.GroupBy(e => e.Source))
        {
            // Each event's first coming is in order; some come twice.
            var firsts = ofCase.DistinctBy(e => e.Id).Select(e => e.Sequence).ToList();
            Assert.Equal(Enumerable.Range(1, firsts.Count), firsts);
        }
        output.WriteLine($"{count} events, {receiver.Events.Count} requests");
    }
}
