using CxPlatform.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CxPlatform.Messaging.Tests;

public sealed class TimerTests
{
    [Theory]
    [InlineData(Topology.Embedded)]
    [InlineData(Topology.Postgres)]
    public async Task Timers_ring_once_and_never_early(Topology topology)
    {
        await using var system = await TestSystem.CreateAsync(topology);
        var host = await system.StartAsync();
        var second = topology == Topology.Embedded ? host : await system.StartAsync();
        var now = host.Services.GetRequiredService<Module<ConsumerDb>>().Store.Now;
        for (var i = 0; i < 40; i++)
        {
            var name = $"t{i}";
            await SetAsync(i % 2 == 0 ? host : second, (name, new(name), now.AddMilliseconds(20 * i)));
        }

        await Eventually.Async(async () => Assert.Equal(40, (await RangAsync(host)).Count));

        var rang = await RangAsync(host);
        Assert.All(rang, row => Assert.True(row.At >= row.Due, $"{row.Name} rang at {row.At:O}, due {row.Due:O}"));
        Assert.Equal(40, rang.Select(row => row.Name).Distinct().Count());
    }

    [Theory]
    [InlineData(Topology.Embedded)]
    [InlineData(Topology.Postgres)]
    public async Task After_an_outage_late_timers_ring_in_the_order_they_were_due(Topology topology)
    {
        await using var system = await TestSystem.CreateAsync(topology);
        using (var before = system.Build())
        {
            var now = before.Services.GetRequiredService<Module<ConsumerDb>>().Store.Now;
            var timers = Enumerable.Range(0, 150).Select(i => ($"key{i * 7919 % 150}", new Ring($"{i}"), now.AddSeconds(i - 200))).ToArray();
            await SetAsync(before, timers);
        }

        var host = await system.StartAsync();

        await Eventually.Async(async () => Assert.Equal(150, (await RangAsync(host)).Count));
        Assert.Equal(Enumerable.Range(0, 150).Select(i => $"{i}"), (await RangAsync(host)).Select(row => row.Name));
    }

    [Theory]
    [InlineData(Topology.Embedded)]
    [InlineData(Topology.Postgres)]
    public async Task A_timer_that_is_set_anew_rings_at_its_new_time_only_and_one_taken_back_never(Topology topology)
    {
        await using var system = await TestSystem.CreateAsync(topology);
        var host = await system.StartAsync();
        var now = host.Services.GetRequiredService<Module<ConsumerDb>>().Store.Now;
        // A day away: whether this test is quick must not matter.
        await SetAsync(host, ("moved", new("old"), now.AddDays(1)), ("gone", new("gone"), now.AddDays(1)));
        await SetAsync(host, ("moved", new("new"), now), ("last", new("last"), now.AddMilliseconds(1)));
        await host.Services.GetRequiredService<Work<ConsumerDb>>().RunAsync<Schedule, Done>((schedule, _) => schedule.Cancel("gone"));

        await Eventually.Async(async () => Assert.Equal(["new", "last"], (await RangAsync(host)).Select(row => row.Name)));
        Assert.Empty(await host.Services.GetRequiredService<Work<ConsumerDb>>().ReadAsync((db, ct) => db.Set<TimerRow>().ToListAsync(ct)));
    }

    [Theory]
    [InlineData(Topology.Embedded)]
    [InlineData(Topology.Postgres)]
    public async Task A_timer_that_always_fails_is_parked_and_holds_up_nobody(Topology topology)
    {
        await using var system = await TestSystem.CreateAsync(topology);
        var host = await system.StartAsync();
        var now = host.Services.GetRequiredService<Module<ConsumerDb>>().Store.Now;

        await SetAsync(host, ("a", new("ok"), now), ("b", new("bad", Fails: true), now.AddMicroseconds(1)), ("c", new("fine"), now.AddMicroseconds(2)));

        await Eventually.Async(async () => Assert.Equal(["ok", "fine"], (await RangAsync(host)).Select(row => row.Name)));
        var parked = Assert.Single(await host.Services.GetServices<IModuleRuntime>().Single(module => module.Name == "case").ParkedAsync(10, default));
        Assert.Equal("timer", parked.Source);
    }

    private static Task SetAsync(IHost host, params (string Key, Ring Timer, DateTimeOffset Due)[] timers) =>
        host.Services.GetRequiredService<Work<ConsumerDb>>().RunAsync<Schedule, Done>((schedule, _) => schedule.Set(timers));

    private static Task<List<Rang>> RangAsync(IHost host) =>
        host.Services.GetRequiredService<Work<ConsumerDb>>().ReadAsync((db, ct) => db.Rang.OrderBy(row => row.Place).ToListAsync(ct));
}
