using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace CxPlatform.Demo;

/// <summary>The people who get in touch. Each run has its own, so that the story can be told again.</summary>
internal sealed class Cast
{
    /// <summary>Tells the customers of this run from those of others.</summary>
    public string Run { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3));

    public string Address(string name) => $"{name}.{Run}@example.com";

    public string MessageId(string name) => $"<{name}.{Run}@mail.example.com>";

    /// <summary>A mail as it comes off the wire (RFC 5322): encoded words, two bodies, a signature.</summary>
    public ByteArrayContent JonasAsksForHelp(DateTimeOffset now) => Mail($"""
        Received: from mail.example.com by mx.fernweh-bikes.example; {Date(now)}
        From: =?utf-8?Q?Jonas_M=C3=BCller?= <{Address("jonas.mueller")}>
        To: Fernweh Bikes <support@fernweh-bikes.example>
        Subject: =?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes("My Fernweh 7 stopped working – order 20417"))}?=
        Date: {Date(now)}
        Message-ID: {MessageId("first")}
        MIME-Version: 1.0
        Content-Type: multipart/alternative; boundary="=_b1"

        --=_b1
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        Hello,

        The motor of my Fernweh 7 stopped working on the hill this morning, with a grind=
        ing noise and error 503 on the display. I need the bike to get to work. Can you =
        please tell me what to do =E2=80=93 is it dangerous to ride it?

        Best wishes
        Jonas

        --=20
        Jonas M=C3=BCller, Hamburg

        --=_b1
        Content-Type: text/html; charset=utf-8

        <p>Hello,</p><p>the motor of my <b>Fernweh 7</b> stopped working …</p>
        --=_b1--
        """);

    /// <summary>An answer to our message, quoting it, as mail programs write it.</summary>
    public ByteArrayContent JonasWritesAgain(DateTimeOffset now, string inReplyTo) => Mail($"""
        From: =?utf-8?Q?Jonas_M=C3=BCller?= <{Address("jonas.mueller")}>
        To: Fernweh Bikes <support@fernweh-bikes.example>
        Subject: Re: My Fernweh 7 stopped working
        Date: {Date(now)}
        Message-ID: {MessageId("second")}
        In-Reply-To: {inReplyTo}
        References: {MessageId("first")} {inReplyTo}
        MIME-Version: 1.0
        Content-Type: text/plain; charset=utf-8

        I forgot to say: the frame number is FW7-88213, and the noise only comes when I push hard.

        On {now.ToString("ddd, d MMM yyyy", CultureInfo.InvariantCulture)}, Fernweh Bikes wrote:
        > We got this.
        > What we understood: ...
        """);

    public ByteArrayContent IngridSaysThankYou(DateTimeOffset now) => Mail($"""
        From: =?utf-8?Q?Ingrid_S=C3=B8rensen?= <{Address("ingrid")}>
        To: Fernweh Bikes <support@fernweh-bikes.example>
        Subject: Thank you!
        Date: {Date(now)}
        Message-ID: {MessageId("praise")}
        MIME-Version: 1.0
        Content-Type: text/plain; charset=utf-8

        I just wanted to say thank you. Ben was wonderful and my bike rides like new. Great service!

        Ingrid
        """);

    /// <summary>What Twilio would post, signed with the account's auth token over the address it was told.</summary>
    public HttpContent Sms(string text, string authToken, Uri webhook)
    {
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["AccountSid"] = "AC" + new string('0', 32),
            ["Body"] = text,
            ["From"] = $"+4915112{int.Parse(Run, NumberStyles.HexNumber, CultureInfo.InvariantCulture) % 1_000_000:d6}",
            ["MessageSid"] = "SM" + Run.PadLeft(32, '0'),
            ["To"] = "+4940123456",
        };
        var signed = webhook + string.Concat(fields.Select(field => field.Key + field.Value));
        var content = new FormUrlEncodedContent(fields);
#pragma warning disable CA5350 // The provider's choice of signature.
        var signature = HMACSHA1.HashData(Encoding.UTF8.GetBytes(authToken), Encoding.UTF8.GetBytes(signed));
#pragma warning restore CA5350
        content.Headers.Add("X-Twilio-Signature", Convert.ToBase64String(signature));
        return content;
    }

    private static ByteArrayContent Mail(string text)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")));
        content.Headers.ContentType = new MediaTypeHeaderValue("message/rfc822");
        return content;
    }

    private static string Date(DateTimeOffset time) => time.ToString("ddd, dd MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture);
}
