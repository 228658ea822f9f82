using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using CxPlatform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CxPlatform.Notification.Tests;

/// <summary>A provider of messages: remembers what it is asked, answers as it is told, one by one.</summary>
internal sealed class Provider : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(int Status, string Body)> _answers;

    private Provider(WebApplication app, Uri address, IEnumerable<(int, string)> answers) => (_app, Address, _answers) = (app, address, new(answers));

    public Uri Address { get; }

    public ConcurrentQueue<Request> Requests { get; } = new();

    public static async Task<Provider> StartAsync(params (int Status, string Body)[] answers)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Next()}/");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var provider = new Provider(builder.Build(), address, answers);
        provider._app.Urls.Add(address.ToString());
        provider._app.Map("{**path}", provider.AnswerAsync);
        await provider._app.StartAsync();
        return provider;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        Requests.Enqueue(new(
            context.Request.Path + context.Request.QueryString, context.Request.Headers.ToDictionary(pair => pair.Key.ToLowerInvariant(), pair => pair.Value.ToString()), body.ToArray()));
        if (!_answers.TryDequeue(out var answer))
            answer = (500, "");
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(answer.Body);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    public sealed record Request(string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
    {
        public string Text => Encoding.UTF8.GetString(Body);

        public JsonElement Json => JsonDocument.Parse(Body).RootElement;
    }
}
