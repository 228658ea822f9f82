using System.Text;

namespace CxPlatform.Mail.Tests;

public class SmtpSecurityTests
{
    static readonly byte[] Message = MimeWriter.Write(Mails.Outbound());
    static readonly string[] One = ["a@example.com"];

    static string? Offer(string command, string extensions) => command.StartsWith("EHLO", StringComparison.Ordinal)
        ? $"250-test\r\n{extensions}" : null;

    static SmtpOptions SignIn(ScriptedSmtpServer server) => server.Options with
    {
        User = "user",
        Password = "pässword",
        AllowUnencryptedCredentials = true
    };

    static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    static async Task<SmtpException> Fails(SmtpOptions options)
    {
        await using var client = new SmtpClient(options);
        return await Assert.ThrowsAsync<SmtpException>(() => client.SendAsync("", One, Message));
    }

    [Fact]
    public async Task Plain_is_preferred_for_signing_in()
    {
        await using var server = new ScriptedSmtpServer((c, _) => c.StartsWith("AUTH", StringComparison.Ordinal) ? "235 2.7.0 welcome"
            : Offer(c, "250 AUTH LOGIN PLAIN"));
        await using var client = new SmtpClient(SignIn(server));
        Assert.True((await client.SendAsync("", One, Message)).AllAccepted);
        Assert.Equal("AUTH PLAIN " + Base64("\0user\0pässword"), server.Commands.ElementAt(1));
    }

    [Fact]
    public async Task Login_is_used_where_only_that_is_offered()
    {
        await using var server = new ScriptedSmtpServer((c, _) =>
            c == "AUTH LOGIN" ? "334 VXNlcm5hbWU6" : c == Base64("user") ? "334 UGFzc3dvcmQ6" : c == Base64("pässword") ? "235 ok"
                : Offer(c, "250 AUTH=LOGIN"));
        await using var client = new SmtpClient(SignIn(server));
        Assert.True((await client.SendAsync("", One, Message)).AllAccepted);
    }

    [Theory]
    [InlineData("535 5.7.8 wrong", false)]
    [InlineData("454 4.7.0 later", true)]
    public async Task A_refused_password_says_so_without_naming_it(string reply, bool transient)
    {
        await using var server = new ScriptedSmtpServer((c, _) => c.StartsWith("AUTH", StringComparison.Ordinal) ? reply : Offer(c,
            "250 AUTH PLAIN"));
        var exception = await Fails(SignIn(server));
        Assert.Equal((SmtpFailure.Authentication, transient), (exception.Failure, exception.Transient));
        Assert.DoesNotContain("pässword", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_known_way_to_sign_in_nothing_is_sent()
    {
        await using var server = new ScriptedSmtpServer((c, _) => Offer(c, "250 AUTH CRAM-MD5"));
        Assert.Equal(SmtpFailure.Authentication, (await Fails(SignIn(server))).Failure);
        Assert.Empty(server.Messages);
    }

    [Theory]
    [InlineData(SmtpTls.None)]
    [InlineData(SmtpTls.StartTlsWhenAvailable)]
    public async Task Credentials_never_go_over_an_unencrypted_connection_unasked(SmtpTls tls)
    {
        await using var server = new ScriptedSmtpServer((c, _) => Offer(c, "250 AUTH PLAIN LOGIN"));
        Assert.Equal(SmtpFailure.Authentication, (await Fails(SignIn(server) with
        {
            AllowUnencryptedCredentials = false,
            Tls = tls
        })).Failure);
        Assert.DoesNotContain(server.Commands, c => c.StartsWith("AUTH", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Required_encryption_that_is_not_offered_is_a_failure()
    {
        await using var server = new ScriptedSmtpServer();
        Assert.Equal(SmtpFailure.Tls, (await Fails(server.Options with { Tls = SmtpTls.StartTls })).Failure);
        Assert.Equal(["EHLO localhost"], server.Commands);
    }

    [Fact]
    public async Task Encryption_that_is_merely_wished_for_may_be_missing()
    {
        await using var server = new ScriptedSmtpServer();
        await using var client = new SmtpClient(server.Options with { Tls = SmtpTls.StartTlsWhenAvailable });
        Assert.True((await client.SendAsync("", One, Message)).AllAccepted);
    }

    [Theory]
    [InlineData(SmtpTls.StartTls)]
    [InlineData(SmtpTls.StartTlsWhenAvailable)]
    public async Task After_STARTTLS_everything_is_said_anew_and_encrypted(SmtpTls tls)
    {
        await using var server = new ScriptedSmtpServer((c, _) => c.StartsWith("AUTH", StringComparison.Ordinal) ? "235 ok" : Offer(c,
            "250-STARTTLS\r\n250 AUTH PLAIN"));
        await using var client = new SmtpClient(SignIn(server) with
        {
            AllowUnencryptedCredentials = false,
            Tls = tls,
            CertificateValidation = (_, c, _, _) => c?.GetCertHashString() == ScriptedSmtpServer.Thumbprint
        });
        Assert.True((await client.SendAsync("me@example.org", One, Message)).AllAccepted);
        Assert.Equal(["EHLO localhost", "STARTTLS", "EHLO localhost", "AUTH PLAIN " + Base64("\0user\0pässword"),
            "MAIL FROM:<me@example.org>"], server.Commands.Take(5));
    }

    [Theory]
    [InlineData(SmtpTls.StartTls)]
    [InlineData(SmtpTls.StartTlsWhenAvailable)]
    public async Task A_certificate_that_nobody_vouches_for_is_refused(SmtpTls tls)
    {
        await using var server = new ScriptedSmtpServer((c, _) => Offer(c, "250 STARTTLS"));
        var exception = await Fails(server.Options with { Tls = tls });
        Assert.Equal((SmtpFailure.Tls, false), (exception.Failure, exception.Transient));
    }

    [Fact]
    public async Task Data_slipped_in_behind_the_reply_to_STARTTLS_is_refused()
    {
        await using var server = new ScriptedSmtpServer((c, _) => c == "STARTTLS" ? "220 ready\r\n250 injected" : Offer(c, "250 STARTTLS"));
        Assert.Equal(SmtpFailure.Tls, (await Fails(server.Options with { Tls = SmtpTls.StartTls })).Failure);
    }

    [Fact]
    public async Task A_plain_server_behind_implicit_encryption_is_a_failure()
    {
        await using var server = new ScriptedSmtpServer();
        Assert.Contains((await Fails(server.Options with { Tls = SmtpTls.Implicit, ConnectTimeout = TimeSpan.FromSeconds(5) })).Failure,
            new[] { SmtpFailure.Tls, SmtpFailure.Disconnected, SmtpFailure.Timeout });
    }
}
