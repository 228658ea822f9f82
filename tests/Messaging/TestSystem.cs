using CxPlatform.Messaging;
using CxPlatform.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CxPlatform.Messaging.Tests;

public enum Topology
{
    /// <summary>SQLite, handlers called in the process.</summary>
    Embedded,

    /// <summary>PostgreSQL, handlers called in the process.</summary>
    Postgres,

    /// <summary>PostgreSQL and RabbitMQ.</summary>
    Broker,
}

/// <summary>The databases and the broker of one test; hosts come and go on them.</summary>
public sealed class TestSystem : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string?> _settings = [];
    private readonly List<IHost> _hosts = [];

    public Faults Faults { get; } = new();

    public string OwnerConnection => _settings["ConnectionStrings:intakedb"]!;

    public string ConsumerConnection => _settings["ConnectionStrings:casedb"]!;

    public static async Task<TestSystem> CreateAsync(Topology topology, string? rabbit = null)
    {
        var system = new TestSystem();
        system._settings["Cx:Data:Path"] = system._folder.Path;
        if (topology != Topology.Embedded)
        {
            var postgres = await PostgresServer.SharedAsync();
            system._settings["ConnectionStrings:intakedb"] = await postgres.CreateDatabaseAsync("owner");
            system._settings["ConnectionStrings:casedb"] = await postgres.CreateDatabaseAsync("consumer");
        }
        if (topology == Topology.Broker)
            system._settings["ConnectionStrings:messaging"] = rabbit ?? await (await RabbitServer.SharedAsync()).CreateVirtualHostAsync("messaging");
        using var host = system.Build(true, true);
        foreach (var create in new Func<IServiceProvider, DbContext>[]
        {
            services => services.GetRequiredService<Module<OwnerDb>>().CreateReadContext(),
            services => services.GetRequiredService<Module<ConsumerDb>>().CreateReadContext(),
        })
            await using (var db = create(host.Services))
                await db.Database.EnsureCreatedAsync();
        return system;
    }

    /// <summary>Starts a process's worth of modules.</summary>
    public async Task<IHost> StartAsync(bool owner = true, bool consumer = true)
    {
        var host = Build(owner, consumer);
        _hosts.Add(host);
        await host.StartAsync();
        return host;
    }

    public IHost Build(bool owner = true, bool consumer = true)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection(_settings);
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddProvider(new ConsoleLines());
        builder.Services.AddSingleton(Faults);
        if (owner)
        {
            builder.AddModule<OwnerDb, OwnerDbPostgres, OwnerDbSqlite>("intake", _ => { });
            builder.Services.AddScoped<Append>();
        }
        if (consumer)
        {
            builder.AddModule<ConsumerDb, ConsumerDbPostgres, ConsumerDbSqlite>("case", module => module.Handler<OnContactReceived>().Handler<OnRing>());
            builder.Services.AddScoped<Schedule>();
        }
        return builder.Build();
    }

    public async Task StopAsync(IHost host)
    {
        _hosts.Remove(host);
        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    public static Task AppendAsync(IHost host, string stream, string text) =>
        host.Services.GetRequiredService<Work<OwnerDb>>().RunAsync<Append, Done>((append, _) => append.Next(stream, text));

    public static Task<List<Seen>> SeenAsync(IHost host) =>
        host.Services.GetRequiredService<Work<ConsumerDb>>().ReadAsync((db, ct) => db.Seen.OrderBy(row => row.Place).ToListAsync(ct));

    public static Task<IReadOnlyList<LoggedEvent>> LogAsync(IHost host) =>
        host.Services.GetRequiredService<EventLog<OwnerDb>>().ReadAsync(0, 100_000, default);

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts.ToList())
            await StopAsync(host);
        if (_settings.TryGetValue("ConnectionStrings:intakedb", out var owner) && owner is not null)
        {
            var postgres = await PostgresServer.SharedAsync();
            await postgres.DropDatabaseAsync(owner);
            await postgres.DropDatabaseAsync(_settings["ConnectionStrings:casedb"]!);
        }
        _folder.Dispose();
    }

    private sealed class ConsoleLines : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Console.WriteLine($"{logLevel}: {formatter(state, exception)} {exception?.GetType().Name} {exception?.Message}");

        public void Dispose()
        {
        }
    }
}
