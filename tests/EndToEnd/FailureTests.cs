using System.Text.Json;
using CxPlatform.Testing;

namespace CxPlatform.EndToEnd.Tests;

/// <summary>Services die and come back; nobody's contact does not.</summary>
public sealed class FailureTests
{
    [Fact]
    public async Task Services_killed_in_mid_flow_lose_nothing_do_nothing_twice_and_webhooks_go_on_in_order()
    {
        var seed = Random.Shared.Next();
        Console.WriteLine($"seed {seed}");
        var victims = new[] { "case", "routing", "notification" };
        new Random(seed).Shuffle(victims);
        await using var platform = await Platform.StartAsync(
            Topology.Processes, new Dictionary<string, string> { ["Cx__Webhooks__HttpHosts__0"] = "127.0.0.1", ["Cx__Webhooks__Networks__0"] = "127.0.0.0/8" });
        // It takes its time over each, so that some are on their way whenever somebody dies.
        await using var integrator = await NpmIntegrator.StartAsync(TimeSpan.FromMilliseconds(50));
        var made = await platform.PostAsync("/v1/subscriptions", new { url = integrator.Url, types = new[] { "*" }, secret = integrator.Secret });
        await platform.PostAsync($"/v1/subscriptions/{made.GetProperty("subscription").GetProperty("id")}/activate", new { });
        const int contacts = 120;

        for (var i = 0; i < contacts; i++)
        {
            await platform.PostAsync("/v1/contacts", new { providerId = $"kill-{i}", from = new { value = $"customer{i}@customer.example" }, text = $"Question number {i}: where is my parcel?" });
            if (i % 40 == 20)
            {
                var victim = platform.Processes.Services[victims[i / 40]];
                var seen = integrator.Received.Count;
                await Eventually.Async(() => Assert.True(integrator.Received.Count > seen), TimeSpan.FromSeconds(60));
                Console.WriteLine($"kill {victim.Name} after contact {i} and {integrator.Received.Count} deliveries");
                await victim.KillAsync();
                await victim.StartAsync();
            }
        }

        await Eventually.Async(
            () =>
            {
                var recipients = platform.Mails().Select(mail => mail.To.Single().Address).ToList();
                Assert.Equal(contacts, recipients.Distinct().Count());
                Assert.Equal(recipients.Count, recipients.Distinct().Count());
            },
            TimeSpan.FromSeconds(90));
        await StoryTests.FeedIsGaplessAsync(platform);
        // A case's last event of this story is that its acknowledgement was sent.
        var feed = await Eventually.Value(
            () => FeedAsync(platform), events => events.Count(e => e.GetProperty("type").GetString() == "cx.case.message-outcome.v1") >= contacts, TimeSpan.FromSeconds(60));
        string Id(JsonElement e) => e.GetProperty("id").GetString()!;
        await Eventually.Async(() => Assert.Empty(feed.Select(Id).Except(integrator.Received.Select(Id))), TimeSpan.FromSeconds(120));

        var received = integrator.Received.ToList();
        Console.WriteLine($"{feed.Count} events, {received.Count} deliveries");
        Assert.All(received, e => Assert.Equal(Id(e), e.GetProperty("webhookId").GetString()));
        Assert.All(received.GroupBy(Id), same => Assert.Single(same.Select(e => e.GetRawText()).Distinct()));
        foreach (var ofCase in received.DistinctBy(Id).GroupBy(e => e.GetProperty("source").GetString()))
            Assert.Equal(Enumerable.Range(1, ofCase.Count()).Select(n => $"{n}"), ofCase.Select(e => e.GetProperty("sequence").GetString()));
    }

    private static async Task<List<JsonElement>> FeedAsync(Platform platform)
    {
        var events = new List<JsonElement>();
        var path = "/v1/events?limit=1000";
        while (true)
        {
            var page = await platform.GetAsync(path);
            if (page.GetProperty("events").GetArrayLength() == 0)
                return events;
            events.AddRange(page.GetProperty("events").EnumerateArray());
            path = $"/v1/events?limit=1000&after={page.GetProperty("next").GetString()}";
        }
    }

    [Fact]
    public async Task A_customer_is_acknowledged_by_the_default_policy_while_Routing_is_down_and_routed_when_it_is_back()
    {
        await using var platform = await Platform.StartAsync(Topology.Processes, new Dictionary<string, string> { ["Cx__Case__TriageWithin"] = "00:00:02" });
        await platform.Processes.Services["routing"].StopAsync();

        await platform.PostAsync("/v1/contacts", new { providerId = "silent", from = new { value = "eve@customer.example" }, text = "My invoice shows the wrong address." });
        await platform.MailToAsync("eve@customer.example");
        var unrouted = await platform.CaseAboutAsync("invoice");
        Assert.False(unrouted.TryGetProperty("ownerName", out _));

        await platform.Processes.Services["routing"].StartAsync();
        await platform.CaseAboutAsync("invoice", found => found.GetProperty("reasons").GetArrayLength() > 0);
    }

    [Fact]
    public async Task Contacts_are_accepted_while_the_broker_is_down_and_acknowledged_when_it_is_back()
    {
        await using var rabbit = await RabbitServer.StartOwnAsync();
        await using var platform = await Platform.StartAsync(Topology.Processes, rabbit: rabbit);
        await rabbit.StopAsync();
        for (var i = 0; i < 20; i++)
            await platform.PostAsync("/v1/contacts", new { providerId = $"dark-{i}", from = new { value = $"dark{i}@customer.example" }, text = "Is anybody there?" });

        await rabbit.StartAsync();

        await Eventually.Async(() => Assert.Equal(20, platform.Mails().Count), TimeSpan.FromSeconds(90));
    }
}
