using System.Buffers;
using System.Globalization;
using System.Text;
using AngleSharp.Html.Parser.Tokens;

namespace CxPlatform.Mail;

/// <summary>
/// HTML of a mail as text for people: blocks on their own lines, quotes marked with <c>&gt;</c>, lists with their marks, links with their
/// address where it does not show, tables row by row. Not a sanitiser.
/// </summary>
public static class HtmlText
{
    const int MaxQuoteDepth = 20;
    const int MaxIndent = 10;
    const int MaxUrlLength = 2_000;

    /// <summary>What is longer is made for machines (who clicked what, in which mailing); people see the host.</summary>
    const int MaxShownUrl = 150;

    static readonly SearchValues<char> NotInAddress = SearchValues.Create(" \t\r\n<>");
    static readonly string[] WebSchemes = ["http://", "https://", "ftp://"];

    /// <summary>Never throws; time is linear. Lines end with line feeds; runs of empty lines become one.</summary>
    public static string ToText(string html)
    {
        ArgumentNullException.ThrowIfNull(html);
        var writer = new Writer();
        writer.Walk(html);
        return writer.Result();
    }

    sealed class Writer : HtmlWalker
    {
        sealed class ListLevel(int? number)
        {
            public string NextMark() => number is null ? "- " : string.Create(CultureInfo.InvariantCulture, $"{number++}. ");
        }

        readonly StringBuilder text = new();
        readonly List<ListLevel> lists = [];
        int depth, lineDepth, preformatted, breaks, linkStart;
        bool space, lineHasText, blank;
        string? mark, link;

        protected override int Open(string name, HtmlTagToken tag)
        {
            Block(name, closing: false);
            switch (name)
            {
                case "ul" or "ol":
                    lists.Add(new(name == "ol" ? Number(tag.GetAttribute("start")) ?? 1 : null));
                    break;
                case "li":
                    mark = lists.Count == 0 ? "- " : lists[^1].NextMark();
                    break;
                case "a":
                    link = Address(tag.GetAttribute("href"));
                    linkStart = text.Length;
                    break;
                case "img" when tag.GetAttribute("alt") is { Length: > 0 and <= 16 } alt
                    && alt.AsSpan().IndexOfAnyInRange(' ', '\u02FF') < 0:
                    // Mail programs send a picture for a character, such as an emoji.
                    Text(alt);
                    break;
                case "blockquote":
                    depth++;
                    break;
            }
            if (name is not ("pre" or "textarea" or "xmp" or "plaintext" or "listing") && !IsPreformatted(tag)) return 0;
            preformatted++;
            // Given back when it closes.
            return 1;
        }

        protected override void Close(string name, int state)
        {
            preformatted -= state;
            switch (name)
            {
                case "ul" or "ol":
                    lists.RemoveAt(lists.Count - 1);
                    break;
                case "li":
                    mark = null;
                    break;
                case "a":
                    CloseLink();
                    break;
                case "blockquote":
                    depth--;
                    break;
            }
            Block(name, closing: true);
        }

        void Block(string name, bool closing)
        {
            switch (name)
            {
                case "br":
                    Break(lineHasText ? 1 : breaks + 1);
                    break;
                case "ul" or "ol" when lists.Count > 0:
                    // A list within an entry belongs to it.
                    Break(1);
                    break;
                case "p" or "h1" or "h2" or "h3" or "h4" or "h5" or "h6" or "ul" or "ol" or "dl" or "table" or "hr" or "blockquote":
                    Break(2);
                    break;
                case "div" or "tr" or "li" or "dt" or "dd" or "section" or "article" or "header" or "footer" or "main" or "nav" or "aside"
                    or "address" or "form" or "center" or "pre" or "figure" or "figcaption" or "fieldset" or "caption" or "details"
                    or "summary" or "xmp" or "plaintext" or "listing" or "textarea":
                    Break(1);
                    break;
                case "td" or "th":
                    space = true;
                    break;
            }
        }

        protected override void Text(string raw)
        {
            foreach (var c in raw)
            {
                if (c == '\n' && preformatted > 0) Break(lineHasText ? 1 : breaks + 1);
                else if (c is ' ' or '\t' or '\n' or '\r' or '\f' && preformatted == 0) space = true;
                else if (c is '\u00AD' or '\u200B' or '\u200C' or '\uFEFF' or '\u034F' or '\r') continue;
                // Outlook writes an empty line as a paragraph with such a space.
                else if (c == '\u00A0' && !lineHasText && preformatted == 0) blank = true;
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
                    // The empty line between a quote and what is not in it belongs to neither.
                    if (breaks > 1) Quote(Math.Min(lineDepth, depth), "").Append('\n');
                }
                Quote(depth, " ");
                lineDepth = depth;
                // What goes on in a list stands below the text of its entry.
                if (lists.Count > 0) text.Append(' ', 2 * Math.Min(mark is null ? lists.Count : lists.Count - 1, MaxIndent));
                text.Append(mark);
                mark = null;
            }
            else if (space) text.Append(' ');
            space = blank = false;
            lineHasText = true;
            breaks = 0;
        }

        StringBuilder Quote(int level, string tail) =>
            level == 0 ? text : text.Append('>', Math.Min(level, MaxQuoteDepth)).Append(tail);

        void Break(int count)
        {
            breaks = Math.Max(breaks, blank ? 2 : count);
            lineHasText = space = blank = false;
        }

        void CloseLink()
        {
            if (link is not { } address) return;
            link = null;
            var from = Math.Min(linkStart, text.Length);
            var length = text.Length - from;
            if (length > MaxUrlLength) return;
            var label = text.ToString(from, length).Trim(' ', '\n', '>');
            // A picture's link would be an address without a word on where it leads.
            if (label.Length > 0 && !label.Contains(Bare(address), StringComparison.OrdinalIgnoreCase))
                text.Append(" <").Append(address.Length <= MaxShownUrl ? address : HostOf(address)).Append('>');
        }

        /// <summary>Where a link leads, as people would type it; null for what leads nowhere outside the mail.</summary>
        static string? Address(string? href)
        {
            var address = href?.Trim();
            if (address is null or { Length: > MaxUrlLength } || address.AsSpan().ContainsAny(NotInAddress)) return null;
            if (Array.Exists(WebSchemes, scheme => address.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))) return address;
            if (!address.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase)) return null;
            var end = address.IndexOf('?', StringComparison.Ordinal);
            var mailbox = Uri.UnescapeDataString(end < 0 ? address[7..] : address[7..end]);
            return mailbox.Length == 0 || mailbox.AsSpan().ContainsAny(NotInAddress) ? null : mailbox;
        }

        static string Bare(string address)
        {
            var start = address.IndexOf("://", StringComparison.Ordinal) is var found and >= 0 ? found + 3 : 0;
            if (address.AsSpan(start).StartsWith("www.", StringComparison.OrdinalIgnoreCase)) start += 4;
            return address[start..].TrimEnd('/');
        }

        static string HostOf(string address)
        {
            var bare = Bare(address);
            var end = bare.AsSpan().IndexOfAny('/', '?', '#');
            return (end < 0 ? bare[..Math.Min(bare.Length, MaxShownUrl)] : bare[..end]) + "/\u2026";
        }

        static bool IsPreformatted(HtmlTagToken tag) =>
            tag.GetAttribute("style") is { Length: > 0 } style
            && HtmlStyle.Find(style, "white-space") is "pre" or "pre-wrap" or "pre-line" or "break-spaces";

        static int? Number(string? text) =>
            int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number is > -1_000_000 and < 1_000_000
                ? number
                : null;

        public string Result() => CleanText.Lines(text.ToString()).Trim();
    }
}
