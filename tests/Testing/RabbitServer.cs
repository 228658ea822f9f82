using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace CxPlatform.Testing;

/// <summary>RabbitMQ with its management API.</summary>
public sealed class RabbitServer : PrivateServer
{
    const string Variable = "CX_TEST_RABBITMQ", ApiVariable = "CX_TEST_RABBITMQ_API";
    static readonly Lazy<Task<RabbitServer>> Instance = new(() => Shared("rabbitmq", [Variable, ApiVariable], Create));

    readonly HttpClient _api;

    RabbitServer(string? folder, string[] options, IReadOnlyDictionary<string, string> addresses)
        : base("rabbitmq", folder, options, addresses)
    {
        var api = new Uri(addresses[ApiVariable]);
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes(api.UserInfo));
        _api = new HttpClient { BaseAddress = new UriBuilder(api) { UserName = "", Password = "" }.Uri };
        _api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", credentials);
    }

    /// <summary>The one server of this test process, started when first asked for. Never stop it.</summary>
    public static Task<RabbitServer> SharedAsync() => Instance.Value;

    /// <summary>A server that only this caller knows, and may stop, kill and start.</summary>
    public static Task<RabbitServer> StartOwnAsync() => StartNew("rabbitmq", [], Create);

    /// <summary>The server's AMQP URI with its default virtual host. Others use it too: prefer <see cref="CreateVirtualHostAsync"/>.</summary>
    public string Uri => Addresses[Variable];

    /// <summary>The management API, with <c>BaseAddress</c> and credentials set: paths start with <c>api/</c>.</summary>
    public HttpClient Api => _api;

    /// <summary>Creates an empty virtual host, so that a test's queues and exchanges are its own.</summary>
    /// <returns>The AMQP URI that names it.</returns>
    public async Task<string> CreateVirtualHostAsync(string name = "test")
    {
        var unique = $"{name}-{Guid.NewGuid().ToString("N")[..12]}";
        using var created = await _api.PutAsJsonAsync($"api/vhosts/{unique}", new { });
        created.EnsureSuccessStatusCode();
        return $"{Uri}/{unique}";
    }

    /// <summary>Closes every client connection to the virtual host that the AMQP URI names, as an operator or a network fault would.</summary>
    /// <returns>How many the server knew. It learns of a new connection with a delay of up to five seconds.</returns>
    public async Task<int> CloseConnectionsAsync(string amqpUri)
    {
        var connections = await _api.GetFromJsonAsync<JsonElement[]>($"api/vhosts/{VirtualHost(amqpUri)}/connections") ?? [];
        foreach (var connection in connections)
            using (await _api.DeleteAsync($"api/connections/{System.Uri.EscapeDataString(connection.GetProperty("name").GetString()!)}"))
            {
            }
        return connections.Length;
    }

    /// <summary>The virtual host in an AMQP URI, as it stands there; <c>%2F</c> when the URI names none.</summary>
    public static string VirtualHost(string amqpUri) => new Uri(amqpUri).AbsolutePath is { Length: > 1 } path ? path[1..] : "%2F";

    static RabbitServer Create(string? folder, string[] options, IReadOnlyDictionary<string, string> addresses)
        => new(folder, options, addresses);
}
