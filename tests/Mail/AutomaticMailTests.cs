namespace CxPlatform.Mail.Tests;

public class AutomaticMailTests
{
    [Theory]
    [InlineData("From: jane@example.com", AutomaticKind.None)]
    [InlineData("From: jane@example.com\nAuto-Submitted: no", AutomaticKind.None)]
    [InlineData("From: jane@example.com\nSubject: Re: Automatic reply: away", AutomaticKind.None)]
    [InlineData("From: jane@example.com\nReturn-Path: <jane@example.com>", AutomaticKind.None)]
    [InlineData("From: jane@example.com\nX-Auto-Response-Suppress: None", AutomaticKind.None)]
    [InlineData("From: postmaster@example.com", AutomaticKind.None)]
    [InlineData("Auto-Submitted: auto-replied", AutomaticKind.AutoReply)]
    [InlineData("Auto-Submitted: auto-generated (cron)", AutomaticKind.AutoReply)]
    [InlineData("auto-submitted: AUTO-NOTIFIED; owner-email=x", AutomaticKind.AutoReply)]
    [InlineData("Return-Path: <>", AutomaticKind.AutoReply)]
    [InlineData("X-Auto-Response-Suppress: All", AutomaticKind.AutoReply)]
    [InlineData("X-Autoreply: yes", AutomaticKind.AutoReply)]
    [InlineData("Precedence: auto_reply", AutomaticKind.AutoReply)]
    [InlineData("Subject: Abwesenheitsnotiz: Ihre Anfrage", AutomaticKind.AutoReply)]
    [InlineData("Subject: Automatic reply: your question", AutomaticKind.AutoReply)]
    [InlineData("X-Autorespond: away", AutomaticKind.AutoReply)]
    [InlineData("X-AutoReply-From: a@example.com", AutomaticKind.AutoReply)]
    [InlineData("X-FC-MachineGenerated: true", AutomaticKind.AutoReply)]
    [InlineData("X-POST-MessageClass: 9; Autoresponder", AutomaticKind.AutoReply)]
    [InlineData("X-Precedence: auto_reply", AutomaticKind.AutoReply)]
    [InlineData("Subject: Out of Office: your question", AutomaticKind.AutoReply)]
    [InlineData("Subject: Out of office AutoReply: your question", AutomaticKind.AutoReply)]
    [InlineData("Subject: Automatische Antwort: Frage", AutomaticKind.AutoReply)]
    [InlineData("Subject: =?utf-8?Q?R=C3=A9ponse_automatique_:_question?=", AutomaticKind.AutoReply)]
    [InlineData("Subject: Respuesta autom=?utf-8?Q?=C3=A1?=tica: pregunta", AutomaticKind.AutoReply)]
    [InlineData("Subject: =?utf-8?Q?Resposta_autom=C3=A1tica:_pergunta?=", AutomaticKind.AutoReply)]
    [InlineData("Subject: Risposta automatica: domanda", AutomaticKind.AutoReply)]
    [InlineData("Subject: Automatisch antwoord: vraag", AutomaticKind.AutoReply)]
    [InlineData("Subject: Autosvar: fråga", AutomaticKind.AutoReply)]
    [InlineData("Subject: Automaattinen vastaus: kysymys", AutomaticKind.AutoReply)]
    [InlineData("Subject: =?utf-8?B?0JDQstGC0L7QvtGC0LLQtdGC?=", AutomaticKind.AutoReply)]
    [InlineData("Subject: =?utf-8?B?6Ieq5Yqo5Zue5aSN?=: x", AutomaticKind.AutoReply)]
    [InlineData("Subject: =?utf-8?B?6Ieq5YuV5b+c562U?=: x", AutomaticKind.AutoReply)]
    [InlineData("Subject: Office chair out of stock", AutomaticKind.None)]
    [InlineData("Subject: Automobile insurance", AutomaticKind.None)]
    [InlineData("Subject: Absent parts in my order", AutomaticKind.None)]
    [InlineData("Subject: Your vacation offer", AutomaticKind.None)]
    [InlineData("Content-Type: multipart/report; report-type=disposition-notification; boundary=b", AutomaticKind.AutoReply)]
    [InlineData("Content-Type: multipart/report; report-type=delivery-status; boundary=b", AutomaticKind.Bounce)]
    [InlineData("From: Mail Delivery System <MAILER-DAEMON@example.com>\nAuto-Submitted: auto-replied", AutomaticKind.Bounce)]
    [InlineData("From: postmaster@example.com\nReturn-Path: <>", AutomaticKind.Bounce)]
    [InlineData("X-Failed-Recipients: a@example.com", AutomaticKind.Bounce)]
    [InlineData("List-Id: <users.example.com>", AutomaticKind.List)]
    [InlineData("List-Unsubscribe: <mailto:u@example.com>", AutomaticKind.List)]
    [InlineData("Precedence: bulk", AutomaticKind.List)]
    [InlineData("Precedence: junk", AutomaticKind.List)]
    [InlineData("List-Id: <users.example.com>\nAuto-Submitted: auto-generated", AutomaticKind.AutoReply)]
    public void Mail_that_programs_send_is_recognised(string header, AutomaticKind expected) =>
        Assert.Equal(expected, AutomaticMail.Classify(Mails.Read(header + "\n\nx")));

    [Theory]
    [InlineData("I am out of the office until Monday with limited access to mail. For urgent matters please contact Joe.", AutomaticKind.AutoReply)]
    [InlineData("Thank you for your message. I'm currently on vacation and will reply when I return.", AutomaticKind.AutoReply)]
    [InlineData("Ich bin bis 3. Mai nicht im Haus. In dringenden Fällen wenden Sie sich bitte an Herrn Maier.", AutomaticKind.AutoReply)]
    [InlineData("Je suis absent jusqu'au 3 mai. En cas d'urgence, contactez Jean.", AutomaticKind.AutoReply)]
    [InlineData("I was out of the office last week, sorry. Please contact me about the refund.", AutomaticKind.None)]
    [InlineData("My husband is on vacation. Where is my parcel?", AutomaticKind.None)]
    [InlineData("The office printer is out of toner.", AutomaticKind.None)]
    public void An_absence_notice_without_a_header_is_known_by_what_it_says(string text, AutomaticKind expected) => Assert.Equal(expected,
        AutomaticMail.Classify(Mails.Read("From: jane@example.com\nSubject: Re: question\nContent-Type: text/plain; charset=utf-8\n\n"
            + Mails.Utf8AsBytes(text))));

    [Theory]
    [InlineData("", AutomaticKind.AutoReply)]
    [InlineData("jane@example.com", AutomaticKind.None)]
    [InlineData(null, AutomaticKind.AutoReply)]
    public void The_envelope_comes_before_Return_Path(string? envelope, AutomaticKind expected) =>
        Assert.Equal(expected, AutomaticMail.Classify(Mails.Read("Return-Path: <>\nFrom: jane@example.com\n\nx"), envelope));

    const string Report = """
        From: Mail Delivery Subsystem <MAILER-DAEMON@cs.example>
        Subject: Returned mail
        Content-Type: multipart/report; report-type=delivery-status; boundary="b"

        --b

        Your message could not be delivered.
        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; cs.example
        Original-Envelope-Id: 42

        Original-Recipient: rfc822;louisl@larry.example
        Final-Recipient: RFC822; louisl@larry.slip.example
        Action: failed
        Status: 5.1.1 (no such user)
        Diagnostic-Code: smtp; 550 5.1.1 unknown
         user

        Final-Recipient: rfc822; <full@example.com>
        Action: delayed
        Status: 4.2.2


        Final-Recipient: rfc822; nostatus@example.com
        Action: Failed
        Diagnostic-Code: smtp; 552 mailbox full

        Final-Recipient: rfc822; fine@example.com
        Action: relayed
        Status: 2.0.0
        --b
        Content-Type: message/rfc822

        Message-ID: <original@example.org>
        Subject: Hello

        Hello
        --b--
        """;

    [Theory]
    [InlineData("message/rfc822")]
    [InlineData("text/rfc822-headers")]
    public void A_delivery_report_tells_the_fate_of_each_recipient(string original)
    {
        var status = DeliveryStatus.Read(Mails.Read(Report.Replace("message/rfc822", original)));
        Assert.NotNull(status);
        Assert.Equal(("cs.example", "42", "original@example.org"), (status.ReportingMta, status.OriginalEnvelopeId,
            status.OriginalMessageId));
        Assert.Equal(
            [
                "louisl@larry.slip.example louisl@larry.example Failed 5.1.1 hard 550 5.1.1 unknown user",
                "full@example.com  Delayed 4.2.2 soft ",
                "nostatus@example.com  Failed 5.2.2 soft 552 mailbox full",
                "fine@example.com  Relayed 2.0.0  ",
            ],
            status.Recipients.Select(r =>
                $"{r.Address} {r.OriginalAddress} {r.Action} {r.Status} {(r.Hard ? "hard" : r.Soft ? "soft" : "")} {r.Diagnostic}"));
    }

    [Fact]
    public void A_report_in_base64_is_read()
    {
        var inner = Convert.ToBase64String(Mails.Bytes(
            "Reporting-MTA: dns;x\n\nFinal-Recipient: rfc822;a@example.com\nAction: failed\nStatus: 5.1.1\n"));
        var mail = Mails.Read($"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n"
            + $"Content-Transfer-Encoding: base64\n\n{inner}\n--b--");
        Assert.Equal(AutomaticKind.Bounce, AutomaticMail.Classify(mail));
        Assert.True(Assert.Single(DeliveryStatus.Read(mail)!.Recipients).Hard);
    }

    [Fact]
    public void A_report_of_Exim_is_read()
    {
        var status = DeliveryStatus.Read(Mails.Read("""
            X-Failed-Recipients: a@example.com, b@example.com
            Auto-Submitted: auto-replied

              a@example.com
                SMTP error from remote mail server: 550 5.1.1 unknown user

            ------ This is a copy of the message ------

            Message-ID: <original@example.org>
            """));
        Assert.Equal("original@example.org", status?.OriginalMessageId);
        Assert.Equal(["a@example.com 5.1.1 True", "b@example.com 5.1.1 True"], status!.Recipients.Select(r =>
            $"{r.Address} {r.Status} {r.Hard}"));
    }

    [Fact]
    public void A_report_of_qmail_is_read()
    {
        var status = DeliveryStatus.Read(Mails.Read("""
            From: MAILER-DAEMON@example.com

            Hi. This is the qmail-send program at example.com.
            I'm afraid I wasn't able to deliver your message.

            <a@example.com>:
            192.0.2.1 does not like recipient.
            Remote host said: 550 unknown user

            --- Below this line is a copy of the message.

            Message-ID: <original@example.org>
            """));
        Assert.Equal("original@example.org", status?.OriginalMessageId);
        Assert.Equal(("a@example.com", "5.1.1", true), status!.Recipients.Select(r => (r.Address, r.Status, r.Hard)).Single());
    }

    [Fact]
    public void An_ordinary_message_holds_no_report() => Assert.Null(DeliveryStatus.Read(Mails.Read("From: a@example.com\n\nHi")));
}
