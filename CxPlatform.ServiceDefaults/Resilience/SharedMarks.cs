using System.Globalization;
using StackExchange.Redis;

namespace CxPlatform.ServiceDefaults;

/// <summary>
/// Small facts that hold for a while and then are forgotten, shared by the replicas of a service: Redis when configured, else (or while it
/// is away) per process. Nothing may depend on them.
/// </summary>
public interface ISharedMarks
{
    /// <summary>Sets a member's mark, for so long.</summary>
    ValueTask SetAsync(string key, string member, string value, TimeSpan time, CancellationToken ct = default);

    ValueTask RemoveAsync(string key, string member, CancellationToken ct = default);

    /// <summary>The marks that still hold, by member.</summary>
    ValueTask<IReadOnlyDictionary<string, string>> ReadAsync(string key, CancellationToken ct = default);
}

/// <summary>Keys of marks that more than one module knows.</summary>
public static class MarkKeys
{
    /// <summary>Who has the case open: members are actors.</summary>
    public static string OfCase(Guid caseId) => $"case:{caseId}";
}

internal sealed class SharedMarks(Redis redis, TimeProvider clock) : ISharedMarks
{
    private const string Prefix = "cx:marks:";
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Dictionary<string, string>> _memory = [];
    private DateTimeOffset _sweptAt;

    public async ValueTask SetAsync(string key, string member, string value, TimeSpan time, CancellationToken ct = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(time, Longest);
        var now = clock.GetUtcNow();
        var mark = $"{(now + time).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)}:{value}";
        await redis.DoAsync(
            async db =>
            {
                await db.HashSetAsync(Prefix + key, member, mark);
                return await db.KeyExpireAsync(Prefix + key, Longest);
            },
            () =>
            {
                lock (_gate)
                {
                    Sweep(now);
                    if (!_memory.TryGetValue(key, out var marks))
                        _memory[key] = marks = [];
                    marks[member] = mark;
                    return true;
                }
            },
            ct);
    }

    public async ValueTask RemoveAsync(string key, string member, CancellationToken ct = default) => await redis.DoAsync(
        db => db.HashDeleteAsync(Prefix + key, member),
        () =>
        {
            lock (_gate)
                return _memory.TryGetValue(key, out var marks) && marks.Remove(member);
        },
        ct);

    public async ValueTask<IReadOnlyDictionary<string, string>> ReadAsync(string key, CancellationToken ct = default)
    {
        var now = clock.GetUtcNow();
        var marks = await redis.DoAsync<IReadOnlyList<(string Member, string Mark)>>(
            async db => [.. (await db.HashGetAllAsync(Prefix + key)).Select(entry => ((string)entry.Name!, (string)entry.Value!))],
            () =>
            {
                lock (_gate)
                    return _memory.TryGetValue(key, out var held) ? [.. held.Select(pair => (pair.Key, pair.Value))] : [];
            },
            ct);
        return marks.Where(pair => Holds(pair.Mark, now)).ToDictionary(pair => pair.Member, pair => pair.Mark[(pair.Mark.IndexOf(':') + 1)..]);
    }

    private static bool Holds(string mark, DateTimeOffset now) =>
        long.TryParse(mark.AsSpan(0, Math.Max(0, mark.IndexOf(':'))), NumberStyles.None, CultureInfo.InvariantCulture, out var until)
        && until > now.ToUnixTimeMilliseconds();

    private void Sweep(DateTimeOffset now)
    {
        if (now - _sweptAt < TimeSpan.FromMinutes(1))
            return;
        _sweptAt = now;
        foreach (var (key, marks) in _memory)
        {
            foreach (var member in marks.Where(pair => !Holds(pair.Value, now)).Select(pair => pair.Key).ToList())
                marks.Remove(member);
            if (marks.Count == 0)
                _memory.Remove(key);
        }
    }
}
