using System.Collections.Frozen;
using System.Text;
using AngleSharp.Html.Parser.Tokens;

namespace CxPlatform.Mail;

/// <summary>
/// Makes HTML of a mail harmless by allow-list. The result is written anew, element by element, and never copied: it holds allowed tags,
/// allowed attributes with escaped values, and escaped text. No script, style sheet, form, frame, drawing, event handler, name or id can
/// occur in it, and no reading of it can make one of what stood in a value or a text.
/// </summary>
public static class HtmlSanitizer
{
    /// <summary>Never throws; time is linear.</summary>
    public static SanitisedHtml Sanitize(string html, HtmlSanitizerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(html);
        var writer = new Writer(options ?? HtmlSanitizerOptions.Default);
        writer.Walk(html);
        return writer.Result();
    }

    /// <summary>Small pictures that senders write into the HTML itself: they load nothing, and a raster image runs nothing.</summary>
    const int MaxDataUrlLength = 350_000;

    static readonly string[] DataImages =
        ["data:image/png;base64,", "data:image/jpeg;base64,", "data:image/gif;base64,", "data:image/webp;base64,"];

    static readonly FrozenSet<string> Elements = FrozenSet.ToFrozenSet(
    [
        "a", "abbr", "address", "article", "aside", "b", "bdi", "bdo", "big", "blockquote", "br", "caption", "center", "cite", "code",
        "col", "colgroup", "dd", "del", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "font", "footer", "h1", "h2", "h3", "h4",
        "h5", "h6", "header", "hr", "i", "img", "ins", "kbd", "li", "main", "mark", "ol", "p", "pre", "q", "s", "samp", "section", "small",
        "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "tt", "u", "ul", "var",
        "wbr",
    ]);

    static readonly FrozenSet<string> Attributes = FrozenSet.ToFrozenSet(
    [
        "align", "alt", "bgcolor", "border", "cellpadding", "cellspacing", "color", "colspan", "dir", "face", "height", "lang", "nowrap",
        "reversed", "rowspan", "scope", "size", "start", "title", "valign", "value", "width",
    ]);

    static readonly FrozenSet<string> LinkSchemes = FrozenSet.ToFrozenSet(["http", "https", "mailto", "tel"]);

    static readonly char[] SpacesAndControls = [.. Enumerable.Range(0, 33).Select(c => (char)c)];

    sealed class Writer(HtmlSanitizerOptions options) : HtmlWalker
    {
        readonly StringBuilder result = new();
        readonly List<string> tables = [];
        bool blocked;

        public SanitisedHtml Result() => new(result.ToString(), blocked);

        protected override int Open(string name, HtmlTagToken tag)
        {
            if (!Elements.Contains(name) || !HasItsPlace(name)) return 0;
            var start = result.Length;
            result.Append('<').Append(name);
            var shown = name != "img";
            HashSet<string>? seen = null;
            foreach (var attribute in tag.Attributes)
            {
                // Of two attributes of one name the first counts, for browsers too.
                if (attribute.Value is not { } value || !(seen ??= []).Add(attribute.Name)) continue;
                if (attribute.Name == "style")
                {
                    if (HtmlStyle.Reduce(value) is { Length: > 0 } style) Write("style", style);
                }
                else if (name == "a" && attribute.Name == "href")
                {
                    if (Url(value) is var url && LinkSchemes.Contains(Scheme(url))) Write("href", url);
                }
                else if (name == "img" && attribute.Name == "src") shown = WriteSource(value);
                else if (Attributes.Contains(attribute.Name)) Write(attribute.Name, value);
            }
            if (!shown)
            {
                result.Length = start;
                if (tag.GetAttribute("alt") is { Length: > 0 } alt) Text(alt);
                return 0;
            }
            if (name == "a")
            {
                Write("rel", "noopener noreferrer nofollow");
                Write("target", "_blank");
            }
            result.Append('>');
            if (HtmlTables.IsPart(name) && name != "col") tables.Add(name);
            return 1;
        }

        /// <summary>
        /// A cell without a table, or what stands between cells, would be left out by a browser or end up elsewhere: what it holds is kept
        /// without it.
        /// </summary>
        bool HasItsPlace(string name) => HtmlTables.Fits(name, tables.Count == 0 ? "" : tables[^1]);

        bool WriteSource(string value)
        {
            var url = Url(value);
            switch (Scheme(url))
            {
                case "cid":
                    if (options.ContentIdToUrl?.Invoke(Uri.UnescapeDataString(url[4..]).Trim('<', '>')) is not { } ours) return false;
                    Write("src", ours);
                    return true;
                case "http" or "https":
                    blocked |= !options.ShowRemote;
                    Write(options.ShowRemote ? "src" : "data-src", url);
                    Write("referrerpolicy", "no-referrer");
                    return true;
                case "data" when url.Length <= MaxDataUrlLength
                    && Array.Exists(DataImages, start => url.StartsWith(start, StringComparison.OrdinalIgnoreCase)):
                    Write("src", url);
                    return true;
                default:
                    return false;
            }
        }

        protected override void Close(string name, int state)
        {
            if (state == 0) return;
            if (HtmlTables.IsPart(name)) tables.RemoveAt(tables.Count - 1);
            result.Append("</").Append(name).Append('>');
        }

        protected override void Text(string text) => Escape(text);

        void Write(string name, string value)
        {
            result.Append(' ').Append(name).Append("=\"");
            Escape(value);
            result.Append('"');
        }

        void Escape(string text)
        {
            foreach (var c in CleanText.Lines(text))
            {
                switch (c)
                {
                    case '<': result.Append("&lt;"); break;
                    case '>': result.Append("&gt;"); break;
                    case '&': result.Append("&amp;"); break;
                    case '"': result.Append("&quot;"); break;
                    // Old browsers took it for a quote.
                    case '`': result.Append("&#96;"); break;
                    case '\u00A0': result.Append("&nbsp;"); break;
                    default: result.Append(c); break;
                }
            }
        }

        /// <summary>As browsers read it: without spaces and controls around it, and without line ends and tabs inside.</summary>
        static string Url(string value)
        {
            var url = value.Trim(SpacesAndControls);
            return url.AsSpan().ContainsAny("\t\r\n") ? string.Concat(url.Where(c => c is not ('\t' or '\r' or '\n'))) : url;
        }

        static string Scheme(string url)
        {
            var colon = url.IndexOf(':', StringComparison.Ordinal);
            if (colon is <= 0 or > 10) return "";
            foreach (var c in url.AsSpan(0, colon))
                if (!char.IsAsciiLetter(c)) return "";
            return url[..colon].ToLowerInvariant();
        }
    }
}

/// <summary>Which part of a table stands in which, and all else in its cells.</summary>
static class HtmlTables
{
    public static bool IsPart(string name) =>
        name is "table" or "caption" or "colgroup" or "col" or "thead" or "tbody" or "tfoot" or "tr" or "td" or "th";

    public static bool Fits(string name, string parent) => name switch
    {
        "caption" or "colgroup" or "thead" or "tbody" or "tfoot" => parent is "table",
        "col" => parent is "colgroup",
        "tr" => parent is "table" or "thead" or "tbody" or "tfoot",
        "td" or "th" => parent is "tr",
        _ => parent is "" or "td" or "th" or "caption",
    };
}
