using CxPlatform.Messaging;
using CxPlatform.Routing.Agents;
using CxPlatform.Routing.Assigning;
using CxPlatform.Routing.Keys;
using CxPlatform.Routing.Queues;
using CxPlatform.Routing.Storage;
using CxPlatform.Routing.Triage;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Routing;

/// <summary>Routing: understands cases, puts them into queues and gives them to agents; owns teams, queues, agents and API keys.</summary>
public static class RoutingModule
{
    public static IHostApplicationBuilder AddRouting(this IHostApplicationBuilder builder)
    {
        builder.AddModule<RoutingDb, RoutingDbPostgres, RoutingDbSqlite>(
            "routing", module => module.HandlersFrom(typeof(RoutingModule).Assembly));
        builder.Services.AddSingleton<RoutingMetrics>();
        builder.Services.AddSingleton<CatalogCache>();
        builder.Services.AddSingleton<LoadSets>();
        builder.Services.AddHostedService(services => services.GetRequiredService<LoadSets>());
        builder.Services.AddHostedService<QueueDepths>();
        builder.Services.AddHostedService<FirstStart>();
        builder.Services.AddScoped<Assigner>();
        builder.Services.AddScoped<AgentCommands>();
        builder.Services.AddScoped<QueueCommands>();
        builder.Services.AddScoped<KeyCommands>();
        builder.Services.AddScoped<SaveRules>();
        builder.Services.AddSingleton<IKeyStore, KeyStore>();
        builder.Services.AddSingleton<IAccessSource, AccessSource>();
        return builder;
    }

    public static IEndpointRouteBuilder MapRouting(this IEndpointRouteBuilder app)
    {
        AgentEndpoints.Map(app);
        QueueEndpoints.Map(app);
        RulesEndpoints.Map(app);
        KeyEndpoints.Map(app);
        app.MapSignIn();
        return app;
    }
}
