using System.Diagnostics;
using System.Text.Json;
using CxPlatform.Notification.Tests.Webhooks;
using CxPlatform.Testing;

namespace CxPlatform.EndToEnd.Tests;

/// <summary>Case events as others read them: curl, and two packages of npm that know nothing of us.</summary>
public sealed class IntegratorTests
{
    [Fact]
    public async Task Curl_reads_the_feed_and_follows_the_live_stream_from_where_the_feed_ended()
    {
        await using var platform = await Platform.StartAsync(Topology.AllInOne);
        await ContactAsync(platform, "curl-1");
        await platform.CaseAboutAsync("curl-1", found => found.TryGetProperty("acknowledgedAt", out _));
        var feed = JsonSerializer.Deserialize<JsonElement>(await CurlAsync("-sf", "-H", "X-Api-Key: " + platform.AdminKey, platform.Address + "v1/events"));
        Assert.Equal("cx.case.opened.v1", feed.GetProperty("events")[0].GetProperty("type").GetString());

        using var stream = NodeTools.Start("curl", "-sN", "-H", "X-Api-Key: " + platform.AdminKey, "-H", "Last-Event-ID: " + feed.GetProperty("next").GetString(), platform.Address + "v1/events/stream");
        await ContactAsync(platform, "curl-2");

        var lines = new List<string>();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!lines.Any(line => line.StartsWith("data:", StringComparison.Ordinal) && line.Contains("cx.case.opened.v1", StringComparison.Ordinal)))
            lines.Add(await stream.StandardOutput.ReadLineAsync(deadline.Token) ?? throw new InvalidOperationException("The stream ended: " + string.Join('\n', lines)));
        stream.Kill();
        Assert.Contains(lines, line => line.StartsWith("id:", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("curl-1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_key_without_the_scope_reads_no_events_and_a_cursor_of_another_history_is_told_so()
    {
        await using var platform = await Platform.StartAsync(Topology.AllInOne);
        var key = await platform.PostAsync("/v1/keys", new { name = "only intake", scopes = new[] { "intake" } });
        using var client = new HttpClient { BaseAddress = platform.Address };
        client.DefaultRequestHeaders.Add("X-Api-Key", key.GetProperty("key").GetString());

        await Eventually.Async(async () => Assert.Equal(System.Net.HttpStatusCode.Forbidden, (await client.GetAsync(new Uri("/v1/events", UriKind.Relative))).StatusCode));
        using var gone = await platform.Client.GetAsync(new Uri("/v1/events?after=00000000000000000000000000000000f", UriKind.Relative));

        Assert.Equal(System.Net.HttpStatusCode.Gone, gone.StatusCode);
        Assert.Equal("cursor-gone", JsonSerializer.Deserialize<JsonElement>(await gone.Content.ReadAsStringAsync()).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Feed_live_stream_webhook_and_AMQP_deliver_the_same_bytes()
    {
        await NodeTools.InstallAsync("amqplib@0.10.9", "cloudevents@10.0.0");
        await using var receiver = await Receiver.StartAsync();
        await using var platform = await Platform.StartAsync(Topology.Processes);
        // The exchange is declared with the first event that is published.
        await ContactAsync(platform, "first");
        var first = (await platform.CaseAboutAsync("first", found => found.TryGetProperty("acknowledgedAt", out _))).GetProperty("number").GetString();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        using var amqp = NodeTools.Start("node", Repository.PathOf("tests/EndToEnd/read-events.cjs"), platform.Processes.Messaging, "case.#", "60");
        Assert.Equal("ready", await amqp.StandardOutput.ReadLineAsync(deadline.Token));
        var made = await platform.PostAsync("/v1/subscriptions", new { url = receiver.Url, types = new[] { "*" } });
        await platform.PostAsync($"/v1/subscriptions/{made.GetProperty("subscription").GetProperty("id")}/activate", new { });
        var cursor = (await platform.GetAsync("/v1/events?limit=1000")).GetProperty("next").GetString();
        using var stream = new StreamReader(await platform.Client.GetStreamAsync(new Uri("/v1/events/stream?after=" + cursor, UriKind.Relative), deadline.Token));

        for (var i = 0; i < 12; i++)
            await ContactAsync(platform, $"amqp-{i}");

        var queued = new List<string>();
        while (queued.Count < 60)
            queued.Add(await amqp.StandardOutput.ReadLineAsync(deadline.Token) ?? throw new InvalidOperationException(await amqp.StandardError.ReadToEndAsync()));
        var page = (await platform.GetAsync($"/v1/events?limit=1000&after={cursor}")).GetProperty("events").EnumerateArray().ToList();
        var feed = page.Select(e => e.GetRawText()).ToList();
        var live = new List<string>();
        while (live.Count < feed.Count)
            if (await stream.ReadLineAsync(deadline.Token) is { } line && line.StartsWith("data: ", StringComparison.Ordinal))
                live.Add(line["data: ".Length..]);

        Assert.Equal(feed, live);
        // In the order of the feed too; one that came before the cursor was taken may be among them.
        Assert.Equal(feed.Where(queued.Contains), queued.Where(feed.Contains));
        Assert.InRange(queued.Count(feed.Contains), 40, 60);
        await Eventually.Async(() => Assert.Empty(feed.Except(receiver.Events.Select(e => e.Text))), TimeSpan.FromSeconds(60));
        var schemas = new EventSchemas();
        Assert.Empty(page.Where(e => e.GetProperty("subject").GetString() != first).SelectMany(schemas.FaultsOf));
    }

    private static Task ContactAsync(Platform platform, string word) =>
        platform.PostAsync("/v1/contacts", new { providerId = word + Guid.NewGuid(), from = new { value = $"{word}@customer.example" }, text = $"Where is my parcel {word}?" });

    private static async Task<string> CurlAsync(params string[] arguments)
    {
        using var curl = NodeTools.Start("curl", arguments);
        var output = await curl.StandardOutput.ReadToEndAsync();
        await curl.WaitForExitAsync();
        return output;
    }
}
