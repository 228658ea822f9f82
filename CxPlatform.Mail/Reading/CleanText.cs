using System.Text;

namespace CxPlatform.Mail;

/// <summary>Takes out of decoded text what later readers and databases choke on.</summary>
static class CleanText
{
    /// <summary>Line feeds only; no NUL, no byte order mark at the start, unpaired surrogates replaced.</summary>
    public static string Lines(string text)
    {
        if (text.Length > 0 && text[0] == '\uFEFF') text = text[1..];
        return Map(text, static c => c == '\0' ? null : c, newlines: true);
    }

    /// <summary>One line: controls become spaces, NUL and unpaired surrogates go, ends are trimmed.</summary>
    public static string OneLine(string text) =>
        Map(text, static c => c is '\0' or '\uFEFF' ? null : IsBreak(c) ? ' ' : c, newlines: false).Trim();

    static bool IsBreak(char c) => char.IsControl(c) || c is '\u2028' or '\u2029';

    static string Map(string text, Func<char, char?> map, bool newlines)
    {
        var first = 0;
        while (first < text.Length && text[first] is var c && !char.IsSurrogate(c) && c != '\r' && map(c) == c) first++;
        if (first == text.Length) return text;
        var result = new StringBuilder(text.Length).Append(text, 0, first);
        for (var i = first; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) result.Append(c).Append(text[++i]);
            else if (char.IsSurrogate(c)) result.Append('\uFFFD');
            else if (c == '\r' && newlines)
            {
                // Some gateways write CR CR LF: the CRs before a LF are one line end with it.
                var run = i;
                while (run < text.Length && text[run] == '\r') run++;
                if (run >= text.Length || text[run] != '\n') result.Append('\n', run - i);
                i = run - 1;
            }
            else if (c == '\r' && i + 1 < text.Length && text[i + 1] == '\n') continue;
            else if (map(c) is { } kept) result.Append(kept);
        }
        return result.ToString();
    }
}
