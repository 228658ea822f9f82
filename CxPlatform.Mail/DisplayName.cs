using System.Buffers;

namespace CxPlatform.Mail;

/// <summary>A name as it is shown beside an address.</summary>
public static class DisplayName
{
    static readonly SearchValues<char> Controls =
        SearchValues.Create("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069");

    /// <summary>
    /// Without the characters that turn the direction of writing (Unicode's Bidi_Control): they would turn what stands after the name too, and so
    /// show another address than mail goes to. Names in any script are written right without them. Null when nothing else is left.
    /// </summary>
    public static string? Plain(string? name) => name is null || name.AsSpan().IndexOfAny(Controls) < 0 ? name
        : string.Concat(name.Where(c => !Controls.Contains(c))).Trim() is { Length: > 0 } rest ? rest
        : null;
}
