using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace CxPlatform.Mail.Tests;

/// <summary>What holds for every message, tried on many; a failure prints the message as base64.</summary>
public class MailProperties
{
    static readonly Config Config = Config.QuickThrowOnFailure.WithMaxTest(400);

    /// <summary>Messages with every feature and defect, to be mutated.</summary>
    static readonly string[] Seeds =
    [
        "From: \"Doe, Jane\" (c) <jane@example.com>, =?utf-8?Q?J=C3=B6rg?= <j@example.com>;\r\nSubject: "
            + "=?iso-2022-jp?B?GyRCJUYlOSVIGyhC?= =?utf-8?B?R3LD?= x\r\n"
            + "Date: Thu, 20 Nov 2025 09:30:00 +0100 (CET)\r\nReferences: <a@b> <c@d>\r\nReturn-Path: <>\r\nAuto-Submitted: "
            + "auto-replied\r\n"
            + "Content-Type: multipart/mixed; boundary=\"b\"; x*0*=utf-8''%C3; x*1=y\r\n\r\npre\r\n--b\r\nContent-Type: "
            + "multipart/alternative; boundary=c\r\n\r\n"
            + "--c\r\nContent-Type: text/plain; charset=gb18030; format=flowed; delsp=yes\r\nContent-Transfer-Encoding: "
            + "quoted-printable\r\n\r\n> a=C4=E3 \r\nb =\r\n\r\n"
            + "--c\r\nContent-Type: text/html; charset=utf-7\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + "PHA+YTxibG9ja3F1b3RlPmI8L2Jsb2NrcXVvdGU+PCEtLXgtLT48YSBocmVmPSI+\r\n--c--\r\n"
            + "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; a@b\r\n"
            + "Action: failed\r\nStatus: 5.1.1\r\n"
            + "--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <o@x>\r\n\r\nx\r\n"
            + "--b\r\nContent-Type: image/png; name*=utf-8''%C3%BC.png\r\nContent-Disposition: attachment; "
            + "filename=\"a\\\"b.png\"\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\n"
            + "begin 644 a\r\n%2&5L;&\\\r\n`\r\nend\r\n--b--\r\nepilogue",
        "From a Mon Nov 24 10:00:00 2025\nSubject: \u00FC\u00C3\u00BC\n folded\n\tmore\nTo: group: a@b, c@d;\n\n-- \nHi. This is "
            + "the qmail-send program\n<a@b>:\n550 x\n\nOn Thu, a <a@b> wrote:\n> q\n",
        "Content-Type: multipart/related; start=\"<x>\"\r\n\r\n--guess\r\nContent-Type: text/html\r\n\r\n<meta "
            + "charset=koi8-r><p>\u00CF</p>\r\n--guess\r\nContent-ID: <x>\r\n\r\ny",
    ];

    static readonly string[] Splices =
    [
        "\r\n", "\n", "\r", "\0", "--b", "--b--", "--c\r\n", "\r\n\r\n", "=?utf-8?Q?", "?=", "=?utf-8?B?=?", "\"", "(", ")", "<", ">",
            ",", ";", ":", "@", "=", "==", "*0*=", "''", "\\",
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", "Content-Transfer-Encoding: base64\r\n", "charset=iso-2022-kr",
            "charset=utf-16", "charset=hz-gb-2312",
        "charset=x-cp50227", "\u00FF\u00FE", "\u001B$B", "&#x110000;", "&#55357;", "<!--", "<script>", "<a x=\"",
            "Date: 99 Feb 9999 99:99:99 +9999\r\n", "%ZZ", "=\uFFFD", " \r\n ",
    ];

    static readonly Gen<byte[]> RandomBytes = Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf();

    static readonly Gen<byte[]> Mutated =
        from seed in Gen.Elements(Seeds)
        from edits in Gen.Choose(1, 12).SelectMany(n => (
            from kind in Gen.Choose(0, 3)
            from at in Gen.Choose(0, 4000)
            from length in Gen.Choose(0, 60)
            from value in Gen.Choose(0, 255)
            from splice in Gen.Elements(Splices)
            select (kind, at, length, value, splice)).ArrayOf(n))
        select Mutate(Encoding.Latin1.GetBytes(seed), edits);

    static byte[] Mutate(byte[] message, (int Kind, int At, int Length, int Value, string Splice)[] edits)
    {
        var bytes = message.ToList();
        foreach (var (kind, at, length, value, splice) in edits)
        {
            var from = at % (bytes.Count + 1);
            var count = Math.Min(length, bytes.Count - from);
            if (kind == 0 && from < bytes.Count) bytes[from] = (byte)value;
            else if (kind == 1) bytes.RemoveRange(from, count);
            else if (kind == 2) bytes.InsertRange(from, Encoding.Latin1.GetBytes(splice));
            else bytes.InsertRange(value % (bytes.Count + 1), bytes.GetRange(from, count));
        }
        return [.. bytes];
    }

    [Fact]
    public void No_bytes_make_the_reader_throw() => Prop.ForAll(RandomBytes.ToArbitrary(), ReadsCleanly).Check(Config);

    [Fact]
    public void No_damage_to_a_message_makes_the_reader_throw() => Prop.ForAll(Mutated.ToArbitrary(),
        ReadsCleanly).Check(Config.WithMaxTest(5_000));

    /// <summary>Uses everything that is read, and holds it to what <see cref="InboundMail"/> promises.</summary>
    static void ReadsCleanly(byte[] raw)
    {
        try
        {
            var mail = MimeReader.Read(raw);
            AssertClean(mail.Subject, oneLine: true);
            AssertClean(mail.Text, oneLine: false);
            AssertClean(mail.HtmlBody ?? "", oneLine: false);
            foreach (var address in mail.From.Concat(mail.To).Concat(mail.Cc).Concat(mail.ReplyTo))
            {
                AssertClean(address.Address, oneLine: true);
                AssertClean(address.Name ?? "", oneLine: true);
                Assert.NotEmpty(address.Name + address.Address);
            }
            // Only a sender may be a name alone.
            Assert.All(mail.To.Concat(mail.Cc).Concat(mail.ReplyTo), address => Assert.NotEmpty(address.Address));
            foreach (var header in mail.Headers) AssertClean(header.Value, oneLine: true);
            foreach (var id in mail.References.Concat(mail.InReplyTo)) AssertClean(id, oneLine: true);
            foreach (var attachment in mail.Attachments)
            {
                AssertClean(attachment.Name ?? "", oneLine: true);
                Assert.Equal(attachment.Size, attachment.Content.Length);
            }
            foreach (var part in mail.Root.All()) _ = part.Content.Length + part.ContentId?.Length;
            AssertClean(ReplyText.Strip(mail.Text), oneLine: false);
            Assert.Equal(string.IsNullOrWhiteSpace(mail.Text), string.IsNullOrWhiteSpace(ReplyText.Strip(mail.Text)));
            _ = AutomaticMail.Classify(mail);
            _ = DeliveryStatus.Read(mail)?.Recipients.Count(r => r.Hard || r.Soft);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{e.GetType().Name}: {e.Message}\n{e.StackTrace}\nThe message: "
                + $"{Convert.ToBase64String(raw)}", e);
        }
    }

    static void AssertClean(string text, bool oneLine)
    {
        Assert.DoesNotContain('\0', text);
        Assert.DoesNotContain('\r', text);
        if (oneLine) Assert.DoesNotContain('\n', text);
        Assert.Equal(text, new UTF8Encoding(false, true).GetString(new UTF8Encoding(false, true).GetBytes(text)));
    }

    static readonly Gen<char> Letter = Gen.Frequency(
        (8, Gen.Elements("abcxyzABC019 ".ToCharArray())), (3, Gen.Elements("äöüßéñ日本語Ж€\u00A0".ToCharArray())), (2,
            Gen.Elements("=?_\"\\<>(),;:@.'%*-\t".ToCharArray())));

    static readonly Gen<string> Line = Letter.ArrayOf().Select(c => new string(c)).SelectMany(s => Gen.Elements(s, s + "👩‍👧",
        string.Concat(Enumerable.Repeat(s, 20))));
    static readonly Gen<string> Paragraphs = Line.ArrayOf().SelectMany(l => Gen.Elements("\n", "\r\n").Select(end => string.Join(end, l)));
    static readonly Gen<string> Word = Gen.Elements("abcxyz019!#$%&'*+-/=?^_`{|}~".ToCharArray()).NonEmptyListOf().Select(c =>
        string.Concat(c.Take(30)));

    static readonly Gen<MailAddress> Address =
        from name in Line
        from local in Word
        from domain in Gen.Elements("example.com", "sub.example.org", "xn--mller-kva.example", "[192.0.2.1]")
        select new MailAddress(Seen(name), $"{local}@{domain}");

    static readonly Gen<OutboundAttachment> Attachment =
        from name in Line
        from type in Gen.Elements("image/png", "text/plain", "application/pdf", "text/calendar")
        from content in RandomBytes
        select new OutboundAttachment("f" + name.Replace('/', '-').Replace('\\', '-') + ".x", type, content);

    static readonly Gen<OutboundMail> Outbound =
        from from_ in Address
        from to in Address.ArrayOf()
        from subject in Line
        from text in Paragraphs
        from html in Gen.Frequency((1, Gen.Constant<string?>(null)), (1, Paragraphs.Select(p => (string?)p)))
        from attachments in Attachment.ArrayOf()
        from id in Word
        select new OutboundMail
        {
            From = from_,
            To = to,
            Subject = subject,
            Text = text,
            Html = html,
            Attachments = attachments,
            MessageId = id + "@example.org",
            Date = new DateTimeOffset(2025, 11, 20, 9, 30, 0, TimeSpan.FromMinutes(345)),
            References = [id + "@a", "x@b"],
        };

    /// <summary>As a header field of one line gives it back.</summary>
    static string? Seen(string text)
    {
        var seen = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        while (seen.Length > 1 && seen[0] == seen[^1] && seen[0] is '\'' or '"') seen = seen[1..^1].Trim();
        return seen.Length == 0 ? null : seen;
    }

    [Fact]
    public void What_is_written_is_read_back() => Prop.ForAll(Outbound.ToArbitrary(), mail =>
    {
        var raw = MimeWriter.Write(mail);
        MimeWriterTests.AssertWellFormed(raw);
        var read = MimeReader.Read(raw);
        Assert.Empty(read.Warnings);
        Assert.Equal([mail.From], read.From);
        Assert.Equal(mail.To, read.To);
        Assert.Equal(string.Concat(mail.Subject.Select(c => char.IsControl(c) ? ' ' : c)).Trim(), read.Subject);
        Assert.Equal(mail.Date, read.Date);
        Assert.Equal(mail.MessageId, read.MessageId);
        Assert.Equal(mail.References, read.References);
        Assert.Equal(mail.Text.Replace("\r\n", "\n"), read.TextBody);
        Assert.Equal(mail.Html?.Replace("\r\n", "\n"), read.HtmlBody);
        Assert.Equal(
            mail.Attachments.Select(a => $"{string.Concat(a.Name.Select(c => char.IsControl(c) ? ' ' : c)).Trim()} "
                + $"{a.ContentType} {Convert.ToHexString(a.Content.Span)}"),
            read.Attachments.Select(a => $"{a.Name} {a.ContentType} {Convert.ToHexString(a.Content.Span)}"));
    }).Check(Config.WithMaxTest(150));

    public static TheoryData<string, string, string, string> Hostile => new()
    {
        { "addresses", "To: ", "a@b", "" },
        { "commas", "To: ", ",", "" },
        { "angles", "To: ", "<", "" },
        { "comments", "To: ", "(", "" },
        { "quotes", "To: ", "\"", "" },
        { "closed angles", "To: ", "<a@b>", "" },
        { "colons", "To: a@b", ":", "" },
        { "glued", "To: ", "a@b>", "" },
        { "routes", "To: ", "<@a,", "" },
        { "words", "To: ", "x ", "" },
        { "escapes", "To: \"", "\\\"", "" },
        { "encoded in addresses", "To: ", "=?a?Q?,", "" },
        { "brackets", "To: ", "a@[", "" },
        { "encoded words", "Subject: ", "=?utf-8?Q?a?= ", "" },
        { "lost encoded words", "Subject: ", "=?utf-8?Q?a ", "?=" },
        { "marks", "Subject: ", "=?", "" },
        { "base64 words", "Subject: ", "=?a?B?-?=", "" },
        { "unfinished base64 words", "Subject: =?a?B?a?=", "=?a?B?-?=", "" },
        { "ids", "References: ", "<", "" },
        { "full ids", "References: ", "<a@b>", "" },
        { "open ids", "References: ", "<a ", ">" },
        { "parameters", "Content-Type: text/plain", ";a=b", "" },
        { "sections", "Content-Type: text/plain", ";a*1=b", "" },
        { "parameter comments", "Content-Type: text/plain;", "(", "" },
        { "folds", "Subject: a", "\r\n ", "" },
        { "blank folds", "Subject: a\r\n", " \r\n", "" },
        { "date", "Date: ", "1 ", "" },
        { "carriage returns", "Subject: a\r\n\r\n", "\r", "\n" },
        { "fields", "", "a:b\r\n", "" },
        { "known fields", "", "X-A:\r\n", "" },
        { "no fields", "X-A: b\r\n", "c\r\n", "" },
        { "boundaries", "Content-Type: multipart/mixed; boundary=b\r\n\r\n", "--b\r\n", "" },
        { "unknown boundaries", "Content-Type: multipart/mixed; boundary=b\r\n\r\n", "--x\r\nContent-\r\n", "" },
        { "nested", "", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", "" },
        { "nested without boundary", "", "Content-Type: multipart/mixed\r\n\r\n--b\r\n", "" },
        { "closed boundaries", "Content-Type: multipart/mixed; boundary=b\r\n\r\n", "--b\r\n\r\nx\r\n--b--\r\n", "" },
        { "quoted-printable", "Content-Transfer-Encoding: quoted-printable\r\n\r\n", "= ", "" },
        { "spaces", "Content-Transfer-Encoding: quoted-printable\r\n\r\n", " ", "=\n" },
        { "flowed", "Content-Type: text/plain; format=flowed\r\n\r\n", "> \r\n", "" },
        { "attributions", "\r\n", "On a\r\n", "" },
        { "long attribution", "\r\nOn ", "wrote ", ":" },
        { "from blocks", "\r\n", "From: a\r\nTo: \r\n", "" },
        { "tags", "Content-Type: text/html\r\n\r\n", "<a ", "" },
        { "open quotes", "Content-Type: text/html\r\n\r\n", "<a=\">", "" },
        { "both quotes", "Content-Type: text/html\r\n\r\n", "<a='>", "\"" },
        { "html comments", "Content-Type: text/html\r\n\r\n", "<!-", "" },
        { "scripts", "Content-Type: text/html\r\n\r\n", "<script>", "" },
        { "html quotes", "Content-Type: text/html\r\n\r\n", "<blockquote>a", "" },
        { "entities", "Content-Type: text/html\r\n\r\n", "&", "" },
        { "breaks", "Content-Type: text/html\r\n\r\n", "<br>", "" },
        { "metas", "Content-Type: text/html\r\n\r\n", "<meta ", "" },
        { "dashes", "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n", "\r\n", "" },
        { "qmail", "\r\nHi. This is the \r\n", "<a@b>:\r\n", "" },
        { "digits", "X-Failed-Recipients: a@b\r\n\r\n", "5", "" },
    };

    /// <summary>Not timed: a step that takes quadratic time would keep this from ending.</summary>
    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_message_built_to_be_slow_is_read(string what, string start, string repeated, string end)
    {
        var count = 1_000_000 / repeated.Length;
        var message = new StringBuilder(start).Insert(start.Length, repeated, count).Append(end).Append(CultureInfo.InvariantCulture,
            $"\r\n\r\n{what}").ToString();
        ReadsCleanly(Encoding.Latin1.GetBytes(message));
        ReadsCleanly(Encoding.Latin1.GetBytes(start + string.Concat(Enumerable.Repeat(repeated, 250_000 / repeated.Length)) + end));
    }
}
