namespace CxPlatform.Testing;

/// <summary>Redis, with its append-only file.</summary>
public sealed class RedisServer : PrivateServer
{
    const string Variable = "CX_TEST_REDIS";
    static readonly Lazy<Task<RedisServer>> Instance = new(() => Shared("redis", [Variable], Create));

    RedisServer(string? folder, string[] options, IReadOnlyDictionary<string, string> addresses)
        : base("redis", folder, options, addresses)
    {
    }

    /// <summary>The one server of this test process, started when first asked for. Never stop it.</summary>
    public static Task<RedisServer> SharedAsync() => Instance.Value;

    /// <summary>A server that only this caller knows, and may stop, kill and start.</summary>
    public static Task<RedisServer> StartOwnAsync() => StartNew("redis", [], Create);

    /// <summary>The address as StackExchange.Redis reads it.</summary>
    /// <param name="database">0 to 15. Tests that must not see each other's keys take different ones.</param>
    public string ConnectionString(int database = 0) => $"{Addresses[Variable]},defaultDatabase={database},allowAdmin=true";

    static RedisServer Create(string? folder, string[] options, IReadOnlyDictionary<string, string> addresses)
        => new(folder, options, addresses);
}
