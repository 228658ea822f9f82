using System.Text;
using CxPlatform.Testing;

namespace CxPlatform.Mail.Tests;

public class SmtpClientTests
{
    static readonly byte[] Message = MimeWriter.Write(Mails.Outbound());
    static readonly string[] Two = ["a@example.com", "b@example.com"];

    static string Summary(SmtpResult result) => string.Join("; ", result.Recipients.Select(r => $"{r.Recipient} {r.Reply}"));

    static Func<string, int, string?> When(string command, string reply) => (c, _) => c.StartsWith(command, StringComparison.Ordinal)
        ? reply : null;

    [Fact]
    public async Task A_message_is_sent_in_the_fewest_exchanges_and_the_connection_used_again()
    {
        await using var server = new ScriptedSmtpServer();
        await using (var client = new SmtpClient(server.Options))
        {
            Assert.Equal("a@example.com 250 2.0.0 queued as 42; b@example.com 250 2.0.0 queued as 42",
                Summary(await client.SendAsync("me@example.org", Two, Message)));
            Assert.True((await client.SendAsync("", ["c@example.com"], Message)).AllAccepted);
        }
        Assert.Equal(
            ["EHLO localhost", $"MAIL FROM:<me@example.org> SIZE={Message.Length}", "RCPT TO:<a@example.com>", "RCPT TO:<b@example.com>",
                "DATA",
                $"MAIL FROM:<> SIZE={Message.Length}", "RCPT TO:<c@example.com>", "DATA", "QUIT"],
            server.Commands);
        Assert.Equal(1, server.Connections);
        Assert.Equal(Encoding.ASCII.GetString(Message) + "\r\n", server.Messages.First());
    }

    [Theory]
    [InlineData("MAIL", "550 5.7.1 not you", "a@example.com 550 5.7.1 not you; b@example.com 550 5.7.1 not you")]
    [InlineData("MAIL", "451 4.3.0 later", "a@example.com 451 4.3.0 later; b@example.com 451 4.3.0 later")]
    [InlineData("RCPT TO:<b", "550-5.1.1 unknown\r\n550-5.1.1 user\r\n550 5.1.1 here", "a@example.com 250 2.0.0 queued as 42; b@example.com 550 5.1.1 unknown\nuser\nhere")]
    [InlineData("RCPT TO:<b", "452 4.2.2 full", "a@example.com 250 2.0.0 queued as 42; b@example.com 452 4.2.2 full")]
    [InlineData("RCPT TO:<b", "550 no status 5.1.1", "a@example.com 250 2.0.0 queued as 42; b@example.com 550 no status 5.1.1")]
    [InlineData("RCPT TO:<b", "550", "a@example.com 250 2.0.0 queued as 42; b@example.com 550 ")]
    [InlineData("RCPT", "550 5.1.1 nobody", "a@example.com 550 5.1.1 nobody; b@example.com 550 5.1.1 nobody")]
    [InlineData("RCPT", "421 4.3.2 closing", "a@example.com 421 4.3.2 closing; b@example.com 421 4.3.2 closing")]
    [InlineData("DATA", "554 5.5.1 no", "a@example.com 554 5.5.1 no; b@example.com 554 5.5.1 no")]
    [InlineData("CONTENT", "554 5.6.0 spam", "a@example.com 554 5.6.0 spam; b@example.com 554 5.6.0 spam")]
    [InlineData("CONTENT", "451 4.7.1 greylisted", "a@example.com 451 4.7.1 greylisted; b@example.com 451 4.7.1 greylisted")]
    public async Task What_the_server_refuses_is_told_for_each_recipient_and_the_next_message_goes_out(string command, string reply,
        string expected)
    {
        await using var server = new ScriptedSmtpServer((c, _) => c.StartsWith(command, StringComparison.Ordinal) && armed ? reply : null);
        await using var client = new SmtpClient(server.Options);
        Assert.Equal(expected, Summary(await client.SendAsync("me@example.org", Two, Message)));
        armed = false;
        Assert.True((await client.SendAsync("me@example.org", ["c@example.com"], Message)).AllAccepted);
    }

    bool armed = true;

    [Fact]
    public async Task A_refusal_says_whether_to_try_again()
    {
        await using var server = new ScriptedSmtpServer((c, _) => c.StartsWith("RCPT TO:<a", StringComparison.Ordinal) ? "450 4.2.1 busy"
            : c.StartsWith("RCPT", StringComparison.Ordinal) ? "550 5.1.1 no" : null);
        await using var client = new SmtpClient(server.Options);
        var result = await client.SendAsync("me@example.org", Two, Message);
        Assert.False(result.AllAccepted);
        Assert.Equal((true, false, "4.2.1"), (result.Recipients[0].Reply.Transient, result.Recipients[0].Reply.Permanent,
            result.Recipients[0].Reply.EnhancedStatus));
        Assert.Equal((false, true, "5.1.1"), (result.Recipients[1].Reply.Transient, result.Recipients[1].Reply.Permanent,
            result.Recipients[1].Reply.EnhancedStatus));
    }

    [Theory]
    [InlineData("CONNECT", "554 no service", SmtpFailure.Connect, false, false)]
    [InlineData("CONNECT", "421 too busy", SmtpFailure.Connect, true, false)]
    [InlineData("CONNECT", ScriptedSmtpServer.Close, SmtpFailure.Disconnected, true, false)]
    [InlineData("CONNECT", ScriptedSmtpServer.Silence, SmtpFailure.Timeout, true, false)]
    [InlineData("CONNECT", "HTTP/1.1 400 Bad Request", SmtpFailure.Protocol, true, false)]
    [InlineData("EHLO", "250-one\r\n251 two", SmtpFailure.Protocol, true, false)]
    [InlineData("EHLO", ScriptedSmtpServer.Close, SmtpFailure.Disconnected, true, false)]
    [InlineData("MAIL", ScriptedSmtpServer.Close, SmtpFailure.Disconnected, true, false)]
    [InlineData("RCPT", ScriptedSmtpServer.Silence, SmtpFailure.Timeout, true, false)]
    [InlineData("DATA", ScriptedSmtpServer.Close, SmtpFailure.Disconnected, true, false)]
    [InlineData("CONTENT", ScriptedSmtpServer.Close, SmtpFailure.Disconnected, true, true)]
    [InlineData("CONTENT", ScriptedSmtpServer.Silence, SmtpFailure.Timeout, true, true)]
    [InlineData("CONTENT", "what?", SmtpFailure.Protocol, true, true)]
    public async Task A_conversation_that_fails_says_where_and_whether_the_message_may_have_gone(
        string command, string reply, SmtpFailure failure, bool transient, bool mayHaveBeenAccepted)
    {
        await using var server = new ScriptedSmtpServer(When(command, reply));
        var time = new SteppedTime();
        var (second, hour) = (TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        await using var client = new SmtpClient(
            server.Options with { ConnectTimeout = hour, CommandTimeout = command == "CONTENT" ? hour : second, DataReplyTimeout = second }, time);
        var sending = client.SendAsync("me@example.org", Two, Message);
        // The clock moves only when the server has come to where it is silent.
        if (reply == ScriptedSmtpServer.Silence)
            await Eventually.Async(() =>
            {
                Assert.True(command switch
                {
                    "CONNECT" => server.Connections == 1,
                    "CONTENT" => !server.Messages.IsEmpty,
                    _ => server.Commands.Any(said => said.StartsWith(command, StringComparison.Ordinal)),
                });
                time.Advance(second);
                Assert.True(sending.IsCompleted);
            });
        var exception = await Assert.ThrowsAsync<SmtpException>(() => sending);
        Assert.Equal((failure, transient, mayHaveBeenAccepted), (exception.Failure, exception.Transient, exception.MayHaveBeenAccepted));
    }

    [Fact]
    public async Task A_reply_without_end_is_refused()
    {
        await using var server = new ScriptedSmtpServer(When("CONNECT", "220 " + new string('x', 100_000)));
        await using var client = new SmtpClient(server.Options);
        Assert.Equal(SmtpFailure.Protocol, (await Assert.ThrowsAsync<SmtpException>(() => client.SendAsync("", Two, Message))).Failure);
    }

    [Theory]
    [InlineData("421 4.4.2 idle too long")]
    [InlineData(ScriptedSmtpServer.Close)]
    public async Task A_kept_connection_that_the_server_closed_is_replaced(string reply)
    {
        var mails = 0;
        await using var server = new ScriptedSmtpServer((c, n) => c.StartsWith("MAIL", StringComparison.Ordinal) && n == 1 && ++mails == 2
            ? reply : null);
        await using var client = new SmtpClient(server.Options);
        Assert.True((await client.SendAsync("", Two, Message)).AllAccepted);
        Assert.True((await client.SendAsync("", Two, Message)).AllAccepted);
        Assert.Equal(2, server.Connections);
        Assert.Equal(2, server.Messages.Count);
    }

    [Fact]
    public async Task A_connection_that_was_idle_for_more_than_a_minute_is_replaced_before_it_is_spoken_into()
    {
        var clock = new SteppedTime();
        await using var server = new ScriptedSmtpServer();
        await using var client = new SmtpClient(server.Options, clock);
        Assert.True((await client.SendAsync("", Two, Message)).AllAccepted);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True((await client.SendAsync("", Two, Message)).AllAccepted);
        Assert.Equal(1, server.Connections);
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.True((await client.SendAsync("", Two, Message)).AllAccepted);
        Assert.Equal(2, server.Connections);
    }

    [Theory]
    [InlineData(550, null, "No such user here", true)]
    [InlineData(550, null, "<maria@example.com>: Recipient address rejected: User unknown in virtual mailbox table", true)]
    [InlineData(551, null, "User has moved to maria@elsewhere.example", true)]
    [InlineData(550, null, "Unbekannter Empfaenger: existiert nicht", true)]
    [InlineData(552, null, "Mailbox full, quota exceeded", false)]
    [InlineData(554, null, "Rejected: listed at zen.spamhaus.org", false)]
    [InlineData(550, null, "Relaying denied", false)]
    [InlineData(550, null, "Requested action not taken", false)]
    [InlineData(450, null, "No such user here", false)]
    public void A_refusal_without_an_enhanced_status_is_read_by_its_words(int code, string? status, string text, bool noSuchAddress) =>
        Assert.Equal(noSuchAddress, new SmtpReply(code, status, text).SaysNoSuchAddress);

    [Fact]
    public async Task A_server_without_extensions_is_spoken_to_plainly()
    {
        await using var server = new ScriptedSmtpServer(When("EHLO", "502 what?"));
        await using var client = new SmtpClient(server.Options with { LocalName = "relay.example.org" });
        Assert.True((await client.SendAsync("me@example.org", Two, Message)).AllAccepted);
        Assert.Equal(["EHLO relay.example.org", "HELO relay.example.org", "MAIL FROM:<me@example.org>", "RCPT TO:<a@example.com>",
            "RCPT TO:<b@example.com>", "DATA"], server.Commands);
    }

    [Fact]
    public async Task What_the_server_cannot_take_is_refused_before_it_is_sent()
    {
        await using var server = new ScriptedSmtpServer(When("EHLO", "250-test\r\n250 SIZE 1000"));
        await using var client = new SmtpClient(server.Options);
        Assert.Equal("a@example.com 552 5.3.4 The message has 1001 bytes, the server takes at most 1000.",
            Summary(await client.SendAsync("", ["a@example.com"], new byte[1001])));
        Assert.Equal("554 5.6.3", Summary(await client.SendAsync("", ["a@example.com"], "Subject: x\r\n\r\n\u00E9"u8.ToArray()))[14..23]);
        Assert.Equal("553 5.6.7", Summary(await client.SendAsync("", ["a@example.com"], "Subject: \u00E9\r\n\r\n"u8.ToArray()))[14..23]);
        var mixed = await client.SendAsync("", ["jörg@example.com", "a@example.com"], Message);
        Assert.Equal([false, true], mixed.Recipients.Select(r => r.Accepted));
        Assert.True(mixed.Recipients[0].Reply.Local);
        Assert.Single(server.Messages);
    }

    [Fact]
    public async Task Addresses_that_are_not_ASCII_go_to_a_server_that_takes_them()
    {
        await using var server = new ScriptedSmtpServer(When("EHLO", "250-test\r\n250-8BITMIME\r\n250 SMTPUTF8"));
        await using var client = new SmtpClient(server.Options);
        var message = MimeWriter.Write(Mails.Outbound() with { To = [new("Jörg", "jörg@example.com")] });
        Assert.True((await client.SendAsync("me@example.org", ["jörg@example.com", "x@müller.example"], message)).AllAccepted);
        Assert.Contains("MAIL FROM:<me@example.org> BODY=8BITMIME SMTPUTF8", server.Commands);
        Assert.Contains($"RCPT TO:<{Mails.Utf8AsBytes("jörg@example.com")}>", server.Commands);
        Assert.Contains("RCPT TO:<x@xn--mller-kva.example>", server.Commands);
    }

    [Theory]
    [InlineData(".", "..\r\n")]
    [InlineData("a\r\n.\r\nb", "a\r\n..\r\nb\r\n")]
    [InlineData("a\r\n..b\r\n", "a\r\n...b\r\n")]
    [InlineData("a\n.\nMAIL FROM:<x@example.com>", "a\r\n..\r\nMAIL FROM:<x@example.com>\r\n")]
    [InlineData("a\r.\rb", "a\r\n..\r\nb\r\n")]
    [InlineData("a\r\r\nb", "a\r\n\r\nb\r\n")]
    [InlineData("", "")]
    [InlineData("\r\n", "\r\n")]
    public void A_message_cannot_end_its_own_data(string message, string expected)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        DotStuffing.Write(Encoding.ASCII.GetBytes(message), output);
        Assert.Equal(expected + ".\r\n", Encoding.ASCII.GetString(output.WrittenSpan));
    }

    [Fact]
    public async Task A_large_message_and_many_recipients_arrive_whole()
    {
        await using var server = new ScriptedSmtpServer();
        await using var client = new SmtpClient(server.Options);
        var text = string.Concat(Enumerable.Range(0, 20_000).Select(i => $".line {i}\r\n"));
        var recipients = Enumerable.Range(0, 250).Select(i => $"r{i}@example.com").ToArray();
        var result = await client.SendAsync("", recipients, Encoding.ASCII.GetBytes("Subject: x\r\n\r\n" + text));
        Assert.Equal(recipients, result.Recipients.Where(r => r.Accepted).Select(r => r.Recipient));
        Assert.Equal("Subject: x\r\n\r\n" + text.Replace(".line", "..line"), server.Messages.Single());
    }

    [Theory]
    [InlineData("a@example.com\r\nDATA")]
    [InlineData("a@example.com> SIZE=1")]
    [InlineData("a b@example.com")]
    [InlineData("nowhere")]
    [InlineData("")]
    public async Task An_address_that_would_break_a_command_is_refused_by_name(string address)
    {
        await using var client = new SmtpClient(new() { Host = "127.0.0.1" });
        Assert.StartsWith("recipients[1]: ", (await Assert.ThrowsAsync<ArgumentException>(() => client.SendAsync("", ["a@example.com",
            address], Message))).Message, StringComparison.Ordinal);
        if (address.Length > 0) Assert.StartsWith("envelopeFrom: ", (await Assert.ThrowsAsync<ArgumentException>(() =>
            client.SendAsync(address, Two, Message))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_recipients_are_refused()
    {
        await using var client = new SmtpClient(new() { Host = "127.0.0.1" });
        await Assert.ThrowsAsync<ArgumentException>(() => client.SendAsync("", [], Message));
    }

    public static TheoryData<string, SmtpOptions> BadOptions => new()
    {
        { "Host", new() { Host = " " } },
        { "Port", new() { Host = "x", Port = 0 } },
        { "Password", new() { Host = "x", User = "u" } },
        { "Password", new() { Host = "x", User = "u\0", Password = "p" } },
        { "Password", new() { Host = "x", User = "u", Password = "p", AccessToken = (_, _) => new("t") } },
        { "Password", new() { Host = "x", AccessToken = (_, _) => new("t") } },
        { "LocalName", new() { Host = "x", LocalName = "a\r\nb" } },
        { "CommandTimeout", new() { Host = "x", CommandTimeout = TimeSpan.Zero } },
    };

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void Bad_options_are_refused_by_name(string name, SmtpOptions options) =>
        Assert.Equal(name, Assert.Throws<ArgumentException>(() => new SmtpClient(options)).ParamName);

    [Fact]
    public async Task Nobody_listening_is_a_failure_to_try_again()
    {
        var server = new ScriptedSmtpServer();
        var options = server.Options;
        await server.DisposeAsync();
        await using var client = new SmtpClient(options);
        var exception = await Assert.ThrowsAsync<SmtpException>(() => client.SendAsync("", Two, Message));
        Assert.Equal((SmtpFailure.Connect, true), (exception.Failure, exception.Transient));
    }

    [Fact]
    public async Task Cancelling_stops_waiting_and_the_next_send_starts_anew()
    {
        await using var server = new ScriptedSmtpServer((c, n) => c == "DATA" && n == 1 ? ScriptedSmtpServer.Silence : null);
        await using var client = new SmtpClient(server.Options);
        using var cancel = new CancellationTokenSource();
        var sending = client.SendAsync("", Two, Message, cancel.Token);
        await Testing.Eventually.Async(() => Task.FromResult(server.Commands.Contains("DATA")));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.True((await client.SendAsync("", Two, Message)).AllAccepted);
    }

    [Fact]
    public async Task Sends_at_the_same_time_go_one_behind_the_other()
    {
        await using var server = new ScriptedSmtpServer();
        await using var client = new SmtpClient(server.Options);
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.SendAsync("", Two, Message)));
        Assert.All(results, r => Assert.True(r.AllAccepted));
        Assert.Equal((20, 1), (server.Messages.Count, server.Connections));
    }
}
