using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace CxPlatform.Mail;

/// <summary>Inline style declarations: looked into, and reduced to those that can only change how text looks where it stands.</summary>
static class HtmlStyle
{
    const int MaxValueLength = 200;

    /// <summary>Nothing that positions, covers, animates, loads or generates content.</summary>
    static readonly FrozenSet<string> Properties = FrozenSet.ToFrozenSet(
    [
        "background-color", "border", "border-bottom", "border-bottom-color", "border-bottom-style", "border-bottom-width",
        "border-collapse", "border-color", "border-left", "border-left-color", "border-left-style", "border-left-width", "border-radius",
        "border-right", "border-right-color", "border-right-style", "border-right-width", "border-spacing", "border-style", "border-top",
        "border-top-color", "border-top-style", "border-top-width", "border-width", "color", "direction", "font", "font-family",
        "font-size", "font-style", "font-variant", "font-weight", "height", "letter-spacing", "line-height", "list-style-type", "margin",
        "margin-bottom", "margin-left", "margin-right", "margin-top", "max-width", "min-width", "padding", "padding-bottom",
        "padding-left", "padding-right", "padding-top", "table-layout", "text-align", "text-decoration", "text-decoration-line",
        "text-indent", "text-transform", "vertical-align", "white-space", "width", "word-break", "word-spacing", "word-wrap",
    ]);

    /// <summary>The characters of numbers, words and colours; neither escapes, comments, strings nor nested blocks.</summary>
    static readonly SearchValues<char> Plain =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789#%.,-+ ()");

    static readonly FrozenSet<string> Functions = FrozenSet.ToFrozenSet(["rgb", "rgba", "hsl", "hsla"]);

    /// <summary>The value of the last declaration of a property, trimmed and in lower case without <c>!important</c>, or null.</summary>
    public static string? Find(ReadOnlySpan<char> style, string property)
    {
        string? found = null;
        foreach (var range in style.Split(';'))
        {
            var declaration = style[range];
            var colon = declaration.IndexOf(':');
            if (colon < 0 || !declaration[..colon].Trim().Equals(property, StringComparison.OrdinalIgnoreCase)) continue;
            found = WithoutImportant(declaration[(colon + 1)..]).ToString().ToLowerInvariant();
        }
        return found;
    }

    /// <summary>The declarations that are harmless, or the empty string.</summary>
    public static string Reduce(ReadOnlySpan<char> style)
    {
        var result = new StringBuilder();
        foreach (var range in style.Split(';'))
        {
            var declaration = style[range];
            var colon = declaration.IndexOf(':');
            if (colon < 0) continue;
            var property = declaration[..colon].Trim().ToString().ToLowerInvariant();
            if (!Properties.Contains(property)) continue;
            // The names of fonts work without their quotes.
            var value = WithoutImportant(declaration[(colon + 1)..]).ToString();
            if (property is "font-family" or "font") value = string.Concat(value.Split('\'', '"'));
            if (value.Length is 0 or > MaxValueLength || !IsHarmless(property, value)) continue;
            if (result.Length > 0) result.Append("; ");
            result.Append(property).Append(": ").Append(value);
        }
        return result.ToString();
    }

    static ReadOnlySpan<char> WithoutImportant(ReadOnlySpan<char> value)
    {
        value = value.Trim();
        return value.EndsWith("!important", StringComparison.OrdinalIgnoreCase) ? value[..^10].TrimEnd() : value;
    }

    static bool IsHarmless(string property, string value)
    {
        if (value.AsSpan().ContainsAnyExcept(Plain)) return false;
        // A negative margin or indent moves a mail's content over the page around it.
        if ((property.StartsWith("margin", StringComparison.Ordinal) || property == "text-indent") && value.Contains('-')) return false;
        for (var at = value.IndexOf('(', StringComparison.Ordinal); at >= 0; at = value.IndexOf('(', at + 1))
        {
            var start = at;
            while (start > 0 && char.IsAsciiLetter(value[start - 1])) start--;
            if (!Functions.Contains(value[start..at].ToLowerInvariant())) return false;
            var end = value.AsSpan(at + 1).IndexOfAny('(', ')');
            if (end < 0 || value[at + 1 + end] == '(') return false;
        }
        return value.Count(c => c == '(') == value.Count(c => c == ')');
    }
}
