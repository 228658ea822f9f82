using CxPlatform.Messaging;
using CxPlatform.Routing.Storage;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Routing.Keys;

/// <summary>Keys for the command line and the first start.</summary>
internal sealed class KeyStore(Work<RoutingDb> work) : IKeyStore
{
    public async Task<string> CreateAsync(string name, IReadOnlyList<string> scopes, string? role, CancellationToken ct)
    {
        var key = ApiKey.Create();
        var stored = new NewKey(key.KeyId, key.Hash, name, scopes, null);
        var outcome = await work.RunAsync<KeyCommands, Outcome<KeyView>>(
            (keys, token) => role is null ? keys.IssueAsync(stored, token) : keys.IssueWithAgentAsync(stored, role, token), ct);
        return outcome.IsRefused ? throw new InvalidOperationException(outcome.Refusal.Text) : key.Plaintext;
    }

    public Task<IReadOnlyList<KeyInfo>> ListAsync(CancellationToken ct) => work.ReadAsync<IReadOnlyList<KeyInfo>>(
        async (db, token) =>
        {
            var names = (await db.Agents.ToListAsync(token)).ToDictionary(row => row.Id, row => row.State.Name);
            return [.. (await db.Keys.OrderBy(row => row.CreatedAt).ToListAsync(token)).Select(row => new KeyInfo(
                row.Id, row.Name, KeyView.Of(row).Scopes, row.AgentId is { } agent ? names.GetValueOrDefault(agent) : null,
                row.CreatedAt, row.RevokedAt))];
        },
        ct);

    public async Task<bool> RevokeAsync(string keyId, CancellationToken ct) =>
        !(await work.RunAsync<KeyCommands, Outcome<Done>>((keys, token) => keys.RevokeAsync(keyId, token), ct)).IsRefused;
}

/// <summary>What this service knows of keys and agents: its own tables.</summary>
internal sealed class AccessSource(Work<RoutingDb> work) : IAccessSource
{
    public Task<AccessSnapshot> ReadAsync(CancellationToken ct) => work.ReadAsync(
        async (db, token) => new AccessSnapshot(
            [.. (await db.Keys.ToListAsync(token))
                .Select(row => new AccessKey(row.Id, row.Name, row.Hash, KeyView.Of(row).Scopes, row.AgentId, row.RevokedAt))],
            [.. (await db.Agents.ToListAsync(token))
                .Select(row => new AccessAgent(row.Id, row.State.Name, row.Email, row.State.Role, row.State.Active))]),
        ct);
}
