using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CxPlatform.Messaging.Tests;

public sealed class GroupCommitTests
{
    [Theory]
    [InlineData(Topology.Embedded)]
    [InlineData(Topology.Postgres)]
    public async Task Concurrent_members_share_transactions_and_a_failing_one_fails_alone(Topology topology)
    {
        await using var system = await TestSystem.CreateAsync(topology);
        using var host = system.Build();
        using var group = new GroupCommit<OwnerDb, string, int>(host.Services.GetRequiredService<Module<OwnerDb>>(), new Scopes(host.Services));
        await group.StartAsync(default);

        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            try
            {
                return await group.SubmitAsync(i == 77 ? "bad" : "good", default);
            }
            catch (InvalidDataException)
            {
                return -1;
            }
        }));

        Assert.Equal(-1, results[77]);
        Assert.Equal(199, results.Count(size => size > 0));
        Assert.Equal(199, (await TestSystem.LogAsync(host)).Count);
        Assert.Contains(results, size => size > 1);
        await group.StopAsync(default);
    }

    // The host is built without this writer: a scope that adds it.
    private sealed class Scopes(IServiceProvider services) : IServiceScopeFactory
    {
        public IServiceScope CreateScope() => new Scope(services.CreateScope());

        private sealed class Scope(IServiceScope inner) : IServiceScope, IServiceProvider
        {
            public IServiceProvider ServiceProvider => this;

            public object? GetService(Type serviceType) => serviceType == typeof(IGroupWriter<OwnerDb, string, int>) ? new Writer() : inner.ServiceProvider.GetService(serviceType);

            public void Dispose() => inner.Dispose();
        }
    }

    private sealed class Writer : IGroupWriter<OwnerDb, string, int>
    {
        public Task<IReadOnlyList<int>> WriteAsync(Unit<OwnerDb> unit, IReadOnlyList<Submitted<string>> members, CancellationToken ct)
        {
            foreach (var member in members)
            {
                if (member.Member == "bad")
                    throw new InvalidDataException();
                unit.AppendNext("contact/1", new NewEvent(Append.Contact(member.Member)));
            }
            return Task.FromResult<IReadOnlyList<int>>(members.Select(_ => members.Count).ToList());
        }
    }
}
