using System.Net;
using System.Net.Http.Json;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;

namespace CxPlatform.ChannelIntake.Tests;

public sealed class StaffTests
{
    private const string Path = "/v1/channels/staff";

    [Fact]
    public async Task A_call_that_was_written_down_is_the_callers_contact_and_says_who_wrote_it()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite, "--Cx:Intake:DefaultCountryCode=49");
        var entry = new { id = "1", channel = "voice", from = "030 123456", name = "Erika", text = "Wants a call back.", caseNumber = "CX-2026-000123" };
        for (var i = 0; i < 2; i++)
        {
            using var posted = await host.Client.PostAsJsonAsync(Path, entry);
            Assert.Equal(i == 1, (bool)(await IntakeHost.JsonAsync(posted, 202))["duplicate"]!);
        }
        var contact = await host.ReceivedAsync("+4930123456");
        Assert.Equal((Channel.Voice, "Wants a call back.", "Erika"), (contact.Channel, contact.Text, contact.CustomerName));
        Assert.Equal(new Evidence(EvidenceKind.Explicit, "CX-2026-000123"), Assert.Single(contact.Evidence));
        Assert.NotEmpty(contact.References["recordedBy"]);
        Assert.StartsWith("key:", (await host.StreamAsync("contact/" + contact.ContactId))[0].Actor, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scanned_letter_comes_as_a_file_and_needs_no_words()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite);
        using var form = new MultipartFormDataContent
        {
            { new StringContent("letter"), "channel" }, { new StringContent("Anna Alt"), "name" }, { new ByteArrayContent([1, 2, 3]), "files", "letter.pdf" },
        };
        using var posted = await host.Client.PostAsync(Path, form);
        var accepted = await IntakeHost.JsonAsync(posted, 202);
        var contact = await host.EventAsync<ContactReceived>("contact/" + accepted["contactId"]);
        Assert.Equal((Channel.Letter, "letter.pdf"), (contact.Channel, Assert.Single(contact.Attachments).Name));
        // Two people of one name and without an address are two.
        using var other = await host.Client.PostAsJsonAsync(Path, new { channel = "kiosk", name = "Anna Alt", text = "Asked for the way." });
        Assert.NotEqual((string)accepted["customerId"]!, (string)(await IntakeHost.JsonAsync(other, 202))["customerId"]!);
    }

    [Theory]
    [InlineData("channel", "email", "a@example.com", "x")]
    [InlineData("from", "voice", null, "x")]
    [InlineData("from", "voice", "neither", "x")]
    [InlineData("text", "voice", "a@example.com", " ")]
    public async Task What_is_wrong_is_named(string field, string channel, string? from, string text)
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        using var posted = await host.Client.PostAsJsonAsync(Path, new { channel, from, text });
        Assert.NotNull((await IntakeHost.JsonAsync(posted, 400))["errors"]![field]);
    }

    [Fact]
    public async Task Nobody_else_writes_for_staff()
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        using var posted = await host.Anonymous.PostAsJsonAsync(Path, new { channel = "voice", name = "x", text = "x" });
        Assert.Equal(HttpStatusCode.Unauthorized, posted.StatusCode);
        using var page = await host.Anonymous.GetAsync("/contact/staff");
        Assert.NotEqual(HttpStatusCode.OK, page.StatusCode);
    }
}
