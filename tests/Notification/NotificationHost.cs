using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Notifications.V1;
using CxPlatform.Mail;
using CxPlatform.Messaging;
using CxPlatform.Notifications;
using CxPlatform.Notifications.Storage;
using CxPlatform.ServiceDefaults;
using CxPlatform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CxPlatform.Notification.Tests;

/// <summary>Which database the module keeps.</summary>
public enum Store
{
    Sqlite,
    Postgres,
}

/// <summary>The module as a real host on a loopback port, with an outbox folder of its own.</summary>
internal sealed class NotificationHost : IAsyncDisposable
{
    private static readonly Guid Epoch = Guid.NewGuid();
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, long> _versions = [];
    private readonly string _masterKey;
    private bool _shared;
    private string? _database;
    private WebApplication? _app;
    private long _position;

    private NotificationHost(string? masterKey = null) => _masterKey = masterKey ?? Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    public TimeProvider Clock { get; private init; } = TimeProvider.System;

    public Lines Log { get; } = new();

    public WebApplication App => _app ?? throw new InvalidOperationException("Not started.");

    public HttpClient Admin { get; private set; } = null!;

    public HttpClient Anonymous { get; private set; } = null!;

    public string OutboxFolder => _folder["outbox"];

    public static async Task<NotificationHost> StartAsync(Store store = Store.Sqlite, TimeProvider? clock = null, params (string Key, string Value)[] settings)
    {
        var host = new NotificationHost { Settings = settings.ToDictionary(pair => pair.Key, pair => pair.Value), Clock = clock ?? TimeProvider.System };
        if (store == Store.Postgres)
            host._database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync("notification");
        await host.StartAgainAsync();
        return host;
    }

    /// <summary>A second process on the same database.</summary>
    public async Task<NotificationHost> AnotherAsync()
    {
        var other = new NotificationHost(_masterKey) { Settings = Settings, Clock = Clock, _database = _database, _shared = true };
        await other.StartAgainAsync();
        return other;
    }

    public async Task StartAgainAsync()
    {
        var key = ApiKey.Create();
        var port = FreePort.Next();
        var settings = new Dictionary<string, string>
        {
            ["Cx:Data:Path"] = _folder.Path,
            ["Cx:PublicUrl"] = "https://help.example.com",
            ["Cx:Mail:Domain"] = "help.example.com",
            ["Cx:MasterKey"] = _masterKey,
            ["Cx:BootstrapAdminKeyHash"] = key.Hash,
            ["urls"] = $"http://127.0.0.1:{port}",
        };
        if (_database is not null)
            settings["ConnectionStrings:notificationdb"] = _database;
        foreach (var (name, value) in Settings)
            settings[name] = value;
        // Two names: an embedded host, which needs no servers.
        var builder = CxHost.CreateBuilder([.. settings.Select(pair => $"--{pair.Key}={pair.Value}")], NotificationModule.Name, "case").AddServiceDefaults();
        builder.Services.AddSingleton(Clock);
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(Log);
        builder.AddNotification();
        _app = builder.Build().MapServiceDefaults();
        _app.MapNotification();
        await _app.StartAsync();
        Admin = new() { BaseAddress = new($"http://127.0.0.1:{port}") };
        Admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Plaintext);
        Anonymous = new() { BaseAddress = Admin.BaseAddress };
    }

    public async Task StopAsync()
    {
        Admin?.Dispose();
        Anonymous?.Dispose();
        if (_app is null)
            return;
        await _app.StopAsync();
        await _app.DisposeAsync();
        _app = null;
    }

    public Tokens Tokens => App.Services.GetRequiredService<Tokens>();

    /// <summary>Events as they would come from the module that owns them, in one batch.</summary>
    public Task<IReadOnlyList<LoggedEvent>> DeliverAsync(params object[] events) => DeliverAsync("system", events);

    /// <summary>The same, as somebody's doing.</summary>
    public async Task<IReadOnlyList<LoggedEvent>> DeliverAsync(string actor, params object[] events)
    {
        var logged = events.Select(e => Logged(e, actor)).ToList();
        foreach (var batch in logged.GroupBy(e => Owner(e.Stream)))
            await DeliverAgainAsync(batch.Key, [.. batch]);
        return logged;
    }

    public Task DeliverAgainAsync(string owner, IReadOnlyList<LoggedEvent> events) =>
        App.Services.GetRequiredService<Dispatcher<NotificationDb>>().DeliverAsync(owner, Epoch, events[^1].Position, events, default);

    public Task<T> ReadAsync<T>(Func<NotificationDb, Task<T>> read) => App.Services.GetRequiredService<Work<NotificationDb>>().ReadAsync((db, _) => read(db));

    public Task<List<MessageRow>> MessagesAsync() => ReadAsync(db => db.Messages.OrderBy(row => row.CreatedAt).ThenBy(row => row.Id).ToListAsync());

    public async Task<List<string>> ParkedAsync() =>
        [.. (await App.Services.GetServices<IModuleRuntime>().Single(module => module.Name == NotificationModule.Name).ParkedAsync(100, default)).Select(parked => parked.Reason)];

    /// <summary>What the module has appended to its log.</summary>
    public async Task<List<T>> AppendedAsync<T>() =>
        [.. (await App.Services.GetRequiredService<EventLog<NotificationDb>>().ReadAsync(0, 100_000, default)).Select(e => EventTypes.Read(e.Type, e.Data)).OfType<T>()];

    /// <summary>Waits for so many mails in the outbox, oldest first.</summary>
    public async Task<List<InboundMail>> MailsAsync(int count)
    {
        var files = await Eventually.Value(() => Task.FromResult(Files("*.eml")), files => files.Count >= count);
        return [.. files.Select(file => MimeReader.Read(File.ReadAllBytes(file)))];
    }

    public async Task<List<string>> TextsAsync(int count)
    {
        var files = await Eventually.Value(() => Task.FromResult(Files("*.txt")), files => files.Count >= count);
        return [.. files.Select(File.ReadAllText)];
    }

    /// <summary>Waits until nothing is on its way any more.</summary>
    public async Task SettledAsync() => await Eventually.Async(async () =>
        !await ReadAsync(db => db.Messages.AnyAsync(row => row.State == Notifications.Domain.MessageState.Pending)), TimeSpan.FromSeconds(60));

    private List<string> Files(string pattern) => Directory.Exists(OutboxFolder) ? [.. Directory.GetFiles(OutboxFolder, pattern).Where(file => !Path.GetFileName(file).StartsWith('.')).Order(StringComparer.Ordinal)] : [];

    private LoggedEvent Logged(object e, string actor)
    {
        var stream = Story.StreamOf(e);
        var version = _versions[stream] = _versions.GetValueOrDefault(stream) + 1;
        var id = Guid.CreateVersion7();
        return new()
        {
            Position = Interlocked.Increment(ref _position),
            Id = id,
            Stream = stream,
            Version = version,
            Type = EventTypes.NameOf(e.GetType()),
            Data = EventTypes.Write(e),
            Actor = actor,
            CorrelationId = id,
            Time = Time.Truncate(Clock.GetUtcNow()),
        };
    }

    private static string Owner(string stream) => stream.Split('/')[0] switch
    {
        "case" => "case",
        "survey" => "feedback",
        "agent" or "key" => "routing",
        _ => "intake",
    };

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_database is not null && !_shared)
            await (await PostgresServer.SharedAsync()).DropDatabaseAsync(_database);
        _folder.Dispose();
    }

    /// <summary>Everything that was logged, whatever the level.</summary>
    internal sealed class Lines : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public string All => string.Join('\n', _lines);

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{logLevel} {formatter(state, exception)} {exception}"));

        public void Dispose()
        {
        }
    }
}
