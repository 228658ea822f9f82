using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace CxPlatform.Notifications.Templating;

/// <summary>What a template's source speaks of. Rendering finds a wrong name only where a sample leads; this finds it everywhere.</summary>
internal static partial class Mentions
{
    private static readonly FrozenSet<string> Language = ((string[])
        ["", "if", "unless", "each", "with", "lookup", "log", "else", "as", "inline", "this", "true", "false", "null", "undefined", "paragraphs"]).ToFrozenSet();

    /// <summary>The names that a template uses and its facts do not have.</summary>
    public static IEnumerable<string> Unknown(string source, IEnumerable<Facts> samples)
    {
        var known = samples.SelectMany(sample => sample.Values)
            .SelectMany(fact => fact.Value is IEnumerable<IDictionary<string, object?>> items ? items.SelectMany(item => item.Keys).Prepend(fact.Key) : [fact.Key]).ToHashSet();
        return Of(source).Where(name => !known.Contains(name) && !Language.Contains(name)).Distinct();
    }

    private static IEnumerable<string> Of(string source)
    {
        var tags = Tags().Matches(Comments().Replace(source, "")).Select(tag => tag.Groups[1].Value.Trim('~', ' ', '\n')).ToList();
        var given = tags.SelectMany(tag => BlockParameters().Matches(tag)).SelectMany(match => match.Groups[1].Value.Split(' ')).ToHashSet();
        return tags.Where(tag => !tag.StartsWith('/') && !tag.TrimStart('#').StartsWith('>'))
            .SelectMany(tag => Words().Matches(Beside().Replace(tag, " ")))
            .Select(word => Root(word.Value)).Where(name => !given.Contains(name));
    }

    // "../a", "this.a", "@root.a" and "a.b" speak of a; "@index" and 5 of nothing.
    private static string Root(string path)
    {
        foreach (var start in (string[])["@root.", "this.", "this/"])
            if (path.StartsWith(start, StringComparison.Ordinal))
                path = path[start.Length..];
        path = path.TrimStart('.', '/');
        return path.Length == 0 || path[0] == '@' || char.IsAsciiDigit(path[0]) || path[0] == '-' ? "" : path.Split('.', '/')[0];
    }

    [GeneratedRegex(@"\{\{~?!--.*?--~?\}\}|\{\{~?!.*?\}\}", RegexOptions.Singleline)]
    private static partial Regex Comments();

    [GeneratedRegex(@"\{\{\{?(.*?)\}\}", RegexOptions.Singleline)]
    private static partial Regex Tags();

    [GeneratedRegex(@"\bas\s*\|([^|]*)\|")]
    private static partial Regex BlockParameters();

    // Texts, block parameters and the names of arguments.
    [GeneratedRegex(@"""[^""]*""|'[^']*'|\bas\s*\|[^|]*\||[\w-]+(?==)")]
    private static partial Regex Beside();

    [GeneratedRegex(@"[^\s~#^&*(){}=|\[\]]+")]
    private static partial Regex Words();
}
