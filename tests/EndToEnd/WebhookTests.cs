using CxPlatform.Notification.Tests.Webhooks;
using CxPlatform.Testing;

namespace CxPlatform.EndToEnd.Tests;

/// <summary>Webhooks from a contact to an integrator's endpoint, through everything in between.</summary>
public sealed class WebhookTests
{
    [Fact]
    public async Task An_endpoint_gets_every_event_byte_for_byte_as_the_feed_has_it_in_the_order_of_each_case()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var platform = await Platform.StartAsync(
            Topology.AllInOne, new Dictionary<string, string> { ["Cx__Webhooks__HttpHosts__0"] = "127.0.0.1", ["Cx__Webhooks__Networks__0"] = "127.0.0.0/8" });
        var made = await platform.PostAsync("/v1/subscriptions", new { url = receiver.Url, types = new[] { "*" } });
        await platform.PostAsync($"/v1/subscriptions/{made.GetProperty("subscription").GetProperty("id")}/activate", new { });

        for (var i = 0; i < 6; i++)
            await platform.PostAsync("/v1/contacts", new { providerId = $"webhook-{i}", from = new { value = $"webhook{i}@customer.example" }, text = $"Where is my parcel {i}?" });
        // A case's last event of this story is that its acknowledgement was sent.
        var feed = await Eventually.Value(
            async () => (await platform.GetAsync("/v1/events?limit=1000")).GetProperty("events").EnumerateArray().ToList(),
            events => events.Count(e => e.GetProperty("type").GetString() == "cx.case.message-outcome.v1") >= 6,
            TimeSpan.FromSeconds(90));

        await Eventually.Async(
            () => Assert.Empty(feed.Select(e => e.GetProperty("id").GetString()!).Except(receiver.Events.Select(e => e.Id))), TimeSpan.FromSeconds(60));
        foreach (var e in feed)
            Assert.All(receiver.Events.Where(received => received.Id == e.GetProperty("id").GetString()), received => Assert.Equal(e.GetRawText(), received.Text));
        foreach (var ofCase in receiver.Events.DistinctBy(e => e.Id).GroupBy(e => e.Source))
            Assert.Equal(Enumerable.Range(1, ofCase.Count()), ofCase.Select(e => e.Sequence));
    }
}
