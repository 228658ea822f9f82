using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Routing.V1;
using CxPlatform.Messaging;
using CxPlatform.Routing.Storage;
using CxPlatform.ServiceDefaults;
using CxPlatform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CxPlatform.Routing.Tests;

public enum Store
{
    Sqlite,
    Postgres,
}

/// <summary>The Routing module in a host of its own on a loopback port. Events of the Case service are delivered as the transport
/// would.</summary>
internal sealed class RoutingHost : IAsyncDisposable
{
    private static readonly Guid Epoch = Guid.NewGuid();

    private readonly WebApplication _app;
    private readonly TempFolder? _folder;
    private readonly string? _database;
    private readonly Dictionary<string, long> _versions = [];
    private long _position;

    private RoutingHost(WebApplication app, TempFolder? folder, string? database, Uri address, MovedClock clock)
    {
        _app = app;
        Clock = clock;
        _folder = folder;
        _database = database;
        Anonymous = new() { BaseAddress = address };
    }

    public HttpClient Anonymous { get; }

    /// <summary>Speaks with an admin key.</summary>
    public HttpClient Admin { get; private set; } = null!;

    /// <summary>The host's time: the system's, until a test moves it.</summary>
    public MovedClock Clock { get; }

    public IServiceProvider Services => _app.Services;

    public string DataPath => _folder!.Path;

    public string ConnectionString => _database!;

    public static async Task<RoutingHost> StartAsync(Store store, string? redis = null)
    {
        var database = store == Store.Postgres ? await (await PostgresServer.SharedAsync()).CreateDatabaseAsync("routing") : null;
        return await StartAsync(new TempFolder(), database, redis);
    }

    /// <summary>Another replica on the same PostgreSQL database.</summary>
    public Task<RoutingHost> StartReplicaAsync() => StartAsync(new TempFolder(), _database, null);

    private static async Task<RoutingHost> StartAsync(TempFolder folder, string? database, string? redis)
    {
        var clock = new MovedClock();
        string[] args =
        [
            "--urls=http://127.0.0.1:0", $"--Cx:Data:Path={folder.Path}", "--Logging:LogLevel:Default=Warning",
            $"--Cx:MasterKey={Convert.ToBase64String(new byte[32])}",
            .. database is null ? (string[])[] : [$"--ConnectionStrings:routingdb={database}"],
            .. redis is null ? (string[])[] : [$"--ConnectionStrings:cache={redis}"],
        ];
        // Named with another module, it may live without a broker, as AllInOne does.
        var builder = CxHost.CreateBuilder(args, "routing", "case").AddServiceDefaults();
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.AddRouting();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var app = builder.Build().MapServiceDefaults();
        app.MapRouting();
        await app.StartAsync();
        var host = new RoutingHost(app, folder, database, new(app.Urls.Single()), clock);
        host.Admin = host.Client(await app.Services.GetRequiredService<IKeyStore>().CreateAsync("test", [Scopes.Admin], null, default));
        return host;
    }

    public HttpClient Client(string key) => new()
    {
        BaseAddress = Anonymous.BaseAddress,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) },
    };

    /// <summary>A client with a new key, once the key is known: what is known of keys may be a moment old.</summary>
    public async Task<HttpClient> KnownClientAsync(string key)
    {
        var client = Client(key);
        await Eventually.Async(async () => (await client.GetAsync("/v1/queues")).StatusCode != HttpStatusCode.Unauthorized);
        return client;
    }

    /// <summary>Adds an agent over HTTP, present unless said otherwise.</summary>
    public async Task<Guid> AgentAsync(string name, int capacity = 10, bool present = true, string[]? skills = null,
        string[]? queues = null)
    {
        var agent = await PostAsync("/v1/agents", new { name, capacity, skills = skills ?? [], queues = queues ?? [] });
        var id = agent.GetProperty("id").GetGuid();
        if (present)
            await PresenceAsync(id, "present");
        return id;
    }

    public async Task PresenceAsync(Guid agent, string presence)
    {
        using var response = await Admin.PutAsJsonAsync($"/v1/agents/{agent}/presence", new { presence });
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    public async Task<JsonElement> PostAsync(string path, object body)
    {
        using var response = await Admin.PostAsJsonAsync(path, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>The body is refused with 400, and the problem document names the field.</summary>
    public async Task RefusesAsync(HttpMethod method, string path, string body, string field)
    {
        using var response = await Admin.SendAsync(new(method,
            path)
        { Content = new StringContent(body, Encoding.UTF8, "application/json") });
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.BadRequest, $"{response.StatusCode} {text}");
        Assert.True(JsonDocument.Parse(text).RootElement.GetProperty("errors").TryGetProperty(field, out _), text);
    }

    public Task<JsonElement> GetAsync(string path) => Admin.GetFromJsonAsync<JsonElement>(path);

    public static CaseOpened Opened(string text = "How long does shipping take?", Guid? customer = null, Priority? priority = null,
        Automatic automatic = Automatic.None, Guid? id = null, int minute = 0) =>
        new()
        {
            CaseId = id ?? Guid.NewGuid(),
            Number = "CX-2026-000001",
            ContactId = Guid.NewGuid(),
            CustomerId = customer ?? Guid.NewGuid(),
            Channel = Channel.Email,
            From = new(IdentityKind.EmailAddress, "someone@example.org"),
            Text = text,
            Need = text,
            Priority = priority,
            Automatic = automatic,
            ReceivedAt = new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero).AddMinutes(minute),
        };

    public static CaseResolved Resolved(Guid caseId) =>
        new(caseId, "CX-2026-000001", Guid.NewGuid(), CaseResult.Solved, Agreement.Customer, Kind.Question, Automatic.None);

    public static CustomerReplied Replied(Guid caseId, string text) => new()
    {
        CaseId = caseId,
        Number = "CX-2026-000001",
        ContactId = Guid.NewGuid(),
        CustomerId = Guid.NewGuid(),
        Channel = Channel.Email,
        From = new(IdentityKind.EmailAddress, "someone@example.org"),
        Text = text,
        JoinedBy = EvidenceKind.MessageId,
        ReceivedAt = DateTimeOffset.UnixEpoch,
    };

    /// <summary>Delivers events as one batch and answers what Routing decided on them, in order.</summary>
    public async Task<IReadOnlyList<RoutingDecided>> DeliverAsync(params object[] events)
    {
        var before = (await LogAsync()).Count;
        await DeliverFromAsync("case", Batch(events));
        Assert.Empty(await Runtime.ParkedAsync(10, default));
        return [.. (await LogAsync()).Skip(before).Select(e => EventTypes.Read(e.Type, e.Data)).OfType<RoutingDecided>()];
    }

    public Task DeliverFromAsync(string source, IReadOnlyList<LoggedEvent> batch) =>
        Runtime.DeliverAsync(source, Epoch, batch[^1].Position, batch, default);

    public List<LoggedEvent> Batch(params object[] events)
    {
        lock (_versions)
            return events.Select(Logged).ToList();
    }

    public IModuleRuntime Runtime => Services.GetServices<IModuleRuntime>().Single();

    public async Task<IReadOnlyList<LoggedEvent>> LogAsync() => await Services.GetRequiredService<EventLog<RoutingDb>>()
        .ReadAsync(0, 100_000, default);

    public async Task<List<T>> EventsAsync<T>() => [.. (await LogAsync()).Select(e => EventTypes.Read(e.Type, e.Data)).OfType<T>()];

    public Task<List<AssignmentRow>> AssignmentsAsync() =>
        Services.GetRequiredService<Work<RoutingDb>>().ReadAsync((db, ct) => db.Assignments.ToListAsync(ct));

    public async Task<Dictionary<Guid, int>> LoadsAsync() =>
        (await AssignmentsAsync()).Where(row => row is { Open: true, AgentId: not null }).CountBy(row => row.AgentId!.Value).ToDictionary();

    public async ValueTask DisposeAsync()
    {
        Anonymous.Dispose();
        Admin.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder?.Dispose();
    }

    private LoggedEvent Logged(object e)
    {
        var id = e.GetType().GetProperty("CaseId")!.GetValue(e)!;
        var stream = $"case/{id}";
        return new()
        {
            Position = ++_position,
            Id = Guid.NewGuid(),
            Stream = stream,
            Version = _versions[stream] = _versions.GetValueOrDefault(stream) + 1,
            Type = EventTypes.NameOf(e.GetType()),
            Data = EventTypes.Write(e),
            Actor = "system",
            CorrelationId = Guid.NewGuid(),
            Time = new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero),
        };
    }
}

/// <summary>The system's clock, moved on as often as a test likes.</summary>
internal sealed class MovedClock : TimeProvider
{
    private long _ahead;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _ahead));

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);
}
