using System.Net;
using Microsoft.Extensions.Options;

namespace CxPlatform.Notifications.Webhooks.Egress;

/// <summary>Where webhooks may go: public addresses over https, and what the operator allows beside.</summary>
internal sealed class EgressRules
{
    private const int LongestUrl = 2000;
    private static readonly int[] UsualPorts = [443, 8443];

    private readonly WebhookOptions _options;
    private readonly IPNetwork[] _networks;
    private readonly IReadOnlyCollection<int> _ports;
    private readonly bool _development;

    public EgressRules(IOptions<WebhookOptions> options, IHostEnvironment environment)
    {
        _options = options.Value;
        _development = environment.IsDevelopment();
        _networks = [.. _options.Networks.Select(network => IPNetwork.Parse(network))];
        _ports = _options.Ports.Count > 0 ? [.. _options.Ports] : UsualPorts;
    }

    public Uri? Proxy => _options.Proxy;

    /// <summary>What is wrong with a URL, as the end of a sentence; null when nothing is.</summary>
    public string? FaultOf(string text)
    {
        if (text.Length > LongestUrl)
            return $"must be at most {LongestUrl} characters.";
        if (text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c == '\\') || !Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http"))
            return "must be an https URL, such as https://example.com/hooks.";
        if (url.UserInfo.Length > 0 || HostAsWritten(text).Contains('@', StringComparison.Ordinal))
            return "must not hold a user name or password.";
        if (url.Fragment.Length > 0)
            return "must not have a fragment (#).";
        // As it was written: the parser has turned hexadecimal and octal forms into what they mean by now.
        if (PublicAddress.IsOddIPv4(HostOf(HostAsWritten(text))))
            return "must name its host, or give the address as four decimal numbers.";
        var local = _development && url.IsLoopback;
        if (url.Scheme == Uri.UriSchemeHttp && !local && !_options.HttpHosts.Contains(url.IdnHost, StringComparer.OrdinalIgnoreCase))
            return "must be an https URL; the operator can allow http for a host (Cx:Webhooks:HttpHosts).";
        if (url.Scheme == Uri.UriSchemeHttps && !local && !_ports.Contains(url.Port))
            return $"must use one of the ports {string.Join(", ", _ports)} (Cx:Webhooks:Ports).";
        // What a name leads to is looked at when the connection is made.
        return AddressIn(url.IdnHost.TrimEnd('.')) is { } address && !Allows(address)
            ? "must lead to a public address; the operator can allow a network (Cx:Webhooks:Networks)."
            : null;
    }

    private static IPAddress? AddressIn(string host) =>
        IPAddress.TryParse(host, out var address) ? address
        : host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback
        : null;

    /// <summary>Whether a connection to the address may be made.</summary>
    public bool Allows(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return PublicAddress.Is(address) || (_development && IPAddress.IsLoopback(address)) || _networks.Any(network => network.Contains(address));
    }

    private static string HostAsWritten(string text)
    {
        var start = text.IndexOf("//", StringComparison.Ordinal) + 2;
        var end = text.AsSpan(start).IndexOfAny('/', '?', '#');
        return Uri.UnescapeDataString(end < 0 ? text[start..] : text.Substring(start, end));
    }

    private static string HostOf(string authority) => authority.StartsWith('[') ? authority : authority.Split(':')[0];
}
