using FsCheck;
using FsCheck.Fluent;

namespace CxPlatform.Mail.Tests;

/// <summary>What holds for the reply of any text, tried on many that are put together from what mail programs write.</summary>
public class ReplyProperties
{
    static readonly Config Config = Config.QuickThrowOnFailure.WithMaxTest(1_000);

    static readonly string[] Lines =
    [
        "", "", " ", "Thanks!", "No, it is red.", "> Is it red?", ">> deeper", ">", "On 20.11.25 09:30, Support wrote:", "On Thu, Nov 20, 2025 Support",
        "<support@example.org> wrote:", "Am 20.11.2025 schrieb Support:", "-----Original Message-----", "---------- Forwarded message ----------",
        "From: Support <support@example.org>", "Sent: Thursday", "To: Jane", "Subject: x", "-- ", "--", "---", "________________________________",
        "Kind regards,", "Jane Doe", "Tel: +44 20 7946 0000", "Sent from my iPhone", "```", "##- Please type your reply above this line -##", "\u00A0", "—",
        "wrote:", "2025/11/20 a <a@example.org>:", ":", "\r", "\0", "\uD800",
    ];

    static readonly string[] Tags =
    [
        "<div>", "</div>", "<br>", "<p>", "<blockquote>", "</blockquote>", "<div class=gmail_quote>", "<div class=gmail_attr>", "<div id=divRplyFwdMsg>",
        "<div class=gmail_signature>", "<table><tr><td>", "</table>", "<img src=cid:x>", "<pre>", "</pre>", "<hr>", "<b", "&gt;", "&#0;", "<script>", "</script>",
    ];

    static readonly Gen<string> Texts = Gen.Elements(Lines).ListOf().Select(lines => string.Join('\n', lines));
    static readonly Gen<string> Html = Gen.Elements([.. Lines, .. Tags, .. Tags]).ListOf().Select(parts => string.Concat(parts));

    [Fact]
    public void A_reply_holds_only_lines_of_the_text_in_their_order() => Prop.ForAll(Texts.ToArbitrary(), text =>
    {
        var reply = ReplyText.Strip(text);
        Assert.Equal(string.IsNullOrWhiteSpace(text), string.IsNullOrWhiteSpace(reply));
        var from = text.ReplaceLineEndings("\n").Split('\n').Select(Comparable).ToList();
        var at = 0;
        foreach (var line in reply.ReplaceLineEndings("\n").Split('\n').Select(Comparable).Where(l => l.Length > 0))
        {
            at = from.IndexOf(line, at) + 1;
            Assert.True(at > 0, "a line that is not in the text: " + line);
        }
    }).Check(Config);

    [Fact]
    public void A_reply_has_nothing_more_to_lose() => Prop.ForAll(Texts.ToArbitrary(), text =>
    {
        var reply = ReplyText.Strip(text);
        Assert.Equal(reply, ReplyText.Strip(reply));
    }).Check(Config);

    [Fact]
    public void Any_html_has_a_reply_that_is_well_nested() => Prop.ForAll(Html.ToArbitrary(), html =>
    {
        var reply = ReplyText.FromHtml(html);
        Assert.Equal(string.IsNullOrWhiteSpace(HtmlText.ToText(html)), string.IsNullOrWhiteSpace(reply.Text));
        Assert.NotNull(reply.Html);
    }).Check(Config);

    static string Comparable(string line) => line.Replace("\0", "", StringComparison.Ordinal).Replace('\uD800', '\uFFFD').TrimEnd();
}
