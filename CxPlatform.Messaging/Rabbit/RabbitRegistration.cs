using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.Messaging;

/// <summary>The host's one bus, with one endpoint per queue that a module of this host reads.</summary>
internal static class RabbitRegistration
{
    // Batches in flight to a consumer: they are handled one after the other, so this only hides the round trip.
    private const ushort Prefetch = 8;

    public static void AddRabbit(this IServiceCollection services, Uri uri)
    {
        services.AddSingleton(provider => new RabbitTransport(uri, provider.GetRequiredService<IBus>()));
        services.AddMassTransit(x => x.UsingRabbitMq((context, bus) =>
        {
            bus.Host(uri.Host, (ushort)(uri.Port > 0 ? uri.Port : uri.Scheme == "amqps" ? 5671 : 5672), VirtualHost(uri), host =>
            {
                var credentials = uri.UserInfo.Split(':', 2);
                if (credentials[0].Length > 0)
                    host.Username(Uri.UnescapeDataString(credentials[0]));
                if (credentials.Length > 1)
                    host.Password(Uri.UnescapeDataString(credentials[1]));
                if (uri.Scheme == "amqps")
                    host.UseSsl();
            });
            bus.ConfigureJsonSerializerOptions(options =>
            {
                options.WriteIndented = false;
                return options;
            });
            foreach (var module in context.GetServices<IModuleRuntime>())
                foreach (var route in Routes.All.Where(route => route.Consumer == module.Name))
                    bus.ReceiveEndpoint(route.Queue, endpoint => Configure(endpoint, module));
        }));
        services.Configure<MassTransitHostOptions>(options =>
        {
            // A broker that is away must not keep a service from accepting contacts.
            options.WaitUntilStarted = false;
            options.StopTimeout = TimeSpan.FromSeconds(20);
        });
    }

    private static void Configure(IRabbitMqReceiveEndpointConfigurator endpoint, IModuleRuntime module)
    {
        endpoint.ConfigureConsumeTopology = false;
        endpoint.PrefetchCount = Prefetch;
        endpoint.ConcurrentMessageLimit = 1;
        endpoint.SetQuorumQueue();
        foreach (var (name, value) in RabbitTransport.QueueArguments)
            endpoint.SetQueueArgument(name, value);
        // Only a shutdown ends a delivery with an exception: the batch goes back to the queue, never to an error queue.
        endpoint.RethrowFaultedMessages();
        endpoint.ThrowOnSkippedMessages();
        endpoint.Handler<EventBatch>(context =>
            module.DeliverAsync(context.Message.Owner, context.Message.Epoch, context.Message.UpTo, context.Message.Events, context.CancellationToken));
    }

    private static string VirtualHost(Uri uri)
    {
        var path = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/'));
        return path.Length == 0 ? "/" : path;
    }
}
