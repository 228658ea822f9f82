using CxPlatform.Testing;
using Microsoft.Extensions.DependencyInjection;
using static CxPlatform.Messaging.Tests.TestSystem;

namespace CxPlatform.Messaging.Tests;

public sealed class LeaseTests
{
    [Fact]
    public async Task Of_32_who_try_at_once_one_leads()
    {
        await using var system = await TestSystem.CreateAsync(Topology.Postgres);
        using var host = system.Build();
        var store = host.Services.GetRequiredService<Module<OwnerDb>>().Store;

        // Longer than 32 connections take to be made, on whatever machine.
        var length = TimeSpan.FromMinutes(10);
        var leases = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(() => Lease.TryAcquireAsync(store, $"holder {i}", length, default))));

        Assert.Single(leases, lease => lease is not null);
    }

    [Fact]
    public async Task A_holder_that_died_is_followed_within_seconds_and_fenced_when_it_comes_back()
    {
        await using var system = await TestSystem.CreateAsync(Topology.Postgres);
        using var dead = system.Build();
        var store = dead.Services.GetRequiredService<Module<OwnerDb>>().Store;
        var length = TimeSpan.FromSeconds(3);
        var stale = await Lease.TryAcquireAsync(store, "dead", length, default);
        Assert.NotNull(stale);
        var host = await system.StartAsync();
        await AppendAsync(host, "contact/1", "hello");

        await Eventually.Async(async () => Assert.Single(await SeenAsync(host)));

        await Assert.ThrowsAsync<LeaseLostException>(() => stale.RenewAsync(length, default));
        await Assert.ThrowsAsync<LeaseLostException>(() => RabbitTarget.SaveAsync(store, "case", stale, new(Guid.NewGuid(), 99), default));
    }

    [Fact]
    public async Task Of_two_replicas_one_relays_and_the_other_takes_over_when_it_stops()
    {
        await using var system = await TestSystem.CreateAsync(Topology.Broker);
        var one = await system.StartAsync();
        var two = await system.StartAsync();
        for (var i = 0; i < 40; i++)
            await AppendAsync(i % 2 == 0 ? one : two, "contact/1", "hello");
        await Eventually.Async(async () => Assert.Equal(40, (await SeenAsync(two)).Count));

        await system.StopAsync(one);
        for (var i = 0; i < 10; i++)
            await AppendAsync(two, "contact/1", "hello");

        await Eventually.Async(async () => Assert.Equal(50, (await SeenAsync(two)).Count));
        Assert.Equal(Enumerable.Range(1, 50).Select(n => (long)n), (await SeenAsync(two)).Select(row => row.Version));
    }
}
