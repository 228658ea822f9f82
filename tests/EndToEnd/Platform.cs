using System.Net.Http.Json;
using System.Text.Json;
using CxPlatform.Mail;
using CxPlatform.ServiceDefaults;
using CxPlatform.Testing;

namespace CxPlatform.EndToEnd.Tests;

public enum Topology
{
    /// <summary>AllInOne as a newcomer runs it: one process, SQLite, nothing else.</summary>
    AllInOne,

    /// <summary>Five processes from the manifest, with RabbitMQ, PostgreSQL and Redis.</summary>
    Processes,
}

/// <summary>A running platform as its users see it: one address, one admin key, and what it sent.</summary>
public sealed class Platform : IAsyncDisposable
{
    /// <summary>Tests sign SMS webhooks with it.</summary>
    public const string TwilioToken = "0123456789abcdef0123456789abcdef";

    private readonly TempFolder _folder = new();
    private ServiceProcess? _allInOne;
    private ManifestRunner? _processes;

    private Platform()
    {
    }

    public Uri Address { get; private set; } = null!;

    public string AdminKey { get; private set; } = null!;

    /// <summary>A client with the admin key.</summary>
    public HttpClient Client { get; private set; } = null!;

    public string DataPath => _processes?.DataPath ?? _folder["data"];

    public ManifestRunner Processes => _processes ?? throw new InvalidOperationException("AllInOne has no processes to play with.");

    public string Output => _processes?.Output ?? _allInOne!.Output;

    public static async Task<Platform> StartAsync(Topology topology, IReadOnlyDictionary<string, string>? environment = null, RabbitServer? rabbit = null)
    {
        var settings = new Dictionary<string, string>
        {
            ["Cx__Intake__Twilio__AuthToken"] = TwilioToken,
            ["Cx__Feedback__SurveyDelay"] = "00:00:00",
            ["Cx__Intake__WebForm__PerMinute"] = "1000",
            ["Cx__Case__TriageWithin"] = "00:00:30", // a busy machine is no reason to acknowledge without an owner
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            settings[name] = value;
        var platform = new Platform();
        if (topology == Topology.Processes)
        {
            // Each option belongs to one module, and a service on its own refuses what it does not know.
            platform._processes = await ManifestRunner.StartAsync(settings, rabbit);
            platform.Address = platform._processes.Address;
            platform.AdminKey = platform._processes.AdminKey;
        }
        else
        {
            var key = ApiKey.Create();
            var port = FreePort.Next();
            settings["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}";
            settings["Cx__PublicUrl"] = $"http://127.0.0.1:{port}";
            settings["Cx__Data__Path"] = platform._folder["data"];
            settings["Cx__BootstrapAdminKeyHash"] = key.Hash;
            platform._allInOne = new ServiceProcess("allinone", Repository.PathOf("services/AllInOne/AllInOne.csproj"), port, settings, _ => { });
            try
            {
                await platform._allInOne.StartAsync(TimeSpan.FromMinutes(3));
            }
            catch
            {
                await platform.DisposeAsync(); // or its process would run on, and slow down whatever comes after
                throw;
            }
            platform.Address = platform._allInOne.Address;
            platform.AdminKey = key.Plaintext;
        }
        platform.Client = new HttpClient { BaseAddress = platform.Address };
        platform.Client.DefaultRequestHeaders.Add("X-Api-Key", platform.AdminKey);
        return platform;
    }

    /// <summary>Ends the process that sends messages at once, as a crash would.</summary>
    public Task KillNotificationAsync() => (_processes?.Services["notification"] ?? _allInOne!).KillAsync();

    /// <summary>Starts it again.</summary>
    public Task StartNotificationAsync() => (_processes?.Services["notification"] ?? _allInOne!).StartAsync();

    public async Task<JsonElement> GetAsync(string path) => await ReadAsync(await Client.GetAsync(new Uri(path, UriKind.Relative)), path);

    public async Task<JsonElement> PostAsync(string path, object body) => await ReadAsync(await Client.PostAsJsonAsync(path, body), path);

    public async Task<JsonElement> PutAsync(string path, object body) => await ReadAsync(await Client.PutAsJsonAsync(path, body), path);

    /// <summary>The mails that left so far, oldest first, as their recipients' clients read them.</summary>
    public IReadOnlyList<InboundMail> Mails() => Directory.Exists(Path.Combine(DataPath, "outbox"))
        ? [.. Directory.EnumerateFiles(Path.Combine(DataPath, "outbox"), "*.eml").Order(StringComparer.Ordinal).Select(path => MimeReader.Read(File.ReadAllBytes(path)))]
        : [];

    /// <summary>The texts that left so far, oldest first.</summary>
    public IReadOnlyList<string> Texts() => Directory.Exists(Path.Combine(DataPath, "outbox"))
        ? [.. Directory.EnumerateFiles(Path.Combine(DataPath, "outbox"), "*.txt").Order(StringComparer.Ordinal).Select(File.ReadAllText)]
        : [];

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (_processes is not null)
            await _processes.DisposeAsync();
        if (_allInOne is not null)
            await _allInOne.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, string path)
    {
        using (response)
        {
            var body = await response.Content.ReadAsStringAsync();
            Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {body}");
            return body.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(body);
        }
    }
}
