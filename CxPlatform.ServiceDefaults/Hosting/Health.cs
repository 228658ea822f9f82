using CxPlatform.Messaging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CxPlatform.ServiceDefaults;

/// <summary>
/// <c>/alive</c>: the process answers. <c>/health</c>: it can do its work; 503 when not, 200 with status <c>degraded</c> when somebody
/// should look (parked events, a broker or Redis that went away: contacts are still accepted and nothing is lost).
/// </summary>
internal sealed class Health(IEnumerable<IModuleRuntime> modules, HealthCheckService checks, Redis redis, IHostApplicationLifetime lifetime)
{
    private volatile bool _connected;

    public sealed record Detail(string Name, string Status, string? Reason = null);

    public sealed record Report(string Status, IReadOnlyList<Detail> Checks);

    public async Task<IResult> ReadyAsync(CancellationToken ct)
    {
        var details = new List<Detail>();
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            details.Add(new Detail("host", "unhealthy", "This process is stopping."));
        foreach (var detail in await Task.WhenAll(modules.Select(m => DatabaseAsync(m, ct))))
            details.AddRange(detail);
        details.AddRange(await RegisteredAsync(ct));
        if (redis.IsConfigured && !redis.IsReachable)
            details.Add(new Detail("cache", "degraded", "Redis is away; presence and limits are this process's own."));
        var status = details.Any(d => d.Status == "unhealthy") ? "unhealthy" : details.Any(d => d.Status == "degraded") ? "degraded" : "healthy";
        return TypedResults.Json(
            new Report(status, details), CxJson.Options,
            statusCode: status == "unhealthy" ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
    }

    private static async Task<IReadOnlyList<Detail>> DatabaseAsync(IModuleRuntime module, CancellationToken ct)
    {
        if (await module.ReadyAsync(ct) is { } reason)
            return [new Detail(module.Name + "db", "unhealthy", reason)];
        var parked = await module.ParkedCountAsync(ct);
        return parked == 0
            ? [new Detail(module.Name + "db", "healthy")]
            :
            [
                new Detail(module.Name + "db", "healthy"),
                new Detail(module.Name + ".parked", "degraded", $"{parked} events wait in /v1/{module.Name}/admin/parked."),
            ];
    }

    // The transport registers its own check. Until it was connected once a service is not ready; later it works on without.
    private async Task<IEnumerable<Detail>> RegisteredAsync(CancellationToken ct)
    {
        var report = await checks.CheckHealthAsync(ct);
        var isTransport = (HealthReportEntry e) => e.Tags.Contains("masstransit");
        if (report.Entries.Values.Where(isTransport).All(e => e.Status == HealthStatus.Healthy))
            _connected = true;
        return report.Entries.Select(e => new Detail(
            isTransport(e.Value) ? "messaging" : e.Key,
            e.Value.Status switch
            {
                HealthStatus.Healthy => "healthy",
                HealthStatus.Degraded => "degraded",
                _ => isTransport(e.Value) && _connected ? "degraded" : "unhealthy",
            },
            e.Value.Status == HealthStatus.Healthy ? null : isTransport(e.Value) ? "RabbitMQ cannot be reached; events wait in the log." : e.Value.Description ?? "See the logs."));
    }
}

internal static class HealthEndpoints
{
    public const string HealthPath = "/health";
    public const string AlivePath = "/alive";

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(HealthPath, (Health health, CancellationToken ct) => health.ReadyAsync(ct)).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet(AlivePath, () => TypedResults.Text("alive")).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>With <c>Cx:HealthPort</c>, health is answered on that port alone, and that port answers nothing else.</summary>
    public static void UseHealthPort(this IApplicationBuilder app)
    {
        if (app.ApplicationServices.GetRequiredService<IOptions<PlatformOptions>>().Value.HealthPort is not { } port)
            return;
        app.Use(async (context, next) =>
        {
            var isHealth = context.Request.Path == HealthPath || context.Request.Path == AlivePath;
            if (isHealth == (context.Connection.LocalPort == port))
                await next(context);
            else
                context.Response.StatusCode = StatusCodes.Status404NotFound;
        });
    }
}
