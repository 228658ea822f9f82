using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using CxPlatform.Notification.Tests.Webhooks;
using CxPlatform.Testing;

namespace CxPlatform.EndToEnd.Tests;

/// <summary>The samples as an integrator starts them, against a platform as a newcomer runs it.</summary>
public sealed class SampleTests
{
    [Fact]
    public async Task Every_sample_takes_verified_webhooks_refuses_forged_ones_and_reads_the_feed_on_from_its_checkpoint()
    {
        await NodeTools.InstallAsync("standardwebhooks@1.0.0", "cloudevents@10.0.0");
        using var folder = new TempFolder();
        await using var platform = await Platform.StartAsync(Topology.AllInOne);
        var key = await platform.KeyAsync("events");
        Process Start(string program, string[] arguments, int port = 0)
        {
            var start = NodeTools.StartOf(program, arguments);
            start.Environment["CX_URL"] = platform.Address.ToString().TrimEnd('/');
            start.Environment["CX_KEY"] = key;
            start.Environment["PORT"] = $"{port}";
            start.Environment["CURSOR_FILE"] = folder[program];
            start.Environment["SUBSCRIPTION_FILE"] = folder[program + ".subscription"];
            return Process.Start(start)!;
        }
        var samples = new (string Program, string[] Arguments)[]
        {
            ("dotnet", [Repository.PathOf("samples/csharp/bin/Debug/net10.0/Subscriber.dll")]),
            ("node", [Repository.PathOf("samples/javascript/subscriber.js")]),
            ("python3", [Repository.PathOf("samples/python/subscriber.py")]),
        };
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(4)); // for twenty programs, one after the other
        async Task<string> LineAsync(Process process, Func<string, bool> wanted)
        {
            while (await process.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
                if (wanted(line))
                    return line;
            throw new InvalidOperationException(await process.StandardError.ReadToEndAsync());
        }

        var ports = samples.Select(_ => FreePort.Next()).ToList();
        var running = samples.Zip(ports, (sample, port) => Start(sample.Program, [.. sample.Arguments, "webhooks"], port)).ToList();
        try
        {
            foreach (var process in running)
                await LineAsync(process, line => line == "ready");
            await ContactAsync(platform);
            foreach (var process in running)
                Assert.EndsWith("by api", (await LineAsync(process, line => line.StartsWith("cx.case.opened.v1", StringComparison.Ordinal))).ToLowerInvariant(), StringComparison.Ordinal);
            // Whoever starts again goes on with the subscription that they have.
            foreach (var (sample, i) in samples.Select((sample, i) => (sample, i)))
            {
                running[i].Kill(entireProcessTree: true);
                await running[i].WaitForExitAsync(deadline.Token);
                running[i].Dispose();
                running[i] = Start(sample.Program, [.. sample.Arguments, "webhooks"], ports[i]);
            }
            foreach (var process in running)
                await LineAsync(process, line => line == "ready");
            var subscriptions = (await platform.GetAsync("/v1/subscriptions")).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()).ToList();
            Assert.Equal(samples.Length, subscriptions.Count);
            // In the middle of a rotation: signed with the new secret and the one that they have.
            foreach (var subscription in subscriptions)
            {
                await platform.PostAsync($"/v1/subscriptions/{subscription}/secret", new { });
                Assert.Equal("delivered", (await platform.PostAsync($"/v1/subscriptions/{subscription}/test", new { })).GetProperty("outcome").GetString());
            }
            using var client = new HttpClient();
            foreach (var port in ports)
            {
                using var forged = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{port}/hooks")
                {
                    Content = new StringContent("{}", Encoding.UTF8, "application/cloudevents+json"),
                    Headers = { { "webhook-id", "1" }, { "webhook-timestamp", $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}" }, { "webhook-signature", "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=" } },
                };
                Assert.Equal(HttpStatusCode.Unauthorized, (await client.SendAsync(forged)).StatusCode);
            }
        }
        finally
        {
            foreach (var process in running)
            {
                process.Kill(entireProcessTree: true);
                process.Dispose();
            }
        }

        string[] curl = [Repository.PathOf("samples/curl/subscriber.sh")];
        async Task<string[]> FeedAsync(string program, string[] arguments)
        {
            using var process = Start(program, [.. arguments, "feed"]);
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            var output = await process.StandardOutput.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            Assert.True(process.ExitCode == 0, await errors);
            return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0])];
        }
        // Its last event is that the acknowledgement was sent.
        await HappensAsync(platform, "cx.case.message-outcome.v1", 1);
        var all = (await platform.GetAsync("/v1/events")).GetProperty("events").EnumerateArray().Select(e => e.GetProperty("type").GetString()!).ToArray();
        foreach (var (program, arguments) in samples.Append(("bash", curl)))
        {
            Assert.Equal(all, await FeedAsync(program, arguments));
            Assert.Empty(await FeedAsync(program, arguments));
        }
        await ContactAsync(platform);
        await HappensAsync(platform, "cx.case.opened.v1", 2);
        foreach (var (program, arguments) in samples.Append(("bash", curl)))
            Assert.Equal("cx.case.opened.v1", (await FeedAsync(program, arguments))[0]);

        // The cursor of a page is one of the live stream as well: what happened meanwhile comes first.
        await ContactAsync(platform);
        var (python, script) = samples[^1];
        using (var live = Start(python, [.. script, "live"]))
        {
            await LineAsync(live, line => line.StartsWith("cx.case.opened.v1", StringComparison.Ordinal));
            live.Kill(entireProcessTree: true);
        }

        await CurlVerifiesAsync((program, arguments) => Start(program, [.. curl, .. arguments]));
    }

    [Fact]
    public async Task What_the_page_for_integrators_says_to_type_does_what_it_says()
    {
        await using var platform = await Platform.StartAsync(Topology.AllInOne);
        var key = await platform.KeyAsync("events", "intake");
        var blocks = Regex.Matches(await File.ReadAllTextAsync(Repository.PathOf("docs/integrators.md")), "^```bash\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)
            .Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(5, blocks.Count);
        var outputs = new List<string>();
        foreach (var block in blocks)
        {
            var start = NodeTools.StartOf("bash", "-euo", "pipefail", "-c", block);
            start.WorkingDirectory = Repository.Root;
            start.Environment["CX_URL"] = platform.Address.ToString().TrimEnd('/');
            start.Environment["CX_KEY"] = key;
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            outputs.Add(await process.StandardOutput.ReadToEndAsync());
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, $"{block}\n{outputs[^1]}\n{await errors}");
            // The first two write to us: a person looks at the answer before they go on.
            if (outputs.Count <= 2)
                await HappensAsync(platform, "cx.case.opened.v1", outputs.Count);
        }
        Assert.Contains("cx.case.opened.v1 CX-", outputs[2], StringComparison.Ordinal);
        Assert.Contains("\"cx.case.opened.v1\"", outputs[3], StringComparison.Ordinal);
        Assert.Contains("\"name\":\"ledger\"", outputs[4], StringComparison.Ordinal);
    }

    private static Task HappensAsync(Platform platform, string type, int times) => Eventually.Async(
        async () => Assert.Equal(times, (await platform.GetAsync("/v1/events")).GetProperty("events").EnumerateArray().Count(e => e.GetProperty("type").GetString() == type)),
        People.Patience);

    // curl cannot be posted to: what an endpoint got is given to it.
    private static async Task CurlVerifiesAsync(Func<string, string[], Process> start)
    {
        await using var receiver = await Receiver.StartAsync();
        async Task<(string Output, int Code)> RunAsync(string[] arguments, byte[]? input = null)
        {
            using var process = start("bash", arguments);
            await process.StandardInput.BaseStream.WriteAsync(input ?? []);
            process.StandardInput.Close();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (output.Trim(), process.ExitCode);
        }
        var made = (await RunAsync(["subscribe", receiver.Url])).Output.Split(' ');
        Assert.Equal(0, (await RunAsync(["activate", made[0]])).Code);
        var test = receiver.All[0];
        Assert.Empty(new EventSchemas().FaultsOf(test.Event));
        string[] verify = ["verify", made[1], test.Id, $"{test.Timestamp}", test.Signature];
        Assert.Equal(("genuine", 0), await RunAsync(verify, test.Body));
        verify[4] = "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4= " + test.Signature; // as during a rotation
        Assert.Equal(("genuine", 0), await RunAsync(verify, test.Body));
        Assert.Equal(("not genuine: no signature is right", 1), await RunAsync(verify, [.. test.Body, (byte)' ']));
        verify[3] = $"{test.Timestamp - 301}";
        Assert.Equal(("not genuine: too old or in the future", 1), await RunAsync(verify, test.Body));
    }

    private static Task ContactAsync(Platform platform) =>
        platform.PostAsync("/v1/contacts", new { providerId = Guid.NewGuid(), from = new { value = "ada@customer.example" }, text = "Where is my parcel?" });
}
