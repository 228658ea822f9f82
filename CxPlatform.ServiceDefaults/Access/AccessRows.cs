using CxPlatform.Contracts.Routing.V1;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CxPlatform.ServiceDefaults;

/// <summary>A key in a module's own database.</summary>
public sealed class AccessKeyRow
{
    public required string KeyId { get; init; }
    public required string Name { get; set; }
    public required string Hash { get; set; }

    /// <summary>Separated by spaces.</summary>
    public required string Scopes { get; set; }
    public Guid? AgentId { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }
}

/// <summary>A person who may work at the desk, in a module's own database.</summary>
public sealed class AccessAgentRow
{
    public required Guid AgentId { get; init; }
    public required string Name { get; set; }
    public string? Email { get; set; }
    public required string Role { get; set; }
    public bool Active { get; set; }
}

/// <summary>
/// Gives a module its own copy of keys and agents, in three places: <c>model.AddAccess()</c> in ConfigureModel,
/// <c>m.Handler&lt;AccessProjection&lt;CaseDb&gt;&gt;()</c> in AddModule, and <c>builder.AddAccess&lt;CaseDb&gt;()</c>.
/// </summary>
public static class AccessExtensions
{
    public static ModelBuilder AddAccess(this ModelBuilder model)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.Entity<AccessKeyRow>().ToTable("access_keys").HasKey(row => row.KeyId);
        model.Entity<AccessAgentRow>(e =>
        {
            e.ToTable("access_agents").HasKey(row => row.AgentId);
            e.Property(row => row.AgentId).ValueGeneratedNever();
        });
        return model;
    }

    public static IHostApplicationBuilder AddAccess<TDb>(this IHostApplicationBuilder builder) where TDb : ModuleDb
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IAccessSource, AccessSource<TDb>>();
        return builder;
    }
}

/// <summary>Writes Routing's keys and agents into the module's copy. Events carry the whole, in order: the last one counts.</summary>
public sealed class AccessProjection<TDb>(Unit<TDb> unit) : IHandle<AccessChanged>, IHandle<AgentChanged> where TDb : ModuleDb
{
    public async Task HandleAsync(AccessChanged e, EventEnvelope envelope, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(e);
        var rows = unit.Db.Set<AccessKeyRow>();
        var row = await rows.FindAsync([e.KeyId], ct);
        if (row is null)
            rows.Add(row = new AccessKeyRow { KeyId = e.KeyId, Name = e.Name, Hash = e.Hash, Scopes = "" });
        row.Name = e.Name;
        row.Hash = e.Hash;
        row.Scopes = string.Join(' ', e.Scopes);
        row.AgentId = e.AgentId;
        row.RevokedAt = e.RevokedAt;
    }

    public async Task HandleAsync(AgentChanged e, EventEnvelope envelope, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(e);
        var rows = unit.Db.Set<AccessAgentRow>();
        var row = await rows.FindAsync([e.AgentId], ct);
        if (row is null)
            rows.Add(row = new AccessAgentRow { AgentId = e.AgentId, Name = e.Name, Role = e.Role });
        row.Name = e.Name;
        row.Email = e.Email;
        row.Role = e.Role;
        row.Active = e.Active;
    }
}

internal sealed class AccessSource<TDb>(Work<TDb> work) : IAccessSource where TDb : ModuleDb
{
    public Task<AccessSnapshot> ReadAsync(CancellationToken ct) => work.ReadAsync(async (db, token) => new AccessSnapshot(
        [.. (await db.Set<AccessKeyRow>().ToListAsync(token))
            .Select(k => new AccessKey(k.KeyId, k.Name, k.Hash, k.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries), k.AgentId, k.RevokedAt))],
        [.. (await db.Set<AccessAgentRow>().ToListAsync(token)).Select(a => new AccessAgent(a.AgentId, a.Name, a.Email, a.Role, a.Active))]), ct);
}
