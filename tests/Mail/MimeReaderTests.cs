using System.Globalization;
using System.Text;

namespace CxPlatform.Mail.Tests;

public class MimeReaderTests
{
    [Fact]
    public void A_simple_message_is_read()
    {
        var mail = Mails.Read("""
            From: Jane Doe <jane@example.com>
            Sender: assistant@example.com
            Reply-To: replies@example.com
            To: a@example.org, b@example.org
            Cc: c@example.org
            Subject: My order
             is late
            Date: Thu, 20 Nov 2025 09:30:00 +0100
            Message-ID: <m1@example.com>
            In-Reply-To: <m0@example.org>
            References: <m-1@example.org>
             <m0@example.org>
            Auto-Submitted: auto-replied (vacation); x=y
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            Gr=C3=BC=C3=9Fe
            Jane
            """);
        Assert.Equal([new("Jane Doe", "jane@example.com")], mail.From);
        Assert.Equal("assistant@example.com", mail.Sender?.Address);
        Assert.Equal(["replies@example.com"], mail.ReplyTo.Select(a => a.Address));
        Assert.Equal(["a@example.org", "b@example.org"], mail.To.Select(a => a.Address));
        Assert.Equal(["c@example.org"], mail.Cc.Select(a => a.Address));
        Assert.Equal("My order is late", mail.Subject);
        Assert.Equal(new DateTimeOffset(2025, 11, 20, 9, 30, 0, TimeSpan.FromHours(1)), mail.Date);
        Assert.Equal("m1@example.com", mail.MessageId);
        Assert.Equal(["m0@example.org"], mail.InReplyTo);
        Assert.Equal(["m-1@example.org", "m0@example.org"], mail.References);
        Assert.Equal("auto-replied", mail.AutoSubmitted);
        Assert.Equal("Grüße\nJane", mail.TextBody);
        Assert.Null(mail.HtmlBody);
        Assert.Empty(mail.Attachments);
        Assert.Empty(mail.Warnings);
        Assert.Equal("From", mail.Headers[0].Name);
        Assert.Equal("My order is late", mail.Header("SUBJECT"));
        Assert.Null(mail.Header("X-None"));
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")]
    [InlineData("\r")]
    [InlineData("\r\r\n")]
    public void Any_line_end_is_understood(string end)
    {
        var mail = MimeReader.Read(Encoding.ASCII.GetBytes(string.Join(end,
            "Subject: one", " two", "Content-Type: multipart/mixed; boundary=b", "", "--b", "", "text", "more", "--b",
                "Content-Type: image/png", "", "png", "--b--", "")));
        Assert.Equal("one two", mail.Subject);
        Assert.Equal("text\nmore", mail.TextBody!.Replace("\n\n", "\n"));
        Assert.Equal("png", Encoding.ASCII.GetString(Assert.Single(mail.Attachments).Content.Span));
    }

    [Fact]
    public void A_bare_carriage_return_does_not_begin_a_header_field()
    {
        var mail = Mails.Read("Subject: a\n\nx");
        mail = MimeReader.Read("Subject: a\rBcc: victim@example.com\r\n\r\nx"u8.ToArray());
        Assert.Equal("a Bcc: victim@example.com", mail.Subject);
        Assert.Null(mail.Header("Bcc"));
    }

    const string Mixed = """
        Content-Type: multipart/mixed; boundary="outer"

        This is a message in MIME format.
        --outer
        Content-Type: multipart/alternative; boundary="inner"

        --inner
        Content-Type: text/plain; charset=utf-8

        plain
        --inner
        Content-Type: multipart/related; boundary=rel

        --rel
        Content-Type: text/html; charset=utf-8

        <p>html <img src="cid:logo@x"></p>
        --rel
        Content-Type: image/png; name=logo.png
        Content-ID: <logo@x>
        Content-Transfer-Encoding: base64

        iVBORw0=
        --rel--
        --inner--
        --outer
        Content-Type: application/pdf; name="fallback.pdf"
        Content-Disposition: attachment; filename*=utf-8''%C3%BCber.pdf
        Content-Transfer-Encoding: base64

        JVBERi0=
        --outer
        Content-Type: message/rfc822

        Subject: inner message

        inner text
        --outer--
        epilogue
        """;

    [Fact]
    public void Text_html_inline_images_and_attachments_are_told_apart()
    {
        var mail = Mails.Read(Mixed);
        Assert.Equal("plain", mail.TextBody);
        Assert.Equal("<p>html <img src=\"cid:logo@x\"></p>", mail.HtmlBody);
        Assert.Equal(
            ["logo.png image/png logo@x inline 5", "über.pdf application/pdf  beside 5", "inner message.eml message/rfc822  beside 36"],
            mail.Attachments.Select(a => $"{a.Name} {a.ContentType} {a.ContentId} {(a.Inline ? "inline" : "beside")} {a.Size}"));
        Assert.Equal("inner message", MimeReader.Read(mail.Attachments[2].Content).Subject);
        Assert.Empty(mail.Warnings);
        Assert.Equal("%PDF-", Encoding.ASCII.GetString(mail.Attachments[1].Content.Span));
    }

    [Theory]
    [InlineData("--inner--", "")]
    [InlineData("--rel--", "")]
    [InlineData("--outer--", "")]
    [InlineData("--outer--", "--outer-- ")]
    public void A_lost_end_boundary_loses_no_part(string lost, string instead)
    {
        var mail = Mails.Read(Mixed.Replace(lost + "\n", instead + "\n", StringComparison.Ordinal));
        Assert.Equal("plain", mail.TextBody);
        Assert.Contains("html", mail.HtmlBody);
        Assert.Equal(3, mail.Attachments.Count);
    }

    [Fact]
    public void A_message_cut_off_anywhere_is_read_as_far_as_it_goes()
    {
        var bytes = Mails.Bytes(Mixed);
        for (var length = 0; length <= bytes.Length; length++) _ = MimeReader.Read(bytes.AsMemory(0, length)).Text;
    }

    [Theory]
    [InlineData("Content-Type: multipart/mixed; boundary=wrong", "boundary-wrong")]
    [InlineData("Content-Type: multipart/mixed", "boundary-wrong")]
    public void A_wrong_or_missing_boundary_is_found_from_the_text(string type, string warning)
    {
        var mail = Mails.Read(type + "\n\n--real\nContent-Type: text/plain\n\none\n--real\nContent-Type: text/html\n\n<p>two</p>\n"
            + "--real--\n");
        Assert.Equal("one\ntwo", mail.TextBody);
        Assert.Contains(mail.Warnings, w => w.Code == warning);
    }

    [Fact]
    public void A_multipart_without_any_boundary_is_plain_text()
    {
        var mail = Mails.Read("Content-Type: multipart/alternative; boundary=b\n\njust text");
        Assert.Equal("just text", mail.TextBody);
        Assert.Contains(mail.Warnings, w => w.Code == "multipart-empty");
    }

    [Fact]
    public void A_boundary_that_begins_like_another_is_not_taken_for_it()
    {
        var mail = Mails.Read("""
            Content-Type: multipart/mixed; boundary=b

            --b
            Content-Type: multipart/alternative; boundary=b-1

            --b-1

            text
            --b-1--
            --b
            Content-Type: image/png

            png
            --b--
            """);
        Assert.Equal("text", mail.TextBody);
        Assert.Single(mail.Attachments);
        Assert.Empty(mail.Warnings);
    }

    [Fact]
    public void Parts_after_the_end_boundary_are_not_lost()
    {
        var mail = Mails.Read("Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n--b\nContent-Type: image/png\n\n"
            + "png\n--b--\n");
        Assert.Equal("one", mail.TextBody);
        Assert.Single(mail.Attachments);
        Assert.Contains(mail.Warnings, w => w.Code == "boundary-after-end");
    }

    [Theory]
    // one body of HTML only, the text is derived
    [InlineData("text/html", "<p>a</p>", null, "<p>a</p>", "a")]
    [InlineData("text/plain", "a", "a", null, "a")]
    [InlineData("text/enriched", "a", "a", null, "a")]
    [InlineData("foo", "a", "a", null, "a")]
    [InlineData("", "a", "a", null, "a")]
    [InlineData("text", "a", "a", null, "a")]
    [InlineData("text/plain; name=body.txt", "a", "a", null, "a")]
    public void A_single_part_is_the_body(string type, string content, string? text, string? html, string derived)
    {
        var mail = Mails.Read($"Content-Type: {type}\n\n{content}");
        Assert.Equal(text, mail.TextBody);
        Assert.Equal(html, mail.HtmlBody);
        Assert.Equal(derived, mail.Text);
        Assert.Empty(mail.Attachments);
    }

    [Fact]
    public void A_mixed_message_keeps_all_of_its_text_in_both_forms()
    {
        var mail = Mails.Read("""
            Content-Type: multipart/mixed; boundary=b

            --b
            Content-Type: text/html

            <p>first</p>
            --b
            Content-Type: image/png; name=a.png

            png
            --b
            Content-Type: text/plain

            second & last
            --b
            Content-Type: text/plain; name=notes.txt

            notes
            --b
            Content-Type: text/calendar

            BEGIN:VCALENDAR
            --b--
            """);
        Assert.Equal("first\nsecond & last", mail.TextBody);
        Assert.Equal("<p>first</p>\n<br>\n<pre>second &amp; last</pre>", mail.HtmlBody);
        Assert.Equal(["a.png", "notes.txt", null], mail.Attachments.Select(a => a.Name));
    }

    [Theory]
    [InlineData("From jane Mon Nov 24 10:00:00 2025\nSubject: s\n\nbody", "s", "body")]
    [InlineData(">From jane Mon Nov 24 10:00:00 2025\nSubject: s\n\nbody", "s", "body")]
    [InlineData("\n\nSubject: s\n\nbody", "s", "body")]
    [InlineData("\n\njust text", "", "\njust text")]
    [InlineData("just text", "", "just text")]
    [InlineData("Subject: s\nno header\nmore text", "s", "no header\nmore text")]
    [InlineData("Subject: s\nlost fold\nTo: a@example.com\n\nbody", "s lost fold", "body")]
    [InlineData("Subject: s\n \n\nbody", "s", "\nbody")]
    [InlineData("Subject: s\n \n more\n\nbody", "s  more", "body")]
    [InlineData("Subject : s\n\nbody", "s", "body")]
    [InlineData("SUBJECT:s\n\nbody", "s", "body")]
    [InlineData("Subject:\n\nbody", "", "body")]
    [InlineData("Subject: s", "s", "")]
    [InlineData("", "", "")]
    [InlineData("\u00EF\u00BB\u00BFSubject: s\n\nbody", "s", "body")]
    [InlineData("Subject: caf\u00E9\n\ncaf\u00E9", "café", "café")]
    [InlineData("Subject: caf\u00C3\u00A9\n\ncaf\u00C3\u00A9", "café", "café")]
    [InlineData("Subject: a\0b\n\nc\0d", "ab", "cd")]
    [InlineData("Content-Transfer-Encoding: \"BASE64\"\n\nYm9keQ==", "", "body")]
    [InlineData("Content-Transfer-Encoding: base-64;\n\nYm9keQ==", "", "body")]
    [InlineData("Content-Type: text/html\n\n<meta charset=windows-1251><p>\u00CF</p>", "", "П")]
    public void Broken_messages_are_read(string message, string subject, string text)
    {
        var mail = Mails.Read(message);
        Assert.Equal(subject, mail.Subject);
        Assert.Equal(text, mail.Text);
    }

    [Fact]
    public void Nesting_beyond_the_limit_becomes_an_attachment()
    {
        var message = new StringBuilder();
        for (var i = 0; i < 500; i++) message.Append(CultureInfo.InvariantCulture,
            $"Content-Type: multipart/mixed; boundary=b{i}\r\n\r\n--b{i}\r\n");
        message.Append("\r\ndeep");
        var mail = MimeReader.Read(Encoding.ASCII.GetBytes(message.ToString()));
        Assert.Single(mail.Attachments);
        Assert.Contains(mail.Warnings, w => w.Code == "depth-limit");
    }

    [Fact]
    public void Parts_beyond_the_limit_become_one_attachment()
    {
        var mail = MimeReader.Read(Encoding.ASCII.GetBytes(
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + string.Concat(Enumerable.Repeat("--b\r\n\r\nx\r\n", 5_000)) + "--b--"));
        Assert.Contains(mail.Warnings, w => w.Code == "part-limit");
        Assert.Single(mail.Attachments);
        Assert.Equal(2 * MimeLimits.MaxParts - 3, mail.TextBody!.Length);
    }

    [Fact]
    public void Header_fields_beyond_the_limits_are_cut_and_the_body_is_still_found()
    {
        var mail = MimeReader.Read(Encoding.ASCII.GetBytes(
            $"X-Long: {new string('x', 2 * MimeLimits.MaxHeaderFieldBytes)}\r\n" + string.Concat(Enumerable.Repeat("X-A: b\r\n", 10_000))
                + "\r\nbody"));
        Assert.Equal(MimeLimits.MaxHeaderFields, mail.Headers.Count);
        Assert.True(mail.Headers[0].Raw.Length < MimeLimits.MaxHeaderFieldBytes);
        Assert.Equal("body", mail.TextBody);
        Assert.Contains(mail.Warnings, w => w.Code == "header-limit");
    }

    [Fact]
    public void A_digest_holds_messages()
    {
        var mail = Mails.Read("Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: one\n\nx\n--b\n\nSubject: two\n\ny\n--b--");
        Assert.Equal(["message/rfc822", "message/rfc822"], mail.Attachments.Select(a => a.ContentType));
    }
}
