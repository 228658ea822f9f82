using System.Text.RegularExpressions;

namespace CxPlatform.Cases.Domain;

/// <summary>Somebody whom a note may call.</summary>
internal sealed record Colleague(Guid Id, string Name, string? Email);

/// <summary>Whom a note calls: <c>@Anna Berger</c>, <c>@AnnaBerger</c>, <c>@anna.berger</c> (how the mail address begins), or <c>@Anna</c> where there
/// is only one. Whoever has the same name as another is called all the same: better told once too often.</summary>
internal static partial class Mentions
{
    private const int Most = 100;

    public static bool MayBeIn(string? text) => text?.Contains('@', StringComparison.Ordinal) == true;

    /// <returns>Each once, in the order of the text.</returns>
    public static IReadOnlyList<Guid> Find(string text, IReadOnlyList<Colleague> colleagues)
    {
        var names = colleagues.SelectMany(colleague => NamesOf(colleague).Select(name => (Name: name, colleague.Id)))
            .Concat(colleagues.GroupBy(FirstName, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() == 1).Select(group => (Name: group.Key, group.First().Id)))
            .Where(called => called.Name.Length > 0).ToLookup(called => called.Name, called => called.Id, StringComparer.OrdinalIgnoreCase);
        // The longest first: Anna Berger-Klein is not Anna Berger.
        var byLength = names.Select(name => name.Key).OrderByDescending(name => name.Length).ToList();
        return [.. Signs().Matches(text).Take(Most).Select(sign => sign.Index + 1)
            .SelectMany(at => byLength.Find(name => IsCalled(text, at, name)) is { } name ? names[name] : []).Distinct()];
    }

    private static IEnumerable<string> NamesOf(Colleague colleague)
    {
        yield return colleague.Name;
        if (colleague.Name.Contains(' ', StringComparison.Ordinal))
            yield return colleague.Name.Replace(" ", "", StringComparison.Ordinal);
        if (colleague.Email?.IndexOf('@', StringComparison.Ordinal) is > 0 and var at)
            yield return colleague.Email[..at];
    }

    private static string FirstName(Colleague colleague) => colleague.Name.Split(' ')[0];

    private static bool IsCalled(string text, int at, string name) =>
        string.Compare(text, at, name, 0, name.Length, StringComparison.OrdinalIgnoreCase) == 0 && !GoesOn(text, at + name.Length);

    // A hyphen or full stop belongs to a name only when more of it follows.
    private static bool GoesOn(string text, int at) => at < text.Length
        && (char.IsLetterOrDigit(text[at]) || (text[at] is '-' or '.' or '_' or '@' && at + 1 < text.Length && char.IsLetterOrDigit(text[at + 1])));

    // Not the @ of a mail address.
    [GeneratedRegex(@"(?<![\w.+-])@", RegexOptions.CultureInvariant)]
    private static partial Regex Signs();
}
