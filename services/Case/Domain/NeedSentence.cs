using System.Text.RegularExpressions;

namespace CxPlatform.Cases.Domain;

/// <summary>What we understood, taken from the customer's own words: their first sentence that says something.</summary>
internal static partial class NeedSentence
{
    public const int MaxLength = 200;

    /// <summary>One sentence of at most <see cref="MaxLength"/> characters: from the text, else the subject, else
    /// <paramref name="otherwise"/>.</summary>
    public static string From(string? subject, string? text, string otherwise)
    {
        var paragraph = new List<string>();
        // Mail lines are wrapped anywhere: a paragraph is read as one line.
        foreach (var raw in (text ?? "").Split('\n').Append(""))
        {
            var line = Greeting().Replace(raw.Trim(), "", 1).Trim();
            if (line.Length > 0 && line[0] != '>')
            {
                paragraph.Add(line);
                continue;
            }
            if (FirstSentence(string.Join(' ', paragraph)) is { } sentence)
                return Cut(sentence);
            paragraph.Clear();
        }
        return ReplyMark().Replace(subject ?? "", "").Trim() is { Length: > 0 } title ? Cut(title) : otherwise;
    }

    /// <summary>A person's own wording of a need: one line, cut to length.</summary>
    public static string Tidy(string text) => Cut(text);

    private static string? FirstSentence(string paragraph)
    {
        var start = 0;
        for (var i = 0; i < paragraph.Length; i++)
        {
            var ends = i == paragraph.Length - 1
                || (paragraph[i] is '.' or '!' or '?' && char.IsWhiteSpace(paragraph[i + 1])
                    && !EndsWithAbbreviation(paragraph.AsSpan(start, i + 1 - start)));
            if (!ends)
                continue;
            var sentence = paragraph[start..(i + 1)].Trim();
            if (SaysSomething(sentence))
                return sentence;
            start = i + 1;
        }
        return null;
    }

    // "Help!!!" and "---" are no need yet; two words are.
    private static bool SaysSomething(string sentence) => Word().Count(sentence) >= 2 && !Courtesy().IsMatch(sentence);

    private static bool EndsWithAbbreviation(ReadOnlySpan<char> text) => Abbreviation().IsMatch(text);

    // A sentence that followed "Hello," begins small; an iPhone does by itself.
    private static string Capital(string text) =>
        text is [var first, ..] && char.IsLower(first) && text is not [_, >= 'A' and <= 'Z', ..]
            ? char.ToUpperInvariant(first) + text[1..]
            : text;

    private static string Cut(string text)
    {
        text = Capital(Whitespace().Replace(text, " ").Trim());
        if (text.Length <= MaxLength)
            return text;
        var end = text.LastIndexOf(' ', MaxLength - 1);
        if (end < MaxLength / 2)
            end = char.IsHighSurrogate(text[MaxLength - 2]) ? MaxLength - 2 : MaxLength - 1;
        return text[..end].TrimEnd(' ', ',', ';', ':', '-') + "…";
    }

    [GeneratedRegex(
        @"^(?:hi|hello|hey|dear|good\s+(?:morning|afternoon|evening|day)|hallo|guten\s+(?:tag|morgen|abend)|"
        + @"moin(?:\s+moin)?|servus|grüß\s+gott|grüezi|liebes?|lieber|sehr\s+geehrter?)\b[^,.!?:\n]{0,60}(?:[,.!:]|$)",
        RegexOptions.IgnoreCase)]
    private static partial Regex Greeting();

    [GeneratedRegex(@"^(?:\s*(?:re|fwd?|aw|wg|antw)\s*(?:\[\d+\])?:)+", RegexOptions.IgnoreCase)]
    private static partial Regex ReplyMark();

    [GeneratedRegex(
        @"(?:\b(?:z\.\s?b|d\.\s?h|u\.\s?a|e\.g|i\.e|etc|bzw|ca|nr|no|st|dr|prof|mr|mrs|ms|hr|fr|str|art|best)"
        + @"|\b\p{L}|(?<![\d.,])\d{1,2})\.$", RegexOptions.IgnoreCase)]
    private static partial Regex Abbreviation();

    [GeneratedRegex(
        @"^(?:i\s+hope\s+(?:you\s+are|you're|this\s+(?:mail|email|message)\s+finds)"
        + @"|ich\s+hoffe,?\s+(?:es\s+geht|ihnen\s+geht)|how\s+are\s+you|wie\s+geht\s+es)", RegexOptions.IgnoreCase)]
    private static partial Regex Courtesy();

    [GeneratedRegex(@"\p{L}[\p{L}\p{N}'’-]*")]
    private static partial Regex Word();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Whitespace();
}
