using System.Collections.Frozen;
using AngleSharp.Html;
using AngleSharp.Html.Parser;
using AngleSharp.Html.Parser.Tokens;
using AngleSharp.Text;

namespace CxPlatform.Mail;

/// <summary>
/// Walks through HTML as AngleSharp's tokenizer divides it and reports well-nested elements. No tree is built: time is linear, and the
/// stack of open elements is bounded, where a tree that a hostile mail asks for may be deep beyond any call stack, or grow with the square
/// of the mail. What no reader sees (scripts, styles, hidden elements, drawings) is left out with all that it holds.
/// </summary>
abstract class HtmlWalker
{
    /// <summary>Elements inside elements; what is nested deeper is taken as if it stood at this depth.</summary>
    public const int MaxDepth = 200;

    static readonly FrozenSet<string> Void = FrozenSet.ToFrozenSet(
    [
        "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "keygen", "link", "meta", "param",
        "source", "track", "wbr",
    ]);

    static readonly FrozenSet<string> Unseen = FrozenSet.ToFrozenSet(
    [
        "script", "style", "title", "template", "iframe", "noembed", "noframes", "svg", "math", "select", "datalist", "xml", "applet",
        "audio", "video", "canvas",
    ]);

    static readonly FrozenSet<string> Table = FrozenSet.ToFrozenSet(["table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"]);

    /// <summary>What ends a drawing that was never closed (HTML standard, "in foreign content").</summary>
    static readonly FrozenSet<string> BreaksOut = FrozenSet.ToFrozenSet(
    [
        "b", "big", "blockquote", "br", "center", "code", "dd", "div", "dl", "dt", "em", "embed", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
        "i", "img", "li", "menu", "meta", "nobr", "ol", "p", "pre", "ruby", "s", "small", "span", "strong", "strike", "sub", "sup", "table",
        "tt", "u", "ul", "var",
    ]);

    sealed record Rule(string[] Ends, string[] Within);

    /// <summary>What an opening tag ends though nobody closed it, and what it does not look beyond.</summary>
    static readonly FrozenDictionary<string, Rule> Implied = Rules();

    readonly record struct Element(string Name, int State);

    readonly List<Element> open = [];
    int unseenFrom = int.MaxValue;
    int tooDeep;

    /// <returns>What <see cref="Close"/> is given back. An element without content is opened and never closed.</returns>
    protected abstract int Open(string name, HtmlTagToken tag);

    protected abstract void Close(string name, int state);

    protected abstract void Text(string text);

    public void Walk(string html)
    {
        using var source = new TextSource(html);
        using var tokenizer = new HtmlTokenizer(source, HtmlEntityProvider.Resolver)
        {
            DisableElementPositionTracking = true,
            SkipComments = true,
        };
        for (var token = tokenizer.Get(); token.Type != HtmlTokenType.EndOfFile; token = tokenizer.Get())
        {
            if (token.Type == HtmlTokenType.Character)
            {
                if (unseenFrom == int.MaxValue) Text(token.Data);
            }
            else if (token.Type == HtmlTokenType.EndTag) End(token.Name);
            else if (token.Type == HtmlTokenType.StartTag)
            {
                Start(token.Name, token.AsTag());
                tokenizer.State = ContentOf(token.Name);
            }
        }
        CloseFrom(0);
    }

    void Start(string name, HtmlTagToken tag)
    {
        if (name is "html" or "head" or "body") return;
        if (unseenFrom < open.Count && open[unseenFrom].Name is "svg" or "math" && BreaksOut.Contains(name)) CloseFrom(unseenFrom);
        if (Implied.TryGetValue(name, out var rule)) EndImplied(rule);
        if (Void.Contains(name))
        {
            if (unseenFrom == int.MaxValue && !IsHidden(tag)) Open(name, tag);
        }
        else if (open.Count >= MaxDepth) tooDeep++;
        else if (unseenFrom < int.MaxValue) open.Add(new(name, 0));
        else if (Unseen.Contains(name) || IsHidden(tag))
        {
            unseenFrom = open.Count;
            open.Add(new(name, 0));
        }
        else open.Add(new(name, Open(name, tag)));
    }

    void End(string name)
    {
        if (tooDeep > 0)
        {
            tooDeep--;
            return;
        }
        for (var i = open.Count - 1; i >= 0; i--)
        {
            if (open[i].Name == name)
            {
                CloseFrom(i);
                return;
            }
            // What ends a paragraph in a cell does not end the one around the table.
            if (open[i].Name is "td" or "th" or "table" && !Table.Contains(name)) return;
        }
    }

    void EndImplied(Rule rule)
    {
        for (var i = open.Count - 1; i >= 0; i--)
        {
            if (rule.Ends.Contains(open[i].Name))
            {
                CloseFrom(i);
                return;
            }
            if (rule.Within.Contains(open[i].Name)) return;
        }
    }

    void CloseFrom(int index)
    {
        tooDeep = 0;
        while (open.Count > index)
        {
            var (name, state) = open[^1];
            open.RemoveAt(open.Count - 1);
            if (open.Count < unseenFrom) Close(name, state);
            else if (open.Count == unseenFrom) unseenFrom = int.MaxValue;
        }
    }

    static HtmlParseMode ContentOf(string name) => name switch
    {
        "title" or "textarea" => HtmlParseMode.RCData,
        "style" or "xmp" or "iframe" or "noembed" or "noframes" => HtmlParseMode.Rawtext,
        "script" => HtmlParseMode.Script,
        "plaintext" => HtmlParseMode.Plaintext,
        _ => HtmlParseMode.PCData,
    };

    static bool IsHidden(HtmlTagToken tag)
    {
        foreach (var attribute in tag.Attributes)
        {
            if (attribute.Name == "hidden") return true;
            if (attribute.Name == "style" && HtmlStyle.Find(attribute.Value, "display") is "none") return true;
            if (attribute.Name == "style" && HtmlStyle.Find(attribute.Value, "visibility") is "hidden") return true;
        }
        return false;
    }

    static FrozenDictionary<string, Rule> Rules()
    {
        var rules = new Dictionary<string, Rule>
        {
            ["li"] = new(["li"], ["ul", "ol"]),
            ["dt"] = new(["dt", "dd"], ["dl"]),
            ["dd"] = new(["dt", "dd"], ["dl"]),
            ["a"] = new(["a"], ["td", "th", "caption"]),
            ["td"] = new(["td", "th"], ["tr", "table"]),
            ["th"] = new(["td", "th"], ["tr", "table"]),
            ["tr"] = new(["tr", "caption"], ["table"]),
            ["thead"] = new(["thead", "tbody", "tfoot", "caption"], ["table"]),
            ["tbody"] = new(["thead", "tbody", "tfoot", "caption"], ["table"]),
            ["tfoot"] = new(["thead", "tbody", "tfoot", "caption"], ["table"]),
        };
        var paragraph = new Rule(["p"], ["table", "td", "th", "caption"]);
        foreach (var name in (string[])["address", "article", "aside", "blockquote", "center", "details", "dir", "div", "dl", "fieldset",
            "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "menu", "nav", "ol", "p",
            "pre", "section", "summary", "table", "ul"])
            rules.Add(name, paragraph);
        return rules.ToFrozenDictionary();
    }
}
