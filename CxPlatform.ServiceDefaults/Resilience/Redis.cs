using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace CxPlatform.ServiceDefaults;

/// <summary>
/// The host's one connection to Redis, made at first use. Redis holds nothing that cannot be rebuilt and may be away at any
/// time: an operation that fails or takes longer than a second is done in memory instead, and the change is logged once each way.
/// </summary>
internal sealed class Redis(IConfiguration configuration, ILogger<Redis> logger) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private ConnectionMultiplexer? _connection;
    private long _failedAt;

    /// <summary>How long an operation may take.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(1);

    public bool IsConfigured { get; } = !string.IsNullOrWhiteSpace(configuration.GetConnectionString("cache"));

    /// <summary>False while operations are done in memory although Redis is configured.</summary>
    public bool IsReachable => Volatile.Read(ref _failedAt) == 0;

    public async Task<T> DoAsync<T>(Func<IDatabase, Task<T>> operation, Func<T> inMemory, CancellationToken ct)
    {
        if (!IsConfigured || IsPausing)
            return inMemory();
        try
        {
            var connection = await ConnectAsync(ct);
            var result = await operation(connection.GetDatabase()).WaitAsync(Patience, ct);
            if (Interlocked.Exchange(ref _failedAt, 0) != 0)
                Log.RedisBack(logger);
            return result;
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            // A pause after each failure: waiting a second per request would be worse than no Redis.
            if (Interlocked.Exchange(ref _failedAt, TimeProvider.System.GetTimestamp()) == 0)
                Log.RedisAway(logger, e.GetType().Name);
            return inMemory();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
            await _connection.CloseAsync();
        _gate.Dispose();
    }

    private bool IsPausing => Volatile.Read(ref _failedAt) is not 0 and var at && TimeProvider.System.GetElapsedTime(at) < Pause;

    private async Task<ConnectionMultiplexer> ConnectAsync(CancellationToken ct)
    {
        if (_connection is not null)
            return _connection;
        await _gate.WaitAsync(ct);
        try
        {
            if (_connection is not null)
                return _connection;
            var options = ConfigurationOptions.Parse(configuration.GetConnectionString("cache")!);
            options.AbortOnConnectFail = false;
            options.ConnectTimeout = 2000;
            return _connection = await ConnectionMultiplexer.ConnectAsync(options);
        }
        finally
        {
            _gate.Release();
        }
    }
}
