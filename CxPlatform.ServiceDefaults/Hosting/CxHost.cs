using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CxPlatform.ServiceDefaults;

/// <summary>
/// The frame of every host:
/// <code>
/// var builder = CxHost.CreateBuilder(args, "case").AddServiceDefaults();
/// builder.AddCase();
/// var app = builder.Build().MapServiceDefaults();
/// app.MapCase();
/// return await app.RunCxAsync(args);
/// </code>
/// </summary>
public static class CxHost
{
    /// <summary>The largest body an endpoint takes unless it states its own limit, in bytes.</summary>
    public const long DefaultBodyLimit = 1024 * 1024;

    /// <summary>Reads the configuration and refuses, before anything is built, what could never start.</summary>
    /// <param name="args">Command line; wins over environment variables, which win over appsettings.json.</param>
    /// <param name="modules">One module: a service on its own, which needs its connection strings. Several: AllInOne, which needs none.</param>
    /// <exception cref="ConfigurationFaultException">Something required is missing. Unhandled, it prints its sentence and exits with 78.</exception>
    public static WebApplicationBuilder CreateBuilder(string[] args, params string[] modules)
    {
        ArgumentNullException.ThrowIfNull(args);
        ConfigurationFaultException.ExplainUnhandled();
        var command = CxCommand.Parse(args);
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { Args = command.HostArguments, EnvironmentName = Environment(args, modules) });
        var topology = CxTopology.Read(builder.Configuration, modules);
        topology.RequireConnections(builder.Configuration);
        if (builder.Environment.IsProduction() && string.IsNullOrWhiteSpace(builder.Configuration["Cx:PublicUrl"]))
            throw new ConfigurationFaultException(
                "Cx:PublicUrl is missing. It is the one address that customers and agents use, e.g. https://help.example.com.");
        builder.Services.AddSingleton(topology);
        Telemetry.FillServerActivities();
        QuietLogs(builder, command);
        builder.AddTelemetry(topology);
        builder.AddOpenApiDocuments(topology);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = DefaultBodyLimit;
        });
        builder.WebHost.UseUrls(Urls(builder.Configuration));
        // A request that is being answered is finished; what is not done by then is redone after the restart.
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(30));
        return builder;
    }

    /// <summary>Runs the host, or the command in <paramref name="args"/> (<c>--migrate</c>, <c>key ...</c>, <c>intake ...</c>), and returns the exit code.</summary>
    public static async Task<int> RunCxAsync(this WebApplication app, string[] args)
    {
        ArgumentNullException.ThrowIfNull(app);
        try
        {
            var command = CxCommand.Parse(args);
            // Before the host starts, because the host would log the same with a stack trace.
            app.Services.GetService<IStartupValidator>()?.Validate();
            var ct = app.Lifetime.ApplicationStopping;
            if (command.Migrate || command.Words is not null)
            {
                var topology = app.Services.GetRequiredService<CxTopology>();
                if (command.Migrate || topology.IsEmbedded)
                    await app.Services.GetRequiredService<Migrations>().RunAsync(ct);
                return command.Words switch
                {
                    null => 0,
                    ["key", .. var words] => await KeyCommand.RunAsync(app.Services, words, Console.Out, Console.Error, ct),
                    [var first, .. var words] => await OwnerOf(app.Services, first).RunAsync(words, Console.Out, Console.Error, ct),
                    [] => 2,
                };
            }
            RequireFreeAddresses(app);
            var embedded = app.Services.GetRequiredService<CxTopology>() is { IsEmbedded: true } own ? own : null;
            using var folder = embedded is null ? null : DataFolderLock.Take(embedded.DataPath);
            await app.RunAsync();
            return 0;
        }
        catch (Exception e) when (ConfigurationFaultException.Print(e))
        {
            return System.Environment.ExitCode = ConfigurationFaultException.ExitCode;
        }
        finally
        {
            await app.DisposeAsync();
        }
    }

    private static IHostCommand OwnerOf(IServiceProvider services, string word) =>
        services.GetServices<IHostCommand>().FirstOrDefault(command => command.Word == word)
        ?? throw new ConfigurationFaultException($"'{word}' belongs to another service: run this with AllInOne or with the {word} service.");

    // Asked beforehand because the host logs a failed start with a stack trace. When somebody is quicker in between, it still says so.
    private static void RequireFreeAddresses(WebApplication app)
    {
        foreach (var url in Urls(app.Configuration))
        {
            var address = BindingAddress.Parse(url);
            if (address.Port == 0 || address.IsUnixPipe || address.IsNamedPipe)
                continue;
            var ip = IPAddress.TryParse(address.Host.Trim('[', ']'), out var given) ? given
                : address.Host == "localhost" ? IPAddress.Loopback
                : IPAddress.IPv6Any;
            try
            {
                using var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(new IPEndPoint(ip, address.Port));
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                throw new ConfigurationFaultException(
                    $"something else listens on {url} already. Stop it first, or choose another address: --urls=http://127.0.0.1:<port>.");
            }
            catch (SocketException)
            {
                // Whatever else is wrong with the address, the server will say.
            }
        }
    }

    // Defaults below every other source of configuration. What the platform has to say is warnings and its own words; a command's output is its result.
    private static void QuietLogs(WebApplicationBuilder builder, CxCommand command)
    {
        var own = command.Words is null && !command.Migrate ? "Information" : "Warning";
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(0, new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>
            {
                ["Logging:LogLevel:Default"] = own,
                ["Logging:LogLevel:Microsoft"] = "Warning",
                ["Logging:LogLevel:System.Net.Http"] = "Warning",
                ["Logging:LogLevel:MassTransit"] = "Warning",
                ["Logging:LogLevel:CxPlatform.ServiceDefaults.ApiKeyHandler"] = "Warning", // a wrong key is answered with 401, not with lines
                ["AllowedHosts"] = "*",
            },
        });
    }

    // A newcomer's AllInOne runs with nothing configured; a service on its own is production unless somebody says otherwise.
    private static string? Environment(string[] args, string[] modules) =>
        !args.Any(a => a.StartsWith("--environment", StringComparison.OrdinalIgnoreCase)) &&
        System.Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") is null
        && System.Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") is null && modules.Length > 1
            ? Environments.Development
            : null;

    private static string[] Urls(IConfiguration configuration)
    {
        var urls = configuration["urls"]
            ?? (configuration["http_ports"] is { Length: > 0 } ports ? string.Join(';', ports.Split(';').Select(p => "http://*:" + p)) : null)
            ?? "http://127.0.0.1:5080";
        return configuration["Cx:HealthPort"] is { Length: > 0 } health ? [.. urls.Split(';'), "http://*:" + health] : urls.Split(';');
    }
}

/// <summary>What the command line asks for beside running.</summary>
/// <param name="Migrate">Bring the databases up to date and exit.</param>
/// <param name="Words"><c>key</c> or a module's word (<see cref="IHostCommand"/>) and what follows, or null.</param>
/// <param name="HostArguments">What is left for configuration.</param>
internal sealed record CxCommand(bool Migrate, string[]? Words, string[] HostArguments)
{
    public static CxCommand Parse(string[] args) => args is ["key" or "intake", ..]
        ? new CxCommand(false, args, [])
        : new CxCommand(args.Contains("--migrate"), null, [.. args.Where(a => a != "--migrate")]);
}
