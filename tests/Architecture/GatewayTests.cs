using System.Net;
using CxPlatform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CxPlatform.Architecture.Tests;

public sealed class GatewayTests : IAsyncLifetime
{
    readonly TaskCompletionSource _secondEvent = new();
    WebApplication _service = null!;
    Gateway _gateway = null!;
    HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        var port = FreePort.Next();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port));
        _service = builder.Build();
        _service.MapGet("/live", async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: one\n\n");
            await context.Response.Body.FlushAsync();
            await _secondEvent.Task;
            await context.Response.WriteAsync("data: two\n\n");
        });
        _service.Map("/{**rest}", async context =>
        {
            using var body = new StreamReader(context.Request.Body);
            var sent = await body.ReadToEndAsync();
            context.Response.Headers.Append("Set-Cookie", "a=1");
            context.Response.Headers.Append("Set-Cookie", "b=2");
            await context.Response.WriteAsync(
                $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {context.Request.Headers["X-Forwarded-Host"]} {sent}");
        });
        await _service.StartAsync();
        _gateway = await Gateway.StartAsync(FreePort.Next(), new Dictionary<string, string>
        {
            ["REVERSEPROXY__ROUTES__route0__MATCH__PATH"] = "/{**rest}",
            ["REVERSEPROXY__ROUTES__route0__CLUSTERID"] = "cluster_case",
            ["REVERSEPROXY__ROUTES__route1__MATCH__PATH"] = "/gone/{**rest}",
            ["REVERSEPROXY__ROUTES__route1__CLUSTERID"] = "cluster_gone",
            ["REVERSEPROXY__CLUSTERS__cluster_case__DESTINATIONS__destination1__ADDRESS"] = "http://case",
            ["REVERSEPROXY__CLUSTERS__cluster_gone__DESTINATIONS__destination1__ADDRESS"] = $"http://127.0.0.1:{FreePort.Next()}",
            ["services__case__http__0"] = $"http://127.0.0.1:{port}",
        });
        _client = new HttpClient { BaseAddress = _gateway.Address };
    }

    public async Task DisposeAsync()
    {
        _secondEvent.TrySetResult();
        _client.Dispose();
        await _gateway.DisposeAsync();
        await _service.DisposeAsync();
    }

    [Fact]
    public async Task A_request_reaches_the_service_whole_and_its_answer_comes_back_whole()
    {
        using var answer = await _client.PostAsync("/v1/cases?state=open%20now", new StringContent("hello"));

        Assert.Equal($"POST /v1/cases?state=open%20now {_gateway.Address.Authority} hello", await answer.Content.ReadAsStringAsync());
        Assert.Equal(["a=1", "b=2"], answer.Headers.GetValues("Set-Cookie"));
    }

    [Fact]
    public async Task An_event_of_a_live_stream_arrives_before_the_next_one_exists()
    {
        await using var stream = await _client.GetStreamAsync("/live");
        using var reader = new StreamReader(stream);

        Assert.Equal("data: one", await reader.ReadLineAsync());
        _secondEvent.SetResult();
        Assert.Equal("\ndata: two\n\n", await reader.ReadToEndAsync());
    }

    [Fact]
    public async Task A_service_that_is_down_is_a_bad_gateway()
    {
        using var answer = await _client.GetAsync("/gone/away");

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
    }
}
