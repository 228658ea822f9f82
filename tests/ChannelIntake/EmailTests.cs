using System.Net;
using System.Text;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.ChannelIntake.Tests;

public sealed class EmailTests
{
    private static readonly Guid Case = Guid.Parse("01980000-0000-7000-8000-000000000001");

    private static string Address() => $"erika-{Guid.NewGuid():n}@example.com";

    private static async Task<ContactReceived> ReceiveAsync(IntakeHost host, string mail)
    {
        var answer = await host.AcceptMailAsync(mail);
        return await host.EventAsync<ContactReceived>("contact/" + answer["contactId"]);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_multipart_mail_with_encoded_words_becomes_a_contact_with_its_files(Database database)
    {
        var host = await IntakeHost.SharedAsync(database);
        var address = Address();
        var contact = await ReceiveAsync(host, $"""
            From: =?utf-8?Q?Erika_M=C3=BCller?= <{address.ToUpperInvariant()}>
            Reply-To: erika@work.example
            To: Support <support@help.example.com>
            Subject: =?iso-8859-1?B?V28gaXN0IG1laW4gUORja2NoZW4/?=
            Message-ID: <{Guid.NewGuid():n}@mail.example.com>
            Date: Mon, 23 Nov 2026 10:00:00 +0100
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary="b1"

            --b1
            Content-Type: multipart/alternative; boundary="b2"

            --b2
            Content-Type: text/plain; charset=iso-8859-15
            Content-Transfer-Encoding: quoted-printable

            Guten Tag, ich habe f=FCr 20 =A4 bestellt und das P=E4ckchen ist noch=
             nicht da.

            --=20
            Erika

            --b2
            Content-Type: text/html; charset=utf-8

            <p>Guten Tag</p>
            --b2--
            --b1
            Content-Type: image/png; name="foto.png"
            Content-Disposition: attachment; filename*=UTF-8''f%C3%BCr%20Sie.png
            Content-Transfer-Encoding: base64

            iVBORw0KGgo=
            --b1--
            """);

        Assert.Equal(Channel.Email, contact.Channel);
        Assert.Equal(new(IdentityKind.EmailAddress, address), contact.From);
        Assert.Equal("erika@work.example", contact.AnswerTo);
        Assert.Equal("Erika Müller", contact.CustomerName);
        Assert.Equal("support@help.example.com", contact.To);
        Assert.Equal("Wo ist mein Päckchen?", contact.Subject);
        Assert.Equal("Guten Tag, ich habe für 20 € bestellt und das Päckchen ist noch nicht da.", contact.Text);
        Assert.Equal("de", contact.Language);
        Assert.Equal(Automatic.None, contact.Automatic);
        var file = Assert.Single(contact.Attachments);
        Assert.Equal(("für Sie.png", "image/png", 8L), (file.Name, file.ContentType, file.Size));
        using var download = await host.Client.GetAsync($"/v1/contacts/{contact.ContactId}/attachments/0");
        Assert.Equal("image/png", download.Content.Headers.ContentType?.MediaType);
        Assert.Equal([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], await download.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task An_answer_names_its_case_by_token_message_id_and_subject_and_loses_the_history()
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        var tokens = host.Services.GetRequiredService<Tokens>();
        var token = tokens.ReplyToken(Case);
        var ours = tokens.MessageId(Guid.NewGuid(), Case, "help.example.com");
        var contact = await ReceiveAsync(host, $"""
            From: {Address()}
            To: "Support" <Case+{token.ToUpperInvariant()}@help.example.com>
            Subject: AW: [CX-2026-000123] Ihr Paket
            Message-ID: <{Guid.NewGuid():n}@mail.example.com>
            In-Reply-To: {ours}
            References: <other@example.com> {ours}
            Content-Type: text/plain; charset=utf-8

            Vielen Dank, es ist angekommen.

            Am 23.11.2026 um 10:00 schrieb Support <support@help.example.com>:
            > Ihr Paket ist unterwegs.
            """);

        Assert.Equal("Vielen Dank, es ist angekommen.", contact.Text);
        Assert.Equal(
            [
                new Evidence(EvidenceKind.ReplyToken, token, Case),
                new Evidence(EvidenceKind.MessageId, ours.Trim('<', '>'), Case),
                new Evidence(EvidenceKind.SubjectNumber, "CX-2026-000123"),
            ],
            contact.Evidence);
    }

    [Fact]
    public async Task An_answer_to_a_side_conversation_names_it_and_its_case_and_what_comes_from_there_is_ourselves()
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        var token = host.Services.GetRequiredService<Tokens>().SideToken(Case, 2);
        var contact = await ReceiveAsync(host, $"From: {Address()}\nTo: Case+{token.ToUpperInvariant()}@help.example.com\nSubject: Re: Part 7\n\nIn stock.");
        Assert.Equal(new Evidence(EvidenceKind.SideToken, "2", Case), Assert.Single(contact.Evidence));
        contact = await ReceiveAsync(host, $"From: {Address()}\nTo: support@help.example.com\nSubject: Re: Part 7\n\nIn stock.\n\n> From: case+{token}@help.example.com\n> Is it?");
        Assert.Equal(new Evidence(EvidenceKind.SideToken, "2", Case), Assert.Single(contact.Evidence));
        contact = await ReceiveAsync(host, $"From: case+{token}@help.example.com\nTo: support@help.example.com\nSubject: Part 7\n\nIs it?");
        Assert.Equal(Automatic.Loop, contact.Automatic);
    }

    [Theory]
    [InlineData("Delivered-To")]
    [InlineData("X-Original-To")]
    [InlineData("Cc")]
    public async Task A_token_counts_wherever_the_mail_was_delivered(string field)
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        var token = host.Services.GetRequiredService<Tokens>().ReplyToken(Case);
        var contact = await ReceiveAsync(host,
            $"From: {Address()}\nTo: someone@example.com\n{field}: case+{token}@help.example.com\nSubject: x\n\nHello");
        Assert.Equal(new Evidence(EvidenceKind.ReplyToken, token, Case), Assert.Single(contact.Evidence));
        Assert.Equal($"case+{token}@help.example.com", contact.To);
    }

    [Fact]
    public async Task A_token_that_we_did_not_make_is_no_evidence()
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        var token = host.Services.GetRequiredService<Tokens>().ReplyToken(Case);
        var forged = (token[0] == 'a' ? 'b' : 'a') + token[1..];
        Assert.Empty((await ReceiveAsync(host, $"From: {Address()}\nTo: case+{forged}@help.example.com\nSubject: x\n\nHello")).Evidence);
    }

    [Fact]
    public async Task The_same_mail_is_stored_once_and_another_with_its_message_id_is_not_lost()
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        string Mail(string id, string text, string received) =>
            $"Received: by {received}\nFrom: erika@example.com\nMessage-ID: <{id}@printer.example>\nSubject: x\n\n{text}";
        var id = Guid.NewGuid().ToString("n");
        var first = await host.AcceptMailAsync(Mail(id, "One", "mx1"));
        var again = await host.AcceptMailAsync(Mail(id, "One", "mx2"));
        var other = await host.AcceptMailAsync(Mail(id, "Two", "mx1"));
        Assert.True((bool)again["duplicate"]!);
        Assert.Equal((string)first["contactId"]!, (string)again["contactId"]!);
        Assert.False((bool)other["duplicate"]!);
    }

    [Fact]
    public async Task A_mail_without_message_id_is_known_by_its_bytes()
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        var mail = $"From: {Address()}\nSubject: x\n\nHello";
        Assert.False((bool)(await host.AcceptMailAsync(mail))["duplicate"]!);
        Assert.True((bool)(await host.AcceptMailAsync(mail))["duplicate"]!);
        Assert.False((bool)(await host.AcceptMailAsync(mail + "!"))["duplicate"]!);
    }

    [Theory]
    [InlineData("Auto-Submitted: auto-replied", Automatic.AutoReply)]
    [InlineData("List-Id: <news.example.com>", Automatic.List)]
    [InlineData("X-Nothing: at all", Automatic.None)]
    public async Task A_mail_that_a_program_wrote_is_marked(string header, Automatic automatic)
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        Assert.Equal(automatic, (await ReceiveAsync(host, $"From: {Address()}\n{header}\nSubject: x\n\nHello")).Automatic);
    }

    [Fact]
    public async Task Our_own_mail_that_comes_back_is_a_loop()
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        var ours = host.Services.GetRequiredService<Tokens>().MessageId(Guid.NewGuid(), Case, "help.example.com");
        var contact = await ReceiveAsync(host,
            $"From: support@help.example.com\nMessage-ID: {ours}\nSubject: We got your message\n\nHello");
        Assert.Equal(Automatic.Loop, contact.Automatic);
    }

    [Fact]
    public async Task A_bounce_is_a_contact_and_says_which_message_did_not_arrive()
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        var ours = host.Services.GetRequiredService<Tokens>().MessageId(Guid.NewGuid(), Case, "help.example.com");
        var contact = await ReceiveAsync(host, $"""
            Return-Path: <>
            From: Mail Delivery System <MAILER-DAEMON@mx.example.com>
            To: support@help.example.com
            Subject: Undelivered Mail Returned to Sender
            Message-ID: <{Guid.NewGuid():n}@mx.example.com>
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=delivery-status; boundary="b"

            --b
            Content-Type: text/plain

            I'm sorry to have to inform you that your message could not be delivered.
            --b
            Content-Type: message/delivery-status

            Reporting-MTA: dns; mx.example.com

            Final-Recipient: rfc822; Nobody@Example.com
            Action: failed
            Status: 5.1.1
            Diagnostic-Code: smtp; 550 5.1.1 no such user

            --b
            Content-Type: text/rfc822-headers

            From: support@help.example.com
            Message-ID: {ours}
            Subject: We got your message

            --b--
            """);

        Assert.Equal(Automatic.Bounce, contact.Automatic);
        Assert.Equal(new Evidence(EvidenceKind.BouncedMessage, ours.Trim('<', '>'), Case), Assert.Single(contact.Evidence));
        var bounce = await host.EventAsync<BounceReceived>("contact/" + contact.ContactId);
        Assert.Equal(("nobody@example.com", true, "5.1.1", Case), (bounce.Recipient, bounce.Hard, bounce.Status, bounce.CaseId));
        Assert.Equal(ours.Trim('<', '>'), bounce.MessageId);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no header at all, just words")]
    [InlineData("From: root\nSubject: cron\n\ndisk full")]
    [InlineData("From: <>\n\nx")]
    [InlineData("Content-Type: multipart/mixed; boundary=\"x\"\n\n--x\n--x\n--x--")]
    [InlineData("Subject: =?utf-8?B?////?=\n\n\u0000\ud83d")]
    public async Task Whatever_comes_becomes_a_contact(string start)
    {
        var host = await IntakeHost.SharedAsync(Database.Postgres);
        var random = new byte[200];
        Random.Shared.NextBytes(random);
        using var response = await host.PostMailAsync([.. Encoding.UTF8.GetBytes(start), .. random]);
        var answer = await IntakeHost.JsonAsync(response, 202);
        var raw = await host.Client.GetByteArrayAsync($"/v1/contacts/{answer["contactId"]}/raw");
        Assert.Equal(random, raw[^200..]);
    }

    [Fact]
    public async Task Two_mails_from_nobody_are_not_from_the_same_nobody()
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        var one = await host.AcceptMailAsync($"Subject: {Guid.NewGuid()}\n\nHello");
        var two = await host.AcceptMailAsync($"Subject: {Guid.NewGuid()}\n\nHello");
        Assert.NotEqual((string)one["customerId"]!, (string)two["customerId"]!);
    }

    [Fact]
    public async Task A_large_mail_is_kept_whole()
    {
        var host = await IntakeHost.SharedAsync(Database.Postgres);
        var mail = Encoding.ASCII.GetBytes(
            $"From: {Address()}\r\nSubject: large\r\n\r\n" + string.Concat(Enumerable.Repeat("A line of a large mail.\r\n", 100_000)));
        using var response = await host.PostMailAsync(mail);
        var answer = await IntakeHost.JsonAsync(response, 202);
        var contact = await host.EventAsync<ContactReceived>("contact/" + answer["contactId"]);
        Assert.InRange(contact.Text.Length, 65_000, 65_536);
        Assert.Equal(mail, await host.Client.GetByteArrayAsync($"/v1/contacts/{answer["contactId"]}/raw"));
    }

    [Fact]
    public async Task A_large_file_arrives_whole()
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        var file = new byte[12_000_001];
        new Random(7).NextBytes(file);
        var mail = Encoding.ASCII.GetBytes(
            $"From: {Address()}\r\nSubject: large file\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
            + "--b\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n--b\r\nContent-Type: application/octet-stream; name=\"a.bin\"\r\n"
            + $"Content-Transfer-Encoding: base64\r\n\r\n{Convert.ToBase64String(file, Base64FormattingOptions.InsertLineBreaks)}\r\n--b--\r\n");
        using var response = await host.PostMailAsync(mail);
        var id = (await IntakeHost.JsonAsync(response, 202))["contactId"];
        var contact = await host.GetAsync($"/v1/contacts/{id}");
        Assert.Equal(("See the file.", file.Length), ((string)contact["text"]!, (int)contact["attachments"]![0]!["size"]!));
        Assert.Equal(file, await host.Client.GetByteArrayAsync($"/v1/contacts/{id}/attachments/0"));
    }

    [Theory]
    [InlineData("quoted in the text", "")]
    [InlineData("beside a reference of ours", "References: ")]
    public async Task A_thread_that_lost_its_headers_is_found_by_the_address_it_quotes(string _, string field)
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        var tokens = host.Services.GetRequiredService<Tokens>();
        var (quoted, referred) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var header = field.Length == 0 ? "" : $"{field}{tokens.MessageId(Guid.NewGuid(), referred, "help.example.com")}\n";
        var contact = await ReceiveAsync(host, $"""
            From: {Address()}
            {header}Subject: RE: Your parcel

            It did not come.

            -----Original Message-----
            From: Support <case+{tokens.ReplyToken(quoted)}@help.example.com>
            Subject: Your parcel

            It is on its way.
            """);
        var evidence = Assert.Single(contact.Evidence);
        Assert.Equal(
            field.Length == 0 ? (EvidenceKind.ReplyToken, quoted) : (EvidenceKind.MessageId, referred),
            (evidence.Kind, evidence.CaseId!.Value));
        Assert.Equal("It did not come.", contact.Text);
    }

    [Fact]
    public async Task Anything_but_a_mail_is_refused_by_its_type()
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        using var content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var response = await host.Client.PostAsync("/v1/channels/email", content);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }
}
