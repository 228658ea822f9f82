namespace CxPlatform.Mail.Tests;

public class HtmlTextTests
{
    [Theory]
    [InlineData("<p>Hello<br>World</p><p>Second</p>", "Hello\nWorld\n\nSecond")]
    [InlineData("<html><head><title>T</title><style>p{}</style></head><body>Text</body></html>", "Text")]
    [InlineData("a&nbsp;b &amp; c&#8364; &unknown;", "a b & c€ &unknown;")]
    [InlineData("<div>one</div><div>two</div>", "one\ntwo")]
    [InlineData("one<br><br>two", "one\n\ntwo")]
    [InlineData("one<br>\n<br/>two", "one\n\ntwo")]
    [InlineData("<div>one</div><div><br></div><div>two</div>", "one\n\ntwo")]
    [InlineData("<p>one</p><p>&nbsp;</p><p>two&nbsp;three</p>", "one\n\ntwo three")]
    [InlineData("<div>one</div><div>&nbsp;</div><div>two</div>", "one\n\ntwo")]
    [InlineData("  lots \n of\t space ", "lots of space")]
    [InlineData("<pre>a\n  b</pre>", "a\n  b")]
    [InlineData("<div style='white-space: pre-wrap'>a\n  b</div> c  d", "a\n  b\nc d")]
    [InlineData("1 < 2 <b>bold</b>", "1 < 2 bold")]
    [InlineData("<!-- hidden -->shown", "shown")]
    [InlineData("<!--[if mso]>old<![endif]--><![if !mso]>shown<![endif]>", "shown")]
    [InlineData("<script>var a = '<p>';</script>shown", "shown")]
    [InlineData("never <b", "never")]
    [InlineData("soft&shy;hyphen&#8203;ated", "softhyphenated")]
    [InlineData("<xml><o:PixelsPerInch>96</o:PixelsPerInch></xml><p class=MsoNormal>text<o:p></o:p></p>", "text")]
    public void Html_is_turned_into_text(string html, string expected) => Assert.Equal(expected, HtmlText.ToText(html));

    const string LongQuery = "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
        + "01234567890123456789012345678901234567890123456789";

    [Theory]
    [InlineData("<a href='https://example.com/track?id=1'>Track your order</a>", "Track your order <https://example.com/track?id=1>")]
    [InlineData("See <a href='https://www.example.com/'>example.com</a>.", "See example.com.")]
    [InlineData("<a href='https://example.com/a'>https://example.com/a</a>", "https://example.com/a")]
    [InlineData("<a href='mailto:jane@example.com'>jane@example.com</a>", "jane@example.com")]
    [InlineData("<a href='mailto:jane@example.com?subject=x'>Jane</a>", "Jane <jane@example.com>")]
    [InlineData("<a href='javascript:alert(1)'>click</a> <a href='#top'>up</a> <a>none</a>", "click up none")]
    [InlineData("<a href='https://example.com'><img src=x></a>text", "text")]
    [InlineData("<a href='https://example.com/x'><div>block</div></a>after", "block <https://example.com/x>\nafter")]
    [InlineData("<a href=\"https://example.com/x\ty\">odd</a>", "odd")]
    [InlineData("<a href='https://www.example.com/track?" + LongQuery + "'>Order now</a>", "Order now <example.com/…>")]
    public void Links_show_where_they_lead(string html, string expected) => Assert.Equal(expected, HtmlText.ToText(html));

    [Theory]
    [InlineData("<ul><li>a</li><li>b</li></ul>", "- a\n- b")]
    [InlineData("<ol><li>a<li>b</ol>", "1. a\n2. b")]
    [InlineData("<ol start=5><li><p>a</p></li></ol>after", "5. a\n\nafter")]
    [InlineData("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c")]
    [InlineData("<ul><li>a<br>more</li></ul>", "- a\n  more")]
    [InlineData("<ul><li></li><li>b</li></ul>", "- b")]
    [InlineData("<li>alone", "- alone")]
    [InlineData("<dl><dt>term</dt><dd>meaning</dd></dl>", "term\nmeaning")]
    public void Lists_have_their_marks(string html, string expected) => Assert.Equal(expected, HtmlText.ToText(html));

    [Theory]
    [InlineData("<blockquote>quoted<br>more</blockquote>mine", "> quoted\n> more\n\nmine")]
    [InlineData("mine<blockquote>a<blockquote>b</blockquote></blockquote>", "mine\n\n> a\n>\n>> b")]
    [InlineData("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b")]
    [InlineData("<blockquote><ul><li>a</ul></blockquote>", "> - a")]
    public void Quotes_are_marked(string html, string expected) => Assert.Equal(expected, HtmlText.ToText(html));

    [Theory]
    [InlineData("<table><tr><td>a</td><td>b</td></tr><tr><td>c<td>d</table>after", "a b\nc d\n\nafter")]
    [InlineData("<table><tr><td><p>one</p><p>two</p></td></tr></table>", "one\n\ntwo")]
    [InlineData("<table><caption>sum</caption><tr><th>x<td>1</table>", "sum\nx 1")]
    public void Tables_are_read_row_by_row(string html, string expected) => Assert.Equal(expected, HtmlText.ToText(html));

    [Theory]
    [InlineData("<div style='display:none'>preview <b>text</b></div>shown", "shown")]
    [InlineData("<div style='DISPLAY : None !important; color:red'>x</div>shown", "shown")]
    [InlineData("<span style='visibility:hidden'>x</span>shown", "shown")]
    [InlineData("<p hidden>x<p>shown", "shown")]
    [InlineData("<svg><title>x</title><text>y</text></svg>shown", "shown")]
    [InlineData("<svg><path>never closed<p>shown", "shown")]
    [InlineData("<select><option>x</select><textarea>kept</textarea>", "kept")]
    [InlineData("<noscript>kept</noscript><img alt='\U0001F600' src=x> <img alt='logo'>", "kept\U0001F600")]
    public void What_no_reader_sees_is_left_out(string html, string expected) => Assert.Equal(expected, HtmlText.ToText(html));

    [Fact]
    public void Nesting_without_end_is_read_without_a_deep_stack()
    {
        const int depth = 100_000;
        foreach (var tag in (string[])["div", "blockquote", "b", "ul", "table", "font color=red", "p", "span", "svg", "a href=http://x"])
            Assert.Contains("deep", HtmlText.ToText(string.Concat(Enumerable.Repeat($"<{tag}>", depth)) + (tag == "svg" ? "<p>" : "") + "deep"));
    }
}
