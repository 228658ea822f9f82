using CxPlatform.Contracts.Routing.V1;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.ServiceDefaults.Tests;

public abstract class AccessDb(DbContextOptions options) : ModuleDb(options)
{
    protected override void ConfigureModel(ModelBuilder model) => model.AddAccess();
}

public sealed class AccessDbPostgres(DbContextOptions<AccessDbPostgres> options) : AccessDb(options);

public sealed class AccessDbSqlite(DbContextOptions<AccessDbSqlite> options) : AccessDb(options);

public sealed class AccessProjectionTests
{
    [Fact]
    public async Task A_module_keeps_its_own_copy_of_keys_and_agents()
    {
        using var data = new CxPlatform.Testing.TempFolder();
        var app = TestHost.Build(data.Path, null, builder =>
        {
            builder.AddModule<AccessDb, AccessDbPostgres, AccessDbSqlite>("case", m => m.Handler<AccessProjection<AccessDb>>());
            builder.AddAccess<AccessDb>();
        });
        await using var _ = app;
        using (var scope = app.Services.CreateScope())
            await scope.ServiceProvider.GetRequiredService<AccessDb>().Database.EnsureCreatedAsync();
        var work = app.Services.GetRequiredService<Work<AccessDb>>();
        var agent = Guid.CreateVersion7();
        var key = new AccessChanged { KeyId = "k1", Name = "Ada's", Hash = "00", Scopes = ["events", "cases:read"], AgentId = agent, At = DateTimeOffset.UnixEpoch };
        var ada = new AgentChanged { AgentId = agent, Name = "Ada", Role = "agent", Active = true };

        await HandleAsync(p => p.HandleAsync(key, null!, default));
        await HandleAsync(p => p.HandleAsync(ada, null!, default));
        await HandleAsync(p => p.HandleAsync(key with { RevokedAt = DateTimeOffset.UnixEpoch.AddDays(1) }, null!, default));
        await HandleAsync(p => p.HandleAsync(ada with { Role = "lead", Active = false }, null!, default));

        var snapshot = await app.Services.GetRequiredService<IAccessSource>().ReadAsync(default);
        var read = Assert.Single(snapshot.Keys);
        Assert.Equal(("k1", agent, DateTimeOffset.UnixEpoch.AddDays(1)), (read.KeyId, read.AgentId, read.RevokedAt));
        Assert.Equal(["events", "cases:read"], read.Scopes);
        Assert.Equal(new AccessAgent(agent, "Ada", null, "lead", false), Assert.Single(snapshot.Agents));

        Task<Done> HandleAsync(Func<AccessProjection<AccessDb>, Task> handle) => work.RunAsync<AccessProjection<AccessDb>, Done>(async (p, _) =>
        {
            await handle(p);
            return Done.Value;
        });
    }
}
