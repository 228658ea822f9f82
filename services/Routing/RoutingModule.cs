using CxPlatform.Messaging;
using CxPlatform.Routing.Assigning;
using CxPlatform.Routing.Storage;

namespace CxPlatform.Routing;

/// <summary>Routing: understands cases, puts them into queues and gives them to agents; owns teams, queues, agents and API keys.</summary>
public static class RoutingModule
{
    public static IHostApplicationBuilder AddRouting(this IHostApplicationBuilder builder)
    {
        builder.AddModule<RoutingDb, RoutingDbPostgres, RoutingDbSqlite>("routing", module => module.HandlersFrom(typeof(RoutingModule).Assembly));
        builder.Services.AddSingleton<RoutingMetrics>();
        builder.Services.AddSingleton<CatalogCache>();
        builder.Services.AddScoped<Assigner>();
        builder.Services.AddHostedService<FirstStart>();
        return builder;
    }

    public static IEndpointRouteBuilder MapRouting(this IEndpointRouteBuilder app) => app;
}
