using System.Net;
using System.Net.Sockets;

namespace CxPlatform.Notifications.Webhooks.Egress;

/// <summary>Whether an address is globally routable, by IANA's registries of special-purpose addresses (RFC 6890). An address that carries
/// another one is as good as that.</summary>
internal static class PublicAddress
{
    private static readonly IPNetwork[] NotPublic = [.. new[]
    {
        "0.0.0.0/8",          // this network
        "10.0.0.0/8",         // private
        "100.64.0.0/10",      // carrier-grade NAT
        "127.0.0.0/8",        // loopback
        "169.254.0.0/16",     // link-local, and the clouds' metadata
        "172.16.0.0/12",      // private
        "192.0.0.0/24",       // protocol assignments
        "192.0.2.0/24",       // documentation
        "192.31.196.0/24",    // AS112
        "192.52.193.0/24",    // AMT
        "192.88.99.0/24",     // 6to4 relays
        "192.168.0.0/16",     // private
        "192.175.48.0/24",    // AS112
        "198.18.0.0/15",      // benchmarking
        "198.51.100.0/24",    // documentation
        "203.0.113.0/24",     // documentation
        "224.0.0.0/4",        // multicast
        "240.0.0.0/4",        // reserved, and broadcast
        "64:ff9b:1::/48",     // local NAT64
        "2001::/23",          // protocol assignments, Teredo, benchmarking, ORCHID
        "2001:db8::/32",      // documentation
        "2002::/16",          // 6to4
        "2620:4f:8000::/48",  // AS112
        "3fff::/20",          // documentation
    }.Select(network => IPNetwork.Parse(network))];

    // Of IPv6 only this is given out at all.
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    public static bool Is(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return Is(address.MapToIPv4());
        // NAT64 leads to the address in its last four bytes.
        if (Nat64.Contains(address))
            return Is(new IPAddress(address.GetAddressBytes().AsSpan(12)));
        return (address.AddressFamily == AddressFamily.InterNetwork || GlobalUnicast.Contains(address)) && !NotPublic.Any(network => network.Contains(address));
    }

    /// <summary>An IPv4 address in the forms that resolvers take and people do not see through: <c>0x7f.1</c>, <c>0177.0.0.1</c>, <c>2130706433</c>.</summary>
    public static bool IsOddIPv4(string host) =>
        host.TrimEnd('.').Split('.').All(IsNumber) && !(IPAddress.TryParse(host, out var address) && address.ToString() == host);

    private static bool IsNumber(string part) =>
        part.Length > 0 && (part.All(char.IsAsciiDigit) || (part.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && part.Skip(2).All(char.IsAsciiHexDigit)));
}
