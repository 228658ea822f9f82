using CxPlatform.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using static CxPlatform.Messaging.Tests.TestSystem;

namespace CxPlatform.Messaging.Tests;

public sealed class RelayTests
{
    [Theory]
    [InlineData(Topology.Embedded)]
    [InlineData(Topology.Postgres)]
    [InlineData(Topology.Broker)]
    public async Task With_32_writers_no_event_is_missed_and_none_reordered(Topology topology)
    {
        var seed = Random.Shared.Next();
        Console.WriteLine($"seed {seed}");
        await using var system = await TestSystem.CreateAsync(topology);
        var host = await system.StartAsync();
        var each = topology == Topology.Embedded ? 15 : 50;
        await Task.WhenAll(Enumerable.Range(0, 32).Select(writer => Task.Run(async () =>
        {
            var random = new Random(seed + writer);
            for (var i = 0; i < each; i++)
                await AppendAsync(host, random.Next(2) == 0 ? "contact/shared" : $"contact/{writer}", "hello");
        })));

        var log = await LogAsync(host);
        Assert.Equal(32 * each, log.Count);
        await Eventually.Async(async () => Assert.Equal(log.Count, (await SeenAsync(host)).Count), TimeSpan.FromSeconds(60));
        var seen = await SeenAsync(host);
        Assert.Equal(log.Select(e => e.Id), seen.Select(row => row.EventId));
        foreach (var stream in seen.GroupBy(row => row.Stream))
            Assert.Equal(Enumerable.Range(1, stream.Count()).Select(n => (long)n), stream.Select(row => row.Version));
    }

    [Fact]
    public async Task A_long_transaction_elsewhere_hides_nothing()
    {
        await using var system = await TestSystem.CreateAsync(Topology.Postgres);
        var host = await system.StartAsync();
        await using var elsewhere = new NpgsqlConnection(system.OwnerConnection);
        await elsewhere.OpenAsync();
        await using var transaction = await elsewhere.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        await using (var command = new NpgsqlCommand("insert into cursors (name, epoch, position) values ('elsewhere', gen_random_uuid(), 1)", elsewhere, transaction))
            await command.ExecuteNonQueryAsync();

        await AppendAsync(host, "contact/1", "hello");

        await Eventually.Async(async () => Assert.Single(await SeenAsync(host)));
    }

    [Theory]
    [InlineData(Topology.Postgres)]
    [InlineData(Topology.Broker)]
    public async Task A_relay_that_died_between_publish_and_saving_its_position_sends_again_and_nothing_happens_twice(Topology topology)
    {
        await using var system = await TestSystem.CreateAsync(topology);
        var host = await system.StartAsync();
        for (var i = 0; i < 30; i++)
            await AppendAsync(host, $"contact/{i % 3}", "hello");
        await Eventually.Async(async () => Assert.Equal(30, (await SeenAsync(host)).Count));
        await system.StopAsync(host);
        // What a crash leaves behind: the events are with the consumer, the position is an older one.
        await ExecuteAsync(system.OwnerConnection, "update cursors set position = 5 where name = 'to:case'");
        await ExecuteAsync(system.ConsumerConnection, "update cursors set position = 5 where name = 'from:intake'");

        host = await system.StartAsync();
        await AppendAsync(host, "contact/last", "hello");

        await Eventually.Async(async () => Assert.Equal(31, (await SeenAsync(host)).Count));
        Assert.Equal(31, (await SeenAsync(host)).Select(row => row.EventId).Distinct().Count());
    }

    [Fact]
    public async Task Events_published_before_the_consumer_ever_started_reach_it()
    {
        await using var system = await TestSystem.CreateAsync(Topology.Broker);
        var owner = await system.StartAsync(consumer: false);
        for (var i = 0; i < 250; i++)
            await AppendAsync(owner, $"contact/{i % 7}", "hello");
        await Eventually.Async(async () => Assert.Equal((await LogAsync(owner))[^1].Position, await PositionAsync(system, "to:case")));
        await system.StopAsync(owner);

        var consumer = await system.StartAsync(owner: false);

        await Eventually.Async(async () => Assert.Equal(250, (await SeenAsync(consumer)).Count));
    }

    [Fact]
    public async Task While_the_broker_is_down_writers_go_on_and_everything_is_delivered_afterwards()
    {
        await using var rabbit = await RabbitServer.StartOwnAsync();
        await using var system = await TestSystem.CreateAsync(Topology.Broker, rabbit.Uri);
        var host = await system.StartAsync();
        await AppendAsync(host, "contact/0", "before");
        await Eventually.Async(async () => Assert.Single(await SeenAsync(host)));

        await rabbit.StopAsync();
        for (var i = 0; i < 300; i++)
            await AppendAsync(host, $"contact/{i % 10}", "meanwhile");
        await rabbit.StartAsync();

        await Eventually.Async(async () => Assert.Equal(301, (await SeenAsync(host)).Count), TimeSpan.FromSeconds(90));
        Assert.Equal((await LogAsync(host)).Select(e => e.Id), (await SeenAsync(host)).Select(row => row.EventId));
    }

    [Fact]
    public async Task Connections_cut_at_random_lose_and_reorder_nothing()
    {
        var seed = Random.Shared.Next();
        Console.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var rabbit = await RabbitServer.SharedAsync();
        var uri = await rabbit.CreateVirtualHostAsync("cut");
        await using var system = await TestSystem.CreateAsync(Topology.Broker, uri);
        var host = await system.StartAsync();
        for (var round = 0; round < 4; round++)
        {
            var writing = Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
            {
                for (var i = 0; i < 25; i++)
                    await AppendAsync(host, $"contact/{writer}", "hello");
            })));
            if (random.Next(4) > 0)
                await rabbit.CloseConnectionsAsync(uri);
            await writing;
        }
        await Eventually.Async(async () => Assert.Equal(800, (await SeenAsync(host)).Count), TimeSpan.FromSeconds(90));
        Assert.Equal((await LogAsync(host)).Select(e => e.Id), (await SeenAsync(host)).Select(row => row.EventId));
    }

    [Fact]
    public async Task A_log_put_back_to_an_older_state_begins_a_new_epoch_and_new_events_still_arrive()
    {
        await using var system = await TestSystem.CreateAsync(Topology.Postgres);
        var host = await system.StartAsync();
        for (var i = 0; i < 10; i++)
            await AppendAsync(host, "contact/1", "hello");
        await Eventually.Async(async () => Assert.Equal(10, (await SeenAsync(host)).Count));
        var before = await host.Services.GetRequiredService<EventLog<OwnerDb>>().InfoAsync(default);
        await system.StopAsync(host);
        await ExecuteAsync(system.OwnerConnection, "delete from events where position > 4");
        await ExecuteAsync(system.OwnerConnection, "select setval(pg_get_serial_sequence('events', 'position'), 4)");

        host = await system.StartAsync();
        await AppendAsync(host, "contact/2", "after");

        await Eventually.Async(async () => Assert.Equal(11, (await SeenAsync(host)).Count));
        Assert.NotEqual(before.Epoch, (await host.Services.GetRequiredService<EventLog<OwnerDb>>().InfoAsync(default)).Epoch);
    }

    private static async Task<long> PositionAsync(TestSystem system, string name)
    {
        await using var connection = new NpgsqlConnection(system.OwnerConnection);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select position from cursors where name = $1", connection) { Parameters = { new() { Value = name } } };
        return (long)(await command.ExecuteScalarAsync() ?? 0L);
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
