using System.Globalization;
using System.Text;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Intake;
using CxPlatform.Mail;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using CxPlatform.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.ChannelIntake.Tests;

/// <summary>Mail that programs of others hand over to the listener.</summary>
public sealed class SmtpListenerTests
{
    private const string Nodemailer = "nodemailer@10.6.1";

    private static async Task<(IntakeHost Host, int Port)> StartAsync(Database database, params string[] settings)
    {
        var port = FreePort.Next();
        return (
            await IntakeHost.StartAsync(
                database, [$"--Cx:Intake:Smtp:Port={port}", "--Cx:Intake:Smtp:Recipients:0=help.example.com", .. settings]),
            port);
    }

    private static async Task<string> RunAsync(string program, int exitCode, params string[] arguments)
    {
        using var process = NodeTools.Start(program, arguments);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync() + await errors;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == exitCode, $"{program} ended with {process.ExitCode}:\n{output}");
        return output;
    }

    private static Task<List<Guid>> ContactsAsync(IntakeHost host) => host.Services.GetRequiredService<Work<IntakeDb>>()
        .ReadAsync((db, ct) => db.Contacts.Select(contact => contact.Id).ToListAsync(ct));

    private static async Task<ContactReceived> ContactOfAsync(IntakeHost host, string address)
    {
        foreach (var id in await ContactsAsync(host))
            if (await host.EventAsync<ContactReceived>("contact/" + id) is var contact && contact.From.Value == address)
                return contact;
        throw new InvalidOperationException($"There is no contact of {address}.");
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Swaks_hands_over_a_mail_with_a_file(Database database)
    {
        var (host, port) = await StartAsync(database);
        await using var owned = host;
        var file = Path.Combine(host.Folder.Path, "note.txt");
        await File.WriteAllTextAsync(file, "a file");
        await RunAsync("swaks", 0, "--server", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--pipeline",
            "--from", "erika@shop.example", "--to", "support@help.example.com", "--h-Subject", "From swaks", "--body", "Where is it?",
            "--attach-name", "note.txt", "--attach", "@" + file);
        var contact = await ContactOfAsync(host, "erika@shop.example");
        Assert.Equal(("From swaks", "support@help.example.com"), (contact.Subject, contact.To));
        Assert.Contains("Where is it?", contact.Text, StringComparison.Ordinal);
        Assert.Equal("note.txt", Assert.Single(contact.Attachments).Name);
        var raw = await host.Client.GetStringAsync($"/v1/contacts/{contact.ContactId}/raw");
        Assert.StartsWith(
            "Return-Path: <erika@shop.example>\r\nDelivered-To: support@help.example.com\r\nReceived: from ", raw, StringComparison.Ordinal);
        Assert.Contains("by help.example.com with ESMTP; ", raw, StringComparison.Ordinal);

        var refused = await RunAsync("swaks", 24, "--server", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture),
            "--from", "erika@shop.example", "--to", "somebody@elsewhere.example");
        Assert.Contains("550 5.1.1", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Python_sends_encrypted_and_with_an_international_address()
    {
        using var certificate = new TempFolder();
        var (cert, key) = TestCertificate.Write(certificate);
        var (host, port) = await StartAsync(
            Database.Sqlite, $"--Cx:Intake:Smtp:Certificate={cert}", $"--Cx:Intake:Smtp:CertificateKey={key}");
        await using var owned = host;
        const string Script = """
            import smtplib, ssl, sys
            from email.message import EmailMessage
            m = EmailMessage()
            m['From'] = 'Jürgen <jürgen@müller.example>'
            m['To'] = 'support@help.example.com'
            m['Subject'] = 'Grüße aus Python'
            m.set_content('Zeile\n.\n..Punkte\n')
            s = smtplib.SMTP('127.0.0.1', int(sys.argv[1]))
            c = ssl.create_default_context(cafile=sys.argv[2])
            c.check_hostname = False
            s.starttls(context=c)
            s.send_message(m)
            try:
                s.sendmail('a@b.example', ['bounce+forged@help.example.com'], 'Subject: x\r\n\r\nx')
            except smtplib.SMTPRecipientsRefused as e:
                print(e)
            s.quit()
            """;
        var output = await RunAsync("python3", 0, "-c", Script, port.ToString(CultureInfo.InvariantCulture), cert);
        Assert.Contains("550", output, StringComparison.Ordinal);
        var id = Assert.Single(await ContactsAsync(host));
        var contact = await host.EventAsync<ContactReceived>("contact/" + id);
        Assert.Equal(("Grüße aus Python", "Zeile\n.\n..Punkte"), (contact.Subject, contact.Text));
        Assert.Contains(" with UTF8SMTPS; ", await host.Client.GetStringAsync($"/v1/contacts/{id}/raw"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nodemailer_sends_twenty_at_a_time_over_kept_connections()
    {
        await NodeTools.InstallAsync(Nodemailer);
        var (host, port) = await StartAsync(Database.Sqlite);
        await using var owned = host;
        const string Script = """
            const transport = require('nodemailer').createTransport(
              { host: '127.0.0.1', port: +process.argv[1], pool: true, maxConnections: 5, ignoreTLS: true });
            Promise.all([...Array(20).keys()].map(i => transport.sendMail({
              from: `n${i}@shop.example`, to: 'support@help.example.com', bcc: 'hidden@help.example.com', subject: `Mail ${i}`,
              text: `Nr. ${i}`, html: `<p>Nr. ${i}</p>`, attachments: [{ filename: 'a.bin', content: Buffer.alloc(300000, i) }] })))
              .then(all => { console.log(all.map(one => one.response).join('\n')); transport.close(); });
            """;
        var output = await RunAsync("node", 0, "-e", Script, port.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(20, output.Split("250 2.0.0 Stored as ").Length - 1);
        Assert.Equal(20, await host.CountAsync("select count(*) from contacts"));
        Assert.Equal(300_000, Assert.Single((await ContactOfAsync(host, "n7@shop.example")).Attachments).Size);
    }

    [Fact]
    public async Task The_address_with_a_token_of_ours_wins_and_only_a_forged_bounce_address_is_refused()
    {
        var (host, port) = await StartAsync(Database.Sqlite, "--Cx:Intake:Smtp:Recipients:1=info@other.example");
        await using var owned = host;
        var caseId = Guid.CreateVersion7();
        var token = host.Services.GetRequiredService<Tokens>().ReplyToken(caseId);
        await using var client = new SmtpClient(new() { Host = "127.0.0.1", Port = port, Tls = SmtpTls.None });
        var result = await client.SendAsync(
            "erika@shop.example",
            [
                "support@HELP.example.com", "case+mistyped@help.example.com", $"bounce+x{token}@help.example.com", "other@other.example",
                "info+tag@other.example", $"Case+{token.ToUpperInvariant()}@help.example.com", $"bounce+{token}@help.example.com",
            ],
            Encoding.ASCII.GetBytes("From: erika@shop.example\r\nSubject: Two\r\n\r\nHello"));
        Assert.Equal([250, 250, 550, 550, 250, 250, 250], result.Recipients.Select(r => r.Reply.Code));
        Assert.Equal(1, await host.CountAsync("select count(*) from contacts"));
        var contact = await ContactOfAsync(host, "erika@shop.example");
        Assert.Equal(new(EvidenceKind.ReplyToken, token, caseId), Assert.Single(contact.Evidence));
    }

    [Fact]
    public async Task While_the_database_is_away_the_sender_keeps_its_mail_and_its_return_makes_one_contact()
    {
        await using var server = await PostgresServer.StartOwnAsync();
        var port = FreePort.Next();
        await using var host = await IntakeHost.StartOnAsync(
            await server.CreateDatabaseAsync("intake"), $"--Cx:Intake:Smtp:Port={port}", "--Cx:Intake:Smtp:Recipients:0=help.example.com");
        var options = new SmtpOptions { Host = "127.0.0.1", Port = port, Tls = SmtpTls.None };
        var mail = Encoding.ASCII.GetBytes("From: erika@shop.example\r\nSubject: No Message-ID\r\n\r\nHello");
        async Task<SmtpReply> SendAsync()
        {
            await using var client = new SmtpClient(options);
            return (await client.SendAsync("erika@shop.example", ["support@help.example.com"], mail)).Recipients[0].Reply;
        }
        await server.KillAsync();
        Assert.Equal("451 4.3.0", $"{await SendAsync()}"[..9]);
        await server.StartAsync();
        await Eventually.Async(async () => Assert.Equal(250, (await SendAsync()).Code), TimeSpan.FromSeconds(60));
        Assert.Equal(250, (await SendAsync()).Code);
        Assert.Equal(1, await host.CountAsync("select count(*) from contacts"));
    }

    [Fact]
    public async Task A_port_without_recipients_or_taken_by_another_stops_the_start_with_a_sentence()
    {
        var port = FreePort.Next();
        var fault = await Assert.ThrowsAsync<ConfigurationFaultException>(
            () => IntakeHost.StartAsync(Database.Sqlite, $"--Cx:Intake:Smtp:Port={port}"));
        Assert.Contains("Cx:Intake:Smtp:Recipients", fault.Message, StringComparison.Ordinal);
        var (host, taken) = await StartAsync(Database.Sqlite);
        await using var owned = host;
        fault = await Assert.ThrowsAsync<ConfigurationFaultException>(() => IntakeHost.StartAsync(
            Database.Sqlite, $"--Cx:Intake:Smtp:Port={taken}", "--Cx:Mail:Domain=help.example.com"));
        Assert.Contains($"port {taken}", fault.Message, StringComparison.Ordinal);
    }
}
