using System.Net;
using System.Text;

namespace CxPlatform.Mail;

/// <summary>
/// HTML of a mail as plain text: blocks on their own lines, quotes marked with <c>&gt;</c>. Not a sanitiser. Time is linear.
/// </summary>
public static class HtmlText
{
    const int MaxQuoteDepth = 20;

    /// <summary>Never throws. Lines end with line feeds; runs of empty lines become one.</summary>
    public static string ToPlain(string html)
    {
        var writer = new Writer();
        var at = 0;
        while (at < html.Length)
        {
            var open = html.IndexOf('<', at);
            if (open < 0) open = html.Length;
            if (open > at) writer.Text(html.AsSpan(at, open - at));
            if (open >= html.Length) break;
            at = ReadTag(html, open, writer);
        }
        return writer.Result();
    }

    static int ReadTag(string html, int open, Writer writer)
    {
        if (string.CompareOrdinal(html, open, "<!--", 0, 4) == 0) return After(html, "-->", open + 4);
        var at = open + 1;
        var closing = at < html.Length && html[at] == '/';
        if (closing) at++;
        if (at >= html.Length || !char.IsAsciiLetter(html[at]) && html[at] is not ('!' or '?'))
        {
            writer.Text("<");
            return open + 1;
        }
        var start = at;
        while (at < html.Length && (char.IsAsciiLetterOrDigit(html[at]) || html[at] is '!' or '?' or ':')) at++;
        var name = html.AsSpan(start, Math.Min(at - start, 20)).ToString().ToLowerInvariant();
        // A quoted attribute may hold '>'. A quote that is never closed is none: the tag ends at its first '>'.
        var quote = '\0';
        var firstEnd = -1;
        for (; at < html.Length; at++)
        {
            var c = html[at];
            if (c == '>' && firstEnd < 0) firstEnd = at;
            if (quote == '\0' && c == '>') break;
            if (quote == '\0' && html[at - 1] == '=' && (c == '"' && !writer.NoMoreDouble || c == '\'' && !writer.NoMoreSingle)) quote = c;
            else if (c == quote) quote = '\0';
        }
        if (at >= html.Length && quote != '\0')
        {
            writer.NoMoreDouble |= quote == '"';
            writer.NoMoreSingle |= quote == '\'';
            if (firstEnd >= 0) at = firstEnd;
        }
        var after = Math.Min(html.Length, at + 1);
        if (!closing && name is "script" or "style" or "title" or "head" or "template")
        {
            if (name == "head") return after;
            return After(html, "</" + name, after);
        }
        writer.Tag(name, closing);
        return after;
    }

    static int After(string html, string what, int from)
    {
        var found = html.IndexOf(what, Math.Min(from, html.Length), StringComparison.OrdinalIgnoreCase);
        return found < 0 ? html.Length : found + (what[0] == '<' ? 0 : what.Length);
    }

    sealed class Writer
    {
        readonly StringBuilder text = new();
        int depth, preformatted, breaks;
        bool space, lineHasText;

        public bool NoMoreDouble { get; set; }
        public bool NoMoreSingle { get; set; }

        public void Tag(string name, bool closing)
        {
            switch (name)
            {
                case "br":
                    Break(lineHasText ? 1 : breaks + 1);
                    break;
                case "p" or "h1" or "h2" or "h3" or "h4" or "h5" or "h6" or "ul" or "ol" or "table" or "hr":
                    Break(2);
                    break;
                case "div" or "tr" or "section" or "article" or "header" or "footer" or "dt" or "dd" or "address" or "form" or "center":
                    Break(1);
                    break;
                case "li":
                    Break(1);
                    if (!closing) Text("- ");
                    space = !closing;
                    break;
                case "td" or "th":
                    space = true;
                    break;
                case "pre":
                    Break(1);
                    preformatted = Math.Max(0, preformatted + (closing ? -1 : 1));
                    break;
                case "blockquote":
                    Break(2);
                    depth = Math.Clamp(depth + (closing ? -1 : 1), 0, MaxQuoteDepth);
                    break;
            }
        }

        public void Text(ReadOnlySpan<char> raw)
        {
            var decoded = raw.Contains('&') ? WebUtility.HtmlDecode(raw.ToString()) : raw.ToString();
            foreach (var c in decoded)
            {
                if (c is '\n' && preformatted > 0) Break(lineHasText ? 1 : breaks + 1);
                else if (c is ' ' or '\t' or '\n' or '\r' or '\f' && preformatted == 0) space = true;
                else if (c is '\u00AD' or '\u200B' or '\uFEFF' or '\u034F' or '\r') continue;
                else
                {
                    Begin();
                    text.Append(c == '\u00A0' ? ' ' : c);
                }
            }
        }

        void Begin()
        {
            if (!lineHasText)
            {
                if (text.Length > 0)
                {
                    text.Append('\n');
                    if (breaks > 1) Quote(depth, "").Append('\n');
                }
                Quote(depth, " ");
            }
            else if (space) text.Append(' ');
            space = false;
            lineHasText = true;
            breaks = 0;
        }

        StringBuilder Quote(int level, string tail) => level == 0 ? text : text.Append('>', level).Append(tail);

        void Break(int count)
        {
            lineHasText = false;
            space = false;
            breaks = Math.Max(breaks, count);
        }

        public string Result() => CleanText.Lines(text.ToString()).Trim();
    }
}
