using CxPlatform.ServiceDefaults.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CxPlatform.ServiceDefaults;

public static class ServiceDefaultsExtensions
{
    /// <summary>Everything a module may take for granted. Call it once, before the modules.</summary>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        builder.AddCxOptions<PlatformOptions>("Cx");
        services.AddSingleton<IValidateOptions<PlatformOptions>, ConfigurationKeys>();
        services.AddSingleton(Clock(builder));
        builder.AddKeys();
        services.ConfigureHttpJsonOptions(o => CxJson.Apply(o.SerializerOptions));
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        // The framework would write the whole traceparent: what is looked up is the trace.
        services.AddProblemDetails(o => o.CustomizeProblemDetails = written => Problems.AddTrace(written.ProblemDetails));
        services.AddExceptionHandler<ProblemHandler>();
        builder.AddAccessControl();
        services.AddHealthChecks();
        services.AddSingleton<Health>();
        services.AddSingleton<Migrations>();
        services.AddHostedService(s => s.GetRequiredService<Migrations>());
        builder.AddPages();
        services.AddSingleton<Redis>();
        services.AddSingleton<ISharedSets, SharedSets>();
        services.AddSingleton<ISharedMarks, SharedMarks>();
        services.AddSingleton<ISharedLimiter, SharedLimiter>();
        return builder;
    }

    /// <summary>The middleware and the endpoints that every host has. Call it once, before the modules' own.</summary>
    public static WebApplication MapServiceDefaults(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        // Configuration that does not hold and a missing master key stop the start here, not at the first request.
        _ = app.Services.GetRequiredService<MasterKey>();
        app.UseTrustedProxies();
        app.UseHealthPort();
        app.UseMiddleware<RequestTelemetry>();
        app.UseMiddleware<SecurityHeaders>();
        app.UseExceptionHandler();
        app.UseStatusCodePages(StatusProblems.WriteAsync);
        app.UseMiddleware<RefuseNul>();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.UseMiddleware<RequestContext>();
        app.UseMiddleware<StreamAccess>();
        app.MapHealth();
        app.MapParked();
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        return app;
    }

    private static TimeProvider Clock(WebApplicationBuilder builder)
    {
        if (builder.Configuration["Cx:Testing:ClockOffsetFile"] is not { Length: > 0 } file)
            return TimeProvider.System;
        if (builder.Environment.IsProduction())
            throw new ConfigurationFaultException("Cx:Testing:ClockOffsetFile moves the clock and is refused in production.");
        return new ClockOffset(file, TimeProvider.System);
    }

    private static void AddPages(this WebApplicationBuilder builder)
    {
        builder.AddCxOptions<BrandOptions>("Cx:Brand");
        builder.Services.AddSingleton<PageAssets>();
        builder.Services.AddRazorComponents();
        builder.Services.AddAntiforgery(o =>
        {
            o.Cookie.Name = "cx.form";
            o.SuppressXFrameOptionsHeader = true; // The content security policy says it.
        });
        // Data protection's own key ring is never used: keys derive from the master key. Its hosted service would write one nevertheless.
        ((IHostApplicationBuilder)builder).ConfigureContainer(
            new DefaultServiceProviderFactory(new ServiceProviderOptions { ValidateScopes = builder.Environment.IsDevelopment() }),
            services =>
            {
                foreach (var ring in services.Where(d => d.ServiceType == typeof(IHostedService)
                    && d.ImplementationType?.Assembly.GetName().Name == "Microsoft.AspNetCore.DataProtection").ToList())
                    services.Remove(ring);
            });
    }

    private static void AddKeys(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var production = builder.Environment.IsProduction();
        services.AddSingleton(s => MasterKey.Load(
            s.GetRequiredService<IOptions<PlatformOptions>>().Value, s.GetRequiredService<CxTopology>(), production));
        services.AddSingleton<Tokens>();
        services.AddSingleton<Secrets>();
        services.AddSingleton<AddressMarks>();
        services.AddSingleton<Microsoft.AspNetCore.DataProtection.IDataProtectionProvider, MasterKeyDataProtection>();
    }
}
