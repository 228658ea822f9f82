using CxPlatform.Testing;
using Npgsql;

namespace CxPlatform.Architecture.Tests;

public sealed class TestingTests
{
    [Fact]
    public async Task A_private_PostgreSQL_keeps_its_data_and_address_over_a_crash()
    {
        await using var server = await PostgresServer.StartOwnAsync();
        var database = await server.CreateDatabaseAsync("testing");
        await using var source = NpgsqlDataSource.Create(database);
        await using (var create = source.CreateCommand("CREATE TABLE kept AS SELECT 42 AS answer"))
            await create.ExecuteNonQueryAsync();

        await server.KillAsync();
        await server.StartAsync();

        await Eventually.Async(async () =>
        {
            await using var read = source.CreateCommand("SELECT answer FROM kept");
            Assert.Equal(42, await read.ExecuteScalarAsync());
        });
    }

    [Fact]
    public void A_stepped_clock_fires_timers_in_the_order_they_fall_due_each_at_its_own_time()
    {
        var clock = new SteppedTime();
        var start = clock.GetUtcNow();
        var fired = new List<(string Name, TimeSpan At)>();
        using var once = clock.CreateTimer(_ => fired.Add(("once", clock.GetUtcNow() - start)), null, TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);
        using var often = clock.CreateTimer(_ => fired.Add(("often", clock.GetUtcNow() - start)), null, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));

        clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal([("often", TimeSpan.FromSeconds(2)), ("once", TimeSpan.FromSeconds(3)), ("often", TimeSpan.FromSeconds(4))], fired);
        Assert.Equal(start.AddSeconds(5), clock.GetUtcNow());
    }

    [Fact]
    public async Task Waiting_in_vain_tells_what_was_awaited_and_the_last_failure()
    {
        var failure = await Assert.ThrowsAsync<TimeoutException>(() =>
            Eventually.Async(() => Assert.Equal(1, 2), TimeSpan.FromMilliseconds(20)));

        Assert.Contains("Assert.Equal(1, 2)", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Values differ", failure.Message, StringComparison.Ordinal);
    }
}
