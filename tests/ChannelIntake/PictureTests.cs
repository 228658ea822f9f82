using System.Net;
using CxPlatform.Intake;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.ChannelIntake.Tests;

public sealed class PictureTests
{
    private const string Png = "iVBORw0KGgoAAAANSUhEUg==";

    private static string Mail(string type, string content) => $"""
        From: erika-{Guid.NewGuid():n}@example.com
        Subject: With a picture
        MIME-Version: 1.0
        Content-Type: multipart/related; boundary="b"

        --b
        Content-Type: text/html; charset=utf-8

        <p onclick="x()">See <img src="cid:pic@x"><script>alert(1)</script></p><img src="https://tracker.example/p.gif">
        --b
        Content-Type: {type}; name="pic"
        Content-ID: <pic@x>
        Content-Disposition: inline; filename="pic"
        Content-Transfer-Encoding: base64

        {content}
        --b--
        """;

    [Fact]
    public async Task A_picture_within_a_mail_is_shown_and_nothing_in_it_runs()
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        var id = (string)(await host.AcceptMailAsync(Mail("image/png", Png)))["contactId"]!;
        var contact = await host.GetAsync("/v1/contacts/" + id);
        var html = (string)contact["html"]!;
        var address = $"/v1/contacts/{id}/inline/0";
        Assert.Contains($"src=\"{address}\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("script", html, StringComparison.Ordinal);
        Assert.DoesNotContain("onclick", html, StringComparison.Ordinal);
        Assert.DoesNotContain(" src=\"https:", html, StringComparison.Ordinal);
        Assert.True((bool)contact["attachments"]![0]!["inline"]!);

        using var picture = await host.Client.GetAsync(address);
        Assert.Equal("image/png", picture.Content.Headers.ContentType?.MediaType);
        Assert.Null(picture.Content.Headers.ContentDisposition);
        Assert.Contains("sandbox", Assert.Single(picture.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(picture.Headers.GetValues("X-Content-Type-Options")));
        using var stranger = await host.Anonymous.GetAsync(address);
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
    }

    [Fact]
    public async Task What_only_claims_to_be_a_picture_is_not_shown()
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        var svg = Convert.ToBase64String("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"u8);
        foreach (var type in new[] { "image/png", "image/svg+xml" })
        {
            var id = (string)(await host.AcceptMailAsync(Mail(type, svg)))["contactId"]!;
            Assert.DoesNotContain("inline/0", (string)(await host.GetAsync("/v1/contacts/" + id))["html"]!, StringComparison.Ordinal);
            using var picture = await host.Client.GetAsync($"/v1/contacts/{id}/inline/0");
            Assert.Equal(HttpStatusCode.NotFound, picture.StatusCode);
            using var file = await host.Client.GetAsync($"/v1/contacts/{id}/attachments/0");
            Assert.Equal("application/octet-stream", file.Content.Headers.ContentType?.MediaType);
        }
    }

    [Theory]
    [InlineData("image/png", "\x89PNG\r\n\x1a\n", "image/png")]
    [InlineData("text/html", "\x89PNG\r\n\x1a\n", "image/png")]
    [InlineData("image/png", "GIF89a", "image/gif")]
    [InlineData("application/pdf", "%PDF-1.7", "application/pdf")]
    [InlineData("application/pdf", "<html>", "application/octet-stream")]
    [InlineData("text/plain", "Hello", "text/plain")]
    [InlineData("text/plain; charset=utf-8", "Hello", "text/plain")]
    [InlineData("text/plain", "MZ\x90", "application/octet-stream")]
    [InlineData("text/plain", "a\0b", "application/octet-stream")]
    [InlineData("text/html", "Hello", "application/octet-stream")]
    [InlineData("image/svg+xml", "<svg/>", "application/octet-stream")]
    [InlineData("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "PK\x03\x04",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document")]
    [InlineData("application/java-archive", "PK\x03\x04", "application/zip")]
    [InlineData("application/msword", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "application/msword")]
    [InlineData("", "", "application/octet-stream")]
    public void A_file_is_served_as_what_its_bytes_show(string declared, string bytes, string served) =>
        Assert.Equal(served, FileTypes.Safe(declared, System.Text.Encoding.Latin1.GetBytes(bytes)));
}
