using System.Collections.Concurrent;
using System.Text.Json;
using CxPlatform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CxPlatform.Client.Tests;

/// <summary>A platform that answers as a test wants.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<string> _requests = new();

    private ScriptedServer(WebApplication app, HttpClient client) => (_app, Client) = (app, client);

    public HttpClient Client { get; }

    /// <summary>Method, path with query, and Last-Event-ID where there was one.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    public static async Task<ScriptedServer> StartAsync(Func<HttpContext, int, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var address = $"http://127.0.0.1:{FreePort.Next()}";
        app.Urls.Add(address);
        var server = new ScriptedServer(app, new() { BaseAddress = new(address) });
        app.Run(async context =>
        {
            var last = context.Request.Headers["Last-Event-ID"].ToString();
            server._requests.Enqueue($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {last}".Trim());
            await answer(context, server._requests.Count);
        });
        await app.StartAsync();
        return server;
    }

    public static string Event(int i) =>
        $$"""{"specversion":"1.0","id":"e{{i}}","source":"/cases/1","type":"cx.case.closed.v1","sequence":"{{i}}","time":"2026-11-23T10:00:00Z","data":{ } }""";

    public static Task PageAsync(HttpContext context, string next, bool more, params IEnumerable<int> events) =>
        context.Response.WriteAsJsonAsync(new { events = events.Select(i => JsonSerializer.Deserialize<JsonElement>(Event(i))), next, more });

    public static async Task ProblemAsync(HttpContext context, int status, string code, string more = "")
    {
        context.Response.StatusCode = status;
        await context.Response.WriteAsync($$"""{"status":{{status}},"code":"{{code}}","detail":"Why."{{more}} }""");
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
