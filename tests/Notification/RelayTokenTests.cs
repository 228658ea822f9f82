using System.Globalization;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Notifications.V1;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;
using CxPlatform.Testing;

namespace CxPlatform.Notification.Tests;

/// <summary>Signing in at a relay that takes access tokens only: the npm package smtp-server, which asks the provider whether a token counts.</summary>
public sealed class RelayTokenTests(RelayTokenTests.Server server) : IClassFixture<RelayTokenTests.Server>
{
    private const string FirstRefresh = "first-refresh-token";
    private const string Secret = "client-secret-4711";

    [Fact]
    public async Task All_connections_share_one_token_and_one_refresh_replaces_what_the_relay_refuses()
    {
        server.Begin(refresh: FirstRefresh);
        await using var host = await NotificationHost.StartAsync(settings: server.Refreshing());
        var story = new Story();
        await host.DeliverAsync([story.Opened(), .. Enumerable.Range(0, 24).Select(i => story.Answered($"Answer {i}"))]);
        await host.SettledAsync();
        var first = Assert.Single(server.Tokens.Requests);
        Assert.Equal(("refresh_token", FirstRefresh, "cx", Secret), (first["grant_type"], first["refresh_token"], first["client_id"], first["client_secret"]));

        // Withdrawn before its time, the relay answers 535 to every connection: one refresh helps all, with the refresh token that came with the first.
        server.Tokens.Withdraw();
        await server.Relay.DropAsync();
        await host.DeliverAsync([.. Enumerable.Range(24, 24).Select(i => story.Answered($"Answer {i}"))]);
        await host.SettledAsync();
        Assert.Equal(2, server.Tokens.Requests.Count);
        Assert.All(await host.MessagesAsync(), row => Assert.Equal((MessageState.Sent, 1), (row.State, row.Attempts)));
    }

    [Fact]
    public async Task A_token_is_replaced_shortly_before_its_end_and_not_earlier()
    {
        server.Begin();
        var clock = new SteppedTime();
        await using var host = await NotificationHost.StartAsync(clock: clock, settings: [.. server.Refreshing(), ("Cx:Mail:Smtp:Connections", "1")]);
        var story = new Story();
        await host.DeliverAsync(story.Opened());
        var given = clock.GetUtcNow();
        foreach (var (after, fetched) in new[] { (TimeSpan.Zero, 1), (TimeSpan.FromMinutes(58), 1), (TimeSpan.FromMinutes(59.5), 2) })
        {
            clock.Set(given + after);
            await server.Relay.DropAsync();
            await host.DeliverAsync(story.Answered());
            await host.SettledAsync();
            Assert.Equal((after, fetched), (after, server.Tokens.Requests.Count));
        }
        Assert.Equal(3, (await host.AppendedAsync<MessageSent>()).Count);
    }

    [Fact]
    public async Task A_refused_refresh_says_why_to_the_operator_and_nothing_secret_and_the_mail_waits()
    {
        server.Begin(refuses: true);
        var clock = new SteppedTime();
        await using var host = await NotificationHost.StartAsync(clock: clock, settings: server.Refreshing());
        var story = new Story();
        await host.DeliverAsync(story.Opened(), story.Answered());
        var waiting = await AttemptedAsync(host, 1);
        Assert.Equal((MessageState.Pending, "Authentication: There is no token: the token endpoint answers 400 invalid_grant."), (waiting.State, waiting.Reason));
        Assert.Contains("Warning Mail waits, for there is no access token for the relay: the token endpoint answers 400 invalid_grant", host.Log.All, StringComparison.Ordinal);
        foreach (var secret in new[] { Secret, FirstRefresh })
        {
            Assert.DoesNotContain(secret, host.Log.All, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, await host.Admin.GetStringAsync($"/v1/messages/{waiting.Id}"), StringComparison.Ordinal);
        }
        // Mended, it leaves.
        server.Tokens.Refuses = false;
        clock.Set(waiting.Due);
        await host.SettledAsync();
        Assert.Single(await host.AppendedAsync<MessageSent>());
    }

    [Fact]
    public async Task A_token_file_is_read_at_every_sign_in()
    {
        server.Begin();
        using var folder = new TempFolder();
        var file = folder["token"];
        var clock = new SteppedTime();
        await using var host = await NotificationHost.StartAsync(
            clock: clock, settings: [.. server.Settings, ("Cx:Mail:Smtp:OAuth:TokenFile", file), ("Cx:Mail:Smtp:Connections", "1")]);
        var story = new Story();
        await host.DeliverAsync(story.Opened(), story.Answered());
        Assert.Equal("Authentication: There is no token: the token file cannot be read.", (await AttemptedAsync(host, 1)).Reason);

        await File.WriteAllTextAsync(file, "stale-token\n");
        clock.Set((await AttemptedAsync(host, 1)).Due);
        var refused = await AttemptedAsync(host, 2);
        Assert.StartsWith("Authentication: User and token are refused: 535", refused.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("stale-token", host.Log.All, StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, server.Tokens.Give() + "\n");
        clock.Set(refused.Due);
        await host.SettledAsync();

        // What was signed in stays so; the next connection shows what the file holds by then.
        server.Tokens.Withdraw();
        await File.WriteAllTextAsync(file, server.Tokens.Give());
        await server.Relay.DropAsync();
        await host.DeliverAsync(story.Answered("And the bill."));
        await host.SettledAsync();
        Assert.Equal([3, 1], (await host.MessagesAsync()).Select(row => row.Attempts));
        Assert.Empty(server.Tokens.Requests);
    }

    private static Task<MessageRow> AttemptedAsync(NotificationHost host, int attempts) =>
        Eventually.Value(async () => (await host.MessagesAsync()).Single(), row => row.Attempts == attempts);

    public sealed class Server : IAsyncLifetime
    {
        private readonly TempFolder _folder = new();
        private (string Certificate, string Key) _certificate;

        public TokenServer Tokens { get; private set; } = null!;

        public NodeSmtpServer Relay { get; private set; } = null!;

        internal (string, string)[] Settings =>
        [
            ("Cx:Mail:Smtp:Host", "localhost"), ("Cx:Mail:Smtp:Port", Relay.Port.ToString(CultureInfo.InvariantCulture)), ("Cx:Mail:Smtp:Tls", "StartTls"),
            ("Cx:Mail:Smtp:Authority", _certificate.Certificate), ("Cx:Mail:Smtp:User", "user"),
        ];

        internal (string, string)[] Refreshing() =>
        [
            .. Settings, ("Cx:Mail:Smtp:OAuth:TokenUrl", $"{Tokens.Address}token"), ("Cx:Mail:Smtp:OAuth:ClientId", "cx"), ("Cx:Mail:Smtp:OAuth:ClientSecret", Secret),
            ("Cx:Mail:Smtp:OAuth:RefreshToken", FirstRefresh),
        ];

        public void Begin(string? refresh = null, bool refuses = false)
        {
            Tokens.Requests.Clear();
            (Tokens.Refresh, Tokens.Refuses) = (refresh, refuses);
        }

        public async Task InitializeAsync()
        {
            _certificate = TestCertificate.Write(_folder);
            Tokens = await TokenServer.StartAsync();
            Relay = await NodeSmtpServer.StartAsync("xoauth2", new(Tokens.Address, "introspect"), _certificate);
        }

        public async Task DisposeAsync()
        {
            await Relay.DisposeAsync();
            await Tokens.DisposeAsync();
            _folder.Dispose();
        }
    }
}
