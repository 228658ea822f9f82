using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace CxPlatform.Messaging;

/// <summary>What a module adds to its registration.</summary>
public sealed class ModuleBuilder
{
    internal List<Type> HandlerTypes { get; } = [];

    /// <summary>Registers every <see cref="IHandle{TEvent}"/> and <see cref="IHandleTimer{TTimer}"/> of the assembly.</summary>
    public ModuleBuilder HandlersFrom(Assembly assembly)
    {
        HandlerTypes.AddRange(assembly.GetTypes());
        return this;
    }

    /// <summary>Registers one handler from elsewhere.</summary>
    public ModuleBuilder Handler<THandler>()
    {
        HandlerTypes.Add(typeof(THandler));
        return this;
    }
}

/// <summary>How a host says which modules it has.</summary>
public static class MessagingBuilderExtensions
{
    /// <summary>Adds a module: PostgreSQL when <c>ConnectionStrings:{name}db</c> is given, else SQLite under <c>Cx:Data:Path</c>.</summary>
    /// <typeparam name="TDb">The module's abstract context.</typeparam>
    /// <typeparam name="TPostgres">Its PostgreSQL subclass, with that provider's migrations.</typeparam>
    /// <typeparam name="TSqlite">Its SQLite subclass, with that provider's migrations.</typeparam>
    public static IHostApplicationBuilder AddModule<TDb, TPostgres, TSqlite>(this IHostApplicationBuilder builder, string name, Action<ModuleBuilder> configure)
        where TDb : ModuleDb
        where TPostgres : TDb
        where TSqlite : TDb
    {
        var module = new ModuleBuilder();
        configure(module);
        var handlers = Handlers.From(module.HandlerTypes, builder.Services);
        var connectionString = builder.Configuration.GetConnectionString(name + "db");
        var context = string.IsNullOrWhiteSpace(connectionString) ? typeof(TSqlite) : typeof(TPostgres);
        builder.Services.AddSingleton(services => new Module<TDb>(
            name,
            ModuleStore.Create(name, connectionString, builder.Configuration["Cx:Data:Path"] ?? "./.data", services.GetRequiredService<TimeProvider>()),
            context,
            handlers));
        AddHostServices(builder);
        builder.Services.AddSingleton<Work<TDb>>();
        builder.Services.AddSingleton<EventLog<TDb>>();
        builder.Services.AddSingleton<Dispatcher<TDb>>();
        builder.Services.AddSingleton<Parking<TDb>>();
        builder.Services.AddSingleton<Timers<TDb>>();
        builder.Services.AddSingleton<IModuleRuntime, ModuleRuntime<TDb>>();
        builder.Services.AddHostedService<Leader<TDb>>();
        builder.Services.AddScoped<UnitAccessor<TDb>>();
        builder.Services.AddScoped(services => services.GetRequiredService<UnitAccessor<TDb>>().Required);
        builder.Services.AddScoped(services => services.GetRequiredService<UnitAccessor<TDb>>().Db);
        return builder;
    }

    // Once per host, whichever module comes first.
    private static void AddHostServices(IHostApplicationBuilder builder)
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(TransportTargets)))
            return;
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddMetrics();
        builder.Services.AddSingleton<MessagingMetrics>();
        builder.Services.AddSingleton<TransportTargets>();
        var blobs = builder.Configuration["Cx:Blobs:Path"] ?? Path.Combine(builder.Configuration["Cx:Data:Path"] ?? "./.data", "blobs");
        builder.Services.AddSingleton<IBlobs>(new FolderBlobs(blobs));
        if (builder.Configuration.GetConnectionString("messaging") is { Length: > 0 } messaging)
            builder.Services.AddRabbit(new Uri(messaging));
    }

    /// <summary>Adds a group writer and the appender that feeds it.</summary>
    public static IServiceCollection AddGroupCommit<TDb, TMember, TResult, TWriter>(this IServiceCollection services)
        where TDb : ModuleDb
        where TWriter : class, IGroupWriter<TDb, TMember, TResult>
    {
        services.AddScoped<IGroupWriter<TDb, TMember, TResult>, TWriter>();
        services.AddSingleton<GroupCommit<TDb, TMember, TResult>>();
        services.AddHostedService(provider => provider.GetRequiredService<GroupCommit<TDb, TMember, TResult>>());
        return services;
    }
}
