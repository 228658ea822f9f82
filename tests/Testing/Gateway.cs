using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace CxPlatform.Testing;

/// <summary>
/// A reverse proxy that reads YARP's routes and clusters from environment variables, as the manifest gives them to its
/// gateway container, and forwards as YARP does: streaming both ways, with X-Forwarded-* headers, 502 when nobody answers.
/// </summary>
public sealed class Gateway : IAsyncDisposable
{
    const string Routes = "REVERSEPROXY__ROUTES__", Clusters = "REVERSEPROXY__CLUSTERS__";

    // Connection-bound (RFC 9110 section 7.6.1), or set anew by the client and the server on either side.
    static readonly HashSet<string> HopByHop = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
        "Host",
    };

    readonly WebApplication _app;
    readonly HttpMessageInvoker _client;

    Gateway(WebApplication app, HttpMessageInvoker client, Uri address) => (_app, _client, Address) = (app, client, address);

    /// <summary>The one base address of everything behind the gateway.</summary>
    public Uri Address { get; }

    /// <summary>Starts to listen on 127.0.0.1.</summary>
    /// <param name="port">A free port.</param>
    /// <param name="environment">
    /// <c>REVERSEPROXY__ROUTES__r__MATCH__PATH</c> and <c>CLUSTERID</c>, <c>REVERSEPROXY__CLUSTERS__c__DESTINATIONS__d__ADDRESS</c>,
    /// and for addresses that name a service <c>services__name__http__0</c>.
    /// </param>
    public static async Task<Gateway> StartAsync(int port, IReadOnlyDictionary<string, string> environment)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenLocalhost(port);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        var app = builder.Build();
        var client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null, // the caller's trace headers pass as they are
            ConnectTimeout = TimeSpan.FromSeconds(5),
        });
        foreach (var (name, pattern) in environment.Where(pair => pair.Key.StartsWith(Routes, StringComparison.Ordinal) && pair.Key.EndsWith("__MATCH__PATH", StringComparison.Ordinal)))
        {
            var cluster = environment[name.Replace("__MATCH__PATH", "__CLUSTERID", StringComparison.Ordinal)];
            var destination = Destination(cluster, environment);
            app.Map(pattern, context => ForwardAsync(client, destination, context));
        }
        await app.StartAsync();
        return new Gateway(app, client, new Uri($"http://127.0.0.1:{port}"));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2)); // a live stream does not end by itself
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
        _client.Dispose();
    }

    static Uri Destination(string cluster, IReadOnlyDictionary<string, string> environment)
    {
        var address = new Uri(environment.Single(pair =>
            pair.Key.StartsWith($"{Clusters}{cluster}__DESTINATIONS__", StringComparison.Ordinal)
            && pair.Key.EndsWith("__ADDRESS", StringComparison.Ordinal)).Value);
        return environment.TryGetValue($"services__{address.Host}__http__0", out var service) ? new Uri(service) : address;
    }

    static async Task ForwardAsync(HttpMessageInvoker client, Uri destination, HttpContext context)
    {
        using var request = Request(destination, context.Request);
        HttpResponseMessage response;
        try
        {
            response = await client.SendAsync(request, context.RequestAborted);
        }
        catch (HttpRequestException)
        {
            context.Response.StatusCode = StatusCodes.Status502BadGateway;
            return;
        }
        catch (OperationCanceledException)
        {
            context.Abort();
            return;
        }
        using (response)
            await CopyAsync(response, context);
    }

    static HttpRequestMessage Request(Uri destination, HttpRequest from)
    {
        var to = new HttpRequestMessage(new HttpMethod(from.Method), new Uri(destination, $"{from.PathBase}{from.Path.ToUriComponent()}{from.QueryString}"));
        if (from.ContentLength is > 0 || from.Headers.TransferEncoding.Count > 0)
            to.Content = new StreamContent(from.Body);
        else if (from.ContentLength is 0)
            to.Content = new ByteArrayContent([]);
        foreach (var (name, values) in from.Headers)
            if (!HopByHop.Contains(name) && !to.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
                to.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        to.Headers.Remove("X-Forwarded-For");
        to.Headers.TryAddWithoutValidation("X-Forwarded-For", from.HttpContext.Connection.RemoteIpAddress?.ToString());
        to.Headers.Remove("X-Forwarded-Proto");
        to.Headers.TryAddWithoutValidation("X-Forwarded-Proto", from.Scheme);
        to.Headers.Remove("X-Forwarded-Host");
        to.Headers.TryAddWithoutValidation("X-Forwarded-Host", from.Host.Value);
        return to;
    }

    static async Task CopyAsync(HttpResponseMessage from, HttpContext context)
    {
        var to = context.Response;
        to.StatusCode = (int)from.StatusCode;
        foreach (var (name, values) in from.Headers.NonValidated.Concat(from.Content.Headers.NonValidated))
            if (!HopByHop.Contains(name))
                to.Headers[name] = new StringValues([.. values]);
        var buffer = new byte[16 * 1024];
        try
        {
            await to.StartAsync(context.RequestAborted);
            await using var body = await from.Content.ReadAsStreamAsync(context.RequestAborted);
            // Read by read, not copied in bulk: an event of a live stream must leave as it comes.
            while (await body.ReadAsync(buffer, context.RequestAborted) is > 0 and var count)
            {
                await to.Body.WriteAsync(buffer.AsMemory(0, count), context.RequestAborted);
                await to.Body.FlushAsync(context.RequestAborted);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException or IOException)
        {
            context.Abort(); // either side went away in the middle: the other must not take it for the end
        }
    }
}
