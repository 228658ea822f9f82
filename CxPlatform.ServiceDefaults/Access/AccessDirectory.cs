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

    // However many unknown keys are presented: those who come in between wait for the next reading together.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile Loaded? _loaded;

    /// <param name="At">When it was asked for: what has happened since may be missing.</param>
    private sealed record Loaded(long At, Dictionary<string, AccessKey> Keys, Dictionary<Guid, AccessAgent> Agents);

    /// <summary>The key, revoked or not; null when unknown. An unknown one is looked up afresh, so a new key works at once.</summary>
    public ValueTask<AccessKey?> KeyAsync(string keyId, CancellationToken ct) => FindAsync(loaded => loaded.Keys.GetValueOrDefault(keyId), ct);

    /// <summary>The agent, active or not; null when unknown.</summary>
    public ValueTask<AccessAgent?> AgentAsync(Guid agentId, CancellationToken ct) => FindAsync(loaded => loaded.Agents.GetValueOrDefault(agentId), ct);

    /// <summary>The active agent with that email address, for people whom an OIDC issuer vouches for.</summary>
    public async ValueTask<AccessAgent?> AgentByEmailAsync(string email, CancellationToken ct) => (await CurrentAsync(Now, MaxAge, ct)).Agents.Values
        .FirstOrDefault(a => a.Active && string.Equals(a.Email, email, StringComparison.OrdinalIgnoreCase));

    public void Dispose() => _gate.Dispose();

    private async ValueTask<T?> FindAsync<T>(Func<Loaded, T?> find, CancellationToken ct) where T : class
    {
        var asked = Now;
        return find(await CurrentAsync(asked, MaxAge, ct)) ?? find(await CurrentAsync(asked, TimeSpan.Zero, ct));
    }

    /// <summary>What is not older than that at the time of asking.</summary>
    private async ValueTask<Loaded> CurrentAsync(long asked, TimeSpan maxAge, CancellationToken ct)
    {
        bool Serves(Loaded loaded) => TimeProvider.System.GetElapsedTime(loaded.At, asked) < maxAge;
        if (_loaded is { } current && Serves(current))
            return current;
        await _gate.WaitAsync(ct);
        var before = _loaded;
        try
        {
            if (before is not null)
            {
                if (Serves(before))
                    return before;
                if (Interval - TimeProvider.System.GetElapsedTime(before.At) is { Ticks: > 0 } rest)
                    await Task.Delay(rest, TimeProvider.System, ct);
            }
            var at = Now;
            var snapshot = services.GetServices<IAccessSource>().FirstOrDefault() is { } source ? await source.ReadAsync(ct) : AccessSnapshot.Empty;
            return _loaded = new Loaded(at, snapshot.Keys.ToDictionary(k => k.KeyId), snapshot.Agents.ToDictionary(a => a.AgentId));
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
}
