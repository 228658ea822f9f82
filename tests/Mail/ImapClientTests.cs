using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CxPlatform.Mail.Tests;

public class ImapClientTests
{
    static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    [Fact]
    public void A_response_is_read_into_atoms_strings_lists_and_literals()
    {
        var values = ImapParser.Parse(["* 12 FETCH (UID 7 FLAGS (\\Seen \"a \\\"b\\\"\") BODY[HEADER.FIELDS (TO)] ", " X NIL)"], [Bytes("To: x")]);
        Assert.Equal(["*", "12", "FETCH", ""], values.Select(v => v.Text));
        var items = values[3].List!;
        Assert.Equal(["UID", "7", "FLAGS", "", "BODY[HEADER.FIELDS (TO)]", "To: x", "X", "NIL"], items.Select(v => v.Text));
        Assert.Equal(["\\Seen", "a \"b\""], items[3].List!.Select(v => v.Text));
        Assert.Equal("To: x", Encoding.ASCII.GetString(items[5].Literal!));
        Assert.Equal("[UIDVALIDITY 42]", ImapParser.Parse(["* OK [UIDVALIDITY 42] fine"], [])[2].Text);
    }

    [Fact]
    public void No_response_makes_the_parser_fail_otherwise_than_by_saying_so()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < 20_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => "() \"\\[]a1{}*\t"[random.Next(13)]));
            try
            {
                ImapParser.Parse([text, text], [[]]);
            }
            catch (ImapException)
            {
                // Too deep: said so.
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}, round {round}: {text}\n{e}");
            }
        }
    }

    [Theory]
    [InlineData("INBOX", "INBOX")]
    [InlineData("R&D", "R&-D")]
    [InlineData("Gelöscht", "Gel&APY-scht")]
    [InlineData("台北", "&U,BTFw-")]
    public void A_folder_name_is_sent_in_modified_utf_7(string name, string encoded) => Assert.Equal(encoded, ImapClient.EncodeFolder(name));

    static ImapOptions Options(ScriptedImapServer server) => new()
    {
        Host = "127.0.0.1",
        Port = server.Port,
        Tls = ImapTls.None,
        User = "erika@example.com",
        Secret = "s3cret\"token",
    };

    [Fact]
    public async Task An_oauth_token_is_sent_as_xoauth2_and_its_refusal_names_nobody()
    {
        await using var server = new ScriptedImapServer("AUTH=XOAUTH2", (command, say) => command switch
        {
            "AUTHENTICATE XOAUTH2" => say("+ "),
            var line when line == Convert.ToBase64String(Bytes("user=erika@example.com\x01auth=Bearer s3cret\"token\x01\x01")) => say("+ eyJzdGF0dXMiOiI0MDEifQ=="),
            "" => say("{tag} NO erika@example.com AUTHENTICATE failed"),
            _ => null,
        });
        var refused = await Assert.ThrowsAsync<ImapException>(() => ImapClient.OpenAsync(Options(server) with { OAuth = true }));
        Assert.Equal((ImapFailure.Authentication, "User and secret are refused."), (refused.Failure, refused.Message));
        Assert.DoesNotContain("erika", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_plain_the_client_logs_in_with_quoted_words()
    {
        await using var server = new ScriptedImapServer("", (command, say) =>
            command == "LOGIN \"erika@example.com\" \"s3cret\\\"token\"" ? say("{tag} OK in") : null);
        await using var client = await ImapClient.OpenAsync(Options(server));
        Assert.False(client.CanIdle);
    }

    [Fact]
    public async Task A_large_message_waits_in_a_file_and_a_small_one_after_it_in_memory()
    {
        var large = new string('x', 3_000_000) + "end";
        await using var server = new ScriptedImapServer("AUTH=PLAIN", (command, say) => command switch
        {
            "AUTHENTICATE PLAIN" => say("+ "),
            "UID FETCH 1 (UID BODY.PEEK[])" => say($"* 1 FETCH (UID 1 BODY[] {{{large.Length}}}\r\n{large})\r\n{{tag}} OK done"),
            "UID FETCH 2 (UID BODY.PEEK[])" => say("* 2 FETCH (UID 2 BODY[] {5}\r\nsmall)\r\n{tag} OK done"),
            var line when !line.Contains(' ', StringComparison.Ordinal) && line.Length > 20 => say("{tag} OK in"),
            _ => null,
        });
        await using var client = await ImapClient.OpenAsync(Options(server));
        string path;
        await using (var file = Assert.IsType<FileStream>(await client.FetchAsync(1, 5_000_000, default)))
        {
            path = file.Name;
            using var reader = new StreamReader(file, leaveOpen: true);
            Assert.Equal(large, await reader.ReadToEndAsync());
        }
        Assert.False(File.Exists(path));
        await using var small = Assert.IsType<MemoryStream>(await client.FetchAsync(2, 5_000_000, default));
        Assert.Equal("small"u8, small.ToArray());
        Assert.Null(await client.FetchAsync(3, 5_000_000, default));
    }

    [Fact]
    public async Task A_message_larger_than_asked_for_is_not_taken()
    {
        await using var server = new ScriptedImapServer("AUTH=PLAIN", (command, say) => command switch
        {
            "AUTHENTICATE PLAIN" => say("+ "),
            var line when line.StartsWith("UID FETCH", StringComparison.Ordinal) => say("* 1 FETCH (UID 1 BODY[] {2000000000}"),
            var line when !line.Contains(' ', StringComparison.Ordinal) && line.Length > 20 => say("{tag} OK in"),
            _ => null,
        });
        await using var client = await ImapClient.OpenAsync(Options(server));
        var refused = await Assert.ThrowsAsync<ImapException>(() => client.FetchAsync(1, 1_000, default));
        Assert.Equal(ImapFailure.Protocol, refused.Failure);
    }

    [Fact]
    public async Task A_server_without_starttls_is_not_told_the_password()
    {
        await using var server = new ScriptedImapServer("AUTH=PLAIN", (_, _) => null);
        var refused = await Assert.ThrowsAsync<ImapException>(() => ImapClient.OpenAsync(Options(server) with { Tls = ImapTls.StartTls }));
        Assert.Equal(ImapFailure.Tls, refused.Failure);
    }

    /// <summary>A server that says what a test tells it to; what the script leaves out is answered OK.</summary>
    sealed class ScriptedImapServer : IAsyncDisposable
    {
        readonly TcpListener listener = new(IPAddress.Loopback, 0);
        readonly CancellationTokenSource stop = new();
        readonly Task serving;

        public ScriptedImapServer(string capabilities, Func<string, Func<string, string>, string?> script)
        {
            listener.Start();
            serving = ServeAsync(capabilities, script);
        }

        public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

        async Task ServeAsync(string capabilities, Func<string, Func<string, string>, string?> script)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync(stop.Token);
                var stream = client.GetStream();
                using var reader = new StreamReader(stream);
                var tag = "";
                await SayAsync("* OK ready");
                while (await reader.ReadLineAsync(stop.Token) is { } line)
                {
                    var command = line;
                    // A continuation has no tag.
                    if (line.Length > 2 && line[0] == 'c' && line.Split(' ', 2) is [var first, var rest] && int.TryParse(first[1..], out _))
                        (tag, command) = (first, rest);
                    if (command == "CAPABILITY") await SayAsync($"* CAPABILITY IMAP4rev1 {capabilities}");
                    await SayAsync((script(command, text => text) ?? "{tag} OK done").Replace("{tag}", tag, StringComparison.Ordinal));
                }

                async Task SayAsync(string text) => await stream.WriteAsync(Encoding.UTF8.GetBytes(text + "\r\n"), stop.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The client left.
            }
        }

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            listener.Stop();
            await serving;
            stop.Dispose();
        }
    }
}
