#if RESTRICTED_FEED
using CxPlatform.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace OpenTelemetry;

/// <summary>Stands in for the package OpenTelemetry.Extensions.Hosting where a feed lacks it: the same call, the same effect.</summary>
internal static class RestrictedFeedHosting
{
    public static IOpenTelemetryBuilder AddOpenTelemetry(this IServiceCollection services)
    {
        // First of all hosted services, so that what the others do while starting is seen.
        services.Insert(0, ServiceDescriptor.Singleton<IHostedService, Providers>());
        return new Builder(services);
    }

    private sealed record Builder(IServiceCollection Services) : IOpenTelemetryBuilder;

    /// <summary>The providers live as long as the container; resolving them starts them.</summary>
    private sealed class Providers(IServiceProvider services) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            services.GetService<MeterProvider>();
            services.GetService<TracerProvider>();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
#endif
