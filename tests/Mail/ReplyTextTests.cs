namespace CxPlatform.Mail.Tests;

public class ReplyTextTests
{
    /// <summary>What introduces a quote; below each stands unmarked history, so that each must be recognised by itself.</summary>
    public static TheoryData<string> Introductions =>
    [
        // English
        "On Thu, Nov 20, 2025 at 9:30 AM Support <support@example.org> wrote:",
        "On Thu, Nov 20, 2025 at 9:30 AM Support Team of the Company\n<support@example.org> wrote:",
        "On Thu, Nov 20, 2025 at 9:30 AM, Support Team of the\nCompany with a long name <\nsupport@example.org>\nwrote:",
        "On 20.11.25 09:30, Support wrote:",
        "On 20 Nov 2025, at 09:30, Support <support@example.org> wrote:",
        "On Thu, 2025-11-20 at 13:58 +0000, Support wrote:",
        "On Thursday, November 20, 2025 9:30 AM, Support <support@example.org> wrote:",
        "At 11/20/2025 08:32 PM, you wrote:",
        "Support <support@example.org> wrote:",
        "Support (support@example.org) wrote:",
        "Support via Example Desk wrote:",
        "---- On Thu, 20 Nov 2025 14:17:36 +0530 Support<support@example.org> wrote ----",
        "---- Support wrote ----",
        "------On 11/20/2025 17:32 PM, Support wrote-----",
        "In message <1234@example.org>, Support writes:",
        "Quoting Support <support@example.org>:",
        "On Thu, Nov 20, 2025 at 9:30 AM Support\n\n<\nmailto:Support <support@example.org>\n> wrote:",
        // German
        "Am 20.11.2025 um 09:30 schrieb Support:",
        "Am Do., 20. Nov. 2025 um 09:30 Uhr schrieb Support <\nsupport@example.org>:",
        "Support <support@example.org> schrieb am Do. 20. Nov. 2025 um 09:30:",
        "Support schrieb am 20.11.2025 um 09:30 Uhr:",
        "Support <support@example.org> hat am 20.11.2025 09:30 CET geschrieben:",
        "Am Donnerstag, 20. November 2025, 09:30:12 MEZ hat Support <support@example.org> Folgendes geschrieben:",
        "Am 20. November 2025 09:30:12 MEZ schrieb Support <support@example.org>:",
        // French
        "Le jeu. 20 nov. 2025 à 09:30, Support <support@example.org> a écrit :",
        "Le 20/11/2025 à 09:30, Support a écrit :",
        "Le 20 nov. 2025 à 09:30, Support Technique de la Compagnie\n<support@example.org> a écrit\u00A0:",
        // Spanish
        "El jue, 20 nov 2025 a las 9:30, Support (<support@example.org>) escribió:",
        "El jueves, 20 de noviembre de 2025, Support escribió:",
        // Italian
        "Il giorno gio 20 nov 2025 alle ore 09:30 Support <support@example.org> ha scritto:",
        "Il 20/11/2025 09:30, Support ha scritto:",
        // Portuguese
        "Em qui., 20 de nov. de 2025 às 09:30, Support <support@example.org> escreveu:",
        "Em 20/11/2025 09:30, Support escreveu:",
        // Dutch
        "Op do 20 nov. 2025 om 09:30 schreef Support <support@example.org>:",
        "Op 20 nov. 2025 om 09:30 heeft Support <support@example.org> het volgende geschreven:",
        // Nordic
        "Den tors 20 nov. 2025 kl 09:30 skrev Support <support@example.org>:",
        "tor. 20. nov. 2025 kl. 09.30 skrev Support <support@example.org>:",
        "20. nov. 2025 kl. 09:30 skrev Support <support@example.org>:",
        "to 20. marrask. 2025 klo 9.30 Support (support@example.org) kirjoitti:",
        // Slavic
        "czw., 20 lis 2025 o 09:30 Support <support@example.org> napisał(a):",
        "W dniu 20.11.2025 o 09:30, Support pisze:",
        "Dnia 20 listopada 2025 09:30 Support <support@example.org> napisał(a):",
        "чт, 20 нояб. 2025 г. в 09:30, Support <support@example.org>:",
        "20.11.2025 09:30, Support пишет:",
        "Четверг, 20 ноября 2025, 9:30 +03:00 от Support <support@example.org>:",
        "чт, 20 лист. 2025 р. о 09:30 Support <support@example.org> пише:",
        "čt 20. 11. 2025 v 9:30 odesílatel Support <support@example.org> napsal:",
        "Dne 20. 11. 2025 v 9:30 Support napsal(a):",
        // Asian
        "在 2025年11月20日，上午9:30，Support <support@example.org> 写道：",
        "Support <support@example.org> 于2025年11月20日周四 09:30写道：",
        "2025年11月20日(木) 9:30 Support <support@example.org>:",
        "2025/11/20 9:30、Support <support@example.org>のメール:",
        "2025年 11月 20日 (목) 오전 9:30, Support <support@example.org>님이 작성:",
        // without words
        "2025-11-20 09:30 GMT+01:00 Support <support@example.org>:",
        "2025/11/20 Support <support@example.org>",
        // others
        "Vào Th 5, 20 thg 11, 2025 vào lúc 09:30 Support <support@example.org> đã viết:",
        "Support <support@example.org>, 20 Kas 2025 Per, 09:30 tarihinde şunu yazdı:",
    ];

    [Theory]
    [MemberData(nameof(Introductions))]
    public void What_introduces_a_quote_is_known(string introduction)
    {
        Assert.Equal("Thanks!", ReplyText.Strip($"Thanks!\n\n{introduction}\n\nHello, history\nnot marked"));
        Assert.Equal("Thanks!", ReplyText.Strip($"Thanks!\n{introduction}\n> Hello\n> history"));
        Assert.Equal("Thanks!", ReplyText.Strip($"{introduction}\n> Hello\n> history\n\nThanks!"));
        Assert.Equal("Thanks!", ReplyText.Strip($"Thanks!\n\n> {introduction.Replace("\n", "\n> ")}\n> Hello\n> history"));
    }

    public static TheoryData<string> Blocks =>
    [
        "-----Original Message-----\nFrom: Support\nSent: Thursday\n\nHello",
        "-------- Original Message --------\nHello",
        "-----Ursprüngliche Nachricht-----\nVon: Support\nGesendet: Donnerstag\nAn: Jane\nBetreff: x\n\nHallo",
        "-----Message d'origine-----\nDe : Support\n\nBonjour",
        "-----Mensaje original-----\nHola",
        "-----Mensagem original-----\nOlá",
        "-----Messaggio originale-----\nCiao",
        "-----Oorspronkelijk bericht-----\nHallo",
        "-----Ursprungligt meddelande-----\nHej",
        "-----Oprindelig meddelelse-----\nHej",
        "-----Opprinnelig melding-----\nHei",
        "-----Alkuperäinen viesti-----\nHei",
        "-----Исходное сообщение-----\nПривет",
        "------------------ 原始邮件 ------------------\n你好",
        "-----元のメッセージ-----\nこんにちは",
        "----- Reply message -----\nFrom: Support\nHello",
        "________________________________\nFrom: Support <support@example.org>\nSent: Thursday, November 20, 2025\nTo: Jane\nSubject: "
        + "RE: x\n\nHello",
        "*From:* Support\n*Sent:* Thursday\n*To:* Jane\n\nHello",
        "*From:* Support [mailto:support@example.org]\n*Sent:* Thursday, November 20, 2025 9:30 AM\n*To:* Jane; a very long list of "
        + "people\nwho fill two lines\n*Subject:* x\n\nHello",
        "From: Support <support@example.org>\nDate: Thursday\nTo: Jane\nSubject: x\n\nHello",
        "Date: Thu, 20 Nov 2025 09:30:00 +0100\nTo: jane@example.com\n\nHello",
        "From: Support <support@example.org>\n\nDate: Thursday\n\nTo: Jane\n\nHello",
        "Von: Support <support@example.org>\nGesendet: Donnerstag, 20. November 2025\nAn: Jane\nBetreff: AW: x\n\nHallo",
        "De : Support <support@example.org>\nEnvoyé : jeudi 20 novembre 2025\nÀ : Jane\nObjet : x\n\nBonjour",
        "De: Support <support@example.org>\nEnviado: jueves\nPara: Jane\nAsunto: x\n\nHola",
        "De: Support <support@example.org>\nEnviada em: quinta-feira\nPara: Jane\nAssunto: x\n\nOlá",
        "Da: Support <support@example.org>\nInviato: giovedì\nA: Jane\nOggetto: x\n\nCiao",
        "Van: Support <support@example.org>\nVerzonden: donderdag\nAan: Jane\nOnderwerp: x\n\nHallo",
        "Från: Support <support@example.org>\nSkickat: den 20 november\nTill: Jane\nÄmne: x\n\nHej",
        "Fra: Support <support@example.org>\nSendt: 20. november\nTil: Jane\nEmne: x\n\nHej",
        "Lähettäjä: Support <support@example.org>\nLähetetty: torstai\nVastaanottaja: Jane\nAihe: x\n\nHei",
        "Od: Support <support@example.org>\nData: czwartek\nDo: Jane\nTemat: x\n\nCześć",
        "От: Support <support@example.org>\nДата: четверг\nКому: Jane\nТема: x\n\nПривет",
        "Від: Support <support@example.org>\nНадіслано: четвер\nКому: Jane\nТема: x\n\nПривіт",
        "Od: Support <support@example.org>\nOdesláno: čtvrtek\nKomu: Jane\nPředmět: x\n\nAhoj",
        "发件人: Support <support@example.org>\n发送时间: 2025年11月20日\n收件人: Jane\n主题: x\n\n你好",
        "差出人: Support <support@example.org>\n送信日時: 2025年11月20日\n宛先: Jane\n件名: x\n\nこんにちは",
        "보낸 사람: Support <support@example.org>\n보낸 날짜: 2025년 11월 20일\n받는 사람: Jane\n제목: x\n\n안녕",
        "##- Please type your reply above this line -##\n\nYour request has been updated.",
        "-- Bitte antworten Sie oberhalb dieser Zeile --\n\nIhre Anfrage",
        "-- \nJane Doe\nCEO",
        "--\nJane Doe\nCEO",
        "__\nJane Doe",
        "—\nJane Doe\nCEO",
        "_______________________________________________\nusers mailing list\nusers@example.org",
    ];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void What_begins_history_or_signature_ends_the_reply(string block) =>
        Assert.Equal("Thanks!\n\nSecond paragraph", ReplyText.Strip($"Thanks!\n\nSecond paragraph\n\n{block}"));

    [Theory]
    [InlineData("Sent from my iPhone")]
    [InlineData("Sent from my Samsung Galaxy smartphone.")]
    [InlineData("Sent from Mail for Windows 10")]
    [InlineData("Sent from Yahoo Mail on Android")]
    [InlineData("Get Outlook for iOS<https://aka.ms/o0ukef>")]
    [InlineData("Get Outlook for Android")]
    [InlineData("(sent from a phone)")]
    [InlineData("Sent with Airmail")]
    [InlineData("Von meinem iPhone gesendet")]
    [InlineData("Gesendet von Outlook für iOS")]
    [InlineData("Gesendet mit der GMX Mail App")]
    [InlineData("Diese Nachricht wurde von meinem Android-Mobiltelefon mit K-9 Mail gesendet.")]
    [InlineData("Envoyé de mon iPhone")]
    [InlineData("Envoyé depuis mon téléphone")]
    [InlineData("Télécharger Outlook pour Android")]
    [InlineData("Enviado desde mi iPhone")]
    [InlineData("Enviado do meu iPhone")]
    [InlineData("Inviato da iPhone")]
    [InlineData("Verstuurd vanaf mijn iPhone")]
    [InlineData("Skickat från min iPhone")]
    [InlineData("Sendt fra min iPhone")]
    [InlineData("Lähetetty iPhonesta")]
    [InlineData("Wysłane z iPhone'a")]
    [InlineData("Отправлено с iPhone")]
    [InlineData("发自我的 iPhone")]
    [InlineData("iPhoneから送信")]
    [InlineData("나의 iPhone에서 보냄")]
    public void What_a_telephone_adds_goes(string line)
    {
        Assert.Equal("Thanks!", ReplyText.Strip($"Thanks!\n\n{line}"));
        Assert.Equal("Thanks!", ReplyText.Strip($"Thanks!\n{line}\n\nOn 20.11.25 09:30, Support wrote:\n> Hello"));
    }

    public static TheoryData<string> Whole =>
    [
        "Just text.\n\nTwo paragraphs.",
        "On Monday I wrote:\nplease call me",
        "On Monday everything broke.\nPlease help",
        "On 12 May 2025 I wrote:\nplease call me, and nobody did",
        "On the other hand, nothing happened at 10:30.\nWhat now?",
        "Am Montag ging nichts mehr.",
        "Von: Support\nist keine Kopfzeile",
        "Please change these:\nFrom: Monday\nuntil Friday",
        "Invitation for an interview:\n\nDate: Wednesday 3, October 2011\nTime: 7 : 00am\nAddress: 130 Fox St\n\nPlease bring your ID.",
        "The mail was sent from my iPhone app, which then crashed.",
        "With regards to the payment:\nit is late.",
        "Items:\n- one\n- two\n- three",
        "Run this:\n```\ncat a > b\n> more\n--\nselect 1;\n```\nThen it fails.",
        "It prints\n> error 5\nand stops.",
        "> Is it red?\nYes.\n> Is it large?\nNo.",
        "Key points\n---\nFirst long paragraph of many words that goes on below a rule which somebody drew.\n\nSecond\n\n1\n2\n3\n4\n5"
        + "\n6\n7\n8\n9\n10\n11",
        "Best regards are sent to all.\n\nPlease call me.",
        "Kind regards,\nJane Doe",
        "See https://example.com/what-she-wrote: it says all.",
        "FYI\n\n---------- Forwarded message ---------\nFrom: Shop <shop@example.com>\nDate: Thu\nSubject: Invoice\nTo: me\n\nYour invoice",
        "Begin forwarded message:\n\n> From: Shop <shop@example.com>\n> Subject: Invoice\n>\n> Your invoice",
        // where all would go, all stays
        "> only quoted",
        "Sent from my iPhone",
        "--\nJane",
        "On Thu, Nov 20, 2025 Support wrote:\n> Hello",
        "-----Original Message-----\nFrom: Support\nSent: Thursday\nTo: me\n\nHello",
        "From: Support <support@example.org>\nSent: Thursday\nTo: Jane\nSubject: x\n\nHello",
        "",
        " \n ",
    ];

    [Theory]
    [MemberData(nameof(Whole))]
    public void What_is_no_history_stays(string text) => Assert.Equal(text, ReplyText.Strip(text));

    [Theory]
    [InlineData("On Thu, Nov 20, 2025 Support <s@example.org> wrote:\n> Is it red?\nYes.\n\n> Large?\n\nNo.\n\n> Bye\n> Support", "> Is it red?\nYes.\n\n> Large?\n\nNo.")]
    [InlineData("Dear Support,\n\nOn 20.11.25 09:30, Support wrote:\n> all of it\n> and more\n\nthank you.", "Dear Support,\n\nthank you.")]
    [InlineData("Yes.\n\n> Is it red?", "Yes.")]
    [InlineData("Yes.\n\nOn 20.11.25 09:30, Support wrote:\n> See here\n (https://example.org/x)\n> and there", "Yes.")]
    [InlineData("Yes.\n\nSent from my iPhone\nSent with Airmail\nGet Outlook for iOS", "Yes.")]
    [InlineData("\n\n  indented\r\nnext\r\n\r\n", "  indented\nnext")]
    [InlineData("Call me.\n\nKind regards,\nJane Doe\nHead of Things\nExample Ltd.\nTel: +44 20 7946 0000\nwww.example.com", "Call me.\n\nKind regards,\nJane Doe")]
    [InlineData("Thanks!\n\nSent from my iPhone\n\n> On 20 Nov 2025, at 09:30, Support wrote:\n>\n> Hello", "Thanks!")]
    [InlineData("On the one hand yes.\n\nOn Wed, Dec 9, 2015 at 3:00 PM, X <x@example.com> wrote:\n> x", "On the one hand yes.")]
    public void Answers_stay_with_the_quotes_that_they_answer(string text, string expected) => Assert.Equal(expected, ReplyText.Strip(text));

    const string Gmail = """<div dir="ltr">Thanks!<div>Second</div></div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Thu, Nov 20, 2025 at 9:30 AM Support &lt;<a href="mailto:s@example.org">s@example.org</a>&gt; wrote:<br></div><blockquote class="gmail_quote"><div>Hello</div></blockquote></div>""";

    [Theory]
    [InlineData(Gmail)]
    [InlineData("""<div>Thanks!</div><div>Second</div><div><br></div><div class="moz-cite-prefix">Em algum dia alguém disse:<br></div><blockquote type="cite">Hello</blockquote>""")]
    [InlineData("""<p>Thanks!<br>Second</p><div><blockquote type="cite"><div>On Nov 20, 2025, at 09:30, Support wrote:</div><br>Hello</blockquote></div>""")]
    [InlineData("""<div>Thanks!</div>Second<hr><div id="divRplyFwdMsg"><b>From:</b> Support<br><b>Sent:</b> Thursday</div><div>Hello</div>""")]
    [InlineData("""<div>Thanks!</div>Second<div id="appendonsend"></div><hr><div>Something<br>Hello</div>""")]
    [InlineData("""<p class=MsoNormal>Thanks!</p><p>Second</p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p><b>From:</b> Support<br><b>Sent:</b> x</p></div></div><p>Hello</p>""")]
    [InlineData("""<p>Thanks!</p><p>Second</p><p><b>Von:</b> Support &lt;s@example.org&gt;<br><b>Gesendet:</b> heute<br><b>An:</b> Jane<br><b>Betreff:</b> x</p><p>Hello</p>""")]
    [InlineData("""<div>Thanks!<br>Second</div><div class="yahoo_quoted"><div>On Thursday Support wrote:</div><div>Hello</div></div>""")]
    [InlineData("""<div>Thanks!</div><div>Second</div><div class="protonmail_quote">On Thu wrote:<blockquote>Hello</blockquote></div>""")]
    [InlineData("""<div>Thanks!</div><div>Second</div><hr id="zwchr"><div><b>From: </b>Support</div><div>Hello</div>""")]
    [InlineData("""<div>Thanks!</div>Second<span id="OLK_SRC_BODY_SECTION"><div>Hello</div></span>""")]
    [InlineData("""<div>Thanks!</div><div>Second</div><div class="gmail_signature"><div>Jane Hello</div></div>""")]
    [InlineData("""<div>Thanks!</div><div>Second</div><div class="moz-signature">-- <br>Hello</div>""")]
    [InlineData("""<div>Thanks!</div><div>Second</div><div class="protonmail_signature_block">Hello</div>""")]
    [InlineData("""<div>Thanks!<br>Second<br><br>Sent from my iPhone<br><br>-----Original Message-----<br>Hello</div>""")]
    [InlineData("""<div>Thanks!<br>Second<br></div>On 20.11.25 09:30, Support wrote:<br><blockquote>Hello</blockquote>""")]
    public void A_reply_in_html_is_freed_from_history_and_signature(string html)
    {
        var reply = ReplyText.FromHtml(html);
        Assert.Equal(["Thanks!", "Second"], reply.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.NotNull(reply.Html);
        foreach (var gone in (string[])["Hello", "wrote", "Support", "blockquote", "iPhone", "Jane"])
            Assert.DoesNotContain(gone, reply.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""<div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>From: Shop<br>Date: Thu<br>Subject: Invoice<br></div>Your <b>invoice</b></div>""")]
    [InlineData("<blockquote>Your invoice</blockquote>")]
    [InlineData("""<div>Please look:</div><div>---------- Forwarded message ---------<br>From: Shop<br>Date: Thu<br>To: me<br><blockquote>Your invoice</blockquote></div>""")]
    [InlineData("<div>Your invoice <img src=cid:x></div>")]
    public void What_is_forwarded_in_html_stays(string html) =>
        Assert.Contains("invoice", ReplyText.FromHtml(html).Html, StringComparison.Ordinal);

    [Fact]
    public void Answers_between_quotes_in_html_stay_with_what_they_answer()
    {
        var reply = ReplyText.FromHtml("<div>On 20.11.25 Support wrote:</div><blockquote>Is it red?</blockquote><p>Yes.</p>"
            + "<blockquote>Large?</blockquote><p>No.</p><blockquote>Bye</blockquote>");
        Assert.Equal("<blockquote>Is it red?</blockquote><p>Yes.</p><blockquote>Large?</blockquote><p>No.</p>", reply.Html);
    }

    [Fact]
    public void A_forward_by_its_subject_keeps_what_is_below_the_fields()
    {
        const string text = "Please look at this.\n\nFrom: Shop <shop@example.com>\nSent: Thursday\nTo: Jane\nSubject: Invoice\n\nYour "
            + "invoice";
        Assert.Equal("Please look at this.", ReplyText.Of(Mails.Read("Subject: RE: Invoice\n\n" + text)).Text);
        Assert.Equal(text, ReplyText.Of(Mails.Read("Subject: FW: Invoice\n\n" + text)).Text);
    }

    [Fact]
    public void Both_forms_of_a_mail_are_freed()
    {
        var reply = ReplyText.Of(Mails.Read("Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n"
            + "Thanks!\n\n> Hello\n"
            + "--b\nContent-Type: text/html\n\n" + Gmail + "\n--b--"));
        Assert.Equal("Thanks!", reply.Text);
        Assert.Contains("Second", reply.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("Hello", reply.Html, StringComparison.Ordinal);
    }
}
