using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Notifications.V1;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Sending;
using CxPlatform.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.Notification.Tests;

/// <summary>Against a provider that is asked as Meta's documents say.</summary>
public sealed class MetaTests
{
    private static readonly Identity Mail = new(IdentityKind.EmailAddress, "maria@customer.example");

    [Fact]
    public async Task Who_wrote_by_WhatsApp_within_the_day_is_answered_there_in_free_text()
    {
        var clock = new SteppedTime();
        await using var meta = await Provider.StartAsync((200, """{"messaging_product":"whatsapp","contacts":[{"wa_id":"436641234567"}],"messages":[{"id":"wamid.1"}]}"""));
        await using var host = await NotificationHost.StartAsync(clock: clock, settings: Settings(meta));
        var story = By(Channel.Whatsapp, new(IdentityKind.PhoneNumber, "+436641234567"));
        await host.DeliverAsync(story.Opened() with { ReceivedAt = clock.GetUtcNow() }, story.Answered());
        await host.SettledAsync();

        var request = Assert.Single(meta.Requests);
        var proof = Convert.ToHexStringLower(HMACSHA256.HashData("app-secret"u8, "wa-token"u8));
        Assert.Equal($"/v23.0/4711/messages?appsecret_proof={proof}", request.Path);
        Assert.Equal("Bearer wa-token", request.Headers["authorization"]);
        var body = request.Json;
        Assert.Equal(
            ("whatsapp", "individual", "436641234567", "text"),
            (body.GetProperty("messaging_product").GetString(), body.GetProperty("recipient_type").GetString(), body.GetProperty("to").GetString(), body.GetProperty("type").GetString()));
        Assert.Contains("new seal", body.GetProperty("text").GetProperty("body").GetString());
        Assert.Equal("wamid.1", Assert.Single(await host.AppendedAsync<MessageSent>()).ProviderId);
    }

    [Fact]
    public async Task A_day_after_they_wrote_WhatsApp_gets_the_approved_template()
    {
        var clock = new SteppedTime();
        await using var meta = await Provider.StartAsync((200, """{"messages":[{"id":"wamid.2"}]}"""));
        await using var host = await NotificationHost.StartAsync(clock: clock, settings: [.. Settings(meta), ("Cx:Notification:Meta:WhatsappTemplate", "case_update")]);
        var story = By(Channel.Whatsapp, new(IdentityKind.PhoneNumber, "+436641234567"));
        await host.DeliverAsync(story.Opened() with { ReceivedAt = clock.GetUtcNow().AddHours(-25) }, story.Answered());
        await host.SettledAsync();
        var template = Assert.Single(meta.Requests).Json.GetProperty("template");
        Assert.Equal(("case_update", "en"), (template.GetProperty("name").GetString(), template.GetProperty("language").GetProperty("code").GetString()));
        var parameter = template.GetProperty("components")[0].GetProperty("parameters")[0];
        Assert.Equal("text", parameter.GetProperty("type").GetString());
        Assert.Contains("new seal", parameter.GetProperty("text").GetString());
    }

    [Fact]
    public async Task Without_a_template_it_takes_another_way_and_asks_nobody()
    {
        var clock = new SteppedTime();
        await using var meta = await Provider.StartAsync();
        await using var host = await NotificationHost.StartAsync(clock: clock, settings: Settings(meta));
        var story = By(Channel.Whatsapp, new(IdentityKind.PhoneNumber, "+436641234567"));
        await host.DeliverAsync(story.Customer(Mail));
        await host.DeliverAsync(story.Opened() with { ReceivedAt = clock.GetUtcNow().AddHours(-25) }, story.Answered());
        Assert.Single(await host.MailsAsync(1));
        Assert.Empty(meta.Requests);
        Assert.Contains("no approved template", Assert.Single(await host.AppendedAsync<MessageFailed>()).Reason);
    }

    [Fact]
    public async Task Who_has_only_commented_in_public_gets_no_direct_message_until_they_write_one()
    {
        var clock = new SteppedTime();
        await using var meta = await Provider.StartAsync((200, """{"recipient_id":"123","message_id":"m_1"}"""));
        await using var host = await NotificationHost.StartAsync(clock: clock, settings: Settings(meta));
        var story = By(Channel.Social, new(IdentityKind.Handle, "messenger:123"));
        await host.DeliverAsync(story.Opened() with { Visibility = Visibility.World, ReceivedAt = clock.GetUtcNow() }, story.Answered());
        await host.SettledAsync();
        Assert.Empty(meta.Requests);
        Assert.Contains("for a day after the customer wrote", Assert.Single(await host.AppendedAsync<MessageFailed>()).Reason, StringComparison.Ordinal);

        await host.DeliverAsync(story.Replied(acknowledge: false, messageId: null) with { ReceivedAt = clock.GetUtcNow() }, story.Answered("Here we are alone."));
        await host.SettledAsync();
        Assert.Contains("Here we are alone.", Assert.Single(meta.Requests).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("messenger:123", "/v23.0/page/messages", "Bearer page-token")]
    [InlineData("instagram:456", "/v23.0/ig/messages", "Bearer ig-token")]
    public async Task Who_wrote_a_direct_message_is_answered_there(string handle, string path, string authorization)
    {
        var clock = new SteppedTime();
        await using var meta = await Provider.StartAsync((200, """{"recipient_id":"123","message_id":"m_1"}"""));
        await using var host = await NotificationHost.StartAsync(clock: clock, settings: Settings(meta));
        var story = By(Channel.Social, new(IdentityKind.Handle, handle));
        await host.DeliverAsync(story.Opened() with { ReceivedAt = clock.GetUtcNow() }, story.Answered());
        await host.SettledAsync();
        var request = Assert.Single(meta.Requests);
        Assert.StartsWith(path, request.Path, StringComparison.Ordinal);
        Assert.Equal(authorization, request.Headers["authorization"]);
        Assert.Equal((handle.Split(':')[1], "RESPONSE"), (request.Json.GetProperty("recipient").GetProperty("id").GetString(), request.Json.GetProperty("messaging_type").GetString()));
        Assert.Equal("m_1", Assert.Single(await host.AppendedAsync<MessageSent>()).ProviderId);
    }

    [Fact]
    public async Task An_answer_in_public_is_not_sent_as_a_direct_message()
    {
        await using var meta = await Provider.StartAsync();
        await using var host = await NotificationHost.StartAsync(settings: Settings(meta));
        var message = new OutgoingMessage(
            Guid.CreateVersion7(), Guid.NewGuid(), default, Guid.NewGuid(), null, null, Reach.Public(Channel.Social, "town:maria"), "reply", Weight.Answer,
            new() { Sender = "Anna", Text = "Please write to us privately." }, 1, host.Clock.GetUtcNow(), Guid.NewGuid(), null);
        await Assert.Single(host.App.Services.GetServices<ISender>(), sender => sender.Channel == Channel.Social).SendAsync(message, default);
        Assert.Empty(meta.Requests);
        Assert.Single(await host.TextsAsync(1));
    }

    [Fact]
    public async Task Days_later_what_a_person_writes_goes_out_with_the_tag_and_what_a_machine_writes_does_not()
    {
        var clock = new SteppedTime();
        await using var meta = await Provider.StartAsync((200, """{"message_id":"m_1"}"""));
        await using var host = await NotificationHost.StartAsync(clock: clock, settings: [.. Settings(meta), ("Cx:Notification:Meta:HumanAgent", "true")]);
        var story = By(Channel.Social, new(IdentityKind.Handle, "messenger:123"));
        await host.DeliverAsync(story.Opened() with { ReceivedAt = clock.GetUtcNow().AddDays(-3) }, story.Acknowledged(), story.Answered());
        await host.SettledAsync();
        var sent = Assert.Single(meta.Requests).Json;
        Assert.Equal(("MESSAGE_TAG", "HUMAN_AGENT"), (sent.GetProperty("messaging_type").GetString(), sent.GetProperty("tag").GetString()));
        Assert.Contains("new seal", sent.GetProperty("message").GetProperty("text").GetString());
        Assert.Contains("a day after the customer wrote", Assert.Single(await host.AppendedAsync<MessageFailed>()).Reason);
    }

    [Theory]
    [InlineData(400, 10, 2018278, false, 0)]
    [InlineData(400, 100, 2018001, false, 1)]
    [InlineData(400, 551, 0, false, 0)]
    [InlineData(400, 131047, 0, false, 0)]
    [InlineData(401, 190, 0, true, 0)]
    [InlineData(403, 10, 0, true, 0)]
    [InlineData(400, 613, 0, true, 0)]
    [InlineData(400, 130429, 0, true, 0)]
    [InlineData(400, 131056, 0, true, 0)]
    [InlineData(503, 0, 0, true, 0)]
    public async Task What_Meta_answers_decides_whether_it_is_tried_again(int status, int code, int subcode, bool again, int suppressed)
    {
        var clock = new SteppedTime();
        await using var meta = await Provider.StartAsync((status, JsonSerializer.Serialize(new { error = new { message = "(#1) no", code, error_subcode = subcode } })));
        await using var host = await NotificationHost.StartAsync(clock: clock, settings: Settings(meta));
        var story = By(Channel.Social, new(IdentityKind.Handle, "messenger:123"));
        await host.DeliverAsync(story.Opened() with { ReceivedAt = clock.GetUtcNow() }, story.Answered());
        var row = await Eventually.Value(async () => (await host.MessagesAsync()).SingleOrDefault(row => row.Attempts == 1));
        Assert.Equal(again ? MessageState.Pending : MessageState.Failed, row.State);
        Assert.Equal(suppressed, await host.ReadAsync(db => Task.FromResult(db.Suppressions.Count())));
    }

    private static Story By(Channel channel, Identity from) => new() { Channel = channel, From = from, Subject = null, MessageId = null };

    private static (string, string)[] Settings(Provider meta) =>
    [
        ("Cx:Notification:Meta:BaseUrl", meta.Address.ToString()), ("Cx:Notification:Meta:AppSecret", "app-secret"),
        ("Cx:Notification:Meta:Whatsapp:Id", "4711"), ("Cx:Notification:Meta:Whatsapp:AccessToken", "wa-token"),
        ("Cx:Notification:Meta:Messenger:Id", "page"), ("Cx:Notification:Meta:Messenger:AccessToken", "page-token"),
        ("Cx:Notification:Meta:Instagram:Id", "ig"), ("Cx:Notification:Meta:Instagram:AccessToken", "ig-token"),
    ];
}
