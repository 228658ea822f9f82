using System.Text;

namespace CxPlatform.Mail;

/// <summary>
/// Takes the marks out of text/enriched (RFC 1896) and of text/richtext before it (RFC 1341), which early programs wrote where others
/// write HTML.
/// </summary>
static class EnrichedText
{
    const int MaxTag = 62;

    /// <param name="text">With line feeds only.</param>
    /// <param name="rich">Whether it is text/richtext, where line ends are written as commands.</param>
    public static string ToText(string text, bool rich)
    {
        var result = new StringBuilder(text.Length);
        int unseen = 0, unfilled = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\n' && unfilled == 0)
            {
                var run = i;
                while (run < text.Length && text[run] == '\n') run++;
                if (unseen == 0) _ = rich || run - i == 1 ? result.Append(' ') : result.Append('\n', run - i - 1);
                i = run - 1;
            }
            else if (c == '<' && !rich && i + 1 < text.Length && text[i + 1] == '<')
            {
                if (unseen == 0) result.Append('<');
                i++;
            }
            else if (c == '<' && text.IndexOf('>', i, Math.Min(MaxTag, text.Length - i)) is var end and > 0)
            {
                Tag(text[(i + 1)..end].ToLowerInvariant());
                i = end;
            }
            else if (unseen == 0) result.Append(c);
        }
        return result.ToString();

        void Tag(string tag)
        {
            if (tag is "param" or "comment") unseen++;
            else if (tag is "/param" or "/comment") unseen = Math.Max(0, unseen - 1);
            else if (tag is "nofill") unfilled++;
            else if (tag is "/nofill") unfilled = Math.Max(0, unfilled - 1);
            else if (rich && unseen == 0 && tag is "lt") result.Append('<');
            else if (rich && unseen == 0 && tag is "nl" or "np" or "paragraph" or "/paragraph") result.Append('\n');
        }
    }
}
