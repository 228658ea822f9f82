using System.Text;

namespace CxPlatform.Intake;

/// <summary>Text that every database takes, from senders who could not be told what is wrong with it.</summary>
internal static class Clean
{
    /// <summary>Without NUL and unpaired surrogates; line ends are line feeds.</summary>
    public static string Text(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        if (text.Contains('\r', StringComparison.Ordinal))
            text = text.ReplaceLineEndings("\n");
        var plain = text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff') < 0 && !text.Contains('\0', StringComparison.Ordinal);
        return plain ? text : Rebuild(text);
    }

    /// <summary>One trimmed line of at most that many characters; null when nothing is left.</summary>
    public static string? Line(string? text, int characters)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        var line = new StringBuilder(Math.Min(text.Length, characters * 2));
        foreach (var c in Text(text))
            line.Append(char.IsControl(c) ? ' ' : c);
        var result = Limits.Cut(line.ToString().Trim(), characters);
        return result.Length == 0 ? null : result;
    }

    private static string Rebuild(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            if (rune.Value != 0)
                result.Append(rune.ToString());
        return result.ToString();
    }
}
