using System.Security.Cryptography;
using System.Text;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Notifications.V1;
using CxPlatform.Mail;
using CxPlatform.Notifications.Domain;
using CxPlatform.Testing;
using Microsoft.Extensions.Options;

namespace CxPlatform.Notification.Tests;

public sealed class HttpSenderTests
{
    private static readonly byte[] Key = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();

    [Fact]
    public async Task A_text_message_is_handed_over_signed_and_under_the_same_id_at_every_attempt()
    {
        var clock = new SteppedTime();
        await using var provider = await Provider.StartAsync((503, "{}"), (409, """{"error":"still at it"}"""), (200, """{"id":"sms-17"}"""));
        await using var host = await NotificationHost.StartAsync(clock: clock, settings: Settings(provider, "Sms"));
        var story = new Story { Channel = Channel.Sms, From = new(IdentityKind.PhoneNumber, "+436641234567"), Subject = null, MessageId = null };
        await host.DeliverAsync(story.Opened(), story.Answered());
        for (var attempt = 1; attempt <= 2; attempt++)
            clock.Set((await Eventually.Value(async () => (await host.MessagesAsync()).SingleOrDefault(row => row.Attempts == attempt))).Due);
        await host.SettledAsync();

        Assert.Equal("sms-17", Assert.Single(await host.AppendedAsync<MessageSent>()).ProviderId);
        var id = Assert.Single(await host.MessagesAsync()).Id.ToString();
        Assert.Equal(3, provider.Requests.Count);
        foreach (var request in provider.Requests)
        {
            Assert.Equal((id, id), (request.Headers["webhook-id"], request.Headers["idempotency-key"]));
            // Standard Webhooks, written down once more.
            var signed = Encoding.UTF8.GetBytes($"{id}.{request.Headers["webhook-timestamp"]}.{request.Text}");
            Assert.Equal("v1," + Convert.ToBase64String(HMACSHA256.HashData(Key, signed)), request.Headers["webhook-signature"]);
            var message = request.Json;
            Assert.Equal(("sms", "+436641234567"), (message.GetProperty("channel").GetString(), message.GetProperty("to").GetString()));
            Assert.Contains("new seal", message.GetProperty("text").GetString());
        }
    }

    [Fact]
    public async Task A_mail_is_handed_over_whole_with_its_envelope()
    {
        await using var provider = await Provider.StartAsync((202, ""));
        await using var host = await NotificationHost.StartAsync(settings: Settings(provider, "Email"));
        var story = new Story();
        await host.DeliverAsync(story.Opened(), story.Answered());
        await host.SettledAsync();
        var mail = Assert.Single(provider.Requests).Json.GetProperty("mail");
        Assert.StartsWith("bounce+", mail.GetProperty("returnPath").GetString());
        Assert.Contains("new seal", MimeReader.Read(mail.GetProperty("mime").GetBytesFromBase64()).TextBody);
        Assert.Equal(MessageState.Sent, Assert.Single(await host.MessagesAsync()).State);
    }

    [Theory]
    [InlineData(400, """{"error":"+436641234567 is not a number"}""", "400 (number) is not a number", 0)]
    [InlineData(422, """{"error":"unknown subscriber","noSuchAddress":true}""", "422 unknown subscriber", 1)]
    [InlineData(404, "<html>", "404", 0)]
    public async Task What_the_provider_refuses_is_not_tried_again_and_names_nobody(int status, string answer, string reason, int suppressed)
    {
        await using var provider = await Provider.StartAsync((status, answer));
        await using var host = await NotificationHost.StartAsync(settings: Settings(provider, "Sms"));
        var story = new Story { Channel = Channel.Sms, From = new(IdentityKind.PhoneNumber, "+436641234567"), Subject = null, MessageId = null };
        await host.DeliverAsync(story.Opened(), story.Answered());
        await host.SettledAsync();
        Assert.Equal(reason, Assert.Single(await host.AppendedAsync<MessageFailed>()).Reason);
        Assert.Single(provider.Requests);
        Assert.Equal(suppressed, await host.ReadAsync(db => Task.FromResult(db.Suppressions.Count())));
    }

    [Theory]
    [InlineData("Cx:Notification:Http:Sms:Url", "http://provider.example/", "https URL")]
    [InlineData("Cx:Notification:Http:Sms:Secret", "secret", "whsec_")]
    [InlineData("Cx:Notification:Http:Fax:Url", "https://provider.example/", "must be one of Email, Sms")]
    [InlineData("Cx:Notification:Meta:Whatsapp:Id", "1", "are given together")]
    [InlineData("Cx:Mail:Smtp:OAuth:TokenUrl", "http://login.example/", "https URL")]
    public async Task A_setting_that_cannot_be_stops_the_start_and_says_why(string key, string value, string expected)
    {
        var settings = new Dictionary<string, string> { ["Cx:Notification:Http:Sms:Url"] = "https://provider.example/", ["Cx:Notification:Http:Sms:Secret"] = Secret, [key] = value };
        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => NotificationHost.StartAsync(settings: [.. settings.Select(pair => (pair.Key, pair.Value))]));
        Assert.Contains(expected, fault.Message);
    }

    private static string Secret => "whsec_" + Convert.ToBase64String(Key);

    private static (string, string)[] Settings(Provider provider, string channel) =>
        [($"Cx:Notification:Http:{channel}:Url", provider.Address.ToString()), ($"Cx:Notification:Http:{channel}:Secret", Secret)];
}
