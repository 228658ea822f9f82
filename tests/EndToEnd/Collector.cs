using System.Collections.Concurrent;
using System.Text;
using CxPlatform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CxPlatform.EndToEnd.Tests;

public sealed record Span(string Service, string TraceId, string SpanId, string ParentId, string Name);

/// <summary>Receives OTLP over HTTP (opentelemetry-proto 1.x, binary protobuf) and keeps what it gets.</summary>
public sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentBag<byte[]> _bodies = [];
    private readonly ConcurrentBag<Span> _spans = [];

    private Collector(WebApplication app, string address)
    {
        _app = app;
        Environment = new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = address,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "500",
        };
    }

    /// <summary>What a process needs to send here.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    public IEnumerable<Span> Spans => _spans;

    public static async Task<Collector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var address = $"http://127.0.0.1:{FreePort.Next()}";
        var app = builder.Build();
        app.Urls.Add(address);
        var collector = new Collector(app, address);
        app.MapPost("/v1/{signal}", async (string signal, HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            collector._bodies.Add(body.ToArray());
            if (signal == "traces")
                collector.ReadTraces(body.ToArray());
            return Results.Bytes([], "application/x-protobuf");
        });
        await app.StartAsync();
        return collector;
    }

    public bool Contains(string text) => _bodies.Any(body => body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    public bool HasMetric(string name) => Contains(name);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    // ExportTraceServiceRequest.resource_spans = 1; ResourceSpans.resource = 1, scope_spans = 2; ScopeSpans.spans = 2.
    private void ReadTraces(byte[] request)
    {
        foreach (var resourceSpans in Fields(request, 1))
        {
            var service = Fields(resourceSpans, 1).SelectMany(resource => Fields(resource, 1))
                .Where(attribute => Text(attribute, 1) == "service.name").SelectMany(attribute => Fields(attribute, 2)).Select(value => Text(value, 1)).FirstOrDefault() ?? "";
            foreach (var span in Fields(resourceSpans, 2).SelectMany(scope => Fields(scope, 2)))
                _spans.Add(new(service, Hex(span, 1), Hex(span, 2), Hex(span, 4), Text(span, 5)));
        }
    }

    private static string Text(ReadOnlyMemory<byte> message, int field) => Encoding.UTF8.GetString(Fields(message, field).FirstOrDefault().Span);

    private static string Hex(ReadOnlyMemory<byte> message, int field) => Convert.ToHexStringLower(Fields(message, field).FirstOrDefault().Span);

    // The length-delimited fields of a number (protobuf encoding: tag = number << 3 | wire type).
    private static IEnumerable<ReadOnlyMemory<byte>> Fields(ReadOnlyMemory<byte> message, int number)
    {
        var at = 0;
        while (at < message.Length)
        {
            var tag = Varint(message, ref at);
            switch (tag & 7)
            {
                case 0:
                    Varint(message, ref at);
                    break;
                case 1:
                    at += 8;
                    break;
                case 5:
                    at += 4;
                    break;
                default:
                    var length = (int)Varint(message, ref at);
                    if ((int)(tag >> 3) == number)
                        yield return message.Slice(at, length);
                    at += length;
                    break;
            }
        }
    }

    private static ulong Varint(ReadOnlyMemory<byte> message, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = message.Span[at++];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
                return value;
        }
    }
}
