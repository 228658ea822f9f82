using CxPlatform.Contracts;
using CxPlatform.Notifications.Domain;
using CxPlatform.Testing;

namespace CxPlatform.Notification.Tests;

public sealed class PacingTests
{
    [Fact]
    public async Task A_slow_domain_holds_up_no_mail_to_another_and_gets_all_of_its_own()
    {
        await using var smtp = new ScriptedSmtp { SlowDomain = "@slow.example" };
        await using var host = await NotificationHost.StartAsync(settings: [.. SendingTests.Smtp(smtp), ("Cx:Mail:Smtp:EachDomain:AtOnce", "3")]);
        var (slow, quick) = (To("slow.example"), To("quick.example"));
        await host.DeliverAsync([slow.Opened(), .. Answers(slow, 60), quick.Opened(), .. Answers(quick, 40)]);
        // More than there are connections and carriers wait for the one; the other does not notice.
        await Eventually.Async(() => Assert.Equal((40, 3), (smtp.Taken.Count, smtp.Waiting)));
        Assert.All(smtp.Taken, taken => Assert.EndsWith("@quick.example", taken.To, StringComparison.Ordinal));
        smtp.ReleaseDomain();
        await host.SettledAsync();
        Assert.Equal(100, smtp.Taken.Count);
        Assert.All(await host.MessagesAsync(), row => Assert.Equal(1, row.Attempts));
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task What_goes_beyond_a_domains_minute_waits_its_turn_without_losing_an_attempt(Store store)
    {
        var clock = new SteppedTime();
        await using var smtp = new ScriptedSmtp();
        await using var host = await NotificationHost.StartAsync(
            store, clock, [.. SendingTests.Smtp(smtp), ("Cx:Mail:Smtp:Domains:busy.example:PerMinute", "12")]);
        var (busy, other) = (To("busy.example"), To("other.example"));
        await host.DeliverAsync([busy.Opened(), .. Answers(busy, 10), other.Opened(), .. Answers(other, 10)]);
        // Two at once are a sixth of a minute's worth; then one in five seconds.
        await Eventually.Async(async () => Assert.Equal(8, (await host.MessagesAsync()).Count(row => row is { State: MessageState.Pending, Claim: null, Reason: not null })));
        await Eventually.Async(() => Assert.Equal(12, smtp.Taken.Count));
        var waits = (await host.MessagesAsync()).Where(row => row is { State: MessageState.Pending, Claim: null }).Select(row => row.Due - clock.GetUtcNow()).Order().ToList();
        Assert.Equal(Enumerable.Range(1, 8).Select(i => TimeSpan.FromSeconds(5 * i)), waits.Select(wait => TimeSpan.FromSeconds(Math.Round(wait.TotalSeconds))));
        for (var sent = 12; sent < 20;)
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            sent++;
            await Eventually.Async(() => Assert.Equal(sent, smtp.Taken.Count));
        }
        await host.SettledAsync();
        Assert.All(await host.MessagesAsync(), row => Assert.Equal(1, row.Attempts));
    }

    private static Story To(string domain) => new() { From = new(IdentityKind.EmailAddress, $"customer@{domain}") };

    private static IEnumerable<object> Answers(Story story, int count) => Enumerable.Range(0, count).Select(i => story.Answered($"Answer {i}"));
}
