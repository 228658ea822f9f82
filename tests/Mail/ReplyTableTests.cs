namespace CxPlatform.Mail.Tests;

/// <summary>Replies as the mail programs of the world write them, in tables: one entry per program, language and habit.</summary>
public class ReplyTableTests
{
    const string Own = "Thanks, that works.";
    const string History = "Did you try it?\n\nKind regards\nSupport";

    public static TheoryData<string> Introductions => [.. Tables.Paragraphs("introductions.txt")];
    public static TheoryData<string> Blocks => [.. Tables.Paragraphs("blocks.txt")];
    public static TheoryData<string> Devices => [.. Tables.Lines("devices.txt")];
    public static TheoryData<string, string, string> HtmlReplies => Tables.Cases("html-replies.txt");
    public static TheoryData<string, string, string> Replies => Tables.Cases("replies.txt");

    [Theory]
    [MemberData(nameof(Introductions))]
    [MemberData(nameof(Blocks))]
    public void What_follows_an_introduction_is_history(string introduction) =>
        Assert.Equal(Own, ReplyText.Strip($"{Own}\n\n{introduction}\n\n{History}\n"));

    [Theory]
    [MemberData(nameof(Introductions))]
    [MemberData(nameof(Blocks))]
    public void What_is_marked_below_an_introduction_is_history(string introduction) =>
        Assert.Equal(Own, ReplyText.Strip($"{Own}\n{introduction}\n> {History.Replace("\n", "\n> ", StringComparison.Ordinal)}\n"));

    [Theory]
    [MemberData(nameof(Introductions))]
    public void What_stands_above_an_introduction_of_somebody_who_answers_below_goes(string introduction) =>
        Assert.Equal(Own, ReplyText.Strip($"{introduction}\n> {History.Replace("\n", "\n> ", StringComparison.Ordinal)}\n\n{Own}\n"));

    [Theory]
    [MemberData(nameof(Introductions))]
    [MemberData(nameof(Blocks))]
    public void In_html_what_follows_an_introduction_is_history(string introduction) =>
        Assert.Equal(Own, ReplyText.FromHtml(Html($"{Own}\n\n{introduction}\n\n{History}\n")).Text);

    [Theory]
    [MemberData(nameof(Devices))]
    public void What_a_device_writes_below_goes(string device) => Assert.Equal(Own, ReplyText.Strip($"{Own}\n\n{device}\n"));

    [Theory]
    [MemberData(nameof(Devices))]
    public void What_a_device_writes_above_the_history_goes(string device) =>
        Assert.Equal(Own, ReplyText.Strip($"{Own}\n\n{device}\n\nOn Mon, Jan 5, 2026 at 3:04 PM Support <s@example.org> wrote:\n\n{History}"));

    [Theory]
    [MemberData(nameof(HtmlReplies))]
    public void The_reply_in_html_is_what_its_sender_wrote(string name, string html, string reply)
    {
        Assert.NotEmpty(name);
        Assert.Equal(reply, ReplyText.FromHtml(html).Text);
    }

    [Theory]
    [MemberData(nameof(Replies))]
    public void The_reply_is_what_its_sender_wrote(string name, string text, string reply)
    {
        Assert.NotEmpty(name);
        Assert.Equal(reply, ReplyText.Strip(text));
    }

    static string Html(string text) =>
        "<div>" + System.Net.WebUtility.HtmlEncode(text).Replace("\n", "<br>\n", StringComparison.Ordinal) + "</div>";
}
