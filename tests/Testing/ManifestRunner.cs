using System.Diagnostics;
using System.Security.Cryptography;
using CxPlatform.ServiceDefaults;
using Npgsql;

namespace CxPlatform.Testing;

/// <summary>
/// The platform as separate processes, started from the manifest: its projects, their environment and bindings, its
/// connection-string expressions resolved to the private servers, and a gateway with the manifest's routes.
/// </summary>
public sealed class ManifestRunner : IAsyncDisposable
{
    readonly TempFolder _folder;
    readonly Process _guard;
    readonly Gateway _gateway;

    ManifestRunner(
        TempFolder folder, Process guard, Gateway gateway, string adminKey, string messaging,
        IReadOnlyDictionary<string, string> databases, IReadOnlyDictionary<string, ServiceProcess> services)
    {
        (_folder, _guard, _gateway) = (folder, guard, gateway);
        (AdminKey, Messaging, Databases, Services) = (adminKey, messaging, databases, services);
    }

    /// <summary>The gateway: the one base address of all services.</summary>
    public Uri Address => _gateway.Address;

    /// <summary>An API key with every scope, for <c>X-Api-Key</c> and for signing in to the desk.</summary>
    public string AdminKey { get; }

    /// <summary>The AMQP URI that the services were given.</summary>
    public string Messaging { get; }

    /// <summary>Each service's connection string, by the database's name, e.g. <c>casedb</c>.</summary>
    public IReadOnlyDictionary<string, string> Databases { get; }

    /// <summary>The services by name: intake, case, routing, notification, feedback.</summary>
    public IReadOnlyDictionary<string, ServiceProcess> Services { get; }

    /// <summary>Where the services keep files: blobs, the outbox.</summary>
    public string DataPath => _folder["data"];

    /// <summary>Starts all services and waits until each is healthy.</summary>
    /// <param name="environment">Variables that every service is given beside the manifest's; they win over the manifest's.</param>
    /// <param name="rabbit">A broker of the test's own, for tests that stop it; the shared one by default.</param>
    /// <param name="manifest">The repository's by default.</param>
    public static async Task<ManifestRunner> StartAsync(
        IReadOnlyDictionary<string, string>? environment = null, RabbitServer? rabbit = null, Manifest? manifest = null)
    {
        manifest ??= Manifest.Load();
        rabbit ??= await RabbitServer.SharedAsync();
        var postgres = await PostgresServer.SharedAsync();
        var redis = await RedisServer.SharedAsync();

        var folder = new TempFolder();
        var key = ApiKey.Create();
        var gatewayPort = FreePort.Next();
        var postgresAddress = new NpgsqlConnectionStringBuilder(postgres.ConnectionString());
        var broker = new Uri(await rabbit.CreateVirtualHostAsync("manifest"));
        var cache = redis.ConnectionString().Split(',')[0].Split(':');
        var projects = manifest.OfType("project.v0").ToList();
        var addresses = projects.ToDictionary(project => $"{project.Name}.http", _ => ("127.0.0.1", FreePort.Next()));
        addresses["gateway.http"] = ("127.0.0.1", gatewayPort);
        addresses["postgres.tcp"] = (postgresAddress.Host!, postgresAddress.Port);
        addresses["messaging.tcp"] = (broker.Host, broker.Port);
        addresses["cache.tcp"] = (cache[0], int.Parse(cache[1], System.Globalization.CultureInfo.InvariantCulture));
        var inputs = new Dictionary<string, string>
        {
            ["master-key"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(33)),
            ["public-url"] = $"http://127.0.0.1:{gatewayPort}",
            ["data-path"] = folder["data"],
            ["admin-key-hash"] = key.Hash,
            ["postgres-password"] = "trusted",
            ["messaging-password"] = broker.UserInfo.Split(':')[1],
            ["cache-password"] = "cx",
        };
        string Resolved(string text) => manifest.Resolve(text, inputs, addresses);

        // What the manifest's expressions do not say: a broker and a server shared with other tests, hence a virtual host and databases of our own.
        var own = new Dictionary<string, string>();
        foreach (var database in manifest.OfType("value.v0").Where(resource => resource.ConnectionString is { Length: > 0 }))
        {
            var named = new NpgsqlConnectionStringBuilder(Resolved(database.ConnectionString!));
            var created = new NpgsqlConnectionStringBuilder(await postgres.CreateDatabaseAsync(named.Database!));
            named.Database = created.Database;
            own[database.Name] = named.ConnectionString;
        }
        var messaging = Resolved(manifest.Resources["messaging"].ConnectionString!) + broker.AbsolutePath;

        var pids = folder["pids"];
        await File.WriteAllTextAsync(pids, "");
        var services = projects.ToDictionary(project => project.Name, project =>
        {
            var (_, port) = addresses[$"{project.Name}.http"];
            var given = project.Env.ToDictionary(pair => pair.Key, pair => Resolved(pair.Value));
            foreach (var (database, connectionString) in own)
                if (given.ContainsKey($"ConnectionStrings__{database}"))
                    given[$"ConnectionStrings__{database}"] = connectionString;
            given["ConnectionStrings__messaging"] = messaging;
            given["ASPNETCORE_ENVIRONMENT"] = "Development"; // migrations run at start, tests may move the clock
            given.Remove("HTTP_PORTS"); // it would listen on every interface
            given["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}";
            foreach (var (name, value) in environment ?? new Dictionary<string, string>())
                given[name] = value;
            return new ServiceProcess(project.Name, Path.Combine(manifest.Folder, project.Path!), port, given, pid => Record(pids, pid));
        });
        var guard = Guard(folder);
        var gateway = await Gateway.StartAsync(gatewayPort, manifest.Resources["gateway"].Env.ToDictionary(pair => pair.Key, pair => Resolved(pair.Value)));
        var runner = new ManifestRunner(folder, guard, gateway, key.Plaintext, messaging, own, services);
        try
        {
            await Task.WhenAll(services.Values.Select(service => service.StartAsync()));
        }
        catch
        {
            await runner.DisposeAsync();
            throw;
        }
        return runner;
    }

    /// <summary>A client with the gateway's address and the admin key.</summary>
    public HttpClient CreateClient()
    {
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Add("X-Api-Key", AdminKey);
        return client;
    }

    /// <summary>The last lines of every service, for a failure's message.</summary>
    public string Output => string.Join("\n\n", Services.Values.Select(service => $"=== {service.Name} ===\n{service.Output}"));

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Services.Values.Select(service => service.DisposeAsync().AsTask()));
        await _gateway.DisposeAsync();
        _guard.Kill();
        await _guard.WaitForExitAsync();
        _guard.Dispose();
        var postgres = await PostgresServer.SharedAsync();
        foreach (var database in Databases.Values)
            await postgres.DropDatabaseAsync(database);
        _folder.Dispose();
    }

    static void Record(string pids, int pid)
    {
        using var file = new FileStream(pids, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        file.Write(System.Text.Encoding.ASCII.GetBytes($"{pid}\n"));
    }

    /// <summary>Ends the services when this process is ended before it could do so itself.</summary>
    static Process Guard(TempFolder folder)
    {
        var start = new ProcessStartInfo(
            "setsid", ["bash", Repository.PathOf("eng", "servers.sh"), "guard", folder.Path, "--owner", $"{Environment.ProcessId}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }
}
