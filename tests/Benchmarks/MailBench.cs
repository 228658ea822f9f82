using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using CxPlatform.Mail;
using Spectre.Console;

namespace CxPlatform.Benchmarks;

/// <summary>How fast mail is read on one core, beside the least that reading it could take.</summary>
internal static class MailBench
{
    private const int Repetitions = 5;
    private static readonly TimeSpan Each = TimeSpan.FromSeconds(1);

    public static int Run()
    {
        var large = Large();
        var small = Enumerable.Range(0, 200).Select(Small).ToArray();
        var smallBytes = small.Average(mail => mail.Length);
        var table = new Table().AddColumns("What, on one core", "Figure", "Against").Border(TableBorder.Rounded);

        var scan = PerSecond(() => Lines(large)) * large.Length / 1e6;
        var decode = PerSecond(() => Decode(large)) * large.Length / 1e6;
        var read = PerSecond(() => ReadLarge(large)) * large.Length / 1e6;
        table.AddRow($"a mail of {large.Length / 1e6:N0} MB, read and its attachments decoded", $"{read:N0} MB/s", $"{read / decode:N2} of the framework decoding its base64 alone ({decode:N0} MB/s); finding its lines: {scan:N0} MB/s");

        var next = 0;
        var lines = PerSecond(() => Lines(small[next++ % small.Length]));
        var headers = PerSecond(() => MimeReader.Read(small[next++ % small.Length]).Subject.Length);
        var shown = PerSecond(() => Shown(small[next++ % small.Length]));
        table.AddRow($"mails of {smallBytes:N0} bytes: fields, text, HTML, attachments", $"{headers:N0}/s", $"{headers / lines:N3} of finding their lines ({lines:N0}/s)");
        table.AddRow("the same, with text from HTML, and HTML made harmless", $"{shown:N0}/s", $"{shown / headers:N2} of reading them");
        AnsiConsole.Write(table);
        return 0;
    }

    /// <summary>The best of some runs: what else the machine does is not what is measured.</summary>
    private static double PerSecond(Func<int> work)
    {
        var best = 0.0;
        for (var i = 0; i < Repetitions; i++)
        {
            var from = Stopwatch.GetTimestamp();
            var count = 0;
            do
            {
                work();
                count++;
            }
            while (Stopwatch.GetElapsedTime(from) < Each);
            best = Math.Max(best, count / Stopwatch.GetElapsedTime(from).TotalSeconds);
        }
        return best;
    }

    private static int ReadLarge(byte[] raw)
    {
        var mail = MimeReader.Read(raw);
        foreach (var attachment in mail.Attachments)
        {
            using var content = attachment.OpenContent();
            content.CopyTo(Stream.Null);
        }
        return mail.Text.Length;
    }

    private static int Shown(byte[] raw)
    {
        var mail = MimeReader.Read(raw);
        return HtmlText.ToText(mail.HtmlBody!).Length + HtmlSanitizer.Sanitize(mail.HtmlBody!).Html.Length + mail.Attachments.Sum(a => a.Size);
    }

    private static int Lines(ReadOnlySpan<byte> raw)
    {
        var count = 0;
        for (int end; (end = raw.IndexOf((byte)'\n')) >= 0; raw = raw[(end + 1)..])
            count++;
        return count;
    }

    private static readonly byte[] s_decoded = new byte[64_000_000];

    private static int Decode(ReadOnlySpan<byte> raw)
    {
        var length = 0;
        for (int end; (end = raw.IndexOf((byte)'\n')) >= 0; raw = raw[(end + 1)..])
        {
            Base64.DecodeFromUtf8(raw[..end].TrimEnd((byte)'\r'), s_decoded.AsSpan(length), out _, out var written);
            length += written;
        }
        return length;
    }

    private static byte[] Large()
    {
        var content = new byte[6_000_000];
        new Random(1).NextBytes(content);
        var encoded = Convert.ToBase64String(content, Base64FormattingOptions.InsertLineBreaks);
        var mail = new StringBuilder("From: Jane Doe <jane@example.com>\r\nSubject: Photos\r\nContent-Type: multipart/mixed; boundary=\"=_part\"\r\n\r\n--=_part\r\n\r\nSee these.\r\n");
        for (var i = 0; i < 3; i++)
            mail.Append(CultureInfo.InvariantCulture, $"--=_part\r\nContent-Type: image/jpeg; name=\"photo {i}.jpg\"\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\n{encoded}\r\n");
        return Encoding.ASCII.GetBytes(mail.Append("--=_part--\r\n").ToString());
    }

    private static byte[] Small(int number) => Encoding.UTF8.GetBytes($"""
        Return-Path: <jane.doe@example.com>
        Received: from mail.example.com (mail.example.com [192.0.2.1]) by mx.example.org with ESMTPS id a{number}; Thu, 20 Nov 2025 09:30:01 +0100
        DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=k1; h=from:to:subject:date; bh=abc=; b=abcdefghijklmnop
        From: =?utf-8?Q?J=C3=BCrgen_M=C3=BCller?= <juergen.{number}@example.com>
        To: "Support, Example" <support@example.org>, Sales <sales@example.org>
        Subject: =?utf-8?B?QmVzdGVsbHVuZyBuaWNodCBhbmdla29tbWVu?= =?utf-8?Q?_=E2=80=93_Nr=2E?= {number}
        Date: Thu, 20 Nov 2025 09:30:00 +0100
        Message-ID: <{number}.1234567890@mail.example.com>
        In-Reply-To: <case.{number}@example.org>
        References: <case.{number}@example.org>
        MIME-Version: 1.0
        Content-Type: multipart/alternative; boundary="----=_Part_{number}_1.2"

        ------=_Part_{number}_1.2
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        Guten Tag,

        meine Bestellung {number} ist noch nicht da. K=C3=B6nnen Sie bitte nachsehen, w=
        o sie ist?

        Viele Gr=C3=BC=C3=9Fe
        J=C3=BCrgen

        Am 19.11.2025 um 10:00 schrieb Support:
        > Guten Tag Herr M=C3=BCller,
        > Ihre Bestellung ist unterwegs.
        ------=_Part_{number}_1.2
        Content-Type: text/html; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        <html><head><style>p=7Bmargin:0=7D</style></head><body><p>Guten Tag,</p><p>meine Bestellung <b>{number}</b> ist noch nicht da. K=C3=B6nnen Sie bitte nachsehen, wo sie ist?</p>=
        <p>Viele Gr=C3=BC=C3=9Fe<br>J=C3=BCrgen</p><div class=3D"gmail_quote">Am 19.11.2025 um 10:00 schrieb <a href=3D"mailto:support@example.org">Support</a>:<blockquote>Guten Tag Herr M=C3=BCller,<br>Ihre Bestellung ist unterwegs. <a href=3D"https://example.org/track/{number}">Verfolgen</a></blockquote></div></body></html>
        ------=_Part_{number}_1.2--

        """.ReplaceLineEndings("\r\n"));
}
