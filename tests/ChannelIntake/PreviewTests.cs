using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace CxPlatform.ChannelIntake.Tests;

public sealed class PreviewTests
{
    private const string Mail = """
        From: =?utf-8?Q?Erika_M=C3=BCller?= <Erika@Example.com>
        Reply-To: Office <office@example.com>
        To: Support <support@help.example.com>, second@help.example.com
        Cc: Max <max@example.com>
        Subject: Wo ist mein =?utf-8?Q?P=C3=A4ckchen=3F?=
        Message-ID: <preview-1@mail.example.com>
        In-Reply-To: <earlier@mail.example.com>
        Date: Mon, 23 Nov 2026 10:00:00 +0100
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="b"

        --b
        Content-Type: text/plain; charset=utf-8

        Guten Tag, das ist noch nicht da.

        Am 22.11.2026 um 10:00 schrieb Support <support@help.example.com>:
        > Es ist unterwegs.
        --b
        Content-Type: image/png; name="foto.png"
        Content-Disposition: attachment; filename="foto.png"
        Content-Transfer-Encoding: base64

        iVBORw0KGgo=
        --b--
        """;

    private static async Task<JsonNode> PreviewAsync(IntakeHost host, byte[] mail, string query = "")
    {
        using var content = new ByteArrayContent(mail);
        content.Headers.ContentType = new("message/rfc822");
        using var response = await host.Client.PostAsync("/v1/channels/email/preview" + query, content);
        return await IntakeHost.JsonAsync(response, 200);
    }

    private static Task<JsonNode> PreviewAsync(IntakeHost host, string mail, string query = "") =>
        PreviewAsync(host, Encoding.UTF8.GetBytes(mail.ReplaceLineEndings("\r\n")), query);

    [Fact]
    public async Task A_preview_says_all_that_a_mail_says()
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        var shown = await PreviewAsync(host, Mail);
        Assert.Equal("""{"address":"Erika@Example.com","name":"Erika Müller"}""", Json(shown["from"]));
        Assert.Equal(
            """[{"address":"support@help.example.com","name":"Support"},{"address":"second@help.example.com","name":null}]""",
            Json(shown["to"]));
        Assert.Equal("""[{"address":"max@example.com","name":"Max"}]""", Json(shown["cc"]));
        Assert.Equal("""[{"address":"office@example.com","name":"Office"}]""", Json(shown["replyTo"]));
        Assert.Equal("Wo ist mein Päckchen?", (string)shown["subject"]!);
        Assert.Equal("2026-11-23T09:00:00Z", (string)shown["date"]!);
        Assert.Equal("preview-1@mail.example.com", (string)shown["messageId"]!);
        Assert.Equal("""["earlier@mail.example.com"]""", Json(shown["references"]));
        Assert.Contains("Es ist unterwegs.", (string)shown["text"]!, StringComparison.Ordinal);
        Assert.Equal("Guten Tag, das ist noch nicht da.", (string)shown["replyText"]!);
        Assert.Equal("""[{"name":"foto.png","contentType":"image/png","size":8,"inline":false}]""", Json(shown["attachments"]));
        Assert.Equal("none", (string)shown["automatic"]!);
        Assert.Equal("de", (string)shown["language"]!);
        Assert.Equal(0, (double)shown["spam"]!["score"]!);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_contact_is_what_its_preview_said(Database database)
    {
        var host = await IntakeHost.SharedAsync(database);
        var mail = Mail.Replace("preview-1", Guid.NewGuid().ToString("n"), StringComparison.Ordinal);
        var preview = await PreviewAsync(host, mail);
        var contact = await host.GetAsync("/v1/contacts/" + (await host.AcceptMailAsync(mail))["contactId"]);
        foreach (var (name, value) in preview.AsObject())
        {
            if (name == "attachments")
                foreach (var file in contact[name]!.AsArray())
                    file!.AsObject().Remove("href");
            Assert.Equal($"{name}: {Json(value)}", $"{name}: {Json(contact[name])}");
        }
        Assert.Equal("accepted", (string)contact["state"]!);
        Assert.Equal("erika@example.com", (string)contact["identity"]!["value"]!);
    }

    [Fact]
    public async Task A_preview_stores_nothing()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite);
        await PreviewAsync(host, Mail);
        foreach (var table in new[] { "arrivals", "contacts", "customers", "tallies", "events" })
            Assert.Equal(0, await host.CountAsync($"select count(*) from {table}"));
        Assert.False(Directory.Exists(System.IO.Path.Combine(host.Folder.Path, "blobs")));
    }

    [Fact]
    public async Task A_preview_answers_for_any_bytes()
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        var seed = Environment.TickCount;
        var random = new Random(seed);
        List<byte[]> mails = [[], "\r\n"u8.ToArray(), " "u8.ToArray(), [0], "From"u8.ToArray(), "Subject:"u8.ToArray(), [.. Enumerable.Repeat((byte)0xFF, 5000)]];
        for (var i = 0; i < 60; i++)
        {
            var bytes = i % 2 == 0 ? new byte[random.Next(2000)] : Encoding.UTF8.GetBytes(Mail.ReplaceLineEndings("\r\n"));
            if (i % 2 == 0)
                random.NextBytes(bytes);
            else
                for (var flips = 0; flips < 20; flips++)
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            mails.Add(bytes);
        }
        foreach (var mail in mails)
        {
            var shown = await PreviewAsync(host, mail);
            Assert.True(shown["text"] is not null && shown.AsObject().ContainsKey("subject"), $"seed {seed}: {shown}");
        }
    }

    [Fact]
    public async Task A_mail_without_subject_and_text_has_neither()
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        var shown = await PreviewAsync(host, "From: root\n\n");
        Assert.True(shown.AsObject().ContainsKey("subject"));
        Assert.Null(shown["subject"]);
        Assert.Equal("", (string)shown["text"]!);
        Assert.Equal("root", (string)shown["from"]!["address"]!);
    }

    [Fact]
    public async Task The_envelope_decides_what_the_header_does_not_say()
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        const string mail = "From: postmaster@mx.example\nSubject: x\n\nHello";
        Assert.Equal("none", (string)(await PreviewAsync(host, mail))["automatic"]!);
        Assert.NotEqual("none", (string)(await PreviewAsync(host, mail, "?sender="))["automatic"]!);
    }

    [Fact]
    public async Task A_file_that_is_not_what_it_says_is_named_in_the_warnings()
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        var shown = await PreviewAsync(host, Mail.Replace("iVBORw0KGgo=", Convert.ToBase64String("MZ an executable"u8), StringComparison.Ordinal));
        Assert.Contains("file-type: file 1 is declared as image/png, but its bytes are application/x-msdownload.",
            shown["warnings"]!.AsArray().Select(warning => (string)warning!));
    }

    [Theory]
    [InlineData("message/rfc822")]
    [InlineData("application/octet-stream")]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task A_preview_takes_a_mail_by_whatever_type_a_tool_calls_it(string? type)
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Mail));
        content.Headers.ContentType = type is null ? null : new(type);
        using var response = await host.Client.PostAsync("/v1/channels/email/preview", content);
        Assert.Equal("Wo ist mein Päckchen?", (string)(await IntakeHost.JsonAsync(response, 200))["subject"]!);
    }

    [Theory]
    [InlineData("application/octet-stream", HttpStatusCode.Accepted)]
    [InlineData("message/global", HttpStatusCode.Accepted)]
    [InlineData("text/html", HttpStatusCode.UnsupportedMediaType)]
    public async Task A_mail_is_taken_by_the_types_that_mail_has(string type, HttpStatusCode status)
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes($"Subject: {Guid.NewGuid()}\n\nHello"));
        content.Headers.ContentType = new(type);
        using var response = await host.Client.PostAsync("/v1/channels/email", content);
        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task A_preview_is_for_those_who_hand_in_or_read_contacts()
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Mail));
        using var response = await host.Anonymous.PostAsync("/v1/channels/email/preview", content);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    private static string Json(JsonNode? node) =>
        node?.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) ?? "null";
}
