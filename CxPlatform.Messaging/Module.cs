using System.Collections.Frozen;
using System.Data.Common;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.Messaging;

/// <summary>A module in this host: its store, its context types, its handlers.</summary>
public sealed class Module<TDb>
    where TDb : ModuleDb
{
    private readonly Func<DbContextOptions, TDb> _create;
    private readonly Type _contextType;
    private readonly DbContextOptions _readOptions;
    private readonly FrozenDictionary<Type, string> _timerNames;

    internal Module(string name, ModuleStore store, Type contextType, Handlers handlers)
    {
        Name = name;
        Store = store;
        Handlers = handlers;
        _contextType = contextType;
        var constructor = contextType.GetConstructor([typeof(DbContextOptions<>).MakeGenericType(contextType)])
            ?? throw new ArgumentException($"{contextType} needs a public constructor that takes its DbContextOptions.", nameof(contextType));
        _create = options => (TDb)constructor.Invoke([options]);
        _readOptions = store.ContextOptions(contextType, null);
        _timerNames = handlers.Timers.ToFrozenDictionary(pair => pair.Value.Type, pair => pair.Key);
    }

    public string Name { get; }

    public ModuleStore Store { get; }

    internal Handlers Handlers { get; }

    /// <summary>Set when something may have been appended to this module's log.</summary>
    internal Pulse News { get; } = new();

    internal Pulse TimersChanged { get; } = new();

    internal string TimerName(Type type) =>
        _timerNames.TryGetValue(type, out var name) ? name : throw new ArgumentException($"{type} has no [TimerType] or no IHandleTimer<> in module {Name}.", nameof(type));

    internal TDb CreateContext(DbConnection connection) => _create(Store.ContextOptions(_contextType, connection));

    internal TDb CreateReadContext()
    {
        var db = _create(_readOptions);
        db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        return db;
    }

    /// <summary>Begins a unit and makes it the scope's own.</summary>
    internal async Task<Unit<TDb>> BeginAsync(IServiceProvider scope, CancellationToken ct)
    {
        var unit = new Unit<TDb>(this, await Store.BeginAsync(ct));
        scope.GetRequiredService<UnitAccessor<TDb>>().Unit = unit;
        return unit;
    }
}

/// <summary>Which unit a scope is in.</summary>
internal sealed class UnitAccessor<TDb>(Module<TDb> module)
    where TDb : ModuleDb
{
    public Unit<TDb>? Unit { get; set; }

    public Unit<TDb> Required => Unit ?? throw new InvalidOperationException($"No transaction of module {module.Name} is open here: go through Work<{typeof(TDb).Name}>.");

    public TDb Db => Unit?.Db ?? module.CreateReadContext();
}

/// <summary>The handlers of a module, by stored name of event and timer, found once at start.</summary>
internal sealed class Handlers
{
    private Handlers(FrozenDictionary<string, IReadOnlyList<EventHandler>> events, FrozenDictionary<string, TimerHandler> timers)
    {
        Events = events;
        Timers = timers;
    }

    public delegate Task EventHandler(IServiceProvider scope, object e, EventEnvelope envelope, CancellationToken ct);

    public FrozenDictionary<string, IReadOnlyList<EventHandler>> Events { get; }

    public FrozenDictionary<string, TimerHandler> Timers { get; }

    public static Handlers From(IEnumerable<Type> types, IServiceCollection services)
    {
        var events = new Dictionary<string, List<EventHandler>>();
        var timers = new Dictionary<string, TimerHandler>();
        foreach (var type in types.Where(type => type is { IsClass: true, IsAbstract: false }))
        {
            foreach (var contract in type.GetInterfaces().Where(i => i.IsGenericType))
            {
                var definition = contract.GetGenericTypeDefinition();
                var argument = contract.GetGenericArguments()[0];
                if (definition == typeof(IHandle<>))
                {
                    var name = EventTypes.NameOf(argument);
                    (events.TryGetValue(name, out var list) ? list : events[name] = []).Add(Make<EventHandler>(nameof(HandleEvent), argument, type));
                }
                else if (definition == typeof(IHandleTimer<>))
                {
                    var name = argument.GetCustomAttribute<TimerTypeAttribute>()?.Name ?? throw new InvalidOperationException($"{argument} has no [TimerType].");
                    timers.Add(name, new(argument, Make<TimerHandler.Run>(nameof(HandleTimer), argument, type)));
                }
                else
                {
                    continue;
                }
                if (services.All(service => service.ServiceType != type))
                    services.AddScoped(type);
            }
        }
        return new(events.ToFrozenDictionary(pair => pair.Key, pair => (IReadOnlyList<EventHandler>)pair.Value), timers.ToFrozenDictionary());
    }

    private static T Make<T>(string method, params Type[] arguments)
        where T : Delegate =>
        typeof(Handlers).GetMethod(method, BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(arguments).CreateDelegate<T>();

    private static Task HandleEvent<TEvent, THandler>(IServiceProvider scope, object e, EventEnvelope envelope, CancellationToken ct)
        where THandler : IHandle<TEvent> => scope.GetRequiredService<THandler>().HandleAsync((TEvent)e, envelope, ct);

    private static Task HandleTimer<TTimer, THandler>(IServiceProvider scope, object timer, TimerContext context, CancellationToken ct)
        where THandler : IHandleTimer<TTimer> => scope.GetRequiredService<THandler>().HandleAsync((TTimer)timer, context, ct);
}

internal sealed record TimerHandler(Type Type, TimerHandler.Run Handle)
{
    public delegate Task Run(IServiceProvider scope, object timer, TimerContext context, CancellationToken ct);
}
