using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;

namespace CxPlatform.Notifications.Webhooks;

/// <summary>Where webhooks may go, and how many at a time: <c>Cx:Webhooks</c>.</summary>
internal sealed class WebhookOptions
{
    /// <summary>Ports that a subscription's URL may name.</summary>
    public IList<int> Ports { get; } = [];

    /// <summary>Networks that may be reached although they are not public, e.g. <c>10.20.0.0/16</c>.</summary>
    public IList<string> Networks { get; } = [];

    /// <summary>Hosts that may be reached by http, on any port, e.g. <c>receiver.internal</c>. Their addresses must be public or in <see cref="Networks"/>.</summary>
    public IList<string> HttpHosts { get; } = [];

    /// <summary>A forward proxy for all webhooks, e.g. <c>http://proxy.internal:3128</c>. It then decides which addresses names lead to.</summary>
    public Uri? Proxy { get; set; }

    /// <summary>Requests at the same time to one endpoint, at most; one that fails or is slow gets fewer.</summary>
    [Range(1, 1000)]
    public int Parallelism { get; set; } = 64;
}

internal sealed class WebhookOptionsRules : IValidateOptions<WebhookOptions>
{
    public ValidateOptionsResult Validate(string? name, WebhookOptions options)
    {
        var faults = new List<string>();
        foreach (var port in options.Ports.Where(port => port is < 1 or > 65535))
            faults.Add($"Cx:Webhooks:Ports: {port} must be 1 to 65535.");
        foreach (var network in options.Networks.Where(network => !IPNetwork.TryParse(network, out _)))
            faults.Add($"Cx:Webhooks:Networks: '{network}' must be a network such as 10.20.0.0/16, with no bits set beyond its length.");
        foreach (var host in options.HttpHosts.Where(host => Uri.CheckHostName(host) == UriHostNameType.Unknown))
            faults.Add($"Cx:Webhooks:HttpHosts: '{host}' must be a host name or an address, without port and path.");
        if (options.Proxy is { } proxy && (!proxy.IsAbsoluteUri || proxy.Scheme is not ("http" or "https")))
            faults.Add("Cx:Webhooks:Proxy must be an http or https URL, such as http://proxy.internal:3128.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
