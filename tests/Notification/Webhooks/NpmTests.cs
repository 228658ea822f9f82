using System.Text.Json;
using CxPlatform.Notifications.Webhooks.Delivery;
using CxPlatform.Testing;

namespace CxPlatform.Notification.Tests.Webhooks;

/// <summary>Programs that are not ours take what we send: npm's standardwebhooks and cloudevents.</summary>
public sealed class NpmTests
{
    [Fact]
    public async Task Npms_standardwebhooks_verifies_and_cloudevents_reads_every_event_also_after_a_rotation()
    {
        await NodeTools.InstallAsync("standardwebhooks@1.0.0", "cloudevents@10.0.0");
        var secret = Signature.NewSecret();
        using var node = NodeTools.Start("node", Repository.PathOf("tests/Notification/Webhooks/receive-webhooks.cjs"), secret);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        async Task<string> LineAsync() => await node.StandardOutput.ReadLineAsync(deadline.Token) ?? throw new InvalidOperationException(await node.StandardError.ReadToEndAsync());
        var port = int.Parse(await LineAsync(), System.Globalization.CultureInfo.InvariantCulture);
        await using var host = await WebhookHost.StartAsync();
        var made = await host.CreateAsync(new { url = $"http://127.0.0.1:{port}/", types = new[] { "*" }, secret });
        Assert.Equal(secret, made.GetProperty("secret").GetString());
        var path = $"/v1/subscriptions/{made.GetProperty("subscription").GetProperty("id")}";
        await host.PostAsync(path + "/activate");
        async Task<JsonElement> EventAsync() => JsonSerializer.Deserialize<JsonElement>(await LineAsync());
        Assert.Equal("cx.subscription.test.v1", (await EventAsync()).GetProperty("type").GetString());

        var caseId = Guid.CreateVersion7();
        // The old secret, which the receiver has, goes on signing beside the new one.
        await host.PostAsync(path + "/secret", new { overlap = "PT1H" });
        var happened = await host.HappenAsync(
            (caseId, "cx.case.opened.v1", """{"number":"CX-2026-000001","words":"Übergröße ✓ \"quoted\" \u0001"}"""), (caseId, "cx.case.acknowledged.v1", "{}"));
        foreach (var e in happened)
        {
            var read = await EventAsync();
            Assert.Equal(e.Id, read.GetProperty("id").GetGuid());
            Assert.Equal(e.PublicType, read.GetProperty("type").GetString());
            Assert.Equal($"/cases/{caseId}", read.GetProperty("source").GetString());
            Assert.Equal(e.PublicSubject, read.GetProperty("subject").GetString());
            Assert.Equal(e.Version.ToString(System.Globalization.CultureInfo.InvariantCulture), read.GetProperty("sequence").GetString());
            Assert.Equal(e.Trace, read.GetProperty("traceparent").GetString());
            Assert.True(JsonElement.DeepEquals(JsonSerializer.Deserialize<JsonElement>(e.PublicData!), read.GetProperty("data")));
        }
        await host.PostAsync(path + "/secret", new { overlap = "PT0S" });
        var test = await host.PostAsync(path + "/test");
        Assert.Equal(400, test.GetProperty("status").GetInt32());
        Assert.Contains("signature", (await EventAsync()).GetProperty("refused").GetString(), StringComparison.OrdinalIgnoreCase);
        node.Kill();
    }
}
