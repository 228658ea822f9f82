using System.Net.Security;
using System.Text;
using CxPlatform.Testing;

namespace CxPlatform.Mail.Tests;

/// <summary>Against Postfix and, for signing in, Dovecot.</summary>
public sealed class PostfixTests(PostfixTests.Servers servers) : IClassFixture<PostfixTests.Servers>
{
    static readonly byte[] Message = MimeWriter.Write(Mails.Outbound());

    PostfixServer Postfix => servers.Postfix;

    /// <summary>The server's certificate is its own; everything else about it is checked.</summary>
    SmtpOptions Options(SmtpTls tls = SmtpTls.StartTls, string host = "localhost") => new()
    {
        Host = host,
        Port = Postfix.Port,
        Tls = tls,
        CertificateValidation = (_, _, _, errors) => (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) == SslPolicyErrors.None,
    };

    [Fact]
    public async Task Mail_arrives_with_its_envelope_and_all_bytes_over_one_encrypted_connection()
    {
        await using var client = new SmtpClient(Options());
        var subject = Guid.NewGuid().ToString();
        var raw = MimeWriter.Write(Mails.Outbound(subject, ".dots\n..more\n\näöü"));
        for (var i = 0; i < 3; i++)
        {
            var result = await client.SendAsync("bounce+token@help.example.com", ["maria@customer.example", "unknown@customer.example"], raw);
            Assert.Equal([(250, "2.0.0"), (550, "5.1.1")], result.Recipients.Select(r => (r.Reply.Code, r.Reply.EnhancedStatus)));
        }
        var taken = await Eventually.Value(() => Task.FromResult(Mailed("maria", subject)), mails => mails.Count == 3);
        Assert.StartsWith("Return-Path: <bounce+token@help.example.com>\n", taken[0], StringComparison.Ordinal);
        Assert.EndsWith(Encoding.Latin1.GetString(raw).ReplaceLineEndings("\n").TrimEnd(), taken[0].TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("with ESMTPS id", taken[0]);
        // Its log counts what came over the connection: one of each for the greeting, three of each for the mails.
        await client.DisposeAsync();
        await Eventually.Async(() => Assert.Contains("ehlo=2 starttls=1 mail=3 rcpt=3/6 data=3 quit=1", Postfix.Log));
    }

    [Fact]
    public async Task Eight_bits_and_addresses_that_are_not_ASCII_are_taken()
    {
        await using var client = new SmtpClient(Options());
        var subject = Guid.NewGuid().ToString();
        var mail = Encoding.UTF8.GetBytes($"From: a@example.org\r\nTo: jörg@customer.example\r\nSubject: {subject}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGrüße\r\n");
        Assert.True((await client.SendAsync("bounce+token@help.example.com", ["jörg@customer.example"], mail)).AllAccepted);
        var taken = await Eventually.Value(() => Task.FromResult(Mailed("joerg", subject)), mails => mails.Count == 1);
        Assert.Contains(Mails.Utf8AsBytes("To: jörg@customer.example"), taken[0]);
        Assert.Contains(Mails.Utf8AsBytes("\n\nGrüße\n"), taken[0]);
        Assert.Contains("with UTF8SMTPS", taken[0]);
    }

    [Theory]
    [InlineData("busy@customer.example", "Hello", 450, "4.2.1")]
    [InlineData("unknown@customer.example", "Hello", 550, "5.1.1")]
    [InlineData("a@elsewhere.example", "Hello", 554, "5.7.1")]
    [InlineData("maria@customer.example", "Buy now", 550, "5.7.1")]
    public async Task What_it_refuses_is_told_and_the_next_message_goes_out(string recipient, string subject, int code, string status)
    {
        await using var client = new SmtpClient(Options());
        var reply = (await client.SendAsync("", [recipient], MimeWriter.Write(Mails.Outbound(subject)))).Recipients[0].Reply;
        Assert.Equal((code, status), (reply.Code, reply.EnhancedStatus));
        Assert.True((await client.SendAsync("", ["maria@customer.example"], Message)).AllAccepted);
    }

    [Fact]
    public async Task Whoever_is_greylisted_is_taken_the_next_time()
    {
        await using var client = new SmtpClient(Options());
        var refused = (await client.SendAsync("", ["nora@customer.example"], Message)).Recipients[0].Reply;
        Assert.Equal((450, "4.7.1", true), (refused.Code, refused.EnhancedStatus, refused.Transient));
        Assert.True((await client.SendAsync("", ["nora@customer.example"], Message)).AllAccepted);
    }

    [Fact]
    public async Task A_message_beyond_its_size_is_refused_before_it_is_sent()
    {
        await using var client = new SmtpClient(Options());
        var reply = (await client.SendAsync("", ["maria@customer.example"], new byte[100_001])).Recipients[0].Reply;
        Assert.Equal((552, "5.3.4", true), (reply.Code, reply.EnhancedStatus, reply.Local));
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_refused()
    {
        await using var client = new SmtpClient(Options(host: "127.0.0.1"));
        Assert.Equal(SmtpFailure.Tls, (await Assert.ThrowsAsync<SmtpException>(() => client.SendAsync("", ["maria@customer.example"], Message))).Failure);
    }

    [Fact]
    public async Task Whoever_signs_in_may_send_to_everybody_and_whoever_cannot_sends_nothing()
    {
        var options = Options() with { User = "user", Password = "secret" };
        await using var client = new SmtpClient(options);
        Assert.True((await client.SendAsync("", ["a@elsewhere.example"], Message)).AllAccepted);
        Assert.Contains("sasl_method=PLAIN, sasl_username=user", Postfix.Log);

        await using var wrong = new SmtpClient(options with { Password = "wrong" });
        var refusal = await Assert.ThrowsAsync<SmtpException>(() => wrong.SendAsync("", ["maria@customer.example"], Message));
        Assert.Equal((SmtpFailure.Authentication, 535, false), (refusal.Failure, refusal.Reply?.Code, refusal.Transient));
    }

    [Fact]
    public async Task A_token_signs_in_and_one_that_was_withdrawn_is_replaced_on_the_same_connection()
    {
        var asked = new List<bool>();
        var options = Options() with
        {
            User = "user",
            AccessToken = (refused, _) =>
            {
                asked.Add(refused);
                return new(refused ? servers.Tokens.Give() : "withdrawn");
            },
        };
        await using var client = new SmtpClient(options);
        Assert.True((await client.SendAsync("", ["a@elsewhere.example"], Message)).AllAccepted);
        Assert.Equal([false, true], asked);
        Assert.Contains("sasl_method=OAUTHBEARER, sasl_username=user", Postfix.Log);

        await using var wrong = new SmtpClient(options with { AccessToken = (_, _) => new("never given") });
        var refusal = await Assert.ThrowsAsync<SmtpException>(() => wrong.SendAsync("", ["maria@customer.example"], Message));
        Assert.Equal((SmtpFailure.Authentication, 535), (refusal.Failure, refusal.Reply?.Code));

        await using var without = new SmtpClient(options with { AccessToken = (_, _) => throw new IOException("not now") });
        refusal = await Assert.ThrowsAsync<SmtpException>(() => without.SendAsync("", ["maria@customer.example"], Message));
        Assert.Equal((SmtpFailure.Authentication, true), (refusal.Failure, refusal.Transient));
    }

    List<string> Mailed(string name, string subject) =>
        [.. Postfix.Mailbox(name).Select(Encoding.Latin1.GetString).Where(mail => mail.Contains(subject, StringComparison.Ordinal))];

    public sealed class Servers : IAsyncLifetime
    {
        DovecotServer dovecot = null!;

        public TokenServer Tokens { get; private set; } = null!;

        public PostfixServer Postfix { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Tokens = await TokenServer.StartAsync();
            dovecot = await DovecotServer.StartAsync(new(Tokens.Address, "introspect"));
            Postfix = await PostfixServer.StartAsync(dovecot);
        }

        public async Task DisposeAsync()
        {
            await Postfix.DisposeAsync();
            await dovecot.DisposeAsync();
            await Tokens.DisposeAsync();
        }
    }
}
