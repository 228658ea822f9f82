using System.Diagnostics;
using System.Text;

namespace CxPlatform.Mail.Tests;

/// <summary>
/// Messages damaged at random, and everything that is read from them. The same number gives the same message, so a failure is repeated by
/// its number. Shared by a short run in the tests and a long one in the benchmarks.
/// </summary>
static class MailFuzz
{
    /// <summary>What reading one message may take, whatever is in it, beyond what a garbage collection or a busy machine adds.</summary>
    public static readonly TimeSpan MostTime = TimeSpan.FromSeconds(2);

    /// <summary>What reading one message may allocate, per byte of it and at all.</summary>
    public const long MostBytesPerByte = 400, MostBytes = 2_000_000;

    public readonly record struct Cost(int Length, TimeSpan Time, long Allocated)
    {
        public bool IsBounded => Time < MostTime && Allocated < MostBytes + MostBytesPerByte * Length;
    }

    static readonly string[] Bodies =
    [
        "Hello,\r\n\r\nmy order =E2=80=93 is late.=\r\n Thanks\r\n-- \r\nJane\r\n\r\nOn Thu, 20 Nov 2025, Support <s@example.org> wrote:\r\n> Hi\r\n",
        "begin 644 a.txt\r\n%2&5L;&\\\r\n`\r\nend\r\n=ybegin line=128 size=3 name=b\r\nk=}l\r\n=yend size=3\r\n",
        "R3LDvMOfZQ==\r\nR3LDvMOfZQ==\r\nfooter of a list\r\n",
        "<html><head><style>p{}</style><meta charset=koi8-r></head><body><p style='color:red;display:none'>a<table><tr><td>b<ul><li>c</ul>"
            + "<a href='https://example.com/?a=1&b=2'>d</a><blockquote>e</blockquote><svg><![CDATA[<img src=x onerror=a>]]></svg><pre> f\n g</pre>",
        "\u00F0\u00D2\u00C9\u00D7\u00C5\u00D4 \u001B$B%F%9%H\u001B(B \u00C4\u00E3\u00BA\u00C3 \uFFFD\0",
        "Reporting-MTA: dns; mx.example.org\r\n\r\nFinal-Recipient: rfc822; a@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n",
    ];

    static readonly string[] Fields =
    [
        "From: \"Doe, Jane\" (c) <jane@example.com>, =?utf-8?Q?J=C3=B6rg?= <j@example.com>;", "Reply-To: Group: a@b, c@d; <@x,@y:z@example.com>",
        "Subject: =?iso-2022-jp?B?GyRCJUYlOSVIGyhC?= =?utf-8?B?R3LD?= =?utf-8?B?vMOfZQ==?= x", "Subject: \u00C3\u00BC\u00FC\r\n folded\r\n\tmore",
        "Date: Thu, 20 Nov 2025 09:30:00 +0100 (CET)", "Message-ID: <a@b>", "References: <a@b> <c@d>\r\n <e@f>", "Return-Path: <>",
        "Auto-Submitted: auto-replied", "MIME-Version: 1.0", "Content-ID: <i@x>", "List-Id: <l.example.org>",
        "Content-Disposition: attachment; filename*0*=utf-8''%C3%BC; filename*1=\"b.png\"", "Content-Disposition: inline; filename==?utf-8?Q?a?=",
        "Content-Transfer-Encoding: base64", "Content-Transfer-Encoding: quoted-printable", "Content-Transfer-Encoding: x-uuencode",
    ];

    static readonly string[] Types =
    [
        "text/plain; charset=utf-8", "text/plain; charset=gb18030; format=flowed; delsp=yes", "text/plain; charset=x-none", "text/html",
        "text/html; charset=utf-7", "text/plain; charset=iso-2022-kr", "text/plain; charset=utf-16", "image/png; name=a.png", "message/rfc822",
        "message/delivery-status", "application/ms-tnef", "application/pkcs7-mime; smime-type=signed-data", "text/calendar", "nonsense",
    ];

    static readonly string[] Multiparts =
        ["mixed", "alternative", "related; start=\"<i@x>\"", "report; report-type=delivery-status", "signed", "digest", "encrypted", "x"];

    static readonly string[] Splices =
    [
        "\r\n", "\n", "\r", "\0", "--b", "--b0--", "--b1\r\n", "\r\n\r\n", "=?utf-8?Q?", "?=", "=?utf-8?B?=?", "\"", "(", ")", "<", ">", ",", ";",
        ":", "@", "=", "*0*=", "''", "\\", "<!--", "<script>", "</style>", "<a x=\"", "&#x110000;", "<table><tr>", "<svg>", "<b><p>", "\u00FF\u00FE",
        "\u001B$B", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", " \r\n ", "%ZZ", "begin 644 a\r\n", "From ", "=ybegin name=",
    ];

    public static byte[] Message(int number)
    {
        var random = new Random(number);
        var text = new StringBuilder();
        Entity(text, random, 0);
        var bytes = Encoding.Latin1.GetBytes(text.ToString());
        for (var edits = random.Next(12); edits > 0; edits--) bytes = Damage(bytes, random);
        return bytes;
    }

    static void Entity(StringBuilder text, Random random, int depth)
    {
        for (var fields = random.Next(6); fields > 0; fields--) text.Append(Pick(Fields, random)).Append("\r\n");
        var parts = depth < 4 && random.Next(3) == 0 ? random.Next(5) : 0;
        text.Append("Content-Type: ");
        if (parts == 0)
        {
            text.Append(Pick(Types, random)).Append("\r\n\r\n").Append(Pick(Bodies, random));
            return;
        }
        text.Append("multipart/").Append(Pick(Multiparts, random)).Append("; boundary=b").Append(depth).Append("\r\n\r\n");
        for (; parts > 0; parts--)
        {
            text.Append("--b").Append(depth).Append("\r\n");
            Entity(text, random, depth + 1);
            text.Append("\r\n");
        }
        if (random.Next(4) > 0) text.Append("--b").Append(depth).Append("--\r\n");
    }

    static string Pick(string[] from, Random random) => from[random.Next(from.Length)];

    static byte[] Damage(byte[] bytes, Random random)
    {
        var from = random.Next(bytes.Length + 1);
        var to = Math.Min(bytes.Length, from + random.Next(80));
        switch (random.Next(6))
        {
            case 0:
                if (from < bytes.Length) bytes[from] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1: return random.Next(4) == 0 ? bytes[..from] : [.. bytes[..from], .. bytes[to..]];
            case 2: return [.. bytes[..to], .. bytes[from..]];
            case 3:
                var splice = Encoding.Latin1.GetBytes(Pick(Splices, random));
                var times = random.Next(20) == 0 ? random.Next(500) : 1;
                return [.. bytes[..from], .. Enumerable.Repeat(splice, times).SelectMany(s => s), .. bytes[from..]];
            case 4:
                // Lines in another order: headers among parts, parts among headers.
                var lines = Encoding.Latin1.GetString(bytes).Split('\n');
                var first = random.Next(lines.Length);
                var second = random.Next(lines.Length);
                (lines[first], lines[second]) = (lines[second], lines[first]);
                return Encoding.Latin1.GetBytes(string.Join('\n', lines));
            default:
                random.NextBytes(bytes.AsSpan(from, to - from));
                return bytes;
        }
    }

    /// <summary>Uses everything that is read from a message.</summary>
    public static Cost Read(byte[] raw)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var start = Stopwatch.GetTimestamp();
        var mail = MimeReader.Read(raw);
        var html = mail.HtmlBody ?? Encoding.Latin1.GetString(raw);
        _ = mail.Text.Length + HtmlText.ToText(html).Length + HtmlSanitizer.Sanitize(html).Html.Length;
        foreach (var header in mail.Headers) _ = header.Value.Length + MailAddress.ParseList(header.Raw).Count;
        foreach (var attachment in mail.Attachments) _ = attachment.Name?.Length + attachment.Size + attachment.Content.Length;
        _ = AutomaticMail.Classify(mail);
        _ = DeliveryStatus.Read(mail);
        _ = ReplyText.Strip(mail.Text).Length;
        return new(raw.Length, Stopwatch.GetElapsedTime(start), GC.GetAllocatedBytesForCurrentThread() - allocated);
    }
}
