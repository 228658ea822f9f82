using System.Collections.Concurrent;
using StackExchange.Redis;

namespace CxPlatform.ServiceDefaults;

/// <summary>
/// Small sets that the replicas of a service share: Redis when configured, else memory. They may be emptied at any time and,
/// while Redis is away, are this process's own: whoever uses them must be able to fill them again from its database.
/// </summary>
public interface ISharedSets
{
    /// <summary>False while Redis is configured but away, so that the sets hold only what this process put in.</summary>
    bool IsShared { get; }

    /// <summary>True when the member was not there yet.</summary>
    ValueTask<bool> AddAsync(string key, string member, CancellationToken ct = default);

    /// <summary>True when the member was there.</summary>
    ValueTask<bool> RemoveAsync(string key, string member, CancellationToken ct = default);

    ValueTask<long> CountAsync(string key, CancellationToken ct = default);

    ValueTask<IReadOnlyList<string>> MembersAsync(string key, CancellationToken ct = default);

    ValueTask ClearAsync(string key, CancellationToken ct = default);
}

internal sealed class SharedSets(Redis redis) : ISharedSets
{
    private const string Prefix = "cx:set:";
    private readonly ConcurrentDictionary<string, HashSet<string>> _memory = [];

    public bool IsShared => !redis.IsConfigured || redis.IsReachable;

    public async ValueTask<bool> AddAsync(string key, string member, CancellationToken ct = default) =>
        await redis.DoAsync(db => db.SetAddAsync(Prefix + key, member), () => Locked(key, set => set.Add(member)), ct);

    public async ValueTask<bool> RemoveAsync(string key, string member, CancellationToken ct = default) =>
        await redis.DoAsync(db => db.SetRemoveAsync(Prefix + key, member), () => Locked(key, set => set.Remove(member)), ct);

    public async ValueTask<long> CountAsync(string key, CancellationToken ct = default) =>
        await redis.DoAsync(db => db.SetLengthAsync(Prefix + key), () => Locked(key, set => (long)set.Count), ct);

    public async ValueTask<IReadOnlyList<string>> MembersAsync(string key, CancellationToken ct = default) =>
        await redis.DoAsync<IReadOnlyList<string>>(
            async db => [.. (await db.SetMembersAsync(Prefix + key)).Select(v => (string)v!)], () => Locked(key, set => set.ToList()), ct);

    public async ValueTask ClearAsync(string key, CancellationToken ct = default) =>
        await redis.DoAsync(db => db.KeyDeleteAsync(Prefix + key), () => Locked(key, set => { set.Clear(); return true; }), ct);

    private T Locked<T>(string key, Func<HashSet<string>, T> act)
    {
        var set = _memory.GetOrAdd(key, _ => []);
        lock (set)
            return act(set);
    }
}
