using System.Text.Json.Nodes;
using CxPlatform.Mail;
using CxPlatform.Testing;

namespace CxPlatform.ChannelIntake.Tests;

/// <summary>Mail that is fetched from a real Dovecot.</summary>
public sealed class ImapTests
{
    private static string Mail(string id, string text = "Where is my order?") =>
        $"From: {id}@shop.example\nTo: support@help.example.com\nSubject: Mail {id}\nMessage-ID: <{id}@shop.example>\n\n{text}\n";

    private static string[] Settings(DovecotServer server, params string[] more) =>
    [
        "--Cx:Intake:Imap:PollInterval=00:00:01",
        "--Cx:Intake:Imap:Mailboxes:0:Name=support", "--Cx:Intake:Imap:Mailboxes:0:Host=127.0.0.1",
        $"--Cx:Intake:Imap:Mailboxes:0:Port={server.Port}", "--Cx:Intake:Imap:Mailboxes:0:Tls=None",
        "--Cx:Intake:Imap:Mailboxes:0:User=user", "--Cx:Intake:Imap:Mailboxes:0:Password=secret", .. more,
    ];

    private static Task<ImapClient> OpenAsync(DovecotServer server) => ImapClient.OpenAsync(
        new() { Host = "127.0.0.1", Port = server.Port, Tls = ImapTls.None, User = "user", Secret = "secret" });

    private static async Task<JsonNode> MailboxAsync(IntakeHost host) =>
        Assert.Single((await host.GetAsync("/v1/intake/mailboxes"))["items"]!.AsArray())!;

    private static Task HasContactsAsync(IntakeHost host, int count, TimeSpan? within = null) => Eventually.Async(
        async () => Assert.Equal(count, await host.CountAsync("select count(*) from contacts")), within ?? TimeSpan.FromSeconds(40));

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Every_message_comes_in_once_whoever_has_read_it_and_stays_as_it_is(Database database)
    {
        await using var server = await DovecotServer.StartAsync();
        await server.DeliverAsync(Mail("a"), Mail("b", "Über-\n.\n..Maß {5}"));
        await using (var other = await OpenAsync(server))
        {
            await other.SelectAsync("INBOX", default);
            await other.MarkSeenAsync((await other.AllUidsAsync(default))[0], default);
        }
        await using var host = await IntakeHost.StartAsync(database, Settings(server));
        await HasContactsAsync(host, 2);
        await server.DeliverAsync(Mail("c"));
        await HasContactsAsync(host, 3);
        var mailbox = await Eventually.Value(async () => await MailboxAsync(host), view => (int)view["stored"]! == 3);
        Assert.Equal(("support", "reading", 0, 0, 3), ((string?)mailbox["name"], (string?)mailbox["state"], (int)mailbox["duplicates"]!,
            (int)mailbox["failedCount"]!, (int)mailbox["lastUid"]!));
        Assert.Equal(3, await host.CountAsync("select count(*) from mailbox_messages"));
        // S in a file's name is \Seen: only the one that the other client has read has it.
        Assert.Single(Directory.GetFiles(Path.Combine(server.Mail, "cur")), file => file.Split(":2,")[1].Contains('S'));
    }

    [Fact]
    public async Task New_mail_comes_at_once_where_the_server_offers_idle()
    {
        await using var server = await DovecotServer.StartAsync();
        await using var host = await IntakeHost.StartAsync(Database.Sqlite, Settings(server, "--Cx:Intake:Imap:PollInterval=00:20:00"));
        await Eventually.Async(async () => Assert.Equal("reading", (string?)(await MailboxAsync(host))["state"]));
        await server.DeliverAsync(Mail("a"));
        await HasContactsAsync(host, 1);
        await server.DeliverAsync(Mail("b"));
        await HasContactsAsync(host, 2);
    }

    [Fact]
    public async Task A_renumbered_mailbox_brings_what_is_new_and_nothing_twice()
    {
        await using var server = await DovecotServer.StartAsync();
        await server.DeliverAsync(Mail("a"), Mail("b"), "From: c@shop.example\n\nno id at all");
        await using var host = await IntakeHost.StartAsync(Database.Sqlite, Settings(server));
        await HasContactsAsync(host, 3);
        await Eventually.Async(async () => Assert.Equal(3, (int)(await MailboxAsync(host))["stored"]!));
        await server.StopAsync();
        server.Renumber();
        await server.DeliverAsync(Mail("d"));
        await server.StartAgainAsync();
        await HasContactsAsync(host, 4);
        var mailbox = await Eventually.Value(async () => await MailboxAsync(host), view => (int)view["duplicates"]! == 3);
        Assert.Equal(4, (int)mailbox["stored"]!);
        Assert.Equal(4, await host.CountAsync("select count(*) from contacts"));
    }

    [Fact]
    public async Task A_message_that_cannot_be_fetched_keeps_nobody_else_and_is_tried_again()
    {
        await using var server = await DovecotServer.StartAsync();
        await server.DeliverAsync(Mail("bad"));
        var file = Assert.Single(Directory.GetFiles(Path.Combine(server.Mail, "new")));
        var damaged = File.ReadAllBytes(file);
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["offset"], "PT0S");
        // Its name promises a size that it has not: Dovecot breaks off in the middle of the answer.
        var lie = $",S={damaged.Length + 5000},W={damaged.Length + 5000}";
        File.Move(file, Path.Combine(server.Mail, "new", "2.broken.test" + lie));
        await server.DeliverAsync(Mail("good"), Mail("better"));
        await using var host = await IntakeHost.StartAsync(
            Database.Sqlite, Settings(server, $"--Cx:Testing:ClockOffsetFile={folder["offset"]}", "--environment=Development"));
        await HasContactsAsync(host, 2);
        var mailbox = await Eventually.Value(async () => await MailboxAsync(host), view => (int)view["failedCount"]! == 1);
        Assert.False(string.IsNullOrEmpty((string?)mailbox["failed"]![0]!["reason"]), mailbox.ToJsonString());

        // Mended, and due again.
        var now = Directory.GetFiles(Path.Combine(server.Mail, "cur"), "2.broken*").Single();
        File.Move(now, now.Replace(lie, "", StringComparison.Ordinal));
        await File.WriteAllTextAsync(folder["offset"], "PT2H");
        await HasContactsAsync(host, 3);
        await Eventually.Async(async () => Assert.Equal(0, (int)(await MailboxAsync(host))["failedCount"]!));
    }

    [Fact]
    public async Task A_thousand_messages_come_in_and_a_cut_in_the_middle_changes_nothing()
    {
        await using var server = await DovecotServer.StartAsync();
        await server.DeliverAsync(Enumerable.Range(0, 1_000).Select(i => Mail($"n{i}")));
        await using var host = await IntakeHost.StartAsync(Database.Sqlite, Settings(server));
        await Eventually.Async(
            async () => Assert.InRange(await host.CountAsync("select count(*) from contacts"), 50, 1_000), TimeSpan.FromSeconds(60));
        await server.StopAsync();
        await server.StartAgainAsync();
        await HasContactsAsync(host, 1_000, TimeSpan.FromSeconds(240));
        await Eventually.Async(
            async () => Assert.Equal(1_000, await host.CountAsync("select count(*) from mailbox_messages")), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_mailbox_that_cannot_be_reached_degrades_health_until_it_can()
    {
        await using var server = await DovecotServer.StartAsync();
        await using var host = await IntakeHost.StartAsync(Database.Sqlite, Settings(server, "--Cx:Intake:Imap:UnreachableAfter=00:00:01"));
        await Eventually.Async(async () => Assert.Equal("reading", (string?)(await MailboxAsync(host))["state"]));
        await server.StopAsync();
        var mailbox = await Eventually.Value(async () => await MailboxAsync(host), view => (string?)view["state"] == "failing");
        Assert.NotNull((string?)mailbox["failure"]);
        await Eventually.Async(async () =>
        {
            using var response = await host.Anonymous.GetAsync("/health");
            var checks = (await IntakeHost.JsonAsync(response, 200))["checks"]!.AsArray();
            var check = checks.Single(one => (string?)one!["name"] == "intake.mailboxes")!;
            Assert.Equal("degraded", (string?)check["status"]);
            Assert.Contains("Mailbox support cannot be read since", (string?)check["reason"], StringComparison.Ordinal);
        });
        await server.DeliverAsync(Mail("a"));
        await server.StartAgainAsync();
        await HasContactsAsync(host, 1);
        await Eventually.Async(async () => Assert.Equal("reading", (string?)(await MailboxAsync(host))["state"]));
    }

    [Theory]
    [InlineData("MarkSeen")]
    [InlineData("Move")]
    public async Task A_stored_message_is_marked_or_moved_where_that_is_configured(string after)
    {
        await using var server = await DovecotServer.StartAsync();
        Directory.CreateDirectory(Path.Combine(server.Mail, ".Erledigt &- fertig", "cur"));
        await server.DeliverAsync(Mail("a"), Mail("b"));
        await using var host = await IntakeHost.StartAsync(Database.Sqlite, Settings(server, [
            $"--Cx:Intake:Imap:Mailboxes:0:After={after}",
            .. after == "Move" ? ["--Cx:Intake:Imap:Mailboxes:0:MoveTo=Erledigt & fertig"] : Array.Empty<string>(),
        ]));
        await HasContactsAsync(host, 2);
        // The server copies a message before it takes it away.
        await Eventually.Async(() =>
        {
            Assert.Equal(2, after == "Move"
                ? Directory.GetFiles(Path.Combine(server.Mail, ".Erledigt &- fertig", "new")).Length
                : Directory.GetFiles(Path.Combine(server.Mail, "cur")).Count(file => file.Split(":2,")[1].Contains('S')));
            Assert.Equal(after == "Move" ? 0 : 2, Directory.GetFiles(Path.Combine(server.Mail, "cur")).Length);
        });
    }

    [Fact]
    public async Task Reading_from_now_on_leaves_what_was_there_also_after_a_renumbering()
    {
        await using var server = await DovecotServer.StartAsync();
        await server.DeliverAsync(Mail("old1"), Mail("old2"));
        foreach (var file in Directory.GetFiles(Path.Combine(server.Mail, "new"))) File.SetLastWriteTimeUtc(file, new(2026, 1, 1));
        await using var host = await IntakeHost.StartAsync(Database.Sqlite, Settings(server, "--Cx:Intake:Imap:Mailboxes:0:Start=Now"));
        await Eventually.Async(async () => Assert.Equal("reading", (string?)(await MailboxAsync(host))["state"]));
        await server.DeliverAsync(Mail("new1"));
        await HasContactsAsync(host, 1);
        await server.StopAsync();
        server.Renumber();
        await server.DeliverAsync(Mail("new2"));
        await server.StartAgainAsync();
        await HasContactsAsync(host, 2);
        await Eventually.Async(async () => Assert.Equal(1, (int)(await MailboxAsync(host))["duplicates"]!));
        Assert.Equal(2, await host.CountAsync("select count(*) from contacts"));
    }

    [Fact]
    public async Task Of_two_processes_one_reads_and_the_other_goes_on_when_it_stops()
    {
        await using var server = await DovecotServer.StartAsync();
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync("intake");
        await server.DeliverAsync(Enumerable.Range(0, 30).Select(i => Mail($"n{i}")));
        var first = await IntakeHost.StartOnAsync(database, Settings(server));
        await using var second = await IntakeHost.StartOnAsync(database, Settings(server));
        await HasContactsAsync(second, 30);
        await server.DeliverAsync(Mail("later"));
        await HasContactsAsync(second, 31);
        Assert.Equal(1, await second.CountAsync("select count(distinct holder) from mailboxes"));
        await first.DisposeAsync();
        await server.DeliverAsync(Mail("last"));
        await HasContactsAsync(second, 32);
        // What the first had stored and not yet noted when it was cut off may have come again, and was recognised.
        await Eventually.Async(async () => Assert.Equal(32, await second.CountAsync("select count(*) from mailbox_messages")));
        Assert.InRange((int)(await MailboxAsync(second))["duplicates"]!, 0, 1);
        Assert.Equal(32, await second.CountAsync("select count(*) from contacts"));
    }

    [Theory]
    [InlineData("Password", "secret", "TokenFile", "/tmp/token", "Password")]
    [InlineData("After", "Move", "Password", "secret", "MoveTo")]
    [InlineData("Host", "mail.example.com", "Password", "secret", "Tls")]
    [InlineData("Name", "Not A Name", "Password", "secret", "Name")]
    public async Task A_mailbox_that_is_not_configured_well_stops_the_start_and_says_what(
        string key, string value, string key2, string value2, string named)
    {
        const string Section = "--Cx:Intake:Imap:Mailboxes:0:";
        var fault = await Assert.ThrowsAnyAsync<Exception>(() => IntakeHost.StartAsync(Database.Sqlite,
            $"{Section}Name=m", $"{Section}Host=127.0.0.1", $"{Section}Tls=None", $"{Section}User=u",
            $"{Section}{key}={value}", $"{Section}{key2}={value2}"));
        Assert.Contains($"Cx:Intake:Imap:Mailboxes:0:{named}", fault.ToString(), StringComparison.Ordinal);
    }
}
