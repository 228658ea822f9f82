using System.Collections.Concurrent;
using StackExchange.Redis;

namespace CxPlatform.ServiceDefaults;

/// <param name="RetryAfter">When not allowed: how long until it may be tried again, at least a second.</param>
public readonly record struct Limit(bool Allowed, int Remaining, TimeSpan RetryAfter);

/// <summary>Limits how often something happens over all replicas: Redis when configured, else (or while it is away) per process.</summary>
public interface ISharedLimiter
{
    /// <summary>
    /// Counts one more under <paramref name="key"/> unless there were <paramref name="limit"/> in the sliding
    /// <paramref name="window"/> before now; a refused one is not counted. The window slides as the weighted sum of two fixed
    /// ones, exact to a few per cent. Keys may be seen by operators of Redis: hash what identifies a person.
    /// </summary>
    ValueTask<Limit> TryAcquireAsync(string key, int limit, TimeSpan window, CancellationToken ct = default);
}

internal sealed class SharedLimiter(Redis redis, TimeProvider clock) : ISharedLimiter
{
    private const string Prefix = "cx:limit:";

    // KEYS: this window's and the previous one's counter. ARGV: limit, share of the previous window that still counts (per mille), expiry in ms.
    private const string Script = """
        local current = tonumber(redis.call('GET', KEYS[1]) or '0')
        local before = tonumber(redis.call('GET', KEYS[2]) or '0')
        local used = current + before * tonumber(ARGV[2]) / 1000
        if used + 1 > tonumber(ARGV[1]) then return {0, current, before} end
        redis.call('INCR', KEYS[1])
        redis.call('PEXPIRE', KEYS[1], ARGV[3])
        return {1, current + 1, before}
        """;

    private readonly ConcurrentDictionary<string, Window> _memory = [];
    private long _sweptAt;

    public async ValueTask<Limit> TryAcquireAsync(string key, int limit, TimeSpan window, CancellationToken ct = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(window, TimeSpan.FromMilliseconds(1));
        var now = clock.GetUtcNow().Ticks;
        var index = now / window.Ticks;
        var elapsed = (double)(now % window.Ticks) / window.Ticks;
        var permille = (int)((1 - elapsed) * 1000);
        return await redis.DoAsync(
            async db =>
            {
                RedisKey[] keys = [$"{Prefix}{{{key}}}:{window.TotalSeconds}:{index}", $"{Prefix}{{{key}}}:{window.TotalSeconds}:{index - 1}"];
                RedisValue[] arguments = [limit, permille, (long)window.TotalMilliseconds * 2 + 1000];
                var result = (RedisResult[])(await db.ScriptEvaluateAsync(Script, keys, arguments))!;
                return Answer((int)result[0] == 1, (int)result[1], (int)result[2], limit, window, elapsed);
            },
            () => InMemory(key, limit, window, index, elapsed),
            ct);
    }

    private Limit InMemory(string key, int limit, TimeSpan window, long index, double elapsed)
    {
        Sweep(window);
        var counter = _memory.GetOrAdd($"{key}:{window.Ticks}", _ => new Window());
        lock (counter)
        {
            if (counter.Index != index)
                (counter.Before, counter.Current, counter.Index) = (counter.Index == index - 1 ? counter.Current : 0, 0, index);
            counter.Expires = (index + 2) * window.Ticks;
            var allowed = counter.Current + counter.Before * (1 - elapsed) + 1 <= limit;
            if (allowed)
                counter.Current++;
            return Answer(allowed, counter.Current, counter.Before, limit, window, elapsed);
        }
    }

    private static Limit Answer(bool allowed, int current, int before, int limit, TimeSpan window, double elapsed)
    {
        if (allowed)
            return new Limit(true, Math.Max(0, (int)(limit - current - before * (1 - elapsed))), TimeSpan.Zero);
        // Until enough of the previous window has slid out; when this window alone is full, until its own slides.
        var wait = before > 0 && current < limit
            ? (1 - (double)(limit - current - 1) / before - elapsed) * window
            : (1 - elapsed) * window + window / Math.Max(1, current);
        return new Limit(false, 0, wait < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : wait);
    }

    // Keys come from callers (addresses, customers): forget those whose windows have passed, or memory would grow for ever.
    private void Sweep(TimeSpan window)
    {
        var now = clock.GetUtcNow().Ticks;
        var last = Volatile.Read(ref _sweptAt);
        if (now - last < Math.Max(window.Ticks, TimeSpan.TicksPerMinute) || Interlocked.CompareExchange(ref _sweptAt, now, last) != last)
            return;
        foreach (var (key, counter) in _memory)
            if (counter.Expires < now)
                _memory.TryRemove(new KeyValuePair<string, Window>(key, counter));
    }

    private sealed class Window
    {
        public long Index { get; set; }
        public int Current { get; set; }
        public int Before { get; set; }
        public long Expires { get; set; } = long.MaxValue;
    }
}
