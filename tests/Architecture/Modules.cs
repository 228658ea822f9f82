using System.Reflection;
using System.Runtime.CompilerServices;
using CxPlatform.Cases;
using CxPlatform.Feedback;
using CxPlatform.Intake;
using CxPlatform.Notifications;
using CxPlatform.Routing;
using CxPlatform.ServiceDefaults;
using CxPlatform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.Architecture.Tests;

/// <summary>The five modules as AllInOne has them, with their endpoints, without starting anything.</summary>
internal static class Modules
{
    public static IReadOnlyDictionary<string, Assembly> Assemblies { get; } = new Dictionary<string, Assembly>
    {
        ["intake"] = typeof(IntakeModule).Assembly,
        ["case"] = typeof(CaseModule).Assembly,
        ["routing"] = typeof(RoutingModule).Assembly,
        ["notification"] = typeof(NotificationModule).Assembly,
        ["feedback"] = typeof(FeedbackModule).Assembly,
    };

    public static IEnumerable<Assembly> Own => Assemblies.Values.SelectMany(assembly => assembly.GetReferencedAssemblies().Select(Assembly.Load))
        .Concat(Assemblies.Values).Where(assembly => assembly.GetName().Name!.StartsWith("CxPlatform.", StringComparison.Ordinal)).Distinct();

    public static string Root([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", ".."));

    /// <summary>An application with the given modules.</summary>
    public static WebApplication Build(TempFolder data, params string[] modules)
    {
        var builder = CxHost.CreateBuilder(["--Cx:Data:Path=" + data.Path], modules).AddServiceDefaults();
        if (modules.Contains("intake"))
            builder.AddIntake();
        if (modules.Contains("case"))
            builder.AddCase();
        if (modules.Contains("routing"))
            builder.AddRouting();
        if (modules.Contains("notification"))
            builder.AddNotification();
        if (modules.Contains("feedback"))
            builder.AddFeedback();
        var app = builder.Build().MapServiceDefaults();
        if (modules.Contains("intake"))
            app.MapIntake();
        if (modules.Contains("case"))
            app.MapCase();
        if (modules.Contains("routing"))
            app.MapRouting();
        if (modules.Contains("notification"))
            app.MapNotification();
        if (modules.Contains("feedback"))
            app.MapFeedback();
        return app;
    }

    public static IEnumerable<RouteEndpoint> Endpoints(WebApplication app) =>
        ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();

    /// <summary>The module whose code answers the endpoint; null for what every host has.</summary>
    public static string? OwnerOf(Endpoint endpoint) => endpoint.Metadata.GetMetadata<MethodInfo>()?.DeclaringType?.Assembly is { } assembly
        ? Assemblies.FirstOrDefault(pair => pair.Value == assembly).Key
        : null;
}
