namespace CxPlatform.Mail.Tests;

public class ReplyTextTests
{
    public static TheoryData<string, string> Replies => new()
    {
        { "Just text.\n\nTwo paragraphs.", "Just text.\n\nTwo paragraphs." },
        { "Thanks!\n\nOn Thu, Nov 20, 2025 at 9:30 AM Support <support@example.org> wrote:\n> Hello\n> there", "Thanks!" },
        { "Thanks!\n\nOn Thu, Nov 20, 2025 at 9:30 AM Support Team of the Company\n<support@example.org> wrote:\n\n> Hello", "Thanks!" },
        { "Thanks!\n\nOn 20.11.25 09:30, Support wrote:\nHello (not marked)\nall of this is history", "Thanks!" },
        { "Danke!\n\nAm 20.11.2025 um 09:30 schrieb Support:\n> Hallo", "Danke!" },
        { "Danke!\n\nAm Do., 20. Nov. 2025 um 09:30 Uhr schrieb Support <\nsupport@example.org>:\n\n> Hallo\n>> davor", "Danke!" },
        { "Danke!\n\nSupport <support@example.org> schrieb am Do. 20. Nov. 2025 um 09:30:\n\nHallo", "Danke!" },
        { "Danke!\n\nSupport schrieb am 20.11.2025 um 09:30 Uhr:\nHallo", "Danke!" },
        { "Danke!\n\nSupport <support@example.org> hat am 20.11.2025 09:30 CET geschrieben:\n\nHallo", "Danke!" },
        { "Danke!\n\n-----Ursprüngliche Nachricht-----\nVon: Support\nGesendet: Donnerstag\nAn: Jane\nBetreff: x\n\nHallo", "Danke!" },
        { "Thanks!\n\n-----Original Message-----\nFrom: Support\nSent: Thursday\n\nHello", "Thanks!" },
        { "Thanks!\n\n-------- Original Message --------\nHello", "Thanks!" },
        { "Thanks!\n\n________________________________\nFrom: Support <support@example.org>\nSent: Thursday, November 20, 2025\n"
            + "To: Jane\nSubject: RE: x\n\nHello", "Thanks!" },
        { "Danke!\n\n________________________________________\nVon: Support <support@example.org>\nGesendet: Donnerstag, 20. "
            + "November 2025\nAn: Jane\nBetreff: AW: x\n\nHallo", "Danke!" },
        { "Thanks!\n\n*From:* Support\n*Sent:* Thursday\n*To:* Jane\n\nHello", "Thanks!" },
        { "Von: Support\nist keine Kopfzeile", "Von: Support\nist keine Kopfzeile" },
        { "Thanks!\n-- \nJane Doe\nCEO", "Thanks!" },
        { "Thanks!\n\nSent from my iPhone", "Thanks!" },
        { "Danke!\n\nVon meinem iPhone gesendet", "Danke!" },
        { "Danke!\n\nGesendet von Outlook für iOS", "Danke!" },
        { "Thanks!\n\nSent from my iPhone\n\n> On 20 Nov 2025, at 09:30, Support wrote:\n>\n> Hello", "Thanks!" },
        { "> Is it red?\nYes.\n> Is it large?\nNo.", "Yes.\nNo." },
        { "On Thu, Nov 20, 2025 Support <s@example.org> wrote:\n> Is it red?\nYes.\n\n> Large?\n\nNo.", "Yes.\n\n\nNo." },
        { "On Monday I wrote:\nplease call me", "On Monday I wrote:\nplease call me" },
        { "On Monday everything broke.\nPlease help", "On Monday everything broke.\nPlease help" },
        { "Am Montag ging nichts mehr.", "Am Montag ging nichts mehr." },
        { "FYI\n\n---------- Forwarded message ---------\nFrom: Shop <shop@example.com>\nDate: Thu\nSubject: Invoice\nTo: me\n\n"
            + "Your invoice", "FYI\n\n---------- Forwarded message ---------\nFrom: Shop <shop@example.com>\nDate: Thu\nSubject: "
            + "Invoice\nTo: me\n\nYour invoice" },
        { "\n\n  indented\r\nnext\r\n\r\n", "  indented\nnext" },
        // where all would go, all stays
        { "> only quoted", "> only quoted" },
        { "Sent from my iPhone", "Sent from my iPhone" },
        { "-- \nJane", "-- \nJane" },
        { "On Thu, Nov 20, 2025 Support wrote:\n> Hello", "On Thu, Nov 20, 2025 Support wrote:\n> Hello" },
        { "", "" },
        { " \n ", " \n " },
    };

    [Theory]
    [MemberData(nameof(Replies))]
    public void A_reply_is_freed_from_history_and_signature(string text, string expected) => Assert.Equal(expected, ReplyText.Strip(text));

    [Fact]
    public void A_reply_in_html_is_freed_from_its_quote()
    {
        var mail = Mails.Read("Content-Type: text/html\n\n<div>Thanks!</div><br><div class=gmail_quote><div>On Thu, Nov 20, 2025 "
            + "at 9:30 AM Support &lt;<a href=x>support@example.org</a>&gt; wrote:<br></div><blockquote>Hello<br>there</blockquote></div>");
        Assert.Equal("Thanks!", ReplyText.Strip(mail.Text));
    }
}
