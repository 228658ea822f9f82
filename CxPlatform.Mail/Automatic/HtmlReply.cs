using System.Text;
using AngleSharp.Html.Parser.Tokens;

namespace CxPlatform.Mail;

/// <summary>
/// Divides HTML into lines with the marks that mail programs leave in it, lets <see cref="ReplyLines"/> decide, and writes the HTML anew
/// without the lines that go and the elements that become empty with them.
/// </summary>
sealed class HtmlReply : HtmlWalker
{
    sealed class Builder
    {
        public readonly StringBuilder Text = new();
        public LineMark Mark;
    }

    enum PieceKind { Text, Open, Close, Void }

    readonly record struct Piece(PieceKind Kind, string Content, int Line);

    readonly List<Piece> pieces = [];
    readonly List<Builder> lines = [new()];
    int quotes, signatures, attributions, preformatted;
    bool history, space;

    public static Reply Read(string html, bool forwards)
    {
        var reader = new HtmlReply();
        reader.Walk(html);
        var lines = reader.lines.ConvertAll(l => l.Text.ToString());
        var keep = new ReplyLines(lines, reader.lines.ConvertAll(l => l.Mark), forwards).Keep();
        var written = reader.Write(keep);
        var text = HtmlText.ToText(written);
        // A picture may be left where all text went.
        return string.IsNullOrWhiteSpace(text) ? new(HtmlText.ToText(html), html) : new(text, written);
    }

    protected override int Open(string name, HtmlTagToken tag)
    {
        if (IsBlock(name)) Break();
        var id = WithoutMark(tag.GetAttribute("id"));
        var title = tag.GetAttribute("name");
        var kinds = tag.GetAttribute("class");
        var state = 0;
        if (IsHistory(name, id, kinds, tag) || title is "messageReplySection") MarkHistory();
        if (name == "blockquote" && !Has(kinds, "protonmail_quote"))
        {
            quotes++;
            state |= 1;
        }
        if (IsSignature(id, kinds) || title is "messageSignatureSection")
        {
            signatures++;
            state |= 2;
        }
        if (Has(kinds, "gmail_attr") || Has(kinds, "moz-cite-prefix"))
        {
            attributions++;
            state |= 4;
        }
        if (name == "pre")
        {
            preformatted++;
            state |= 8;
        }
        var written = new StringBuilder("<").Append(name);
        foreach (var attribute in tag.Attributes)
        {
            if (attribute.Value is not { } value || !IsPlainName(attribute.Name)) continue;
            Escape(written.Append(' ').Append(attribute.Name).Append("=\""), value).Append('"');
        }
        pieces.Add(new(IsVoid(name) ? PieceKind.Void : PieceKind.Open, written.Append('>').ToString(), lines.Count - 1));
        if (name == "br") NewLine();
        // A picture is content: a line that holds nothing else is not empty.
        if (name == "img") Append('\u200D');
        return state;
    }

    protected override void Close(string name, int state)
    {
        if (IsVoid(name)) return;
        if (IsBlock(name)) Break();
        if ((state & 1) != 0) quotes--;
        if ((state & 2) != 0) signatures--;
        if ((state & 4) != 0) attributions--;
        if ((state & 8) != 0) preformatted--;
        pieces.Add(new(PieceKind.Close, name, lines.Count - 1));
    }

    protected override void Text(string text)
    {
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\n' && preformatted > 0)
            {
                Flush(text, start, i + 1);
                start = i + 1;
                NewLine();
            }
            else if (c is ' ' or '\t' or '\n' or '\r' or '\f') space = true;
            else if (c is not ('\u200B' or '\uFEFF')) Append(c == '\u00A0' ? ' ' : c);
        }
        Flush(text, start, text.Length);
    }

    void Flush(string text, int start, int stop)
    {
        if (stop > start) pieces.Add(new(PieceKind.Text, Escape(new(), text[start..stop]).ToString(), lines.Count - 1));
    }

    void Append(char c)
    {
        var line = lines[^1];
        if (line.Text.Length == 0) line.Mark = CurrentMark();
        if (space && line.Text.Length > 0) line.Text.Append(' ');
        space = false;
        line.Text.Append(c);
    }

    LineMark CurrentMark() =>
        history ? LineMark.History
        : quotes > 0 ? LineMark.Quote
        : signatures > 0 ? LineMark.Signature
        : attributions > 0 ? LineMark.Attribution
        : LineMark.None;

    void MarkHistory()
    {
        // Within a quote it is the history of the one who is quoted.
        if (quotes > 0) return;
        Break();
        history = true;
    }

    void Break()
    {
        if (lines[^1].Text.Length > 0) NewLine();
        space = false;
    }

    void NewLine()
    {
        lines.Add(new());
        space = false;
    }

    string Write(bool[] keep)
    {
        var result = new StringBuilder();
        var open = new List<(int Start, int Content, bool Kept)>();
        foreach (var piece in pieces)
        {
            switch (piece.Kind)
            {
                case PieceKind.Open:
                    open.Add((result.Length, 0, false));
                    result.Append(piece.Content);
                    break;
                case PieceKind.Close:
                    var (start, _, kept) = open[^1];
                    open.RemoveAt(open.Count - 1);
                    if (kept) result.Append("</").Append(piece.Content).Append('>');
                    else result.Length = start;
                    if (kept && open.Count > 0) open[^1] = open[^1] with { Kept = true };
                    break;
                default:
                    if (!keep[piece.Line]) break;
                    result.Append(piece.Content);
                    if (open.Count > 0 && IsContent(piece)) open[^1] = open[^1] with { Kept = true };
                    break;
            }
        }
        return result.ToString();
    }

    static bool IsContent(Piece piece) =>
        piece.Kind == PieceKind.Text
            ? !string.IsNullOrWhiteSpace(piece.Content)
            // An element that holds nothing but a line break is an empty line.
            : piece.Content.StartsWith("<img", StringComparison.Ordinal) || piece.Content.StartsWith("<br", StringComparison.Ordinal);

    /// <summary>Where programs begin what they quote without marking it line by line.</summary>
    static bool IsHistory(string name, string? id, string? kinds, HtmlTagToken tag) =>
        id is "divRplyFwdMsg" or "appendonsend" or "mail-editor-reference-message-container" or "OLK_SRC_BODY_SECTION"
            or "zwchr" or "stopSpelling" or "ms-outlook-mobile-body-separator-line" or "reply-intro"
        || Has(kinds, "yahoo_quoted") || Has(kinds, "zmail_extra") || Has(kinds, "protonmail_quote") || Has(kinds, "tutanota_quote")
        || Has(kinds, "OutlookMessageHeader") || Has(kinds, "mail_original")
        || name == "div" && tag.GetAttribute("style") is { } style && IsOutlookRule(style);

    /// <summary>Outlook draws a thin line above the fields that it repeats, and nothing else in a mail has just this style.</summary>
    static bool IsOutlookRule(string style)
    {
        var border = HtmlStyle.Find(style, "border-top");
        return border is not null && border.StartsWith("solid", StringComparison.Ordinal)
            && (border.Contains("#b5c4df", StringComparison.Ordinal) || border.Contains("#e1e1e1", StringComparison.Ordinal));
    }

    static bool IsSignature(string? id, string? kinds) =>
        id is "Signature" or "signature" or "ms-outlook-mobile-signature" or "AppleMailSignature" or "composer_signature"
            or "lineBreakAtBeginningOfSignature"
        || Has(kinds, "gmail_signature") || Has(kinds, "moz-signature")
        || Has(kinds, "protonmail_signature_block") || Has(kinds, "ms-outlook-mobile-signature")
        || Has(kinds, "gmail_signature_prefix") || Has(kinds, "mail-signature") || Has(kinds, "tutanota_signature");

    static bool Has(string? kinds, string kind)
    {
        if (kinds is null) return false;
        foreach (var range in kinds.AsSpan().Split(' '))
        {
            var one = kinds.AsSpan(range);
            if (one.StartsWith("x_")) one = one[2..];
            if (one.Equals(kind, StringComparison.OrdinalIgnoreCase)) return true;
        }
        return false;
    }

    /// <summary>Outlook on the web marks the names of what it was sent so.</summary>
    static string? WithoutMark(string? id) => id is not null && id.StartsWith("x_", StringComparison.Ordinal) ? id[2..] : id;

    static bool IsBlock(string name) =>
        name is "p" or "div" or "blockquote" or "ul" or "ol" or "li" or "table" or "tr" or "h1" or "h2" or "h3" or "h4" or "h5" or "h6" or "hr"
            or "pre" or "dl" or "dt" or "dd" or "section" or "article" or "header" or "footer" or "center" or "address"
            or "form";

    static bool IsVoid(string name) =>
        name is "br" or "img" or "hr" or "wbr" or "input" or "area" or "base" or "basefont" or "bgsound" or "col" or "embed" or "frame"
            or "keygen" or "link" or "meta" or "param" or "source" or "track";

    static bool IsPlainName(string name)
    {
        foreach (var c in name.AsSpan())
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or ':')) return false;
        return name.Length > 0;
    }

    static StringBuilder Escape(StringBuilder result, string text)
    {
        foreach (var c in CleanText.Lines(text))
            _ = c switch
            {
                '<' => result.Append("&lt;"),
                '>' => result.Append("&gt;"),
                '&' => result.Append("&amp;"),
                '"' => result.Append("&quot;"),
                '\u00A0' => result.Append("&nbsp;"),
                _ => result.Append(c),
            };
        return result;
    }
}
