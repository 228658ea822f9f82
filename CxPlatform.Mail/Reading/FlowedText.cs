using System.Text;

namespace CxPlatform.Mail;

/// <summary>Joins the lines of format=flowed text (RFC 3676 section 4); quoted lines keep their marks.</summary>
static class FlowedText
{
    /// <param name="text">With line feeds only.</param>
    /// <param name="deleteSpace">The parameter DelSp: the space that marks a soft end is not part of the text.</param>
    public static string Unwrap(string text, bool deleteSpace)
    {
        var result = new StringBuilder(text.Length);
        var openDepth = -1;
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i];
            var depth = 0;
            while (depth < line.Length && line[depth] == '>') depth++;
            var content = line.AsSpan(depth);
            if (content.Length > 0 && content[0] == ' ') content = content[1..];
            var signature = content is "-- ";
            if (openDepth >= 0 && (openDepth != depth || signature))
            {
                result.Append('\n');
                openDepth = -1;
            }
            if (openDepth < 0 && depth > 0) result.Append('>', depth).Append(' ');
            var soft = !signature && content.Length > 0 && content[^1] == ' ';
            result.Append(soft && deleteSpace ? content[..^1] : content);
            openDepth = soft ? depth : -1;
            if (!soft && i < lines.Length - 1) result.Append('\n');
        }
        return result.ToString();
    }
}
