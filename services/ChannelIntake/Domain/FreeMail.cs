using System.Collections.Frozen;

namespace CxPlatform.Intake;

/// <summary>Domains whose addresses belong to people, not to an organisation: a list beside this file.</summary>
internal static class FreeMail
{
    private static readonly FrozenSet<string> Domains = Read();

    public static IReadOnlyCollection<string> All => Domains;

    public static bool Has(string domain) => Domains.Contains(domain);

    private static FrozenSet<string> Read()
    {
        using var file = typeof(FreeMail).Assembly.GetManifestResourceStream("free-mail-domains.txt")!;
        using var reader = new System.IO.StreamReader(file);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith('#')).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }
}
