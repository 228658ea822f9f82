using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using CxPlatform.Testing;

namespace CxPlatform.Mail.Tests;

public class SmtpServerTests
{
    const string Begin = "MAIL FROM:<a@client.test>\r\nRCPT TO:<b@mx.test>\r\nDATA\r\n";

    static async Task BeginAsync(SmtpWire wire)
    {
        await wire.SendAsync(Begin);
        await wire.ExpectAsync("250 2.1.0");
        await wire.ExpectAsync("250 2.1.5");
        await wire.ExpectAsync("354");
    }

    [Fact]
    public async Task Our_own_client_hands_over_what_it_wrote()
    {
        await using var server = new SmtpServerFixture();
        await using var client = new SmtpClient(new() { Host = "127.0.0.1", Port = server.Server.Port, Tls = SmtpTls.None });
        var raw = MimeWriter.Write(Mails.Outbound("Grüße", ".dots\n..more\n\näöü\n.\nthe end"));
        var result = await client.SendAsync("bounces@example.org", ["a@mx.test", "unknown@mx.test", "b@mx.test"], raw);
        Assert.Equal(["250 2.0.0 Stored", "550 5.1.1 Nobody here", "250 2.0.0 Stored"], result.Recipients.Select(r => r.Reply.ToString()));
        Assert.True((await client.SendAsync("", ["c@mx.test"], raw)).AllAccepted);
        var (delivery, mail) = server.Mails.First();
        Assert.Equal(("bounces@example.org", "ESMTP"), (delivery.From, delivery.Protocol));
        Assert.Equal(["a@mx.test", "b@mx.test"], delivery.Recipients);
        Assert.StartsWith("Return-Path: <bounces@example.org>\r\nDelivered-To: a@mx.test\r\nReceived: from localhost ([127.0.0.1])\r\n\tby mx.test "
            + "with ESMTP; ", mail, StringComparison.Ordinal);
        Assert.Equal(Encoding.UTF8.GetString(raw).TrimEnd(), SmtpServerFixture.Content(mail).TrimEnd());
        Assert.Equal("", server.Mails.Last().Delivery.From);
    }

    [Fact]
    public async Task Commands_may_come_in_one_packet_before_and_after_the_mail()
    {
        await using var server = new SmtpServerFixture();
        using var wire = await server.ConnectAsync();
        await wire.SendAsync("NOOP\r\nMAIL FROM:<a@client.test> SIZE=10 BODY=8BITMIME\r\nRCPT TO:<unknown@mx.test>\r\nRCPT TO:<b@mx.test>\r\nDATA\r\n");
        foreach (var reply in new[] { "250 2.0.0", "250 2.1.0", "550 5.1.1", "250 2.1.5", "354" }) await wire.ExpectAsync(reply);
        await wire.SendAsync("Subject: 1\r\n\r\nOne\r\n.\r\n" + Begin);
        foreach (var reply in new[] { "250 2.0.0 Stored", "250 2.1.0", "250 2.1.5", "354" }) await wire.ExpectAsync(reply);
        await wire.SendAsync("Subject: 2\r\n\r\nTwo\r\n.\r\nQUIT\r\n");
        wire.HalfClose();
        await wire.ExpectAsync("250 2.0.0 Stored");
        await wire.ExpectAsync("221");
        await wire.ExpectEndAsync();
        Assert.Equal(["Subject: 1\r\n\r\nOne\r\n", "Subject: 2\r\n\r\nTwo\r\n"], server.Mails.Select(m => SmtpServerFixture.Content(m.Mail)
            [^"Subject: 1\r\n\r\nOne\r\n".Length..]));
    }

    [Theory]
    [InlineData("\n.\n")]
    [InlineData("\n.\r\n")]
    [InlineData("\r\n.\n")]
    [InlineData("\r.\r")]
    [InlineData("\r\n.\r")]
    [InlineData("\r\n\0.\r\n")]
    public async Task Only_cr_lf_dot_cr_lf_ends_a_mail(string almost)
    {
        await using var server = new SmtpServerFixture();
        using var wire = await server.ConnectAsync();
        await BeginAsync(wire);
        await wire.SendAsync($"Message-ID: <1@x>\r\n\r\nInnocent{almost}MAIL FROM:<evil@client.test>\r\nRCPT TO:<b@mx.test>\r\nDATA\r\nSmuggled\r\n.\r\n");
        await wire.ExpectAsync("250 2.0.0 Stored");
        await wire.SayAsync("NOOP", "250");
        var mail = SmtpServerFixture.Content(Assert.Single(server.Mails).Mail);
        Assert.Contains("Innocent", mail, StringComparison.Ordinal);
        Assert.EndsWith("DATA\r\nSmuggled\r\n", mail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mail_is_read_the_same_however_it_is_cut_into_packets()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < 2_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => "\r\n.x"[random.Next(4)]));
            var canonical = text.Replace("\r\n", "\n", StringComparison.Ordinal);
            // What the reader must give back is defined by lines that end in CR LF alone.
            var stuffed = string.Join("\r\n", text.Split("\r\n").Select(line => line.StartsWith('.') ? "." + line : line));
            var input = Encoding.ASCII.GetBytes(stuffed + (stuffed.Length == 0 || stuffed.EndsWith("\r\n", StringComparison.Ordinal) ? "" : "\r\n")
                + ".\r\nNOOP");
            var unstuffing = new DotUnstuffing();
            var read = new List<byte>();
            var at = 0;
            while (!unstuffing.Ended)
            {
                var size = random.Next(1, 5);
                var output = new byte[size + 1];
                var (consumed, written) = unstuffing.Decode(input.AsSpan(at, Math.Min(size, input.Length - at)), output);
                at += consumed;
                read.AddRange(output.AsSpan(0, written));
            }
            var expected = text + (text.Length == 0 || text.EndsWith("\r\n", StringComparison.Ordinal) ? "" : "\r\n");
            Assert.True(expected == Encoding.ASCII.GetString([.. read]), $"seed {seed}, round {round}: {canonical}");
            Assert.Equal("NOOP", Encoding.ASCII.GetString(input[at..]));
        }
    }

    [Theory]
    [InlineData("FROB", "500 5.5.2")]
    [InlineData("MAIL FROM:<a@b.test", "501 5.1.7")]
    [InlineData("MAIL FROM:<a b@c.test>", "501 5.1.7")]
    [InlineData("MAIL FROM:<ä@c.test>", "553 5.6.7")]
    [InlineData("MAIL FROM:<a@c.test> SIZE=x", "501 5.5.4")]
    [InlineData("MAIL FROM:<a@c.test> SIZE=99999999999", "552 5.3.4")]
    [InlineData("MAIL FROM:<a@c.test> BODY=BINARYMIME", "501 5.5.4")]
    [InlineData("MAIL FROM:<a@c.test> RET=HDRS", "555 5.5.4")]
    [InlineData("MAIL FROM:<ä@c.test> SMTPUTF8", "250 2.1.0")]
    [InlineData("MAIL FROM:<a@c.test> AUTH=<> BODY=7BIT", "250 2.1.0")]
    [InlineData("mail from: a@c.test", "250 2.1.0")]
    [InlineData("MAIL FROM:<@relay.test,@x.test:a@c.test>", "250 2.1.0")]
    [InlineData("MAIL FROM:<\"odd > name\"@c.test>", "250 2.1.0")]
    [InlineData("RCPT TO:<a@c.test>", "503 5.5.1")]
    [InlineData("DATA", "503 5.5.1")]
    [InlineData("STARTTLS", "502 5.5.1")]
    [InlineData("AUTH PLAIN AGEAYg==", "502 5.5.1")]
    [InlineData("EHLO", "501 5.5.4")]
    [InlineData("VRFY a", "252 2.5.2")]
    [InlineData("HELP", "214 2.0.0")]
    [InlineData("RSET", "250 2.0.0")]
    [InlineData("NOOP\0", "500 5.5.2")]
    [InlineData("NOOP\nNOOP", "500 5.5.2")]
    [InlineData("POST / HTTP/1.1", "421 4.7.0")]
    public async Task A_command_is_answered_by_the_book(string command, string reply)
    {
        await using var server = new SmtpServerFixture();
        using var wire = await server.ConnectAsync();
        await wire.SayAsync(command, reply);
    }

    [Fact]
    public async Task Who_does_not_greet_is_asked_to_and_helo_gets_one_line()
    {
        await using var server = new SmtpServerFixture();
        using var wire = await server.ConnectAsync(hello: false);
        await wire.SayAsync("MAIL FROM:<a@c.test>", "503");
        Assert.Equal("250 mx.test", await wire.SayAsync("HELO c.test", "250"));
        var offers = await wire.SayAsync("EHLO c.test", "250");
        Assert.Equal("250-mx.test\n250-PIPELINING\n250-SIZE 52428800\n250-8BITMIME\n250-SMTPUTF8\n250 ENHANCEDSTATUSCODES", offers);
    }

    [Fact]
    public async Task Limits_are_answered_with_their_own_codes()
    {
        await using var server = new SmtpServerFixture(o => o with { MaxMessageSize = 1_000, MaxRecipients = 2, MaxErrors = 3, MaxLine = 600 });
        using var wire = await server.ConnectAsync();
        await wire.SayAsync("NOOP " + new string('x', 20_000), "500 5.5.6");
        await wire.SayAsync("MAIL FROM:<a@client.test>", "250");
        await wire.SayAsync("RCPT TO:<b@mx.test>", "250");
        await wire.SayAsync("RCPT TO:<c@mx.test>", "250");
        await wire.SayAsync("RCPT TO:<d@mx.test>", "452 4.5.3");
        await wire.SayAsync("DATA", "354");
        await wire.SendAsync(new string('x', 2_000) + "\r\n.\r\n");
        await wire.ExpectAsync("552 5.3.4");
        await BeginAsync(wire);
        await wire.SendAsync("small\r\n.\r\n");
        await wire.ExpectAsync("250 2.0.0 Stored");
        await wire.SayAsync("FROB", "500");
        await wire.SayAsync("FROB", "500");
        await wire.SayAsync("FROB", "500");
        await wire.ExpectAsync("421 4.7.0");
        await wire.ExpectEndAsync();
        Assert.Single(server.Mails);
        Assert.Contains(SmtpNotice.TooLarge, server.Notices);
        Assert.Contains(SmtpNotice.TooManyRecipients, server.Notices);
    }

    [Fact]
    public async Task Connections_above_the_limit_are_turned_away_and_let_in_again()
    {
        await using var server = new SmtpServerFixture(o => o with { MaxConnectionsPerAddress = 1 });
        using (await server.ConnectAsync())
        {
            using var second = await SmtpWire.ConnectAsync(server.Server.Port);
            await second.ExpectAsync("421 4.3.2");
            await second.ExpectEndAsync();
        }
        await Eventually.Async(async () => (await server.ConnectAsync()).Dispose());
    }

    [Fact]
    public async Task What_breaks_off_or_cannot_be_stored_is_not_taken()
    {
        await using var server = new SmtpServerFixture();
        using (var wire = await server.ConnectAsync())
        {
            await BeginAsync(wire);
            await wire.SendAsync("Subject: half\r\n\r\nand then");
            wire.HalfClose();
            await wire.ExpectEndAsync();
        }
        using (var wire = await server.ConnectAsync())
        {
            await BeginAsync(wire);
            await wire.SendAsync("Subject: half\r\n\r\nand then");
            wire.Kill();
        }
        await Eventually.Async(() => Assert.Equal(2, server.Notices.Count(n => n == SmtpNotice.BrokenOff)));
        Assert.Empty(server.Mails);

        server.Receive = (_, _) => throw new InvalidOperationException("the disk is on fire");
        using var again = await server.ConnectAsync();
        await BeginAsync(again);
        await again.SendAsync("x\r\n.\r\n");
        await again.ExpectAsync("451 4.3.0");
        server.Receive = null;
        await BeginAsync(again);
        await again.SendAsync("x\r\n.\r\n");
        await again.ExpectAsync("250");
    }

    [Fact]
    public async Task A_byte_now_and_then_does_not_keep_a_session()
    {
        var time = new SteppedTime();
        await using var server = new SmtpServerFixture(o => o with { CommandTimeout = TimeSpan.FromMinutes(5) }, time);
        using var idle = await server.ConnectAsync();
        using var command = await server.ConnectAsync();
        await DripUntilAsync(command, time, () => server.Notices.Count(notice => notice == SmtpNotice.TimedOut) == 2);
        await idle.ExpectAsync("421 4.4.2");
    }

    [Fact]
    public async Task A_byte_now_and_then_does_not_keep_a_mail()
    {
        var time = new SteppedTime();
        await using var server = new SmtpServerFixture(o => o with { DataTimeout = TimeSpan.FromMinutes(10) }, time);
        using var mail = await server.ConnectAsync();
        await BeginAsync(mail);
        await DripUntilAsync(mail, time, () => server.Notices.Contains(SmtpNotice.TimedOut));
        Assert.Empty(server.Mails);
    }

    // A minute, a byte, a minute: were a byte enough to stay, it would never end.
    private static Task DripUntilAsync(SmtpWire wire, SteppedTime time, Func<bool> ended) => Eventually.Async(async () =>
    {
        try
        {
            await wire.SendAsync("N");
        }
        catch (IOException)
        {
            // Closed already, which is what is asked for.
        }
        time.Advance(TimeSpan.FromMinutes(1));
        return ended();
    });

    [Fact]
    public async Task Stopping_lets_the_mail_under_way_arrive_and_takes_no_other()
    {
        await using var server = new SmtpServerFixture();
        using var idle = await server.ConnectAsync();
        using var wire = await server.ConnectAsync();
        await BeginAsync(wire);
        await wire.SendAsync("first half, ");
        var stopped = server.Server.StopAsync(TimeSpan.FromSeconds(30));
        await idle.ExpectAsync("421 4.3.2");
        await Assert.ThrowsAnyAsync<SocketException>(() => SmtpWire.ConnectAsync(server.Server.Port));
        await wire.SendAsync("second half\r\n.\r\n");
        await wire.ExpectAsync("250 2.0.0 Stored");
        await wire.ExpectAsync("421 4.3.2");
        await stopped;
        Assert.EndsWith("first half, second half\r\n", Assert.Single(server.Mails).Mail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mail_without_message_id_is_the_same_when_it_comes_again()
    {
        await using var server = new SmtpServerFixture();
        using var wire = await server.ConnectAsync();
        foreach (var text in new[] { "Subject: x\r\n\r\nMessage-ID: <no@x>", "Subject: x\r\n\r\nMessage-ID: <no@x>", "message-id : <its-own@x>\r\n\r\nx" })
        {
            await BeginAsync(wire);
            await wire.SendAsync(text + "\r\n.\r\n");
            await wire.ExpectAsync("250");
        }
        var ids = server.Mails.Select(m => MimeReader.Read(Encoding.UTF8.GetBytes(m.Mail)).MessageId).ToList();
        Assert.NotNull(ids[0]);
        Assert.Equal(ids[0], ids[1]);
        Assert.DoesNotContain("no@x", ids[0], StringComparison.Ordinal);
        Assert.Contains("its-own@x", ids[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_mail_waits_in_a_file_that_goes_with_it()
    {
        using var folder = new TempFolder();
        await using var server = new SmtpServerFixture(o => o with { SpoolThreshold = 1_000, SpoolFolder = folder.Path });
        using var wire = await server.ConnectAsync();
        await BeginAsync(wire);
        var text = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"line {i}\r\n"));
        await wire.SendAsync("Message-ID: <1@x>\r\n\r\n" + text);
        await Eventually.Async(() => Assert.NotEmpty(Directory.GetFiles(folder.Path)));
        await wire.SendAsync(".\r\n");
        await wire.ExpectAsync("250 2.0.0 Stored");
        Assert.EndsWith("\r\n\r\n" + text, Assert.Single(server.Mails).Mail, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task What_is_sent_before_the_handshake_is_forgotten_by_starttls()
    {
        await using var server = new SmtpServerFixture(o => o with { Certificate = ScriptedSmtpServer.TestCertificate });
        using var wire = await server.ConnectAsync();
        Assert.Contains("STARTTLS", await wire.SayAsync("EHLO client.test", "250"), StringComparison.Ordinal);
        await wire.SayAsync("MAIL FROM:<plain@client.test>", "250");
        await wire.SendAsync("STARTTLS\r\nMAIL FROM:<injected@client.test>\r\nRCPT TO:<b@mx.test>\r\n");
        await wire.ExpectAsync("220");
        var ssl = new SslStream(wire.Stream, true, (_, certificate, _, _) => certificate!.GetCertHashString() == ScriptedSmtpServer.Thumbprint);
        await ssl.AuthenticateAsClientAsync("localhost");
        wire.Use(ssl);
        await wire.SayAsync("RCPT TO:<b@mx.test>", "503");
        Assert.DoesNotContain("STARTTLS", await wire.SayAsync("EHLO client.test", "250"), StringComparison.Ordinal);
        await wire.SayAsync("RCPT TO:<b@mx.test>", "503");
        await BeginAsync(wire);
        await wire.SendAsync("x\r\n.\r\n");
        await wire.ExpectAsync("250");
        Assert.Equal("ESMTPS", Assert.Single(server.Mails).Delivery.Protocol);
    }
}
