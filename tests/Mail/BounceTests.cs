namespace CxPlatform.Mail.Tests;

/// <summary>Reports of mail systems that have a form of their own, in their shape; the addresses are ours.</summary>
public class BounceTests
{
    /// <summary>Who reports, its header and text, and what is to be read from it.</summary>
    public static TheoryData<string, string, string> Reports => new()
    {
        { "qmail", "From: MAILER-DAEMON@example.net\nSubject: failure notice\n\nHi. This is the qmail-send program at example.net.\n"
            + "I'm afraid I wasn't able "
            + "to deliver your message.\n\n<jane@example.com>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line "
            + "is a copy of the message.\n\n"
            + "Message-ID: <m1@example.org>\nTo: jane@example.com", "jane@example.com Failed 5.1.1 hard" },
        { "qmail, full", "From: MAILER-DAEMON@example.net\nSubject: failure notice\n\nHi. This is the qmail-send program.\n\n"
            + "<jane@example.com>:\n"
            + "The users mailfolder is over the allowed quota (size).\n\n--- Below this line is a copy of the message.\n\nMessage-ID: "
            + "<m1@example.org>", "jane@example.com Failed 5.2.2 soft" },
        { "Exim", "From: Mail Delivery System <Mailer-Daemon@example.net>\nSubject: Mail delivery failed: returning message to sender"
            + "\n\nThis message was created "
            + "automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\n"
            + "recipients. The following address(es) failed:\n\n"
            + "  jane@example.com\n    SMTP error from remote mail server after RCPT TO:<jane@example.com>:\n    host mx.example.com "
            + "[192.0.2.1]: 550 5.1.1 unknown user\n\n"
            + "------ This is a copy of the message, including all the headers. ------\n\nMessage-ID: <m1@example.org>", "jane@example.com Failed 5.1.1 hard" },
        { "Exim, delay", "From: Mail Delivery System <Mailer-Daemon@example.net>\nSubject: Warning: message 1AbC delayed 24 hours\n\n"
            + "This message was created automatically by mail "
            + "delivery software.\nA message that you sent has not yet been delivered to one or more of its\nrecipients after more "
            + "than 24 hours on the queue.\n\nThe address to which the "
            + "message has not yet been delivered is:\n\n  jane@example.com\n    Delay reason: connection timed out\n\nMessage headers "
            + "follow\n\nMessage-ID: <m1@example.org>", "jane@example.com Delayed 4.4.7 soft" },
        { "Sendmail 8 without parts", "From: Mail Delivery Subsystem <MAILER-DAEMON@example.net>\nSubject: Returned mail: User unknown"
            + "\n\nThe original message was received at Thu, 20 Nov 2025\n"
            + "from mail.example.org [192.0.2.9]\n\n   ----- The following addresses had permanent fatal errors -----\n"
            + "<jane@example.com>\n\n   ----- Transcript of session follows -----\n"
            + "... while talking to mx.example.com:\n>>> RCPT To:<jane@example.com>\n<<< 550 5.1.1 <jane@example.com>... User unknown"
            + "\n\n   ----- Original message follows -----\n\n"
            + "Message-ID: <m1@example.org>", "jane@example.com Failed 5.1.1 hard" },
        { "Postfix without parts", "From: MAILER-DAEMON@example.net (Mail Delivery System)\nSubject: Undelivered Mail Returned to "
            + "Sender\n\nThis is the Postfix program at host example.net.\n\n"
            + "I'm sorry to have to inform you that your message could not be delivered.\n\n<jane@example.com>: host "
            + "mx.example.com[192.0.2.1] said: 552 5.2.2\n    Over quota (in reply to RCPT TO command)\n\n"
            + "Message-ID: <m1@example.org>", "jane@example.com Failed 5.2.2 soft" },
        { "Exchange 5.5", "From: System Administrator <postmaster@example.net>\nSubject: Undeliverable: Hello\n\nYour message\n\n  "
            + "To:      jane@example.com\n  Subject: Hello\n  Sent:    Thu, 20 Nov 2025\n\n"
            + "did not reach the following recipient(s):\n\njane@example.com on Thu, 20 Nov 2025 09:30:00 +0100\n    The recipient "
            + "name is not recognized\n    MSEXCH:IMS:Example 0 (000C05A6) Unknown Recipient\n\n"
            + "Message-ID: <m1@example.org>", "jane@example.com Failed 5.1.1 hard" },
        { "Exchange 2007 without parts", "From: postmaster@example.net\nSubject: Undeliverable: Hello\n\nDelivery has failed to these "
            + "recipients or distribution lists:\n\nJane<mailto:jane@example.com>\n\n"
            + "Diagnostic information for administrators:\n\nGenerating server: mx.example.net\n\njane@example.com\n#550 5.1.1 "
            + "RESOLVER.ADR.RecipNotFound; not found ##\n\nOriginal message headers:\n\n"
            + "Message-ID: <m1@example.org>", "jane@example.com Failed 5.1.1 hard" },
        { "Yahoo", "From: MAILER-DAEMON@yahoo.example\nSubject: Failure Notice\n\nSorry, we were unable to deliver your message to the "
            + "following address.\n\n<jane@example.com>:\n"
            + "554: delivery error: dd This user doesn't have a yahoo.example account (jane@example.com) [0]\n\n--- Below this line is "
            + "a copy of the message.\n\nMessage-ID: <m1@example.org>", "jane@example.com Failed 5.1.1 hard" },
        { "Gmail, old", "From: Mail Delivery Subsystem <mailer-daemon@example.net>\nX-Failed-Recipients: jane@example.com\nSubject: "
            + "Delivery Status Notification (Failure)\n\nThis is an automatically generated "
            + "Delivery Status Notification\n\nDelivery to the following recipient failed permanently:\n\n     jane@example.com\n\n"
            + "Technical details of permanent failure:\nThe error that the other server returned was: "
            + "550 550 Unknown user jane@example.com (state 14).\n\n   ----- Original message -----\n\nMessage-ID: <m1@example.org>", "jane@example.com Failed 5.1.1 hard" },
        { "MDaemon", "From: MDaemon@example.net\nPrecedence: bulk\nSubject: Permanent Delivery Failure\n\nThe attached message had "
            + "PERMANENT fatal delivery errors!\n\nThe following addresses did NOT receive a copy of your message:\n\n"
            + "> jane@example.com\n\n--- Session Transcript ---\n<-- 550 no such user\n\nMessage-ID: <m1@example.org>", "jane@example.com Failed 5.1.1 hard" },
        { "IMail", "From: \"Postmaster\" <postmaster@example.net>\nX-Mailer: <SMTP32 v8.22>\nSubject: Undeliverable Mail\n\nUnknown "
            + "user: jane@example.com\n\nRCPT TO generated following response:\n550 Addressee unknown\n\n"
            + "Original message follows.\n\nMessage-ID: <m1@example.org>", "jane@example.com Failed 5.1.1 hard" },
        { "Lotus Domino", "From: postmaster@example.net\nSubject: DELIVERY FAILURE: User jane (jane@example.com) not listed in Domino "
            + "Directory\n\nYour message\n\n  Subject: Hello\n\nwas not delivered to:\n\n"
            + "  jane@example.com\n\nbecause:\n\n  User jane (jane@example.com) not listed in Domino Directory\n\nMessage-ID: "
            + "<m1@example.org>", "jane@example.com Failed 5.1.1 hard" },
        { "Courier", "From: \"Mail Delivery System\" <postmaster@example.net>\nSubject: NOTICE: mail delivery status.\n\nThis is a "
            + "delivery status notification.\n\nUNDELIVERABLE MAIL\n\nYour message to the following recipients cannot be delivered:"
            + "\n\n"
            + "<jane@example.com>:\n    mx.example.com [192.0.2.1]:\n<<< 550 5.1.1 <jane@example.com>... User unknown\n\nMessage-ID: "
            + "<m1@example.org>", "jane@example.com Failed 5.1.1 hard" },
        { "MailEnable", "From: Postmaster@example.net\nSubject: Message Delivery Failure\n\nMailEnable: Message could not be delivered "
            + "to some recipients.\nThe following recipient(s) could not be reached:\n\n"
            + "Recipient: [SMTP:jane@example.com]\nReason: Remote host said: 550 Mailbox not found\n\nMessage headers follow:\n\n"
            + "Message-ID: <m1@example.org>", "jane@example.com Failed 5.1.1 hard" },
        { "LSMTP", "From: \"LSMTP for Windows NT\" <postmaster@example.net>\nSubject: Undelivered mail\n\nAn error was detected while "
            + "processing the enclosed message.\n\nError-for:  jane@example.com\nError-Text: \"550 host unknown\"\n\n"
            + "------------ Original message ------------\n\nMessage-ID: <m1@example.org>", "jane@example.com Failed 5.1.2 hard" },
        { "GroupWise", "From: Mailer-Daemon@example.net\nSubject: Message status - undeliverable\n\nThe message that you sent was "
            + "undeliverable to the following:\n\n\tjane@example.com (Mailbox full)\n\nMessage-ID: <m1@example.org>", "jane@example.com Failed 5.2.2 soft" },
        { "DragonFly", "From: MAILER-DAEMON <>\nSubject: Mail delivery failed\n\nThis is the DragonFly Mail Agent at example.net.\n\n"
            + "There was an error delivering your mail to <jane@example.com>.\n\nmx.example.com [192.0.2.1] did not like our final "
            + "DATA:\n"
            + "550-5.7.26 Unauthenticated email from example.org is not accepted due to domain's DMARC policy.\n\nMessage headers "
            + "follow.\n\nMessage-ID: <m1@example.org>", "jane@example.com Failed 5.7.26 soft" },
        { "fields in a text", "From: MAILER-DAEMON@example.net\nSubject: Returned mail\n\nYour message was not delivered.\n\n"
            + "Reporting-MTA: dns; example.net\n\nFinal-Recipient: rfc822; jane@example.com\nAction: failed\nStatus: 5.1.1\n\n"
            + "Message-ID: <m1@example.org>", "jane@example.com Failed 5.1.1 hard" },
        { "German", "From: Mail Delivery System <postmaster@example.net>\nReturn-Path: <>\nSubject: Unzustellbar: Hallo\n\nIhre "
            + "Nachricht konnte nicht zugestellt werden:\n\njane@example.com\n550 5.1.1 unbekannter Empfänger\n\nMessage-ID: "
            + "<m1@example.org>",
            "jane@example.com Failed 5.1.1 hard" },
    };

    [Theory]
    [MemberData(nameof(Reports))]
    public void A_report_in_a_form_of_its_own_is_read(string program, string message, string expected)
    {
        var mail = Mails.Read("To: support@example.org\n" + Mails.Utf8AsBytes(message));
        Assert.Equal((program, AutomaticKind.Bounce), (program, AutomaticMail.Classify(mail)));
        var status = DeliveryStatus.Read(mail)!;
        Assert.Equal([expected], status.Recipients.Select(r => $"{r.Address} {r.Action} {r.Status} {(r.Hard ? "hard" : r.Soft ? "soft" : "")}"));
        Assert.Equal("m1@example.org", status.OriginalMessageId);
    }

    [Theory]
    [InlineData("550 5.1.1 no such user", true)]
    [InlineData("550 Requested action not taken: mailbox unavailable", true)]
    [InlineData("550 5.1.2 host unknown", true)]
    [InlineData("550 5.1.6 the recipient has moved", true)]
    [InlineData("556 5.1.10 domain does not accept mail (nullMX)", true)]
    [InlineData("552 5.2.2 mailbox full", false)]
    [InlineData("550 5.2.1 mailbox disabled", false)]
    [InlineData("552 5.3.4 message size exceeds fixed limit", false)]
    [InlineData("554 5.7.1 rejected as spam", false)]
    [InlineData("550 5.7.26 DMARC policy", false)]
    [InlineData("450 4.2.0 greylisted", false)]
    [InlineData("421 4.4.2 connection timed out", false)]
    [InlineData("554 5.0.0 no reason", false)]
    public void Hard_is_what_no_further_attempt_can_change(string said, bool hard)
    {
        var mail = Mails.Read("Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: "
            + "message/delivery-status\n\n"
            + $"Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; a@example.com\nAction: failed\nDiagnostic-Code: smtp; {said}\n--b--");
        var recipient = Assert.Single(DeliveryStatus.Read(mail)!.Recipients);
        Assert.Equal((hard, !hard), (recipient.Hard, recipient.Soft));
        Assert.NotNull(recipient.Status);
    }

    [Theory]
    [InlineData("delivered")]
    [InlineData("relayed")]
    [InlineData("expanded")]
    public void A_notice_of_success_is_no_bounce(string action) => Assert.Equal(AutomaticKind.AutoReply, AutomaticMail.Classify(Mails.Read(
        "From: MAILER-DAEMON@example.net\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n"
        + "Content-Type: message/delivery-status\n\n"
        + $"Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; a@example.com\nAction: {action}\nStatus: 2.0.0\n--b--")));

    [Theory]
    [InlineData("From: jane@example.com\nSubject: Mail delivery failed?\n\nDo you know when my parcel comes?")]
    [InlineData("From: jane@example.com\nSubject: Re: Undelivered Mail Returned to Sender\n\nI got this, it could not be delivered:\n550 5.1.1 unknown user")]
    [InlineData("From: jane@example.com\nSubject: Fwd: Returned mail: User unknown\n\nWhat is this?\n\nThe following addresses had permanent fatal errors\n<a@example.com>\n550 5.1.1 user unknown")]
    [InlineData("From: jane@example.com\nSubject: My parcel\n\nIt could not be delivered to my address, says the courier. It was returned to sender.")]
    [InlineData("From: jane@example.com\nSubject: Delivery of my order\n\nWhen does it come?")]
    [InlineData("From: jane@example.com\nSubject: Message from the shop\n\nThank you.")]
    [InlineData("From: jane@example.com\nSubject: Problem: login\n\nIt says user unknown when I log in.")]
    [InlineData("From: postmaster@example.com\nSubject: Question about your DNS\n\nPlease look at it.")]
    [InlineData("From: jane@example.com\nSubject: FW: failure notice\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nWhat is this?\n--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@example.com\n--b--")]
    public void People_who_write_about_delivery_are_no_bounce(string message)
    {
        var mail = Mails.Read("To: support@example.org\n" + message);
        Assert.Equal(AutomaticKind.None, AutomaticMail.Classify(mail));
        Assert.Null(DeliveryStatus.Read(mail));
    }

    [Fact]
    public void A_mail_that_a_filter_of_the_recipient_refused_is_a_bounce() => Assert.Equal(AutomaticKind.Bounce, AutomaticMail.Classify(Mails.Read(
        "From: Mail Delivery Subsystem <postmaster@example.net>\nSubject: Automatically rejected mail\nAuto-Submitted: auto-replied "
        + "(rejected)\n"
        + "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\nYour message to "
        + "<jane@example.com> was automatically rejected:\nQuota exceeded\n--b--")));

    [Fact]
    public void A_receipt_of_a_reader_is_an_automatic_reply() => Assert.Equal(AutomaticKind.AutoReply, AutomaticMail.Classify(Mails.Read(
        "From: jane@example.com\nSubject: Read: Hello\n\nYour message to jane@example.com was read on Thursday.")));
}
