using System.Globalization;
using System.Text;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Notifications.V1;
using CxPlatform.Mail;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Domain;
using CxPlatform.Testing;

namespace CxPlatform.Notification.Tests;

/// <summary>The module's mail through Postfix.</summary>
public sealed class RealMailTests(RealMailTests.Server server) : IClassFixture<RealMailTests.Server>
{
    private static Story For(string name) => new() { From = new(IdentityKind.EmailAddress, $"{name}@customer.example") };

    [Fact]
    public async Task Who_greylists_gets_the_mail_at_the_second_attempt_and_the_case_hears_of_one_message()
    {
        var clock = new SteppedTime();
        await using var host = await NotificationHost.StartAsync(clock: clock, settings: server.Settings);
        var story = For("nora");
        await host.DeliverAsync(story.Opened(), story.Answered());
        var first = await Eventually.Value(async () => (await host.MessagesAsync()).SingleOrDefault(row => row.Attempts == 1));
        Assert.Equal((MessageState.Pending, "450 4.7.1 (address): Recipient address rejected: Greylisted, come again"), (first.State, first.Reason));
        Assert.Empty(server.Postfix.Mailbox("nora"));
        clock.Set(first.Due);
        await host.SettledAsync();
        await Eventually.Async(() => Assert.Single(server.Postfix.Mailbox("nora")));
        Assert.NotNull(Assert.Single(await host.AppendedAsync<MessageSent>()).ProviderId);
        Assert.Empty(await host.AppendedAsync<MessageFailed>());
    }

    [Fact]
    public async Task A_mail_that_is_taken_and_comes_back_names_its_case_and_its_message()
    {
        await using var host = await NotificationHost.StartAsync(settings: server.Settings);
        var story = For("gone");
        await host.DeliverAsync(story.Opened(), story.Answered());
        await host.SettledAsync();
        Assert.Single(await host.AppendedAsync<MessageSent>());

        var back = MimeReader.Read((await Eventually.Value(() => Task.FromResult(server.Postfix.Mailbox("bounces")), mails => mails.Count > 0))[0]);
        var to = back.To[0].Address;
        Assert.True(host.Tokens.TryReadReplyToken(to["bounce+".Length..to.IndexOf('@', StringComparison.Ordinal)], out var caseId));
        Assert.Equal(story.CaseId, caseId);
        var content = JsonSerializer.Deserialize<MessageContent>(Assert.Single(await host.MessagesAsync()).Content, EventTypes.Json)!;
        Assert.Contains(content.MessageId!, Encoding.Latin1.GetString(server.Postfix.Mailbox("bounces")[0]));
    }

    [Fact]
    public async Task All_connections_sign_in_with_one_token_of_the_provider()
    {
        await using var host = await NotificationHost.StartAsync(settings:
        [
            ("Cx:Mail:Smtp:Host", PostfixServer.HostName), server.Settings[1], ("Cx:Mail:Smtp:Tls", "StartTls"), ("Cx:Mail:Smtp:Authority", server.Postfix.Certificate),
            ("Cx:Mail:Smtp:User", "user"), ("Cx:Mail:Smtp:OAuth:TokenUrl", $"{server.Tokens.Address}token"), ("Cx:Mail:Smtp:OAuth:ClientId", "cx"),
            ("Cx:Mail:Smtp:OAuth:ClientSecret", "secret"), ("Cx:Mail:Smtp:OAuth:Scope", "https://outlook.office365.com/.default"), ("Cx:Mail:Smtp:Connections", "2"),
        ]);
        var story = For("maria");
        await host.DeliverAsync([story.Opened(), .. Enumerable.Range(0, 6).Select(i => story.Answered($"Answer {i}"))]);
        await host.SettledAsync();
        Assert.Equal(6, (await host.AppendedAsync<MessageSent>()).Count);
        // Postfix logs in a process of its own.
        await Eventually.Async(() => Assert.Contains("sasl_username=user", server.Postfix.Log));
        var asked = Assert.Single(server.Tokens.Requests);
        Assert.Equal(("client_credentials", "cx", "secret", "https://outlook.office365.com/.default"), (asked["grant_type"], asked["client_id"], asked["client_secret"], asked["scope"]));
    }

    public sealed class Server : IAsyncLifetime
    {
        private DovecotServer _users = null!;

        public TokenServer Tokens { get; private set; } = null!;

        public PostfixServer Postfix { get; private set; } = null!;

        internal (string, string)[] Settings =>
            [("Cx:Mail:Smtp:Host", "127.0.0.1"), ("Cx:Mail:Smtp:Port", Postfix.Port.ToString(CultureInfo.InvariantCulture)), ("Cx:Mail:Smtp:Tls", "None")];

        public async Task InitializeAsync()
        {
            Tokens = await TokenServer.StartAsync();
            _users = await DovecotServer.StartAsync(new(Tokens.Address, "introspect"));
            Postfix = await PostfixServer.StartAsync(_users);
        }

        public async Task DisposeAsync()
        {
            await Postfix.DisposeAsync();
            await _users.DisposeAsync();
            await Tokens.DisposeAsync();
        }
    }
}
