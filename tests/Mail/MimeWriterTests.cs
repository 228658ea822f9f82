using System.Text;

namespace CxPlatform.Mail.Tests;

public class MimeWriterTests
{
    static string Write(OutboundMail mail) => Encoding.UTF8.GetString(MimeWriter.Write(mail));

    [Fact]
    public void A_plain_message_is_written_plainly()
    {
        var mail = Mails.Outbound() with
        {
            InReplyTo = "m0@example.com",
            References = ["m-1@example.com", "m0@example.com"],
            AutoSubmitted = "auto-replied",
            ExtraHeaders = [new("X-Case", "CX-2026-000123")],
        };
        Assert.Equal("""
            Date: Thu, 20 Nov 2025 09:30:00 +0100
            From: Support <support@example.org>
            To: Jane Doe <jane@example.com>
            Subject: Hello
            Message-ID: <m1@example.org>
            In-Reply-To: <m0@example.com>
            References: <m-1@example.com> <m0@example.com>
            Auto-Submitted: auto-replied
            X-Case: CX-2026-000123
            MIME-Version: 1.0
            Content-Type: text/plain; charset=us-ascii
            Content-Transfer-Encoding: 7bit

            Hello
            """.ReplaceLineEndings("\r\n"), Write(mail));
    }

    [Fact]
    public void The_same_mail_gives_the_same_bytes()
    {
        var mail = Mails.Outbound() with { Html = "<p>x</p>", Attachments = [new("a.txt", "text/plain", "a"u8.ToArray())] };
        Assert.Equal(MimeWriter.Write(mail), MimeWriter.Write(mail));
    }

    public static TheoryData<string> Texts => new(
        "", "Hello", "Grüße", "日本語のテキスト", "From the start\n.\n..dots\nFrom again", "trailing space \nand tab\t\nend",
        new string('x', 5000),
        string.Concat(Enumerable.Repeat("äöü", 3000)), "a=b=20=\n", "\r\n\r\n", "one\rtwo\r\nthree\nfour",
            "emoji 👩‍👩‍👧 and \u2028 separator\f", "--=_\n--b--\n=_");

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text_html_and_attachments_come_back_as_they_were_written(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var mail = Mails.Outbound(text: text) with
        {
            Html = "<p>" + text + "</p>",
            Attachments = [new("a.txt", "text/plain", bytes), new("logo.png", "image/png", bytes, "logo@example.org"), new("m.eml",
                "message/rfc822", "Subject: x\r\n\r\ny"u8.ToArray())],
        };
        var written = MimeWriter.Write(mail);
        AssertWellFormed(written);
        var read = MimeReader.Read(written);
        Assert.Empty(read.Warnings);
        var expected = text.Replace("\r\n", "\n").Replace('\r', '\n');
        Assert.Equal(expected, read.TextBody);
        Assert.Equal("<p>" + expected + "</p>", read.HtmlBody);
        Assert.Equal(["logo.png image/png logo@example.org True", "a.txt text/plain  False", "m.eml message/rfc822  False"],
            read.Attachments.Select(a => $"{a.Name} {a.ContentType} {a.ContentId} {a.Inline}"));
        Assert.Equal(bytes, read.Attachments[0].Content.ToArray());
        Assert.Equal(bytes, read.Attachments[1].Content.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("Hello")]
    [InlineData("Grüße aus Köln")]
    [InlineData("日本語の件名はとても長くなることがありますので、何度も折り返されるはずです。もう少し長くしてみましょう。")]
    [InlineData("A long subject of plain words that has to be folded because it does not fit into one line of the header at all")]
    [InlineData("two  spaces   kept")]
    [InlineData(" leading and trailing ")]
    [InlineData("=?utf-8?Q?looks_encoded?=")]
    [InlineData("a=?b?=c ?= =?")]
    [InlineData("👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧")]
    public void A_subject_comes_back_as_it_was_written(string subject)
    {
        var written = MimeWriter.Write(Mails.Outbound(subject));
        AssertWellFormed(written);
        Assert.Equal(subject.Trim(), MimeReader.Read(written).Subject);
    }

    [Theory]
    [InlineData("Jane", "jane@example.com")]
    [InlineData("Doe, Jane \"JD\" \\", "jane@example.com")]
    [InlineData("Jörg Müller", "j@example.com")]
    [InlineData("Jane (Sales) <x@y.test>", "jane@example.com")]
    [InlineData("jane.doe@example.com via Support", "jane@example.com")]
    [InlineData(null, "\"john doe\"@example.com")]
    [InlineData("x", "o'hara+tag@sub.example.com")]
    [InlineData("x", "a@[192.0.2.1]")]
    [InlineData("Größe", "jörg@müller.example")]
    [InlineData("A very long display name with äöü that needs more than one encoded word to be written down, really", "a@example.com")]
    public void An_address_comes_back_as_it_was_written(string? name, string address)
    {
        var mail = Mails.Outbound() with
        {
            To = [new(name, address), new("Other", "other@example.com"), new(null, "third@example.com")],
            Cc = [new(name, address)]
        };
        var read = MimeReader.Read(MimeWriter.Write(mail));
        Assert.Equal(mail.To, read.To);
        Assert.Equal(mail.Cc, read.Cc);
    }

    [Fact]
    public void A_name_turns_nothing_that_stands_after_it()
    {
        var mail = Mails.Outbound() with { To = [new("\u2067Jane\u202e", "jane@example.com"), new("\u05d3\u05e0\u05d4", "dana@example.com")] };
        Assert.Equal(["Jane", "\u05d3\u05e0\u05d4"], MimeReader.Read(MimeWriter.Write(mail)).To.Select(one => one.Name));
        Assert.Contains("To: Jane <jane@example.com>", Write(mail), StringComparison.Ordinal);
    }

    [Fact]
    public void A_domain_that_is_not_ASCII_is_written_in_its_ASCII_form()
    {
        var mail = Mails.Outbound() with { To = [new(null, "info@müller.example")] };
        Assert.Contains("To: info@xn--mller-kva.example", Write(mail), StringComparison.Ordinal);
        Assert.False(MimeWriter.NeedsSmtpUtf8(mail));
        Assert.True(MimeWriter.NeedsSmtpUtf8(mail with { To = [new(null, "jörg@example.org")] }));
    }

    [Theory]
    [InlineData("report.pdf")]
    [InlineData("über uns.pdf")]
    [InlineData("quote\"d \\ name.pdf")]
    [InlineData("日本語の件名はとても長くなることがありますので、何度も折り返されるはずです。もう少し長くしてみましょう。.pdf")]
    [InlineData("a very long file name that goes on and on and on and on and does not fit in a line of the header at all.pdf")]
    [InlineData("50% off.pdf")]
    public void A_file_name_comes_back_as_it_was_written(string name)
    {
        var written = MimeWriter.Write(Mails.Outbound() with { Attachments = [new(name, "application/pdf", new byte[] { 1, 2, 3 })] });
        AssertWellFormed(written);
        // The reader takes a backslash for a folder's end.
        Assert.Equal(name[(name.LastIndexOf('\\') + 1)..].Trim(), Assert.Single(MimeReader.Read(written).Attachments).Name);
    }

    public static TheoryData<string, OutboundMail> Refused => new()
    {
        { "Subject", Mails.Outbound("a\r\nBcc: victim@example.com") },
        { "Subject", Mails.Outbound("a\nb") },
        { "Subject", Mails.Outbound("a\0b") },
        { "From", Mails.Outbound() with { From = new("x\r\ny", "a@example.com") } },
        { "From", Mails.Outbound() with { From = new("x", "a@example.com\r\nBcc: b@example.com") } },
        { "From", Mails.Outbound() with { From = new("x", "") } },
        { "To", Mails.Outbound() with { To = [new("x", "a@b@example.com")] } },
        { "To", Mails.Outbound() with { To = [new("x", "a b@example.com")] } },
        { "To", Mails.Outbound() with { To = [new("x", "a@example.com> <b@example.com")] } },
        { "To", Mails.Outbound() with { To = [new("x", "a@exa mple.com")] } },
        { "To[1]", Mails.Outbound() with { To = [new("x", "a@example.com"), new("y", "nowhere")] } },
        { "Cc", Mails.Outbound() with { Cc = [new("x", "\"a\"b\"@example.com")] } },
        { "ReplyTo", Mails.Outbound() with { ReplyTo = [new("x", "a,b@example.com")] } },
        { "Sender", Mails.Outbound() with { Sender = new("x", "a@") } },
        { "MessageId", Mails.Outbound() with { MessageId = "a>b@c" } },
        { "MessageId", Mails.Outbound() with { MessageId = "" } },
        { "InReplyTo", Mails.Outbound() with { InReplyTo = "a b" } },
        { "References", Mails.Outbound() with { References = ["a\r\nb"] } },
        { "AutoSubmitted", Mails.Outbound() with { AutoSubmitted = "x\r\ny" } },
        { "X-Case", Mails.Outbound() with { ExtraHeaders = [new("X-Case", "x\r\ny")] } },
        { "ExtraHeaders", Mails.Outbound() with { ExtraHeaders = [new("X Case", "x")] } },
        { "ExtraHeaders", Mails.Outbound() with { ExtraHeaders = [new("X-Case:\r\nY", "x")] } },
        { "ExtraHeaders", Mails.Outbound() with { ExtraHeaders = [new("Bcc", "x@example.com")] } },
        { "Attachments[0].Name", Mails.Outbound() with { Attachments = [new("a\r\nb", "text/plain", default)] } },
        { "Attachments[0].Name", Mails.Outbound() with { Attachments = [new("", "text/plain", default)] } },
        { "Attachments[0].ContentType", Mails.Outbound() with { Attachments = [new("a", "text/plain; x=y", default)] } },
        { "Attachments[0].ContentType", Mails.Outbound() with { Attachments = [new("a", "multipart/mixed", default)] } },
        { "Attachments[0].ContentId", Mails.Outbound() with { Attachments = [new("a", "image/png", default, "a\r\nb")] } },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_would_break_a_header_is_refused_by_name(string field, OutboundMail mail)
    {
        var refusal = Assert.Throws<ArgumentException>(() => MimeWriter.Write(mail));
        Assert.Equal(field, refusal.ParamName);
        Assert.StartsWith(field + ": ", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>CRLF only, no line beyond 998 bytes, header lines within 78 where they can be folded, ASCII.</summary>
    internal static void AssertWellFormed(byte[] message)
    {
        Assert.True(Ascii.IsValid(message));
        var text = Encoding.ASCII.GetString(message);
        Assert.DoesNotContain('\n', text.Replace("\r\n", ""));
        Assert.DoesNotContain('\r', text.Replace("\r\n", ""));
        Assert.All(text.Split("\r\n"), line => Assert.True(line.Length <= 998, "A line is longer than 998."));
        Assert.All(text[..text.IndexOf("\r\n\r\n", StringComparison.Ordinal)].Split("\r\n"),
            line => Assert.True(line.Length <= 78 || line.TrimStart().Split(' ').Length <= 2, "Not folded: " + line));
    }
}
