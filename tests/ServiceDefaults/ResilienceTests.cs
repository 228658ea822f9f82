using System.Collections.Concurrent;
using System.Net;
using CxPlatform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace CxPlatform.ServiceDefaults.Tests;

public sealed class ResilienceTests
{
    private static Redis Connection(string? address) => new(
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:cache"] = address }).Build(),
        NullLogger<Redis>.Instance)
    {
        // Whether a busy machine answers within the second is not the matter here.
        Patience = TimeSpan.FromSeconds(20),
    };

    // A first connection may take its time on a busy machine; memory serves until then.
    private static async Task<Redis> ConnectedAsync(string address)
    {
        var redis = Connection(address);
        await Eventually.Async(() => redis.DoAsync(async db => (await db.PingAsync()).Ticks >= 0, () => false, default));
        return redis;
    }

    private static async Task<(TestHost Provider, HttpClient Client, ConcurrentQueue<string> Calls, ServiceProvider Services)> ClientAsync(
        Func<int, int> statusOfCall, CxHttpClientSettings? settings = null)
    {
        var calls = new ConcurrentQueue<string>();
        var provider = await TestHost.StartAsync(app => app.MapMethods("/call", ["GET", "POST"], async (HttpContext context) =>
        {
            calls.Enqueue(context.Request.Method);
            var status = statusOfCall(calls.Count);
            if (status == 0)
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            return TypedResults.StatusCode(status);
        }));
        var services = new ServiceCollection();
        services.AddCxHttpClient("provider", c => c.BaseAddress = provider.Address, settings ?? new() { RetryDelay = TimeSpan.FromMilliseconds(1) });
        var built = services.BuildServiceProvider();
        return (provider, built.GetRequiredService<IHttpClientFactory>().CreateClient("provider"), calls, built);
    }

    [Fact]
    public async Task Reading_is_tried_again_until_it_works()
    {
        var (provider, client, calls, services) = await ClientAsync(call => call < 3 ? 503 : 200);
        await using var _ = provider;
        await using var __ = services;
        using var response = await client.GetAsync("/call");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(3, calls.Count);
    }

    [Fact]
    public async Task Anything_that_may_have_an_effect_is_never_repeated()
    {
        var (provider, client, calls, services) = await ClientAsync(_ => 503);
        await using var _ = provider;
        await using var __ = services;
        using var response = await client.PostAsync("/call", null);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Single(calls);
    }

    [Fact]
    public async Task A_try_that_hangs_is_given_up_for_the_next_one()
    {
        var (provider, client, calls, services) = await ClientAsync(
            call => call == 1 ? 0 : 200, new() { TryTimeout = TimeSpan.FromSeconds(1), Retries = 8, RetryDelay = TimeSpan.FromMilliseconds(1) });
        await using var _ = provider;
        await using var __ = services;
        using var response = await client.GetAsync("/call");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        // On a busy machine a later one may be too slow as well.
        Assert.True(calls.Count >= 2);
    }

    [Fact]
    public async Task A_side_that_keeps_failing_is_left_alone()
    {
        var (provider, client, calls, services) = await ClientAsync(_ => 500);
        await using var _ = provider;
        await using var __ = services;
        for (var i = 0; i < 10; i++)
            (await client.PostAsync("/call", null)).Dispose();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.PostAsync("/call", null));
        Assert.Equal(10, calls.Count);
    }

    [Fact]
    public async Task Sets_are_kept_in_memory_without_Redis()
    {
        await using var redis = Connection(null);
        await SetsBehave(new SharedSets(redis), new SharedSets(redis), shared: false);
    }

    [Fact]
    public async Task Sets_are_shared_through_Redis()
    {
        var server = await RedisServer.SharedAsync();
        await using var one = await ConnectedAsync(server.ConnectionString(7));
        await using var two = await ConnectedAsync(server.ConnectionString(7));
        await SetsBehave(new SharedSets(one), new SharedSets(two), shared: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Marks_hold_for_a_while_and_are_shared_through_Redis(bool withRedis)
    {
        await using var one = withRedis ? await ConnectedAsync((await RedisServer.SharedAsync()).ConnectionString(6)) : Connection(null);
        await using var two = withRedis ? await ConnectedAsync((await RedisServer.SharedAsync()).ConnectionString(6)) : Connection(null);
        var clock = new SteppedTime(new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero));
        var (mine, theirs) = (new SharedMarks(one, clock), new SharedMarks(two, clock));
        var key = Guid.NewGuid().ToString("n");
        await mine.SetAsync(key, "ben", "Ben: the second", TimeSpan.FromSeconds(10));
        await mine.SetAsync(key, "ada", "Ada", TimeSpan.FromSeconds(20));
        Assert.Equal("Ben: the second", (await mine.ReadAsync(key))["ben"]);
        Assert.Equal(withRedis ? 2 : 0, (await theirs.ReadAsync(key)).Count);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(["ada"], (await mine.ReadAsync(key)).Keys);
        await mine.RemoveAsync(key, "ada");
        Assert.Empty(await mine.ReadAsync(key));
    }

    private static async Task SetsBehave(SharedSets one, SharedSets two, bool shared)
    {
        var key = Guid.NewGuid().ToString("n");
        Assert.True(await one.AddAsync(key, "a"));
        Assert.False(await one.AddAsync(key, "a"));
        Assert.True(await one.AddAsync(key, "b"));
        Assert.Equal(2, await one.CountAsync(key));
        Assert.Equal(shared ? 2 : 0, await two.CountAsync(key));
        Assert.True(await one.RemoveAsync(key, "a"));
        Assert.False(await one.RemoveAsync(key, "a"));
        Assert.Equal(["b"], await one.MembersAsync(key));
        await one.ClearAsync(key);
        Assert.Empty(await one.MembersAsync(key));
    }

    [Fact]
    public async Task While_Redis_is_away_memory_serves_and_its_return_is_noticed()
    {
        await using var server = await RedisServer.StartOwnAsync();
        await using var redis = await ConnectedAsync(server.ConnectionString());
        var sets = new SharedSets(redis);
        Assert.True(await sets.AddAsync("k", "a"));

        await server.StopAsync();
        Assert.True(await sets.AddAsync("k", "b"));
        Assert.Equal(["b"], await sets.MembersAsync("k"));
        Assert.False(sets.IsShared);

        await server.StartAsync();
        await Eventually.Async(async () =>
        {
            await sets.AddAsync("k", "c");
            return sets.IsShared;
        });
        Assert.Contains("c", await sets.MembersAsync("k"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_limit_holds_and_opens_again_as_the_window_slides(bool withRedis)
    {
        await using var redis = withRedis ? await ConnectedAsync((await RedisServer.SharedAsync()).ConnectionString(8)) : Connection(null);
        var clock = new SteppedTime();
        var limiter = new SharedLimiter(redis, clock);
        var key = Guid.NewGuid().ToString("n");
        var window = TimeSpan.FromMinutes(1);

        for (var i = 0; i < 6; i++)
            Assert.True((await limiter.TryAcquireAsync(key, 6, window)).Allowed, $"call {i}");
        var refused = await limiter.TryAcquireAsync(key, 6, window);
        Assert.False(refused.Allowed);
        Assert.True((await limiter.TryAcquireAsync(key + "other", 6, window)).Allowed);

        clock.Advance(refused.RetryAfter);
        Assert.True((await limiter.TryAcquireAsync(key, 6, window)).Allowed);
        Assert.False((await limiter.TryAcquireAsync(key, 6, window)).Allowed);
        clock.Advance(2 * window);
        for (var i = 0; i < 6; i++)
            Assert.True((await limiter.TryAcquireAsync(key, 6, window)).Allowed, $"later call {i}");
    }
}
