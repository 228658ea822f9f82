using System.Collections.Concurrent;
using System.Text;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Notifications.V1;
using CxPlatform.Notifications.Domain;
using CxPlatform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CxPlatform.Notification.Tests;

public sealed class TwilioTests
{
    [Fact]
    public async Task A_text_message_is_handed_to_the_provider_and_its_id_is_kept()
    {
        await using var twilio = await Stub.StartAsync((201, """{"sid":"SM123","status":"queued"}""", null));
        await using var host = await NotificationHost.StartAsync(settings: twilio.Settings);
        var story = Sms();
        await host.DeliverAsync(story.Opened(), story.Acknowledged());
        await host.SettledAsync();

        var (path, authorization, form) = Assert.Single(twilio.Requests);
        Assert.Equal("/2010-04-01/Accounts/AC42/Messages.json", path);
        Assert.Equal("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("AC42:secret")), authorization);
        Assert.Equal("+436641234567", form["To"]);
        Assert.Equal("+4315550100", form["From"]);
        Assert.StartsWith("We got this. Anna Berger has it", form["Body"]);
        Assert.Equal("SM123", Assert.Single(await host.AppendedAsync<MessageSent>()).ProviderId);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(401)]
    public async Task What_the_provider_cannot_do_now_is_tried_again(int status)
    {
        var clock = new SteppedTime();
        await using var twilio = await Stub.StartAsync((status, """{"code":20429,"message":"Too Many Requests"}""", "90"), (201, """{"sid":"SM124"}""", null));
        await using var host = await NotificationHost.StartAsync(clock: clock, settings: twilio.Settings);
        var story = Sms();
        await host.DeliverAsync(story.Opened(), story.Acknowledged());
        var row = await Eventually.Value(async () => (await host.MessagesAsync()).SingleOrDefault(row => row.Attempts == 1));
        Assert.Equal(MessageState.Pending, row.State);
        Assert.InRange(row.Due - row.CreatedAt, TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(130)); // Retry-After is longer than a minute
        clock.Set(row.Due);
        await host.SettledAsync();
        Assert.Equal("SM124", Assert.Single(await host.AppendedAsync<MessageSent>()).ProviderId);
    }

    [Fact]
    public async Task What_the_provider_refuses_is_not_tried_again_and_names_nobody()
    {
        await using var twilio = await Stub.StartAsync((400, """{"code":21211,"message":"The 'To' number +436641234567 is not a valid phone number."}""", null));
        await using var host = await NotificationHost.StartAsync(settings: twilio.Settings);
        var story = Sms();
        await host.DeliverAsync(story.Opened(), story.Acknowledged());
        await host.SettledAsync();
        Assert.Equal("400 21211 The 'To' number (number) is not a valid phone number.", Assert.Single(await host.AppendedAsync<MessageFailed>()).Reason);
        Assert.Single(twilio.Requests);
    }

    [Theory]
    [InlineData(1, true, "Body", "SM1")]
    [InlineData(25, true, "ContentSid", "SM1")]
    [InlineData(25, false, null, null)]
    public async Task WhatsApp_gets_free_text_for_a_day_then_the_approved_content_and_without_one_it_goes_by_SMS(int hours, bool content, string? field, string? sid)
    {
        var clock = new SteppedTime();
        await using var twilio = await Stub.StartAsync((201, """{"sid":"SM1"}""", null));
        (string, string)[] own = content ? [("Cx:Notification:Twilio:WhatsappContent", "HX1")] : [];
        await using var host = await NotificationHost.StartAsync(clock: clock, settings: [.. twilio.Settings, ("Cx:Notification:Twilio:WhatsappFrom", "+4315550199"), .. own]);
        var story = new Story { Channel = Channel.Whatsapp, From = new(IdentityKind.PhoneNumber, "+436641234567"), Subject = null, MessageId = null };
        await host.DeliverAsync(story.Opened() with { ReceivedAt = clock.GetUtcNow().AddHours(-hours) }, story.Answered());
        await host.SettledAsync();
        var form = Assert.Single(twilio.Requests).Form;
        if (field is null)
        {
            Assert.Equal(("+436641234567", "+4315550100"), (form["To"], form["From"]));
            Assert.EndsWith("it goes by SMS instead.", Assert.Single(await host.AppendedAsync<MessageFailed>()).Reason, StringComparison.Ordinal);
            return;
        }
        Assert.Equal(("whatsapp:+436641234567", "whatsapp:+4315550199"), (form["To"], form["From"]));
        Assert.True(form.ContainsKey(field) && !form.ContainsKey(field == "Body" ? "ContentSid" : "Body"));
        Assert.Contains("new seal", form[field == "Body" ? "Body" : "ContentVariables"]);
        Assert.Equal(sid, Assert.Single(await host.AppendedAsync<MessageSent>()).ProviderId);
    }

    private static Story Sms() => new() { Channel = Channel.Sms, From = new(IdentityKind.PhoneNumber, "+436641234567"), Subject = null, MessageId = null };

    /// <summary>Answers as it is told, one by one.</summary>
    private sealed class Stub : IAsyncDisposable
    {
        private readonly ConcurrentQueue<(int Status, string Body, string? RetryAfter)> _answers;
        private readonly WebApplication _app;

        private Stub(WebApplication app, IEnumerable<(int, string, string?)> answers) => (_app, _answers) = (app, new(answers));

        public ConcurrentQueue<(string Path, string Authorization, Dictionary<string, string> Form)> Requests { get; } = new();

        public (string, string)[] Settings { get; private set; } = [];

        public static async Task<Stub> StartAsync(params (int, string, string?)[] answers)
        {
            var port = FreePort.Next();
            var builder = WebApplication.CreateBuilder([$"--urls=http://127.0.0.1:{port}"]);
            builder.Logging.ClearProviders();
            var stub = new Stub(builder.Build(), answers)
            {
                Settings =
                [
                    ("Cx:Notification:Twilio:AccountSid", "AC42"), ("Cx:Notification:Twilio:AuthToken", "secret"), ("Cx:Notification:Twilio:From", "+4315550100"),
                    ("Cx:Notification:Twilio:BaseUrl", $"http://127.0.0.1:{port}/"),
                ],
            };
            stub._app.Map("{**path}", stub.AnswerAsync);
            await stub._app.StartAsync();
            return stub;
        }

        private async Task AnswerAsync(HttpContext context)
        {
            var form = await context.Request.ReadFormAsync();
            Requests.Enqueue((context.Request.Path, context.Request.Headers.Authorization.ToString(), form.ToDictionary(pair => pair.Key, pair => pair.Value.ToString())));
            if (!_answers.TryDequeue(out var answer))
                answer = (500, "", null);
            context.Response.StatusCode = answer.Status;
            if (answer.RetryAfter is not null)
                context.Response.Headers.RetryAfter = answer.RetryAfter;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(answer.Body);
        }

        public async ValueTask DisposeAsync() => await _app.DisposeAsync();
    }
}
