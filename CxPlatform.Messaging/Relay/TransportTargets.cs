using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.Messaging;

/// <summary>Where a module's log goes in this host: to queues when a broker is configured, else straight to the modules beside it.</summary>
internal sealed class TransportTargets(IServiceProvider services)
{
    public IEnumerable<ILogTarget> For(string module, ModuleStore store)
    {
        var routes = Routes.All.Where(route => route.Owner == module);
        if (services.GetService<RabbitTransport>() is { } rabbit)
        {
            foreach (var route in routes)
                yield return new RabbitTarget(route, rabbit, store);
            if (module == "case")
                yield return new PublicTarget(rabbit, store);
            yield break;
        }
        var consumers = services.GetServices<IModuleRuntime>().ToDictionary(runtime => runtime.Name);
        foreach (var route in routes)
            if (consumers.TryGetValue(route.Consumer, out var consumer))
                yield return new InProcessTarget(module, route, consumer);
    }
}
