using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace CxPlatform.ServiceDefaults;

/// <summary>
/// Traces, metrics and logs over OTLP to whatever <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names, by one provider per process. .NET's own
/// sources are used as they are; ours are named <c>CxPlatform.*</c>.
/// </summary>
internal static class Telemetry
{
    /// <summary>Upper bounds of the buckets of response times, in seconds. Explicit: the Aspire dashboard drops exponential ones.</summary>
    public static readonly double[] DurationBuckets = [1, 5, 30, 60, 300, 900, 1800, 3600, 7200, 14400, 28800, 86400, 172800, 604800];

    /// <summary>Must run before the host is built: ASP.NET Core reads the switch once.</summary>
    public static void FillServerActivities() =>
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);

    public static void AddTelemetry(this WebApplicationBuilder builder, CxTopology topology)
    {
        // Its lines hold paths, and paths hold tokens: no configuration brings them back.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            return;
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource =>
            {
                if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_SERVICE_NAME"]))
                    resource.AddService(topology.ServiceName, serviceVersion: typeof(Telemetry).Assembly.GetName().Version?.ToString(3));
            })
            .WithTracing(tracing => tracing.AddSource("CxPlatform.*", "Microsoft.AspNetCore", "System.Net.Http", "MassTransit", "Npgsql"))
            .WithMetrics(metrics => metrics
                .AddMeter("CxPlatform.*", "Microsoft.AspNetCore.*", "System.Net.Http", "MassTransit", "Npgsql", "System.Runtime")
                .AddView(Buckets))
            // No scopes: they hold the request's path.
            .WithLogging(null, logging =>
            {
                logging.IncludeFormattedMessage = true;
                logging.IncludeScopes = false;
            })
            .UseOtlpExporter();
    }

    private static MetricStreamConfiguration? Buckets(Instrument instrument) =>
        instrument.Name.StartsWith("cx.", StringComparison.Ordinal) && instrument.Name.EndsWith(".duration", StringComparison.Ordinal)
            ? new ExplicitBucketHistogramConfiguration { Boundaries = DurationBuckets }
            : null;
}
