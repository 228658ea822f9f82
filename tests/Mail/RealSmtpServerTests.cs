using System.Text;
using CxPlatform.Testing;

namespace CxPlatform.Mail.Tests;

/// <summary>Against a server that others wrote.</summary>
public class RealSmtpServerTests
{
    static SmtpOptions Options(NodeSmtpServer server, SmtpTls tls) => new() { Host = "127.0.0.1", Port = server.Port, Tls = tls };

    [Fact]
    public async Task A_whole_mail_arrives_as_it_was_written()
    {
        await using var server = await NodeSmtpServer.StartAsync("plain");
        await using var client = new SmtpClient(Options(server, SmtpTls.None));
        var raw = MimeWriter.Write(Mails.Outbound("Grüße", ".dots\n..more\n\näöü") with
        {
            Html = "<p>.x</p>",
            Attachments = [new("ü.bin", "application/octet-stream", new byte[] { 0, 13, 10, 46, 13, 10 })],
        });
        var result = await client.SendAsync("bounces@example.org", ["a@example.com", "unknown@example.com", "busy@example.com",
            "b@example.com"], raw);
        Assert.Equal([250, 550, 450, 250], result.Recipients.Select(r => r.Reply.Code));
        var taken = await server.NextAsync();
        Assert.Equal("bounces@example.org", taken.GetProperty("from").GetString());
        Assert.Equal(["a@example.com", "b@example.com"], taken.GetProperty("to").EnumerateArray().Select(t => t.GetString()));
        Assert.Equal(Encoding.ASCII.GetString(raw), Encoding.ASCII.GetString(taken.GetProperty("data").GetBytesFromBase64()));

        Assert.True((await client.SendAsync("", ["c@example.com"], raw)).AllAccepted);
        Assert.Equal("", (await server.NextAsync()).GetProperty("from").GetString());
    }

    [Theory]
    [InlineData("starttls", SmtpTls.StartTls)]
    [InlineData("starttls", SmtpTls.StartTlsWhenAvailable)]
    [InlineData("login", SmtpTls.StartTls)]
    [InlineData("tls", SmtpTls.Implicit)]
    public async Task Mail_is_sent_encrypted_after_signing_in(string mode, SmtpTls tls)
    {
        await using var server = await NodeSmtpServer.StartAsync(mode);
        // The server brings a certificate of its own making, made for tests.
        var options = Options(server, tls) with
        {
            User = "user",
            Password = "pässword",
            CertificateValidation = (_, certificate, _, _) =>
            certificate?.Issuer.Length > 0
        };
        await using var client = new SmtpClient(options);
        Assert.True((await client.SendAsync("me@example.org", ["a@example.com"], MimeWriter.Write(Mails.Outbound()))).AllAccepted);
        var taken = await server.NextAsync();
        Assert.True(taken.GetProperty("secure").GetBoolean());
        Assert.Equal("user", taken.GetProperty("user").GetString());

        await using var wrong = new SmtpClient(options with { Password = "wrong" });
        var refusal = await Assert.ThrowsAsync<SmtpException>(() => wrong.SendAsync("me@example.org", ["a@example.com"],
            MimeWriter.Write(Mails.Outbound())));
        Assert.Equal((SmtpFailure.Authentication, 535), (refusal.Failure, refusal.Reply?.Code));
    }

    [Fact]
    public async Task Where_only_XOAUTH2_is_offered_a_token_signs_in_by_it()
    {
        await using var server = await NodeSmtpServer.StartAsync("xoauth2");
        await using var client = new SmtpClient(Options(server, SmtpTls.StartTls) with
        {
            User = "user",
            AccessToken = (refused, _) => new(refused ? "good" : "stale"),
            CertificateValidation = (_, certificate, _, _) => certificate?.Issuer.Length > 0,
        });
        Assert.True((await client.SendAsync("", ["a@example.com"], MimeWriter.Write(Mails.Outbound()))).AllAccepted);
        Assert.Equal("user", (await server.NextAsync()).GetProperty("user").GetString());
    }

    [Fact]
    public async Task A_certificate_of_the_servers_own_making_is_refused()
    {
        await using var server = await NodeSmtpServer.StartAsync("starttls");
        await using var client = new SmtpClient(Options(server, SmtpTls.StartTls));
        Assert.Equal(SmtpFailure.Tls, (await Assert.ThrowsAsync<SmtpException>(() => client.SendAsync("", ["a@example.com"],
            MimeWriter.Write(Mails.Outbound())))).Failure);
    }

    [Fact]
    public async Task A_message_beyond_the_servers_size_is_refused_before_it_is_sent()
    {
        await using var server = await NodeSmtpServer.StartAsync("plain");
        await using var client = new SmtpClient(Options(server, SmtpTls.None));
        var result = await client.SendAsync("", ["a@example.com"], MimeWriter.Write(Mails.Outbound(text: new string('x', 200_000))));
        Assert.Equal(("5.3.4", true), (result.Recipients[0].Reply.EnhancedStatus, result.Recipients[0].Reply.Local));
    }

    [Fact]
    public async Task A_message_refused_at_its_end_does_not_stop_the_next_one()
    {
        await using var server = await NodeSmtpServer.StartAsync("plain");
        await using var client = new SmtpClient(Options(server, SmtpTls.None));
        async Task<int> Send(string name) => (await client.SendAsync("", [$"{name}@example.com"], MimeWriter.Write(Mails.Outbound()))).Recipients[0].Reply.Code;
        Assert.Equal((554, 451, 250), (await Send("spam"), await Send("later"), await Send("a")));
    }

    [Theory]
    [InlineData("cut-in-the-middle", SmtpFailure.Disconnected, false)]
    [InlineData("cut-after-the-end", SmtpFailure.Disconnected, true)]
    [InlineData("silent", SmtpFailure.Timeout, true)]
    public async Task A_connection_that_breaks_says_whether_the_message_may_have_gone_and_another_one_is_made(string name, SmtpFailure failure, bool mayHaveBeenAccepted)
    {
        await using var server = await NodeSmtpServer.StartAsync("plain");
        var time = new SteppedTime();
        var (second, hour) = (TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        await using var client = new SmtpClient(
            Options(server, SmtpTls.None) with { ConnectTimeout = hour, CommandTimeout = hour, DataReplyTimeout = second }, time);
        // Its first bytes make the server leave long before it is through.
        var stream = MimeWriter.Write(Mails.Outbound(text: new string('x', 95_000)));
        var sending = client.SendAsync("", [$"{name}@example.com"], stream);
        if (failure == SmtpFailure.Timeout)
            await Eventually.Async(() =>
            {
                time.Advance(second);
                Assert.True(sending.IsCompleted);
            });
        var exception = await Assert.ThrowsAsync<SmtpException>(() => sending);
        Assert.Equal((failure, true), (exception.Failure, exception.Transient));
        // Cut in the middle, the last block may be on its way already: then it is said to be possible, never the other way round.
        Assert.True(exception.MayHaveBeenAccepted || !mayHaveBeenAccepted);
        Assert.True((await client.SendAsync("", ["a@example.com"], stream)).AllAccepted);
        Assert.Equal("a@example.com", (await server.NextAsync()).GetProperty("to")[0].GetString());
    }

    [Fact]
    public async Task A_server_that_does_not_encrypt_gets_nothing_when_encryption_is_asked_for()
    {
        await using var server = await NodeSmtpServer.StartAsync("plain");
        await using var client = new SmtpClient(Options(server, SmtpTls.StartTls));
        Assert.Equal(SmtpFailure.Tls, (await Assert.ThrowsAsync<SmtpException>(() => client.SendAsync("", ["a@example.com"],
            MimeWriter.Write(Mails.Outbound())))).Failure);
    }
}
