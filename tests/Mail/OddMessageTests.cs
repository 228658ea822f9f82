using System.Formats.Asn1;
using System.Text;

namespace CxPlatform.Mail.Tests;

/// <summary>What the world's mail programs, gateways, lists and spammers have sent, in shapes of our own.</summary>
public class OddMessageTests
{
    static InboundMail Read(params string[] lines) => Mails.Read(string.Join('\n', lines));

    static string Names(InboundMail mail) =>
        string.Join(", ", mail.Attachments.Select(a => $"{a.Name} {a.ContentType}{(a.Inline ? " inline" : "")}"));

    static byte[] Raw(string head, string charset, string body)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        return [.. Encoding.ASCII.GetBytes(head.ReplaceLineEndings("\r\n")), .. Encoding.GetEncoding(charset).GetBytes(body)];
    }

    [Theory]
    [InlineData("koi8-r", "Здравствуйте, я хотел бы узнать, когда придёт мой заказ.")]
    [InlineData("windows-1251", "Здравствуйте, я хотел бы узнать, когда придёт мой заказ.")]
    [InlineData("iso-8859-5", "Здравствуйте, я хотел бы узнать, когда придет мой заказ.")]
    [InlineData("windows-1253", "Καλημέρα σας, πότε θα έρθει η παραγγελία μου;")]
    [InlineData("windows-1255", "שלום, מתי תגיע ההזמנה שלי? תודה רבה")]
    [InlineData("windows-1256", "مرحبا، متى يصل طلبي؟ شكرا جزيلا لكم")]
    [InlineData("windows-874", "สวัสดีครับ สินค้าของผมจะมาถึงเมื่อไหร่")]
    [InlineData("gb18030", "你好,我的订单什么时候到?谢谢你们的帮助。")]
    [InlineData("big5", "您好,請問我的訂單什麼時候會到?謝謝。")]
    [InlineData("shift_jis", "こんにちは。注文した商品はいつ届きますか。")]
    [InlineData("euc-jp", "こんにちは。注文した商品はいつ届きますか。")]
    [InlineData("iso-2022-jp", "こんにちは。注文した商品はいつ届きますか。")]
    [InlineData("ks_c_5601-1987", "안녕하세요, 제 주문은 언제 도착합니까?")]
    [InlineData("windows-1252", "Grüße, wann kommt meine Bestellung? – Jürgen")]
    [InlineData("utf-8", "Grüße, 你好, Здравствуйте")]
    [InlineData("utf-16", "Grüße in two bytes each")]
    [InlineData("utf-16BE", "Grüße in two bytes each")]
    public void A_charset_that_nobody_declared_is_found_from_the_text(string charset, string text)
    {
        Assert.Equal(text, MimeReader.Read(Raw("Subject: x\n\n", charset, text)).Text);
        Assert.Equal(text, MimeReader.Read(Raw("Content-Type: text/plain; charset=x-made-up\n\n", charset, text)).Text);
        if (charset.StartsWith("utf-16", StringComparison.Ordinal)) return;
        Assert.Equal(text, MimeReader.Read(Raw("Subject: ", charset, text)).Subject);
        Assert.Equal(text, MimeReader.Read(Raw("Content-Type: text/plain; charset=us-ascii\n\n", charset, text)).Text);
    }

    [Theory]
    [InlineData("koi8-r", "\u00F0\u00D2\u00C9\u00D7\u00C5\u00D4", "Привет")]
    [InlineData("iso-8859-2", "\u00BE\u00E1dost", "žádost")]
    public void Bytes_in_a_header_are_read_in_the_charset_of_the_body(string charset, string subject, string expected) =>
        Assert.Equal(expected, Read($"Subject: {subject}", $"Content-Type: text/plain; charset={charset}", "", "x").Subject);

    [Theory]
    [InlineData("windows-1252http-equivcontent-type", "\u0080", "€")]
    [InlineData("x-iso-8859-15", "\u00A4", "€")]
    [InlineData("'utf-8'", "\u00C3\u00A9", "é")]
    [InlineData("utf-8 (Unicode)", "\u00C3\u00A9", "é")]
    [InlineData("koi8-r; format=flowed", "\u00C1", "а")]
    public void A_charset_is_known_by_a_name_within_its_name(string charset, string body, string expected) =>
        Assert.Equal(expected, Read($"Content-Type: text/plain; charset=\"{charset}\"", "", body).Text);

    [Fact]
    public void A_named_text_is_a_file_where_another_text_is_the_message()
    {
        var mail = Read("Content-Type: multipart/mixed; boundary=b", "", "--b", "Content-Type: text/plain; name=notes.txt", "", "notes",
            "--b", "Content-Type: text/plain", "", "hello", "--b--");
        Assert.Equal("hello", mail.Text);
        Assert.Equal("notes.txt text/plain", Names(mail));
    }

    [Fact]
    public void Of_two_named_texts_the_first_is_the_message()
    {
        var mail = Read("Content-Type: multipart/mixed; boundary=b", "", "--b", "Content-Type: text/plain; name=a.txt", "", "one",
            "--b", "Content-Type: text/plain; name=b.txt", "", "two", "--b--");
        Assert.Equal("one", mail.Text);
        Assert.Equal("b.txt text/plain", Names(mail));
    }

    [Fact]
    public void An_empty_plain_text_beside_html_is_no_text()
    {
        var mail = Read("Content-Type: multipart/alternative; boundary=b", "", "--b", "Content-Type: text/plain", "", " ",
            "--b", "Content-Type: text/html", "", "<p>hello</p>", "--b--");
        Assert.Equal("hello", mail.Text);
    }

    [Fact]
    public void A_picture_of_the_html_is_inline_though_it_calls_itself_an_attachment()
    {
        var mail = Read("Content-Type: multipart/related; boundary=b", "", "--b", "Content-Type: text/html", "", "<img src=cid:i@x>",
            "--b", "Content-Type: image/gif; name=i.gif", "Content-ID: <i@x>", "Content-Disposition: attachment", "", "GIF", "--b--");
        Assert.Equal("i.gif image/gif inline", Names(mail));
    }

    [Theory]
    [InlineData("Subject: Re: a/b: \"c\"?", "Re  a b   c.eml")]
    [InlineData("Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Grüße.eml")]
    [InlineData("To: a@example.com", "message.eml")]
    public void A_forwarded_message_is_named_by_its_subject(string field, string name) =>
        Assert.Equal(name, Assert.Single(Read("Content-Type: multipart/mixed; boundary=b", "", "--b", "", "see below",
            "--b", "Content-Type: message/rfc822", "", field, "", "x", "--b--").Attachments).Name);

    [Fact]
    public void Files_within_the_text_are_attachments()
    {
        var mail = Read("Subject: x", "", "before", "begin 644 a b.txt", "%2&5L;&\\", "`", "end", "after",
            "=ybegin line=128 size=3 name=c.bin", "k=}l", "=yend size=3", "begin again", "begin 644 no-file", "text goes on");
        Assert.Equal("before\nafter\nbegin again\nbegin 644 no-file\ntext goes on", mail.Text);
        Assert.Equal("a b.txt application/octet-stream, c.bin application/octet-stream", Names(mail));
        Assert.Equal("Hello", Encoding.ASCII.GetString(mail.Attachments[0].Content.Span));
        Assert.Contains(mail.Warnings, w => w.Code == "embedded-file");
    }

    [Theory]
    [InlineData("application/ms-tnef; name=winmail.dat", "tnef", "winmail.dat application/ms-tnef")]
    [InlineData("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", "encrypted", "smime.p7m application/pkcs7-mime")]
    [InlineData("message/partial; id=a; number=1; total=2", "partial", " message/partial")]
    [InlineData("message/external-body; access-type=URL", "external-body", " message/external-body")]
    public void What_cannot_be_looked_into_is_kept_and_told(string type, string warning, string kept)
    {
        var mail = Read($"Content-Type: {type}", "", "x");
        Assert.Equal(kept, Names(mail));
        Assert.Contains(mail.Warnings, w => w.Code == warning);
    }

    [Fact]
    public void An_encrypted_message_keeps_its_parts()
    {
        var mail = Read("Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b", "",
            "--b", "Content-Type: application/pgp-encrypted", "", "Version: 1",
            "--b", "Content-Type: application/octet-stream; name=encrypted.asc", "", "-----BEGIN PGP MESSAGE-----", "--b--");
        Assert.Equal(2, mail.Attachments.Count);
        Assert.Contains(mail.Warnings, w => w.Code == "encrypted");
    }

    [Fact]
    public void A_message_within_its_signature_is_read()
    {
        var inner = Encoding.ASCII.GetBytes("Content-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\nhello\r\n--i\r\n"
            + "Content-Type: image/png; name=a.png\r\n\r\nPNG\r\n--i--\r\n");
        var wrapper = new AsnWriter(AsnEncodingRules.DER);
        using (wrapper.PushSequence())
        {
            wrapper.WriteObjectIdentifier("1.2.840.113549.1.7.2");
            using (wrapper.PushSequence(new(TagClass.ContextSpecific, 0)))
            using (wrapper.PushSequence())
            {
                wrapper.WriteInteger(1);
                using (wrapper.PushSetOf()) { }
                using (wrapper.PushSequence())
                {
                    wrapper.WriteObjectIdentifier("1.2.840.113549.1.7.1");
                    using (wrapper.PushSequence(new(TagClass.ContextSpecific, 0))) wrapper.WriteOctetString(inner);
                }
            }
        }
        var mail = Read("Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", "Content-Transfer-Encoding: base64", "",
            Convert.ToBase64String(wrapper.Encode(), Base64FormattingOptions.InsertLineBreaks));
        Assert.Equal("hello", mail.Text);
        Assert.Equal("smime.p7m application/pkcs7-mime, a.png image/png", Names(mail));
        Assert.Contains(mail.Warnings, w => w.Code == "signed");
    }

    [Theory]
    [InlineData("base64")]
    [InlineData("quoted-printable")]
    public void A_multipart_that_is_encoded_as_a_whole_is_divided(string encoding)
    {
        const string body = "--b\r\n\r\nhello\r\n--b\r\nContent-Type: image/png; name=a.png\r\n\r\nPNG\r\n--b--\r\n";
        var encoded = encoding == "base64" ? Convert.ToBase64String(Encoding.ASCII.GetBytes(body)) : body.Replace("--b", "=2D-b");
        var mail = Read("Content-Type: multipart/mixed; boundary=b", $"Content-Transfer-Encoding: {encoding}", "", encoded);
        Assert.Equal("hello", mail.Text);
        Assert.Equal("a.png image/png", Names(mail));
    }

    [Fact]
    public void A_signed_message_is_read_and_keeps_its_signature()
    {
        var mail = Read("Content-Type: multipart/signed; boundary=b", "", "--b", "", "hello",
            "--b", "Content-Type: application/pgp-signature; name=signature.asc", "", "x", "--b--");
        Assert.Equal("hello", mail.Text);
        Assert.Equal("signature.asc application/pgp-signature", Names(mail));
    }

    [Theory]
    [InlineData("Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nThis is, in fact, no base64 at all.",
        "This is, in fact, no base64 at all.")]
    [InlineData("Content-Transfer-Encoding: x-uuencode\n\nno file begins here", "no file begins here")]
    [InlineData("Content-Transfer-Encoding: 8bits\n\na=3D", "a=3D")]
    [InlineData("Content-Transfer-Encoding: quoted-printable; charset=utf-8\n\na=3D", "a=")]
    [InlineData("Content-Type: text/plain\nContent-Type: text/html\n\n<b>a</b>", "<b>a</b>")]
    [InlineData("Content-Type: pdf\nContent-Type: text/html\n\n<b>a</b>", "a")]
    [InlineData("Subject:\nSubject: second\n\na", "a")]
    public void Fields_that_contradict_the_text_do_not_spoil_it(string message, string text) =>
        Assert.Equal(text, Mails.Read(message).Text);

    [Fact]
    public void The_first_subject_that_says_something_counts() =>
        Assert.Equal("second", Read("Subject:", "Subject: second", "Subject: third", "", "").Subject);

    [Fact]
    public void An_unreadable_type_with_a_file_name_is_a_file()
    {
        var mail = Read("Content-Type: multipart/mixed; boundary=b", "", "--b", "", "hello",
            "--b", "Content-Type: pdf; name=a.pdf", "", "%PDF", "--b--");
        Assert.Equal("hello", mail.Text);
        Assert.Equal("a.pdf application/octet-stream", Names(mail));
    }

    [Fact]
    public void A_boundary_without_fields_behind_it_is_known_by_its_end()
    {
        var mail = Read("Content-Type: multipart/mixed; boundary=other", "", "preamble", "--long-boundary-1", "", "one",
            "--long-boundary-1", "", "two", "--long-boundary-1--");
        Assert.Equal("one\ntwo", mail.Text);
    }

    [Theory]
    [InlineData("john at example.com (John)", "John|john@example.com")]
    [InlineData("John <john at example.com>", "John|john@example.com")]
    [InlineData("Jane Doe [jane@example.com]", "Jane Doe|jane@example.com")]
    [InlineData("Jane Doe [mailto:jane@example.com]", "Jane Doe|jane@example.com")]
    [InlineData("<Jane Doe> jane@example.com", "Jane Doe|jane@example.com")]
    [InlineData("a@[192.0.2.1], [not an address]", "|a@[192.0.2.1]")]
    public void Addresses_in_other_brackets_or_hidden_from_robots_are_read(string field, string expected) =>
        Assert.Equal(expected, string.Join(", ", MailAddress.ParseList(field).Select(a => $"{a.Name}|{a.Address}")));

    [Fact]
    public void Text_beyond_the_limit_is_cut_and_kept_as_an_attachment()
    {
        var mail = MimeReader.Read(Encoding.ASCII.GetBytes("Subject: long\r\n\r\n" + new string('x', MimeLimits.MaxTextBytes + 5)));
        Assert.Equal(MimeLimits.MaxTextBytes, mail.Text.Length);
        Assert.Equal(MimeLimits.MaxTextBytes + 5, Assert.Single(mail.Attachments).Size);
        Assert.Contains(mail.Warnings, w => w.Code == "text-limit");
    }
}
