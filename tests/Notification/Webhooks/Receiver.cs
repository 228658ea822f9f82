using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using CxPlatform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CxPlatform.Notification.Tests.Webhooks;

/// <summary>A request that came to an integrator's endpoint.</summary>
internal sealed record Received(string Path, string Id, long Timestamp, string Signature, string ContentType, byte[] Body)
{
    public JsonElement Event { get; } = JsonSerializer.Deserialize<JsonElement>(Body);

    public string Type => Event.GetProperty("type").GetString()!;

    public string Source => Event.GetProperty("source").GetString()!;

    public int Sequence => int.Parse(Event.GetProperty("sequence").GetString()!, System.Globalization.CultureInfo.InvariantCulture);

    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>An integrator's endpoint on loopback that answers as a test wants.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Received> _received = new();

    private Receiver(int port)
    {
        Port = port;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add($"http://127.0.0.1:{port}");
        _app.MapPost("/{**path}", async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            string Header(string name) => context.Request.Headers[name].ToString();
            var received = new Received(
                context.Request.Path, Header("webhook-id"), long.Parse(Header("webhook-timestamp"), System.Globalization.CultureInfo.InvariantCulture),
                Header("webhook-signature"), context.Request.ContentType!, body.ToArray());
            _received.Enqueue(received);
            await Answer(received, context);
        });
    }

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}/hooks";

    /// <summary>204 unless a test says otherwise.</summary>
    public Func<Received, HttpContext, Task> Answer { get; set; } = (_, context) => Status(context, 204);

    /// <summary>Everything but test events.</summary>
    public IReadOnlyList<Received> Events => [.. _received.Where(received => received.Type != "cx.subscription.test.v1")];

    public IReadOnlyList<Received> All => [.. _received];

    public static async Task<Receiver> StartAsync()
    {
        var receiver = new Receiver(FreePort.Next());
        await receiver._app.StartAsync();
        return receiver;
    }

    public static Task Status(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<Received>> ReceivedAsync(int count) => Eventually.Value(() => Task.FromResult(Events), events => events.Count >= count);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
