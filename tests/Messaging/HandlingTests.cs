using CxPlatform.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static CxPlatform.Messaging.Tests.TestSystem;

namespace CxPlatform.Messaging.Tests;

public sealed class HandlingTests
{
    [Theory]
    [InlineData(Topology.Embedded)]
    [InlineData(Topology.Postgres)]
    [InlineData(Topology.Broker)]
    public async Task An_event_that_always_fails_is_parked_with_the_later_ones_of_its_stream_and_others_go_on(Topology topology)
    {
        await using var system = await TestSystem.CreateAsync(topology);
        system.Faults.Texts.Add("poison");
        var host = await system.StartAsync();
        await AppendAsync(host, "contact/ill", "fine");
        await AppendAsync(host, "contact/ill", "poison");
        await AppendAsync(host, "contact/ill", "behind");
        for (var i = 0; i < 20; i++)
            await AppendAsync(host, $"contact/{i % 4}", "fine");

        await Eventually.Async(async () => Assert.Equal(21, (await SeenAsync(host)).Count));
        var consumer = Consumer(host);
        await Eventually.Async(async () => Assert.Equal(2, await consumer.ParkedCountAsync(default)));
        var parked = await consumer.ParkedAsync(10, default);
        Assert.Equal(["contact/ill", "contact/ill"], parked.Select(row => row.Stream));
        Assert.Contains(nameof(InvalidOperationException), parked[0].Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("poison", parked[0].Reason, StringComparison.Ordinal);
        Assert.Equal([1, 0], parked.Select(row => row.Attempts));
    }

    [Theory]
    [InlineData(Topology.Embedded)]
    [InlineData(Topology.Postgres)]
    public async Task Parked_events_are_driven_again_in_order_once_the_cause_is_mended(Topology topology)
    {
        await using var system = await TestSystem.CreateAsync(topology);
        system.Faults.Texts.Add("poison");
        var host = await system.StartAsync();
        foreach (var text in new[] { "one", "poison", "three", "four" })
            await AppendAsync(host, "contact/ill", text);
        var consumer = Consumer(host);
        await Eventually.Async(async () => Assert.Equal(3, await consumer.ParkedCountAsync(default)));

        Assert.Equal(0, await consumer.RedriveAsync(null, default));
        Assert.Equal(2, (await consumer.ParkedAsync(10, default))[0].Attempts);
        system.Faults.Texts.Clear();
        Assert.Equal(3, await consumer.RedriveAsync("contact/ill", default));

        Assert.Equal([1L, 2, 3, 4], (await SeenAsync(host)).Select(row => row.Version));
        Assert.Equal(0, await consumer.ParkedCountAsync(default));
        await AppendAsync(host, "contact/ill", "five");
        await Eventually.Async(async () => Assert.Equal(5, (await SeenAsync(host)).Count));
    }

    [Theory]
    [InlineData(Topology.Embedded)]
    [InlineData(Topology.Postgres)]
    public async Task A_batch_that_is_delivered_again_changes_nothing(Topology topology)
    {
        await using var system = await TestSystem.CreateAsync(topology);
        using var host = system.Build();
        for (var i = 0; i < 5; i++)
            await AppendAsync(host, "contact/1", "hello");
        var log = await LogAsync(host);
        var epoch = Guid.NewGuid();

        await Consumer(host).DeliverAsync("intake", epoch, log[^1].Position, log, default);
        await Consumer(host).DeliverAsync("intake", epoch, log[^1].Position, log, default);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Consumer(host).DeliverAsync("intake", epoch, log[2].Position, log.Take(3).ToList(), default)));

        Assert.Equal(5, (await SeenAsync(host)).Count);
        Assert.Equal(new Cursor(epoch, log[^1].Position), await Consumer(host).PositionAsync("intake", default));
    }

    [Theory]
    [InlineData(Topology.Embedded)]
    [InlineData(Topology.Postgres)]
    public async Task A_writer_that_expected_an_older_version_is_refused_and_run_again(Topology topology)
    {
        await using var system = await TestSystem.CreateAsync(topology);
        using var host = system.Build();
        var work = host.Services.GetRequiredService<Work<OwnerDb>>();
        var log = host.Services.GetRequiredService<EventLog<OwnerDb>>();

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => work.RunAsync<Append, Done>(async (append, ct) =>
        {
            var version = (await log.ReadStreamAsync("contact/1", ct)).Count;
            append.Unit.Append("contact/1", version, [new(Append.Contact("hello"))]);
            return Done.Value;
        })));

        Assert.Equal([1L, 2, 3, 4, 5, 6], (await log.ReadStreamAsync("contact/1", default)).Select(e => e.Version));
    }

    [Theory]
    [InlineData(Topology.Embedded)]
    [InlineData(Topology.Postgres)]
    public async Task A_refused_outcome_leaves_nothing_behind(Topology topology)
    {
        await using var system = await TestSystem.CreateAsync(topology);
        using var host = system.Build();

        var outcome = await host.Services.GetRequiredService<Work<OwnerDb>>().RunAsync<Append, Outcome<int>>(async (append, _) =>
        {
            await append.Next("contact/1", "hello");
            return new Refusal("no", "Not this time.");
        });

        Assert.True(outcome.IsRefused);
        Assert.Empty(await LogAsync(host));
    }

    [Theory]
    [InlineData(Topology.Embedded)]
    [InlineData(Topology.Postgres)]
    public async Task The_same_idempotency_key_has_one_effect_and_another_body_is_refused(Topology topology)
    {
        await using var system = await TestSystem.CreateAsync(topology);
        using var host = system.Build();
        var work = host.Services.GetRequiredService<Work<OwnerDb>>();
        async Task<Guid> PostAsync(string body)
        {
            using var _ = Ambient.Use(new("key:k", new("key:k", "POST /v1/things", "abc", body)));
            return await work.RunAsync<Append, Guid>(async (append, _) =>
            {
                await append.Next("contact/1", "hello");
                return Guid.NewGuid();
            });
        }

        var first = await PostAsync("body");

        Assert.Equal(first, await PostAsync("body"));
        await Assert.ThrowsAsync<IdempotencyMismatchException>(() => PostAsync("other"));
        Assert.Single(await LogAsync(host));
    }

    [Theory]
    [InlineData(Topology.Embedded)]
    [InlineData(Topology.Postgres)]
    public async Task Erasing_a_stream_removes_personal_fields_and_keeps_the_rest(Topology topology)
    {
        await using var system = await TestSystem.CreateAsync(topology);
        using var host = system.Build();
        await AppendAsync(host, "contact/1", "my secret");
        await AppendAsync(host, "contact/2", "not hers");
        var log = host.Services.GetRequiredService<EventLog<OwnerDb>>();

        await host.Services.GetRequiredService<Work<OwnerDb>>().RunAsync<Append, int>((append, ct) => log.EraseAsync(append.Unit, "contact/1", ct));

        var events = await LogAsync(host);
        Assert.DoesNotContain("secret", events[0].Data, StringComparison.Ordinal);
        Assert.DoesNotContain("ada@example.org", events[0].Data, StringComparison.Ordinal);
        Assert.NotNull(events[0].ErasedAt);
        Assert.IsType<Contracts.Intake.V1.ContactReceived>(EventTypes.Read(events[0].Type, events[0].Data));
        Assert.Contains("not hers", events[1].Data, StringComparison.Ordinal);
    }

    private static IModuleRuntime Consumer(Microsoft.Extensions.Hosting.IHost host) => host.Services.GetServices<IModuleRuntime>().Single(module => module.Name == "case");
}
