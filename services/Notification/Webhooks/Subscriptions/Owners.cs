using CxPlatform.Notifications.Storage;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notifications.Webhooks.Subscriptions;

/// <summary>Whether those whom subscriptions belong to may still hear of anything.</summary>
internal static class Owners
{
    private const string Key = "key:";

    /// <summary>How the actor begins who is somebody at the desk.</summary>
    public const string Agent = "agent:";

    /// <summary>Those of them who may not any more, each with the reason: keys that were revoked, people who left. Of whom nothing is known here, nothing is said.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> LostAsync(NotificationDb db, IReadOnlyCollection<string> owners, CancellationToken ct)
    {
        var keys = owners.Where(owner => owner.StartsWith(Key, StringComparison.Ordinal)).Select(owner => owner[Key.Length..]).ToList();
        var agents = owners.Where(owner => owner.StartsWith(Agent, StringComparison.Ordinal)).Select(owner => Guid.Parse(owner.AsSpan(Agent.Length))).ToList();
        var lost = new Dictionary<string, string>();
        if (keys.Count > 0)
            foreach (var key in await db.Set<AccessKeyRow>().AsNoTracking().Where(row => keys.Contains(row.KeyId)).ToListAsync(ct))
            {
                if (key.RevokedAt is not null)
                    lost.Add(Key + key.KeyId, "The API key that it belongs to was revoked.");
                else if (!key.Scopes.Split(' ').Any(scope => scope is Scopes.Events or Scopes.Admin))
                    lost.Add(Key + key.KeyId, $"The API key that it belongs to has lost the scope {Scopes.Events}.");
            }
        if (agents.Count > 0)
            foreach (var id in await db.Set<AccessAgentRow>().Where(row => agents.Contains(row.AgentId) && !row.Active).Select(row => row.AgentId).ToListAsync(ct))
                lost.Add(Agent + id, "The person whom it belongs to has left.");
        return lost;
    }

    public static async Task<bool> IsLostAsync(NotificationDb db, string owner, CancellationToken ct) => (await LostAsync(db, [owner], ct)).Count > 0;
}
