using System.Net.Http.Json;
using System.Text.Json;
using CxPlatform.Cases;
using CxPlatform.Cases.Feed;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Contracts.Routing.V1;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using CxPlatform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CxPlatform.Case.Tests.Service;

public enum Database
{
    Sqlite,
    Postgres,
}

/// <summary>The Case service as a real host on a loopback port, with an empty database of its own; the other services' events are handed to
/// it.</summary>
internal sealed class CaseHost : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly WebApplication _app;
    private readonly string? _connectionString;
    private readonly WallClock _wall;
    private Guid _epoch = Guid.NewGuid();
    private long _position;
    private bool _followed;

    private CaseHost(TempFolder folder, WebApplication app, string? connectionString, HttpClient client, HttpClient anonymous, WallClock wall)
    {
        (_folder, _app, _connectionString, Client, Anonymous, _wall) = (folder, app, connectionString, client, anonymous, wall);
        Module = app.Services.GetServices<IModuleRuntime>().Single(module => module.Name == "case");
    }

    public HttpClient Client { get; }

    public HttpClient Anonymous { get; }

    /// <summary>Moves time on, for everybody.</summary>
    public SteppedTime Clock => _wall.Steady;

    /// <summary>Sets the machine's clock forward or back, as people and time servers do: nothing that waits gets any nearer by it.</summary>
    public void Jump(TimeSpan by) => _wall.Off += by;

    public IModuleRuntime Module { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<CaseHost> StartAsync(Database database, params string[] settings)
    {
        var folder = new TempFolder();
        var connectionString = database == Database.Postgres ? await (await PostgresServer.SharedAsync()).CreateDatabaseAsync("case")
            : null;
        return await StartAsync(folder, connectionString, new(new(new DateTimeOffset(2026, 3, 2, 10, 0, 0, TimeSpan.Zero))), settings);
    }

    /// <summary>The process ends, and another one starts on the same data.</summary>
    public async Task<CaseHost> RestartAsync(params string[] settings)
    {
        await StopAsync();
        _followed = true;
        var next = await StartAsync(_folder, _connectionString, _wall, settings);
        (next._epoch, next._position) = (_epoch, _position);
        return next;
    }

    private static async Task<CaseHost> StartAsync(TempFolder folder, string? connectionString, WallClock wall, string[] settings)
    {
        var key = ApiKey.Create();
        string[] args =
        [
            "--urls=http://127.0.0.1:0", $"--Cx:Data:Path={folder.Path}", $"--Cx:BootstrapAdminKeyHash={key.Hash}", "--environment=Development",
                $"--Cx:MasterKey={Convert.ToBase64String(new byte[32])}",
            "--Logging:LogLevel:Default=Warning", .. connectionString is null ? Array.Empty<string>()
                : [$"--ConnectionStrings:casedb={connectionString}"],
            .. settings,
        ];
        // Two names make it an embedded host, which needs no broker; one module is registered.
        var builder = CxHost.CreateBuilder(args, "case", "routing").AddServiceDefaults();
        builder.Services.AddSingleton<TimeProvider>(wall);
        builder.AddCase();
        var app = builder.Build().MapServiceDefaults();
        app.MapCase();
        await app.StartAsync();
        var address = new Uri(app.Urls.Single());
        var client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };
        client.DefaultRequestHeaders.Authorization = new("Bearer", key.Plaintext);
        return new(folder, app, connectionString, client, new() { BaseAddress = address }, wall);
    }

    /// <summary>Hands over an event as the relay would; it is handled or parked when this returns.</summary>
    public Task DeliverAsync(string source, string stream, params object[] events)
    {
        var logged = events.Select(e => new LoggedEvent
        {
            Position = ++_position,
            Id = Guid.NewGuid(),
            Stream = stream,
            Version = 1,
            Type = EventTypes.NameOf(e.GetType()),
            Data = EventTypes.Write(e),
            Actor = "system",
            CorrelationId = Guid.NewGuid(),
            Time = Clock.GetUtcNow(),
        }).ToList();
        return Module.DeliverAsync(source, _epoch, _position, logged, default);
    }

    public static ContactReceived Contact(
        string text = "My kettle does not heat any more.", Guid? customer = null, Channel channel = Channel.Email,
            params Evidence[] evidence) => new()
            {
                ContactId = Guid.CreateVersion7(),
                Channel = channel,
                ProviderId = Guid.NewGuid().ToString(),
                ReceivedAt = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero),
                CustomerId = customer ?? Guid.CreateVersion7(),
                CustomerName = "Mia Berger",
                From = new(IdentityKind.EmailAddress, "mia@example.org"),
                Subject = "Kettle",
                Text = text,
                Evidence = evidence,
            };

    public async Task<Guid> OpenAsync(ContactReceived? contact = null)
    {
        contact ??= Contact();
        await DeliverAsync("intake", $"contact/{contact.ContactId}", contact);
        return contact.ContactId;
    }

    public Task RouteAsync(Guid caseId, Kind kind = Kind.Problem, Guid? agentId = null, string? agentName = null, string queue = "help") =>
        DeliverAsync("routing", $"case/{caseId}", new RoutingDecided
        {
            CaseId = caseId,
            CaseVersion = 1,
            Kind = kind,
            Category = "appliances",
            Priority = Priority.Normal,
            Feeling = Feeling.Neutral,
            QueueId = queue,
            QueueName = "Help",
            TeamName = "Kitchen team",
            CalendarId = "default",
            FirstResponseTarget = TimeSpan.FromHours(2),
            AgentId = agentId,
            AgentName = agentName,
            DecidedAt = Clock.GetUtcNow(),
        });

    public Task AgentAsync(Guid id, string name, bool active = true) =>
        DeliverAsync("routing", $"agent/{id}", new AgentChanged { AgentId = id, Name = name, Role = "agent", Active = active });

    public async Task<JsonElement> GetAsync(string path) => await ReadAsync(await Client.GetAsync(path));

    public async Task<JsonElement> PostAsync(string path, object body) => await ReadAsync(await Client.PostAsJsonAsync(path, body));

    /// <summary>Waits until the case's timeline has an event of that type.</summary>
    public async Task ToldAsync(Guid id, string type)
    {
        // Whoever sets a timer or takes one back, as here none, wakes those who run them: a clock that was moved is noticed at once.
        await Services.GetRequiredService<Work<CaseDb>>().RunAsync<Unit<CaseDb>, Done>((unit, _) =>
        {
            unit.Cancel("none");
            return Task.FromResult(Done.Value);
        });
        await Eventually.Async(async () => (await TypesAsync(id)).Contains(type), TimeSpan.FromSeconds(60), $"{type} on the case");
    }

    public Task<JsonElement> CaseAsync(Guid id) => GetAsync($"/v1/cases/{id}");

    public async Task<string[]> TypesAsync(Guid id) =>
        [.. (await GetAsync($"/v1/cases/{id}/timeline")).GetProperty("items").EnumerateArray()
            .Select(item => item.GetProperty("type").GetString()!)];

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode,
            $"{response.RequestMessage!.Method} {response.RequestMessage.RequestUri!.PathAndQuery}: {(int)response.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    private async Task StopAsync()
    {
        Client.Dispose();
        Anonymous.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_followed)
            return;
        var faults = await FaultsAsync();
        await StopAsync();
        if (_connectionString is not null)
            await (await PostgresServer.SharedAsync()).DropDatabaseAsync(_connectionString);
        _folder.Dispose();
        Assert.True(faults.Count == 0, "What was emitted is not as docs/asyncapi.json says:\n" + string.Join('\n', faults));
    }

    // Whatever a test did, everything that it emitted is as integrators are told.
    private async Task<IReadOnlyList<string>> FaultsAsync()
    {
        var schemas = new EventSchemas();
        var events = await Services.GetRequiredService<EventLog<CaseDb>>().ReadAsync(0, int.MaxValue, default);
        return
        [
            .. events.Where(CaseEvents.IsCaseEvent).SelectMany(e => schemas.FaultsOf(JsonSerializer.Deserialize<JsonElement>(CloudEvent.Write(e)))),
        ];
    }

    /// <summary>What the machine says the time is. Timers wait by the steady clock beneath it.</summary>
    private sealed class WallClock(SteppedTime steady) : TimeProvider
    {
        public SteppedTime Steady => steady;

        public TimeSpan Off { get; set; }

        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override long TimestampFrequency => steady.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => steady.GetUtcNow() + Off;

        public override long GetTimestamp() => steady.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            steady.CreateTimer(callback, state, dueTime, period);
    }
}
