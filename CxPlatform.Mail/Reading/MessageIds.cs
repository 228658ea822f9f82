using System.Text;

namespace CxPlatform.Mail;

/// <summary>Reads message ids (RFC 5322 section 3.6.4), without their angle brackets.</summary>
static class MessageIds
{
    public static IReadOnlyList<string> Parse(string text)
    {
        var result = new List<string>();
        var open = text.IndexOf('<', StringComparison.Ordinal);
        while (open >= 0)
        {
            var close = text.IndexOf('>', open);
            if (close < 0) break;
            // The last opening bracket counts: "<<id>" and "<lost <id>" mean the inner one.
            var inner = text.LastIndexOf('<', close - 1, close - open);
            if (Clean(text.AsSpan(inner + 1, close - inner - 1)) is { } id) result.Add(id);
            open = text.IndexOf('<', close);
        }
        if (result.Count > 0) return result;
        foreach (var word in text.Split([' ', '\t', ',', ';', '<', '>'], StringSplitOptions.RemoveEmptyEntries))
            if (word.Contains('@') && Clean(word) is { } id) result.Add(id);
        var alone = text.Trim(' ', '\t', '<', '>');
        if (result.Count == 0 && !alone.Contains(' ') && Clean(alone) is { } bare) result.Add(bare);
        return result;
    }

    /// <summary>Folding sometimes puts spaces inside an id; they are never part of it.</summary>
    static string? Clean(ReadOnlySpan<char> id)
    {
        var result = new StringBuilder(id.Length);
        foreach (var c in id)
            if (c > ' ' && c != 127) result.Append(c);
        return result.Length == 0 ? null : CleanText.OneLine(result.ToString());
    }
}
