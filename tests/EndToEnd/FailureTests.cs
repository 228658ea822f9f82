using System.Net.Http.Json;
using CxPlatform.Testing;

namespace CxPlatform.EndToEnd.Tests;

/// <summary>Services die and come back; nobody's contact does not.</summary>
public sealed class FailureTests
{
    [Fact]
    public async Task Services_killed_in_mid_flow_lose_nothing_and_do_nothing_twice()
    {
        var seed = Random.Shared.Next();
        Console.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var platform = await Platform.StartAsync(Topology.Processes);
        const int contacts = 120;
        var victims = new[] { "case", "routing", "notification" };

        for (var i = 0; i < contacts; i++)
        {
            await platform.PostAsync("/v1/contacts", new { providerId = $"kill-{i}", from = new { value = $"customer{i}@customer.example" }, text = $"Question number {i}: where is my parcel?" });
            if (i % 40 == 20)
            {
                var victim = platform.Processes.Services[victims[random.Next(victims.Length)]];
                Console.WriteLine($"kill {victim.Name} after contact {i}");
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
    }

    [Fact]
    public async Task A_customer_is_acknowledged_by_the_default_policy_while_Routing_is_down_and_routed_when_it_is_back()
    {
        await using var platform = await Platform.StartAsync(Topology.Processes);
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
