using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CxPlatform.ServiceDefaults;

/// <summary>What a module's database knows of keys and agents, spread by Routing's events.</summary>
public interface IAccessSource
{
    Task<AccessSnapshot> ReadAsync(CancellationToken ct);
}

/// <summary>A key that may be presented.</summary>
/// <param name="Hash">Lower-case hex SHA-256 of the whole key.</param>
/// <param name="AgentId">The agent who signs in with it, or null for a machine's key.</param>
public sealed record AccessKey(string KeyId, string Name, string Hash, IReadOnlyList<string> Scopes, Guid? AgentId, DateTimeOffset? RevokedAt);

/// <summary>A person who works at the desk.</summary>
public sealed record AccessAgent(Guid AgentId, string Name, string? Email, string Role, bool Active);

public sealed record AccessSnapshot(IReadOnlyList<AccessKey> Keys, IReadOnlyList<AccessAgent> Agents)
{
    public static AccessSnapshot Empty { get; } = new([], []);
}

/// <summary>
/// Keys and agents as this host knows them: read from its first module's database and at most two seconds old, so that a
/// revocation reaches every replica well within five. When the database cannot be read the last knowledge stays.
/// </summary>
public sealed class AccessDirectory(IServiceProvider services, ILogger<AccessDirectory> logger) : IDisposable
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MissInterval = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile Loaded? _loaded;

    private sealed record Loaded(long At, Dictionary<string, AccessKey> Keys, Dictionary<Guid, AccessAgent> Agents);

    /// <summary>The key, revoked or not; null when unknown. An unknown one is looked up afresh, so a new key works at once.</summary>
    public async ValueTask<AccessKey?> KeyAsync(string keyId, CancellationToken ct) =>
        (await CurrentAsync(MaxAge, ct)).Keys.GetValueOrDefault(keyId) ?? (await CurrentAsync(MissInterval, ct)).Keys.GetValueOrDefault(keyId);

    /// <summary>The agent, active or not; null when unknown.</summary>
    public async ValueTask<AccessAgent?> AgentAsync(Guid agentId, CancellationToken ct) =>
        (await CurrentAsync(MaxAge, ct)).Agents.GetValueOrDefault(agentId) ?? (await CurrentAsync(MissInterval, ct)).Agents.GetValueOrDefault(agentId);

    /// <summary>The active agent with that email address, for people whom an OIDC issuer vouches for.</summary>
    public async ValueTask<AccessAgent?> AgentByEmailAsync(string email, CancellationToken ct) => (await CurrentAsync(MaxAge, ct)).Agents.Values
        .FirstOrDefault(a => a.Active && string.Equals(a.Email, email, StringComparison.OrdinalIgnoreCase));

    public void Dispose() => _gate.Dispose();

    private async ValueTask<Loaded> CurrentAsync(TimeSpan maxAge, CancellationToken ct)
    {
        if (_loaded is { } current && IsFresh(current, maxAge))
            return current;
        await _gate.WaitAsync(ct);
        var before = _loaded;
        try
        {
            if (before is not null && IsFresh(before, maxAge))
                return before;
            var snapshot = services.GetServices<IAccessSource>().FirstOrDefault() is { } source ? await source.ReadAsync(ct) : AccessSnapshot.Empty;
            return _loaded = new Loaded(Now, snapshot.Keys.ToDictionary(k => k.KeyId), snapshot.Agents.ToDictionary(a => a.AgentId));
        }
        catch (Exception e) when (e is not OperationCanceledException && before is not null)
        {
            Log.AccessUnreadable(logger, e.GetType().Name);
            return _loaded = before with { At = Now };
        }
        finally
        {
            _gate.Release();
        }
    }

    // Real time, not the clock that tests step: the age of a cache is no business time.
    private static long Now => TimeProvider.System.GetTimestamp();

    private static bool IsFresh(Loaded loaded, TimeSpan maxAge) => TimeProvider.System.GetElapsedTime(loaded.At) < maxAge;
}
