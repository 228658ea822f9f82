using System.Net.Http.Headers;
using CxPlatform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.ServiceDefaults.Tests;

/// <summary>A host as the services have it, on Kestrel and a free port, with endpoints that a test adds.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly TempFolder _data = new();

    private TestHost(WebApplication app, TempFolder data)
    {
        App = app;
        _data = data;
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Address = new Uri(address.Replace("*", "127.0.0.1", StringComparison.Ordinal));
        Client = NewClient();
    }

    public WebApplication App { get; }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public string DataPath => _data.Path;

    public T Get<T>() where T : notnull => App.Services.GetRequiredService<T>();

    public static async Task<TestHost> StartAsync(
        Action<WebApplication>? map = null, Action<WebApplicationBuilder>? add = null, params string[] settings)
    {
        var data = new TempFolder();
        var app = Build(data.Path, map, add, settings);
        await app.StartAsync();
        return new TestHost(app, data);
    }

    public static WebApplication Build(string dataPath, Action<WebApplication>? map, Action<WebApplicationBuilder>? add, params string[] settings)
    {
        string[] args = ["--urls=http://127.0.0.1:0", "--Cx:Data:Path=" + dataPath, .. settings.Select(s => "--" + s)];
        var builder = CxHost.CreateBuilder(args, "intake", "case").AddServiceDefaults();
        add?.Invoke(builder);
        var app = builder.Build().MapServiceDefaults();
        map?.Invoke(app);
        return app;
    }

    public HttpClient NewClient(string? key = null)
    {
        // Without a propagator the client makes no spans: what a test looks for in a trace is the server's doing.
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, ActivityHeadersPropagator = null }) { BaseAddress = Address };
        if (key is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.DisposeAsync();
        _data.Dispose();
    }
}
