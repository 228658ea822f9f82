using System.Security.Cryptography;
using System.Text;

namespace CxPlatform.ServiceDefaults;

/// <summary>
/// Marks of addresses: keyed digests by which services agree that two addresses are the same without telling them. Whoever has the
/// marks and not the master key learns nothing from them.
/// </summary>
public sealed class AddressMarks(MasterKey master)
{
    private const string Purpose = "address-mark";
    private const int Length = 16;

    /// <summary>The mark to keep beside an address.</summary>
    public string Of(string address) => Mark(master.KeyFor(Purpose), address);

    /// <summary>Every mark that may have been kept of an address, also under a master key that was changed since.</summary>
    public IEnumerable<string> AllOf(string address) => master.AllKeysFor(Purpose).Select(key => Mark(key.Key, address));

    private static string Mark(byte[] key, string address) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(address.ToLowerInvariant())).AsSpan(0, Length));
}
