using System.Text.RegularExpressions;

namespace CxPlatform.Architecture.Tests;

/// <summary>What is said of bad input, read from the source of all services: whoever writes the hundredth refusal writes it like the first.</summary>
public sealed partial class RefusalTests
{
    // What can follow a field's name: "due: must lie in the future.", and at a form "It must lie in the future."
    private static readonly HashSet<string> Verbs = ["must", "is", "are", "was", "has", "holds", "goes", "cannot", "does", "needs"];

    // What is wrong with a request as a whole, by the code's ending.
    private static readonly string[] Whole = ["signature-invalid", "form-invalid", "request-invalid"];

    private static readonly List<Said> All = [.. Sources().SelectMany(Read)];

    [Fact]
    public void A_rule_goes_on_after_the_name_of_its_field_and_never_repeats_it() => NoneOf(
        from said in All
        where said.Field is not null && char.IsLower(said.Rule, 0) && !Verbs.Contains(Word().Match(said.Rule).Value)
        select said);

    [Fact]
    public void Bad_input_names_its_field() => NoneOf(
        from said in All
        where said.Field is null && said.Code is { } code && Input().IsMatch(code) && !Whole.Contains(code)
        select said);

    [Fact]
    public void Every_rule_is_a_sentence() => NoneOf(
        from said in All
        where !(said.Rule[^1] is '.' or '!' or '?' or '}') || said.Rule.Contains("..", StringComparison.Ordinal)
        select said);

    [Fact]
    public void They_are_found_in_all_services() => Assert.Equal(
        ["Case", "ChannelIntake", "Feedback", "Notification", "Routing"],
        All.Where(said => said.Field is not null).Select(said => said.File.Split('/')[1]).Distinct().Order());

    private static void NoneOf(IEnumerable<Said> said)
    {
        var found = said.ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    private sealed record Said(string File, int Line, string? Code, string Rule, string? Field)
    {
        public override string ToString() => $"{File}:{Line} {Code} {Field}: {Rule}";
    }

    private static IEnumerable<string> Sources() => Directory.EnumerateFiles(Path.Combine(Modules.Root(), "services"), "*.cs", SearchOption.AllDirectories)
        .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal));

    private static IEnumerable<Said> Read(string path)
    {
        var (file, text) = (Path.GetRelativePath(Modules.Root(), path), File.ReadAllText(path));
        foreach (Match match in Call().Matches(text))
        {
            var arguments = Arguments(text, match.Index + match.Length);
            var line = text.AsSpan(0, match.Index).Count('\n') + 1;
            var said = match.Groups["refusal"].Success
                ? arguments.Count is 2 or 3 && IsCode(arguments[0])
                    ? (Code: arguments[0], Rule: Words(arguments[1]), Field: arguments.ElementAtOrDefault(2)) : default
                : arguments.Count >= 2 ? (Code: null, Rule: Words(arguments[^1]), Field: arguments[^2]) : default;
            if (said.Rule is { Length: > 0 } rule && said.Field is not "null")
                yield return new(file, line, said.Code?.Split('"')[1].TrimStart('-'), rule, said.Field);
        }
    }

    private static bool IsCode(string argument) => Code().IsMatch(argument);

    // The text of a literal, of several with a plus between them, or of an interpolated one with its holes as they stand; else null.
    private static string? Words(string argument) =>
        argument.StartsWith('"') || argument.StartsWith("$\"", StringComparison.Ordinal)
            ? string.Concat(Literal().Matches(argument).Select(literal => literal.Groups["text"].Value)) : null;

    private static List<string> Arguments(string text, int at)
    {
        var (arguments, begin, depth) = (new List<string>(), at, 0);
        for (; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '"':
                    for (at++; at < text.Length && text[at] != '"'; at++)
                        if (text[at] == '\\')
                            at++;
                        else if (text[at] == '{' && text[begin..at].Contains("$\"", StringComparison.Ordinal))
                            at = text.IndexOf('}', at) is >= 0 and var end ? end : at;
                    break;
                case '(' or '[' or '{':
                    depth++;
                    break;
                case ')' or ']' or '}' when depth-- == 0:
                    arguments.Add(text[begin..at].Trim());
                    return arguments;
                case ',' when depth == 0:
                    arguments.Add(text[begin..at].Trim());
                    begin = at + 1;
                    break;
            }
        }
        return arguments;
    }

    [GeneratedRegex(@"(?<refusal>\bnew(?: Refusal)?\()|\bProblems\.Invalid\(|\.Add\((?="")|\.Check\(")]
    private static partial Regex Call();

    [GeneratedRegex("""^(\w+ \+ )?"-?[a-z]+(-[a-z]+)+"$""")]
    private static partial Regex Code();

    [GeneratedRegex("""\$?"(?<text>(?:[^"\\{]|\\.|\{[^}]*\})*)"(?!\w)""")]
    private static partial Regex Literal();

    [GeneratedRegex(@"^\w+")]
    private static partial Regex Word();

    [GeneratedRegex("(^|-)(invalid|required|missing)$")]
    private static partial Regex Input();
}
