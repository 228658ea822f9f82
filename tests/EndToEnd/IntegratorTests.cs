using System.Diagnostics;
using System.Text.Json;
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
    public async Task Npms_amqplib_and_cloudevents_read_cx_events_in_the_order_of_the_feed()
    {
        await NodeTools.InstallAsync("amqplib@0.10.9", "cloudevents@10.0.0");
        await using var platform = await Platform.StartAsync(Topology.Processes);
        // The exchange is declared with the first event that is published.
        await ContactAsync(platform, "first");
        await platform.CaseAboutAsync("first", found => found.TryGetProperty("acknowledgedAt", out _));
        using var reader = NodeTools.Start("node", Repository.PathOf("tests/EndToEnd/read-events.cjs"), platform.Processes.Messaging, "case.#", "60");
        Assert.Equal("ready", await reader.StandardOutput.ReadLineAsync());
        var cursor = (await platform.GetAsync("/v1/events?limit=1000")).GetProperty("next").GetString();

        for (var i = 0; i < 12; i++)
            await ContactAsync(platform, $"amqp-{i}");

        var read = new List<JsonElement>();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (read.Count < 60)
            read.Add(JsonSerializer.Deserialize<JsonElement>(await reader.StandardOutput.ReadLineAsync(deadline.Token) ?? throw new InvalidOperationException(await reader.StandardError.ReadToEndAsync())));
        var feed = (await platform.GetAsync($"/v1/events?limit=1000&after={cursor}")).GetProperty("events").EnumerateArray().ToList();
        var ids = read.Select(e => e.GetProperty("id").GetString()).ToList();
        Assert.Equal(feed.Select(e => e.GetProperty("id").GetString()).Where(ids.Contains), ids.Where(id => feed.Any(e => e.GetProperty("id").GetString() == id)));
        Assert.All(read, e => Assert.Equal("1.0", e.GetProperty("specversion").GetString()));
        foreach (var pair in feed.Join(read, e => e.GetProperty("id").GetString(), e => e.GetProperty("id").GetString(), (ours, theirs) => (ours, theirs)))
            Assert.True(JsonElement.DeepEquals(pair.ours.GetProperty("data"), pair.theirs.GetProperty("data")));
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
