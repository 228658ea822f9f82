using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;

namespace CxPlatform.Notifications.Webhooks.Egress;

/// <summary>Finds the addresses of a name.</summary>
internal delegate Task<IPAddress[]> Resolve(string host, CancellationToken ct);

/// <summary>The way out for webhooks: no redirects, no cookies, no proxy but ours; at every connect every address of the name is looked at, and the
/// connection goes to what was looked at.</summary>
internal sealed class EgressClient : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private readonly EgressRules _rules;
    private readonly Resolve _resolve;
    private readonly HttpMessageInvoker _client;
    private readonly OwnMeters _meters = new();

    public EgressClient(EgressRules rules, Resolve resolve)
    {
        _rules = rules;
        _resolve = resolve;
        _client = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = rules.Proxy is not null,
            Proxy = rules.Proxy is { } proxy ? new WebProxy(proxy) { Credentials = CredentialsIn(proxy) } : null,
            ConnectTimeout = ConnectTimeout,
            ConnectCallback = ConnectAsync,
            // Long enough to be worth it, short enough that a moved name is followed.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
            MaxResponseHeadersLength = 32,
            MaxResponseDrainSize = 64 * 1024,
            ResponseDrainTimeout = TimeSpan.FromSeconds(1),
            // An event carries its own trace; ours is not the receiver's business.
            ActivityHeadersPropagator = null,
            MeterFactory = _meters,
        });
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct) => _client.SendAsync(request, ct);

    public void Dispose()
    {
        _client.Dispose();
        _meters.Dispose();
    }

    private static NetworkCredential? CredentialsIn(Uri proxy) =>
        proxy.UserInfo.Split(':', 2) is [{ Length: > 0 } user, var password] ? new(Uri.UnescapeDataString(user), Uri.UnescapeDataString(password)) : null;

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var endpoint = context.DnsEndPoint;
        // Behind a proxy the only connection is to it, and it stands in the operator's settings.
        var toProxy = _rules.Proxy is not null;
        var addresses = IPAddress.TryParse(endpoint.Host, out var literal) ? [literal] : await _resolve(endpoint.Host, ct);
        if (addresses.Length == 0)
            throw new EgressRefusedException("The name of the host has no address.");
        // One bad address among good ones is how a name is turned against us.
        if (!toProxy && !addresses.All(_rules.Allows))
            throw new EgressRefusedException("The name of the host leads to an address that is not public.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, endpoint.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The client's own measurements name hosts: they stay out of what is exported.</summary>
    private sealed class OwnMeters : IMeterFactory
    {
        private readonly Meter _meter = new("Webhooks.Egress");

        public Meter Create(MeterOptions options) => _meter;

        public void Dispose() => _meter.Dispose();
    }
}

/// <summary>A connection that must not be made. The message names no address.</summary>
internal sealed class EgressRefusedException(string reason) : Exception(reason);
