using System.Data.Common;
using System.Net;
using System.Text;
using CxPlatform.Contracts;
using CxPlatform.Intake;
using CxPlatform.Intake.Channels.Email;
using CxPlatform.Intake.Channels.Meta;
using CxPlatform.Intake.Channels.Twilio;
using CxPlatform.Intake.Channels.Webhook;
using CxPlatform.Intake.Customers;
using CxPlatform.Messaging;
using CxPlatform.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.ChannelIntake.Tests;

/// <summary>What is erased beside what is a contact already, and an erasure that is cut off.</summary>
public sealed class ErasureTests
{
    private const string Secret = "Xylophonist";
    private const string Number = "+4915112345678";

    private static readonly string[] Settings =
        ["--Cx:Intake:Webhooks:town:Secrets:0=plain", "--Cx:Intake:Webhooks:town:Items=/items", "--Cx:Intake:Webhooks:town:FromKind=Handle"];

    /// <summary>Durable, and its process died before it was read; it stays so until somebody asks for it.</summary>
    private static async Task<Guid> WaitAsync(
        IntakeHost host, string reader, Channel channel, string content, Envelope? envelope = null, string? blob = null)
    {
        var id = Guid.CreateVersion7();
        await host.Services.GetRequiredService<GroupCommit<IntakeDb, RawArrival, RawArrival>>().SubmitAsync(
            new(id, reader, channel, DateTimeOffset.UtcNow, "text/plain", envelope ?? new(), blob is null ? Encoding.UTF8.GetBytes(content) : null, blob),
            CancellationToken.None);
        await host.Services.GetRequiredService<Work<IntakeDb>>().RunAsync<Unit<IntakeDb>, int>(
            (unit, ct) => unit.Db.Arrivals.Where(row => row.Id == id).ExecuteUpdateAsync(
                set => set.SetProperty(row => row.Due, DateTimeOffset.UtcNow.AddHours(1)), ct),
            CancellationToken.None);
        return id;
    }

    private static async Task EraseAsync(IntakeHost host, string identity, string? kind = null)
    {
        var customer = (await host.ContactsOfAsync(identity, kind))[0]!["customerId"];
        using var response = await host.Client.DeleteAsync("/v1/customers/" + customer);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    private static async Task BalancedAsync(IntakeHost host)
    {
        var view = await host.GetAsync("/v1/intake/admin/reconciliation");
        Assert.True((bool)view["balanced"]!, view.ToJsonString());
    }

    /// <summary>Every value of every table that holds the word, as text or as bytes.</summary>
    private static async Task<List<string>> FoundAsync(IntakeHost host, string word)
    {
        await using var connection = await host.Services.GetRequiredService<Module<IntakeDb>>().Store.OpenAsync(CancellationToken.None);
        var found = new List<string>();
        var tables = await RowsAsync(connection, connection is Npgsql.NpgsqlConnection
            ? "select tablename from pg_tables where schemaname = 'public'" : "select name from sqlite_master where type = 'table'");
        foreach (var table in tables.Select(row => (string)row[0].Value!))
            foreach (var (column, value) in (await RowsAsync(connection, $"select * from \"{table}\"")).SelectMany(row => row))
                if ((value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : value as string)?.Contains(word, StringComparison.OrdinalIgnoreCase) == true)
                    found.Add($"{table}.{column}");
        return found;
    }

    private static async Task<List<(string Column, object? Value)[]>> RowsAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<(string, object?)[]>();
        while (await reader.ReadAsync())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(n => (reader.GetName(n), (object?)reader.GetValue(n)))]);
        return rows;
    }

    private static List<string> FilesWith(TempFolder folder, string word) => [.. Directory
        .EnumerateFiles(Path.Combine(folder.Path, "blobs"), "*", SearchOption.AllDirectories)
        .Where(file => File.ReadAllText(file).Contains(word, StringComparison.Ordinal))];

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Erasing_a_customer_erases_what_they_sent_and_nobody_has_read_and_nothing_of_others(Database database)
    {
        await using var host = await IntakeHost.StartAsync(database, Settings);
        await host.AcceptMailAsync($"From: {Secret}@example.com\n\nHello");
        var large = await host.Services.GetRequiredService<IBlobs>().PutAsync(
            Encoding.UTF8.GetBytes($"From: {Secret}@example.com\n\n{Secret}{new string('x', 100_000)}"));
        host.AgeBlobs();
        await WaitAsync(host, MailArrivals.Reader, Channel.Email, $"From: \"{Secret}\" <{Secret.ToUpperInvariant()}@Example.com>\n\n{Secret}");
        await WaitAsync(host, MailArrivals.Reader, Channel.Email, $"Subject: {Secret}\n\nNobody in From", new(Sender: $"{Secret}@example.com"));
        await WaitAsync(host, MailArrivals.Reader, Channel.Email, "", blob: large.Hash);
        // It is about them and not theirs: another's contact is not lost.
        var about = await WaitAsync(host, MailArrivals.Reader, Channel.Email, "From: b@example.com\nTo: xylophonist@example.com\n\nHello");
        var unknown = await WaitAsync(host, MailArrivals.Reader, Channel.Email, "\n\nFrom nobody");

        await EraseAsync(host, $"{Secret}@example.com");

        Assert.Equal([.. ((Guid[])[about, unknown]).Select(id => id.ToString()).Order()],
            (await host.GetAsync("/v1/intake/waiting"))["items"]!.AsArray().Select(item => (string)item!["contactId"]!).Order());
        await BalancedAsync(host);
        await Eventually.Async(() => Assert.Empty(FilesWith(host.Folder, Secret)));
        Assert.Equal((2, 0), await host.Services.GetRequiredService<PendingArrivals>().RunAsync(true, CancellationToken.None));
        Assert.Equal("Hello", (string)(await host.ContactsOfAsync("b@example.com"))[0]!["text"]!);
        await BalancedAsync(host);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task What_providers_sent_goes_by_its_number_handle_or_call_and_of_a_batch_only_what_is_theirs(Database database)
    {
        await using var host = await IntakeHost.StartAsync(database, Settings);
        var call = await WaitAsync(host, CallReader.Reader, Channel.Voice, "From=%2B4915112345678&CallSid=CA1&CallStatus=completed");
        await WaitAsync(host, WebhookReader.Reader, Channel.Api,
            $$"""{"items":[{"from":"{{Secret}}","text":"{{Secret}}"}]}""", new(Source: "town"));
        Assert.Equal((2, 0), await host.Services.GetRequiredService<PendingArrivals>().RunAsync(true, CancellationToken.None));

        await WaitAsync(host, SmsReader.Reader, Channel.Sms, $"From=%2B4915112345678&Body={Secret}");
        await WaitAsync(host, SmsReader.Reader, Channel.Whatsapp, $"From=whatsapp%3A%2B4915112345678&Body={Secret}");
        // A recording's callback does not say who called.
        await WaitAsync(host, CallReader.Reader, Channel.Voice, $"CallSid=CA1&RecordingSid=RE1&RecordingUrl=https%3A%2F%2Fexample.com%2F{Secret}");
        var other = await WaitAsync(host, SmsReader.Reader, Channel.Sms, "From=%2B4915100000000&Body=Hello&MessageSid=SM9");
        var batch = await WaitAsync(host, MetaReader.Reader, Channel.Whatsapp, $$$"""
            {"object":"whatsapp_business_account","entry":[{"changes":[{"value":{
            "contacts":[{"wa_id":"4915112345678","profile":{"name":"{{{Secret}}}"}},{"wa_id":"4915100000001","profile":{"name":"Ben"}}],
            "messages":[{"id":"w1","from":"4915112345678","type":"text","text":{"body":"{{{Secret}}}"}},
            {"id":"w2","from":"4915100000001","type":"text","text":{"body":"Hello"}}]}}]}]}
            """);
        await WaitAsync(host, MetaReader.Reader, Channel.Whatsapp,
            """{"object":"whatsapp_business_account","entry":[{"changes":[{"value":{"messages":[{"from":"4915112345678"}]}}]}]}""");
        var hooks = await WaitAsync(host, WebhookReader.Reader, Channel.Api,
            $$"""{"items":[{"from":"{{Secret}}","text":"{{Secret}}"},{"from":"ben","text":"Hello"}]}""", new(Source: "town"));

        await EraseAsync(host, Number);
        await EraseAsync(host, "town:" + Secret, "handle");

        Assert.Equal([.. ((Guid[])[other, batch, hooks]).Select(id => id.ToString()).Order()],
            (await host.GetAsync("/v1/intake/waiting"))["items"]!.AsArray().Select(item => (string)item!["contactId"]!).Order());
        Assert.Empty(await FoundAsync(host, Secret));
        Assert.NotNull((await host.GetAsync($"/v1/contacts/{call}"))["erasedAt"]);
        await BalancedAsync(host);
        Assert.Equal((3, 0), await host.Services.GetRequiredService<PendingArrivals>().RunAsync(true, CancellationToken.None));
        Assert.Equal("Hello", (string)(await host.ContactsOfAsync("+4915100000001"))[0]!["text"]!);
        Assert.Equal("Hello", (string)(await host.ContactsOfAsync("town:ben", "handle"))[0]!["text"]!);
        Assert.Empty(await host.ContactsOfAsync(Number));
        await BalancedAsync(host);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task What_is_being_read_while_its_sender_is_erased_is_not_stored(Database database)
    {
        await using var host = await IntakeHost.StartAsync(database);
        await host.AcceptMailAsync($"From: {Secret}@example.com\n\nHello");
        var mail = $"From: {Secret}@example.com\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n{Secret}\n"
            + $"--b\nContent-Type: text/plain; name=a.txt\nContent-Disposition: attachment\n\n{Secret}\n--b--\n";
        var id = await WaitAsync(host, MailArrivals.Reader, Channel.Email, mail);
        // As its reader has it in hand.
        var raw = new RawArrival(id, MailArrivals.Reader, Channel.Email, DateTimeOffset.UtcNow, MailIntake.RawType, new(), Encoding.UTF8.GetBytes(mail), null);

        await EraseAsync(host, $"{Secret}@example.com");
        Assert.True(await host.Services.GetRequiredService<RawArrivals>().ReadAsync(raw, CancellationToken.None));

        Assert.Empty(await FoundAsync(host, Secret));
        Assert.Equal(1, await host.CountAsync("select count(*) from contacts"));
        await BalancedAsync(host);
        Assert.NotEmpty(FilesWith(host.Folder, Secret));
        host.AgeBlobs();
        await Eventually.Async(
            async () =>
            {
                // Again and again: a timer that runs at this moment, for the files while they were young, is set anew afterwards.
                await host.ExecuteAsync("update timers set due = " + (database == Database.Postgres ? "now()" : "1"));
                Assert.Empty(FilesWith(host.Folder, Secret));
            },
            TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData(Database.Sqlite, false)]
    [InlineData(Database.Sqlite, true)]
    [InlineData(Database.Postgres, false)]
    [InlineData(Database.Postgres, true)]
    public async Task An_erasure_that_is_cut_off_is_undone_or_finished_by_the_next_process(Database database, bool committed)
    {
        using var folder = new TempFolder();
        var connection = database == Database.Postgres ? await (await PostgresServer.SharedAsync()).CreateDatabaseAsync("intake") : null;
        string[] here = ["--Cx:Data:Path=" + folder.Path];
        Guid id;
        await using (var first = await IntakeHost.StartOnAsync(connection, here))
        {
            var answer = await first.AcceptContactAsync(new
            {
                from = new { value = $"{Secret}@example.com", name = Secret },
                text = Secret + new string('x', 100_000),
                attachments = new[] { new { name = Secret + ".txt", contentBase64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret)) } },
            });
            id = (Guid)answer["customerId"]!;
            await WaitAsync(first, MailArrivals.Reader, Channel.Email, $"From: {Secret}@example.com\n\n{Secret}");
        }
        foreach (var file in FilesWith(folder, Secret))
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(-1));

        // No timer runs in it: it dies right before its commit, or right after it.
        await using (var dying = IntakeHost.Build(folder, connection))
        {
            var erasing = dying.Services.GetRequiredService<Work<IntakeDb>>().RunAsync<EraseCustomer, Outcome<Done>>(async (handler, ct) =>
            {
                var done = await handler.HandleAsync(id, ct);
                return committed ? done : throw new InvalidOperationException("the process died");
            });
            if (committed)
                Assert.False((await erasing).IsRefused);
            else
                await Assert.ThrowsAsync<InvalidOperationException>(() => erasing);
        }
        Assert.Equal(2, FilesWith(folder, Secret).Count);

        await using var next = await IntakeHost.StartOnAsync(connection, here);
        if (!committed)
        {
            // All of it is still there, and whoever asked was not told otherwise: they ask again.
            Assert.NotEmpty(await next.ContactsOfAsync($"{Secret}@example.com"));
            Assert.Equal(1, await next.CountAsync("select count(*) from arrivals"));
            await EraseAsync(next, $"{Secret}@example.com");
        }
        await Eventually.Async(() => Assert.Empty(FilesWith(folder, Secret)), TimeSpan.FromSeconds(30));
        Assert.Empty(await FoundAsync(next, Secret));
        await BalancedAsync(next);
    }
}
