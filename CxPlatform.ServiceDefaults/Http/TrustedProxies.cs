using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CxPlatform.ServiceDefaults;

internal static class TrustedProxies
{
    /// <summary>Takes the caller's address and scheme from the gateways that are configured as trusted, and from nobody else.</summary>
    public static void UseTrustedProxies(this IApplicationBuilder app)
    {
        var networks = app.ApplicationServices.GetRequiredService<IOptions<PlatformOptions>>().Value.TrustedProxies;
        if (networks.Count == 0)
            return;
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            ForwardLimit = null, // As many hops as are trusted; the first that is not ends it.
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        for (var i = 0; i < networks.Count; i++)
            options.KnownIPNetworks.Add(System.Net.IPNetwork.TryParse(networks[i], out var network)
                ? network
                : throw new ConfigurationFaultException($"Cx:TrustedProxies:{i} must be a network such as 10.0.0.0/8."));
        app.UseForwardedHeaders(options);
    }
}
