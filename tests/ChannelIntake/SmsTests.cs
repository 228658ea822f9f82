using System.Net;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Intake.Channels.Twilio;

namespace CxPlatform.ChannelIntake.Tests;

public sealed class SmsTests
{
    private const string Path = "/v1/channels/sms/twilio";
    private const string Url = "https://help.example.com" + Path;

    private static Dictionary<string, string> Message(string sid) => new()
    {
        ["ToCountry"] = "DE",
        ["MessageSid"] = sid,
        ["AccountSid"] = "AC00000000000000000000000000000000",
        ["From"] = "+4915112345678",
        ["To"] = "+493012345",
        ["Body"] = "Wo ist mein Paket? Ich warte und bitte um Antwort.",
        ["NumMedia"] = "1",
        ["MediaUrl0"] = "https://api.twilio.com/2010-04-01/Accounts/AC0/Messages/MM0/Media/ME0",
        ["MediaContentType0"] = "image/jpeg",
    };

    [Theory]
    [InlineData("https://help.example.com:443")]
    [InlineData("https://help.example.com")]
    public async Task A_signature_over_the_address_with_its_port_or_without_is_Twilios(string address)
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite, Twilio.Setting);
        const string Path = "/v1/channels/sms/twilio";
        var fields = new Dictionary<string, string> { ["MessageSid"] = "SM1", ["From"] = "+4915112345678", ["Body"] = "Hello" };
        using var answer = await host.PostTwilioAsync(Path, fields, Twilio.Sign(address + Path, fields));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var other = await host.PostTwilioAsync(Path, fields, Twilio.Sign("https://help.example.com:8443" + Path, fields));
        Assert.Equal(HttpStatusCode.Unauthorized, other.StatusCode);
    }

    [Fact]
    public void The_documented_sample_has_the_documented_signature()
    {
        var fields = new Dictionary<string, string>
        {
            ["CallSid"] = "CA1234567890ABCDE",
            ["Caller"] = "+14158675309",
            ["Digits"] = "1234",
            ["From"] = "+14158675309",
            ["To"] = "+18005551212",
        };
        const string Called = "https://mycompany.com/myapp.php?foo=1&bar=2";
        Assert.True(TwilioSignature.IsValid("RSOYDt4T1cUTdK1PDd93/VVr8B8=", "12345", Called, fields));
        Assert.False(TwilioSignature.IsValid("RSOYDt4T1cUTdK1PDd93/VVr8B8=", "12346", Called, fields));
    }

    [Fact]
    public async Task A_signed_message_is_stored_once_with_its_conversation()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite, Twilio.Setting);
        var message = Message("SM1");
        for (var i = 0; i < 2; i++)
        {
            using var answer = await host.PostTwilioAsync(Path, message, Twilio.Sign(Url, message));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("text/xml", answer.Content.Headers.ContentType?.MediaType);
            Assert.EndsWith("<Response/>", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        Assert.Equal(1, await host.CountAsync("select count(*) from contacts"));
        var found = await host.GetAsync("/v1/customers?identity=%2B49%20151%2012345678");
        var contacts = await host.GetAsync($"/v1/contacts?customerId={found["items"]![0]!["customerId"]}");
        var contact = await host.EventAsync<ContactReceived>("contact/" + contacts["items"]![0]!["contactId"]);
        Assert.Equal("SM1", contact.ProviderId);
        Assert.Equal(new(IdentityKind.PhoneNumber, "+4915112345678"), contact.From);
        Assert.Equal(new Evidence(EvidenceKind.Conversation, "+4915112345678 +493012345"), Assert.Single(contact.Evidence));
        Assert.Equal(message["MediaUrl0"], contact.References["media0"]);
    }

    [Fact]
    public async Task A_message_without_a_valid_signature_is_refused()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite, Twilio.Setting);
        var message = Message("SM2");
        var signature = Twilio.Sign(Url, message);
        message["Body"] = "Something else";
        foreach (var wrong in new[] { signature, Twilio.Sign("https://evil.example/", message), "nonsense", null })
        {
            using var answer = await host.PostTwilioAsync(Path, message, wrong);
            Assert.Equal("signature-invalid", (string)(await IntakeHost.JsonAsync(answer, 401))["code"]!);
        }
        Assert.Equal(0, await host.CountAsync("select count(*) from contacts"));
    }

    [Fact]
    public async Task A_WhatsApp_message_comes_the_same_way_and_is_from_the_same_number()
    {
        await using var host = await IntakeHost.StartAsync(Database.Sqlite, Twilio.Setting);
        var message = Message("SM5");
        (message["From"], message["To"], message["ProfileName"]) = ("whatsapp:+4915112345678", "whatsapp:+493012345", "Erika");
        using var answer = await host.PostSignedAsync(Path, message);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var contact = await host.EventAsync<ContactReceived>("contact/" + (await host.ContactsOfAsync("+4915112345678"))[0]!["contactId"]);
        Assert.Equal(Channel.Whatsapp, contact.Channel);
        Assert.Equal(new(IdentityKind.PhoneNumber, "+4915112345678"), contact.From);
        Assert.Equal("+493012345", contact.To);
        Assert.Equal("Erika", contact.CustomerName);
    }

    [Fact]
    public async Task The_address_that_the_provider_was_told_may_be_another()
    {
        await using var host = await IntakeHost.StartAsync(
            Database.Sqlite, Twilio.Setting, "--Cx:Intake:Twilio:WebhookUrl=https://hooks.example.com/sms");
        var message = Message("SM3");
        using var answer = await host.PostTwilioAsync(Path, message, Twilio.Sign("https://hooks.example.com/sms", message));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Without_a_token_the_channel_says_that_it_is_not_set_up()
    {
        var host = await IntakeHost.SharedAsync(Database.Sqlite);
        using var answer = await host.PostTwilioAsync(Path, Message("SM4"), "x");
        Assert.Equal("channel-not-configured", (string)(await IntakeHost.JsonAsync(answer, 503))["code"]!);
    }
}
