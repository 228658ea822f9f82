using System.Globalization;
using System.Text;

namespace CxPlatform.Intake;

/// <summary>Names of people: what is learned from a contact, and one spelling to search by.</summary>
internal static class Names
{
    private static readonly char[] Quotes = ['"', '\'', '\u201c', '\u201d', '\u201e', '\u2018', '\u2019', '\u00ab', '\u00bb'];

    // What stands in front of an address, or signs a form, without naming anybody.
    private static readonly HashSet<string> Roles =
    [
        "admin", "administrator", "anonymous", "buchhaltung", "contact", "customer", "einkauf", "guest", "hello", "help", "info", "kontakt",
        "kunde", "mail", "me", "no reply", "no-reply", "noreply", "office", "postmaster", "reception", "sales", "service", "support", "team",
        "unknown", "user", "webmaster",
    ];

    // After a comma these are no first names.
    private static readonly HashSet<string> Suffixes =
        ["ag", "bsc", "co", "corp", "dds", "esq", "gmbh", "ii", "iii", "inc", "jr", "kg", "llc", "ltd", "ma", "mba", "md", "msc", "phd", "sr"];

    /// <summary>The name to keep: a fuller or better written form of the same name replaces it, and a real name replaces what was
    /// none; another name never does, for people share mailboxes. What staff wrote never comes here.</summary>
    public static string? Better(string? known, string? offered)
    {
        if (Clean(offered) is not { } name)
            return known;
        if (known is null)
            return name;
        if (IsRole(known))
            return IsRole(name) ? known : name;
        var (before, after) = (WordsOf(known), WordsOf(name));
        if (!before.All(word => after.Any(other => IsFormOf(word, other))))
            return known;
        var fuller = after.Sum(word => word.Length) > before.Sum(word => word.Length);
        return fuller || (IsMonotone(known) && !IsMonotone(name)) ? name : known;
    }

    /// <summary>As a person would write it; null when it names nobody.</summary>
    public static string? Clean(string? offered)
    {
        var name = Intake.Clean.Line(offered, Limits.Name)?.Trim(Quotes).Trim();
        if (string.IsNullOrEmpty(name) || name.Contains('@', StringComparison.Ordinal) || !name.Any(char.IsLetter))
            return null;
        // Mailing lists and forwarders put themselves into the name.
        var via = name.IndexOf(" via ", StringComparison.OrdinalIgnoreCase);
        if (via > 0)
            name = name[..via].Trim(Quotes).Trim();
        if (name.Split(',') is [var last, var first] && last.Trim() is { Length: > 0 } family && first.Trim() is { Length: > 0 } given
            && !given.Split(' ').Any(word => Suffixes.Contains(word.Trim('.').ToLowerInvariant())))
            name = given + " " + family;
        return name.Length == 0 ? null : name.Normalize(NormalizationForm.FormC);
    }

    /// <summary>Lower-case words without accents, each preceded by one space, so that the start of any of them is found.</summary>
    public static string? KeyOf(string? name)
    {
        if (string.IsNullOrWhiteSpace(name))
            return null;
        var words = WordsOf(name);
        return words.Count == 0 ? null : " " + string.Join(' ', words);
    }

    private static bool IsRole(string name) => Roles.Contains(name.ToLowerInvariant()) || !name.Any(char.IsLetter) || name.Any(char.IsDigit);

    // An initial stands for any word that it begins.
    private static bool IsFormOf(string word, string other) =>
        word == other || (word.Length == 1 && other.StartsWith(word, StringComparison.Ordinal));

    private static bool IsMonotone(string name) => name.Where(char.IsLetter).All(char.IsUpper) || name.Where(char.IsLetter).All(char.IsLower);

    private static List<string> WordsOf(string name)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var c in Intake.Clean.Text(name).Normalize(NormalizationForm.FormKD).Append(' '))
        {
            if (char.IsLetterOrDigit(c))
                word.Append(Folded(char.ToLowerInvariant(c)));
            else if (word.Length > 0 && CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark && c is not ('\'' or '\u2019'))
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }
        return words;
    }

    private static string Folded(char c) => c switch
    {
        'ß' => "ss",
        'ø' => "o",
        'æ' => "ae",
        'œ' => "oe",
        'đ' or 'ð' => "d",
        'ł' => "l",
        'þ' => "th",
        'ı' => "i",
        _ => c.ToString(),
    };
}
