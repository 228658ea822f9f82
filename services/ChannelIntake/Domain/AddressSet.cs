using System.Globalization;
using System.Text;
using CxPlatform.Mail;

namespace CxPlatform.Intake;

/// <summary>Mail addresses and whole domains, however they are written. An address stands for itself with any tag: <c>help+a@</c> is
/// <c>help@</c>.</summary>
internal sealed class AddressSet(IEnumerable<string> entries)
{
    private readonly HashSet<string> _entries = entries.Select(entry => Normal(new MailAddress(entry.Trim().TrimStart('@')))).ToHashSet(StringComparer.Ordinal);

    public bool Has(string address)
    {
        var read = new MailAddress(address);
        var normal = Normal(read);
        return _entries.Contains(normal) || _entries.Contains(Normal(read.Domain)) || _entries.Contains(WithoutTag(normal));
    }

    private static string Normal(MailAddress address) => address.Domain.Length == 0
        ? Normal(address.Address)
        : $"{address.LocalPart.ToLowerInvariant()}@{Normal(address.Domain)}";

    /// <summary>Lower case and ASCII, so that a domain is the same however a server writes it.</summary>
    private static string Normal(string domain)
    {
        domain = domain.TrimEnd('.').ToLowerInvariant();
        try
        {
            return Ascii.IsValid(domain) ? domain : new IdnMapping().GetAscii(domain);
        }
        catch (ArgumentException)
        {
            return domain;
        }
    }

    private static string WithoutTag(string address)
    {
        var (plus, at) = (address.IndexOf('+', StringComparison.Ordinal), address.LastIndexOf('@'));
        return plus > 0 && plus < at ? address[..plus] + address[at..] : address;
    }
}
