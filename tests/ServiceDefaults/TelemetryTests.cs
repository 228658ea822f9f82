using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using CxPlatform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CxPlatform.ServiceDefaults.Tests;

public sealed partial class TelemetryTests
{
    [Fact]
    public async Task Traces_metrics_and_logs_arrive_with_route_and_status_and_without_tokens()
    {
        var received = new ConcurrentDictionary<string, string>();
        await using var collector = await TestHost.StartAsync(app => app.MapPost("/v1/{signal}", async (string signal, HttpContext context) =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            // Protobuf keeps strings as they are: enough to look for words.
            received.AddOrUpdate(signal, Encoding.Latin1.GetString(body.ToArray()), (_, before) => before + Encoding.Latin1.GetString(body.ToArray()));
            return TypedResults.Ok();
        }));
        using var meter = new Meter("CxPlatform.Test");
        await using var host = await TestHost.StartAsync(
            app =>
            {
                app.MapGet("/s/{token}", (string token, ILoggerFactory loggers) =>
                {
                    Opened(loggers.CreateLogger("CxPlatform.Test"));
                    meter.CreateHistogram<double>("cx.test.duration", "s").Record(20);
                    return token.Length;
                });
                app.MapGet("/v1/broken", string () => throw new InvalidOperationException("broken"));
            },
            null,
            "OTEL_EXPORTER_OTLP_ENDPOINT=" + collector.Address.GetLeftPart(UriPartial.Authority), "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
            "OTEL_BSP_SCHEDULE_DELAY=50", "OTEL_METRIC_EXPORT_INTERVAL=100", "OTEL_BLRP_SCHEDULE_DELAY=50",
            "Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics=Information");
        var token = new Tokens(new MasterKey(new byte[32]), TimeProvider.System).StatusLink(Guid.NewGuid(), 0, DateTimeOffset.UnixEpoch.AddYears(90));
        await host.Client.GetStringAsync("/s/" + token + "?secret=in-the-query");
        (await host.Client.GetAsync("/v1/broken")).Dispose();

        await Eventually.Async(() =>
        {
            Assert.Contains("GET /s/{token}", received.GetValueOrDefault("traces", ""), StringComparison.Ordinal);
            Assert.Contains("http.response.status_code", received["traces"], StringComparison.Ordinal);
            Assert.Contains("System.InvalidOperationException", received["traces"], StringComparison.Ordinal);
            Assert.Contains("cx.test.duration", received.GetValueOrDefault("metrics", ""), StringComparison.Ordinal);
            Assert.Contains("http.server.request.duration", received["metrics"], StringComparison.Ordinal);
            Assert.Contains("A status page was opened.", received.GetValueOrDefault("logs", ""), StringComparison.Ordinal);
        });
        Assert.All(received.Values, text =>
        {
            Assert.DoesNotContain(token, text, StringComparison.Ordinal);
            Assert.DoesNotContain("in-the-query", text, StringComparison.Ordinal);
        });
        // 604800 s, the last of our bounds, as the eight bytes of a double.
        Assert.Contains(Encoding.Latin1.GetString(BitConverter.GetBytes(604800.0)), received["metrics"], StringComparison.Ordinal);
    }

    [LoggerMessage(1, LogLevel.Information, "A status page was opened.")]
    private static partial void Opened(ILogger logger);
}
