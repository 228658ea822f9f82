using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using CxPlatform.Testing;

namespace CxPlatform.EndToEnd.Tests;

/// <summary>An integrator's endpoint made of npm's standardwebhooks and cloudevents: what they do not verify is refused, and fails the test that reads on.</summary>
internal sealed class NpmIntegrator : IAsyncDisposable
{
    private readonly Process _node;
    private readonly ConcurrentQueue<JsonElement> _received = new();
    private readonly Task _reading;

    private NpmIntegrator(Process node, string secret, int port)
    {
        (_node, Secret, Url) = (node, secret, $"http://127.0.0.1:{port}/");
        _reading = ReadAsync();
    }

    public string Secret { get; }

    public string Url { get; }

    /// <summary>What was verified, test events left out, in the order in which it came.</summary>
    public IReadOnlyCollection<JsonElement> Received => _received;

    public static async Task<NpmIntegrator> StartAsync(TimeSpan pause)
    {
        await NodeTools.InstallAsync("standardwebhooks@1.0.0", "cloudevents@10.0.0");
        var secret = "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        var node = NodeTools.Start("node", Repository.PathOf("tests/Notification/Webhooks/receive-webhooks.cjs"), secret, $"{pause.TotalMilliseconds:0}");
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var line = await node.StandardOutput.ReadLineAsync(deadline.Token);
        return int.TryParse(line, CultureInfo.InvariantCulture, out var port)
            ? new(node, secret, port)
            : throw new InvalidOperationException($"{line}\n{await node.StandardError.ReadToEndAsync()}");
    }

    private async Task ReadAsync()
    {
        while (await _node.StandardOutput.ReadLineAsync() is { } line)
        {
            var e = JsonSerializer.Deserialize<JsonElement>(line);
            if (e.TryGetProperty("refused", out var why))
                throw new InvalidOperationException($"A delivery was refused: {why}");
            if (e.GetProperty("type").GetString() != "cx.subscription.test.v1")
                _received.Enqueue(e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _node.Kill();
        await _reading;
        _node.Dispose();
    }
}
