using CxPlatform.Contracts.Routing.V1;
using CxPlatform.Messaging;
using CxPlatform.Routing.Agents;
using CxPlatform.Routing.Storage;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Routing.Keys;

/// <summary>A key to be stored: its id and hash. The plaintext never gets this far.</summary>
internal sealed record NewKey(string KeyId, string Hash, string? Name, IReadOnlyList<string> Scopes, Guid? AgentId);

/// <summary>A key as everybody may see it.</summary>
/// <param name="AgentId">The agent who signs in with it; absent for a machine's key.</param>
internal sealed record KeyView(
    string KeyId, string Name, IReadOnlyList<string> Scopes, Guid? AgentId, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt)
{
    public static KeyView Of(KeyRow row) =>
        new(row.Id, row.Name, row.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries), row.AgentId, row.CreatedAt, row.RevokedAt);
}

/// <summary>Makes and revokes API keys, and tells every service.</summary>
internal sealed class KeyCommands(Unit<RoutingDb> unit, AgentCommands agents)
{
    public async Task<Outcome<KeyView>> IssueAsync(NewKey key, CancellationToken ct)
    {
        var name = key.Name?.Trim();
        if (key.AgentId is { } agentId)
        {
            if (await unit.Db.Agents.FindAsync([agentId], ct) is not { } agent)
                return AgentCommands.NotFound(agentId) with { Field = "agentId" };
            if (!agent.State.Active)
                return new Refusal("agent-inactive", "This agent is not active: nobody signs in as them.");
            name ??= agent.State.Name;
        }
        var row = new KeyRow
        {
            Id = key.KeyId,
            Name = name ?? key.KeyId,
            Hash = key.Hash,
            Scopes = string.Join(' ', key.Scopes.Distinct()),
            AgentId = key.AgentId,
            CreatedAt = unit.Now,
        };
        unit.Db.Keys.Add(row);
        Changed(row);
        return KeyView.Of(row);
    }

    /// <summary>An agent and the key they sign in with, at once.</summary>
    public async Task<Outcome<KeyView>> IssueWithAgentAsync(NewKey key, string role, CancellationToken ct)
    {
        var agent = await agents.CreateAsync(new(key.Name!, Role: role), ct);
        return agent.IsRefused ? agent.Refusal : await IssueAsync(key with { AgentId = agent.Value.Id }, ct);
    }

    public async Task<Outcome<Done>> RevokeAsync(string keyId, CancellationToken ct)
    {
        if (await unit.Db.Keys.FindAsync([keyId], ct) is not { } row)
            return new Refusal("key-not-found", $"There is no key {keyId}.");
        if (row.RevokedAt is null)
        {
            row.RevokedAt = unit.Now;
            Changed(row);
        }
        return Done.Value;
    }

    private void Changed(KeyRow row)
    {
        unit.Append($"key/{row.Id}", row.Version++,
        [
            new(new AccessChanged
            {
                KeyId = row.Id,
                Name = row.Name,
                Hash = row.Hash,
                Scopes = row.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries),
                AgentId = row.AgentId,
                RevokedAt = row.RevokedAt,
                At = unit.Now,
            }),
        ]);
    }
}
