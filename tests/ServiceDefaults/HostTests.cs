using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CxPlatform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CxPlatform.ServiceDefaults.Tests;

public sealed class HostTests
{
    [Fact]
    public async Task A_host_without_troubles_is_healthy_and_alive()
    {
        await using var host = await TestHost.StartAsync();
        var health = await host.Client.GetFromJsonAsync<JsonElement>("/health");
        Assert.Equal("healthy", health.GetProperty("status").GetString());
        Assert.Equal("alive", await host.Client.GetStringAsync("/alive"));
    }

    [Fact]
    public async Task With_a_health_port_health_is_answered_there_and_nothing_else_is()
    {
        var port = FreePort.Next();
        await using var host = await TestHost.StartAsync(app => app.MapGet("/v1/cases", () => "cases"), null, $"Cx:HealthPort={port}");
        var main = host.App.Urls.Select(u => new Uri(u)).Single(u => u.Port != port);
        using var client = new HttpClient();
        async Task<int> Status(int at, string path) => (int)(await client.GetAsync(new Uri($"http://127.0.0.1:{at}{path}"))).StatusCode;

        Assert.Equal(200, await Status(port, "/health"));
        Assert.Equal(200, await Status(port, "/alive"));
        Assert.Equal(404, await Status(port, "/v1/cases"));
        Assert.Equal(404, await Status(main.Port, "/health"));
        Assert.Equal(200, await Status(main.Port, "/v1/cases"));
    }

    [Theory]
    [InlineData("127.0.0.0/8", "203.0.113.7 https")]
    [InlineData("192.0.2.0/24", "127.0.0.1 http")]
    public async Task Only_a_trusted_gateway_says_who_calls(string trusted, string seen)
    {
        await using var host = await TestHost.StartAsync(
            app => app.MapGet("/who", (HttpRequest request) => $"{request.HttpContext.Connection.RemoteIpAddress} {request.Scheme}"), null,
            "Cx:TrustedProxies:0=" + trusted);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/who");
        request.Headers.Add("X-Forwarded-For", "198.51.100.1, 203.0.113.7");
        request.Headers.Add("X-Forwarded-Proto", "https");
        using var response = await host.Client.SendAsync(request);
        Assert.Equal(seen, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_session_cookie_is_secure_when_the_public_address_is()
    {
        var key = ApiKey.Create();
        await using var host = await TestHost.StartAsync(
            app => app.MapSignIn(), null, "Cx:PublicUrl=https://help.example.com", "Cx:BootstrapAdminKeyHash=" + key.Hash);
        var browser = new Browsing(host);
        var signedIn = await browser.SubmitAsync("/sign-in", await browser.GetAsync("/sign-in"), ("key", key.Plaintext));
        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("cx.session=", StringComparison.Ordinal));
        Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_request_in_flight_is_finished_when_the_host_stops()
    {
        var entered = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using var host = await TestHost.StartAsync(app => app.MapGet("/slow", async () =>
        {
            entered.SetResult();
            await release.Task;
            return "finished";
        }));
        var answer = host.Client.GetStringAsync("/slow");
        await entered.Task;
        var stopping = host.App.StopAsync();
        await Eventually.Async(() => Task.FromResult(host.Get<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested));
        Assert.False(answer.IsCompleted);
        release.SetResult();
        Assert.Equal("finished", await answer);
        await stopping;
    }

    [Fact]
    public async Task Keys_are_made_listed_and_revoked_on_the_command_line()
    {
        var services = new ServiceCollection().AddSingleton<IKeyStore, KeysInMemory>().BuildServiceProvider();
        async Task<(int Code, string Out, string Error)> Run(params string[] words)
        {
            using var output = new StringWriter();
            using var errors = new StringWriter();
            return (await KeyCommand.RunAsync(services, words, output, errors, default), output.ToString().Trim(), errors.ToString().Trim());
        }

        var created = await Run("create", "--name", "Shop", "--scope", "intake,events");
        Assert.Equal(0, created.Code);
        Assert.StartsWith("cxk_", created.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', created.Out);

        var keyId = ApiKey.IdOf(created.Out)!;
        var listed = await Run("list");
        Assert.Matches($@"{keyId}\s+Shop\s+\d{{4}}-\d\d-\d\d\s+active\s+intake events", listed.Out);
        Assert.DoesNotContain(created.Out, listed.Out, StringComparison.Ordinal);

        Assert.Equal(0, (await Run("revoke", keyId)).Code);
        Assert.Contains("revoked", (await Run("list")).Out, StringComparison.Ordinal);
        Assert.Equal(1, (await Run("revoke", "nothing")).Code);
        Assert.Equal(2, (await Run("create", "--name", "Shop")).Code);
        Assert.Contains("'--scope everything' is not understood", (await Run("create", "--name", "Shop", "--scope", "everything")).Error, StringComparison.Ordinal);
        Assert.Equal(2, (await Run()).Code);
    }

    public enum Mood
    {
        Unknown,
        Glad,
    }

    public sealed record Thing(Mood Mood, TimeSpan Patience, DateTimeOffset At);

    [Fact]
    public async Task Each_module_describes_its_own_endpoints_as_they_are_on_the_wire()
    {
        await using var host = await TestHost.StartAsync(app =>
        {
            app.MapPost("/v1/contacts", (Thing thing) => TypedResults.Ok(thing));
            app.MapGet("/v1/cases", () => TypedResults.Ok());
            app.MapGet("/desk", () => TypedResults.Ok());
        });
        var intake = await host.Client.GetFromJsonAsync<JsonElement>("/openapi/intake.json");
        Assert.Equal(["/v1/contacts"], intake.GetProperty("paths").EnumerateObject().Select(p => p.Name));
        var thing = intake.GetProperty("components").GetProperty("schemas").GetProperty("Thing").GetProperty("properties");
        Assert.Contains("\"glad\"", intake.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("duration", thing.GetProperty("patience").GetProperty("format").GetString());
        Assert.Equal("date-time", thing.GetProperty("at").GetProperty("format").GetString());
        var cases = await host.Client.GetFromJsonAsync<JsonElement>("/openapi/case.json");
        Assert.Equal(["/v1/cases"], cases.GetProperty("paths").EnumerateObject().Select(p => p.Name));
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync("/openapi/routing.json")).StatusCode);
    }

    [Theory]
    [InlineData("/s/abcdef", "/s/{token}")]
    [InlineData("/survey/abcdef/answer", "/survey/{token}/answer")]
    [InlineData("/v1/cases/0198f6a0-0000-7000-8000-000000000000/timeline", "/v1/cases/0198f6a0-0000-7000-8000-000000000000/timeline")]
    [InlineData("/other/AbCdEfGhIjKlMnOpQrStUvWxYzAbCdEfGhIjKlMnOpQrStUvWxYz", "/other/{token}")]
    public void Tokens_are_taken_out_of_paths(string path, string redacted) => Assert.Equal(redacted, RequestTelemetry.Redact(path));

    private sealed class KeysInMemory : IKeyStore
    {
        private readonly Dictionary<string, KeyInfo> _keys = [];

        public Task<string> CreateAsync(string name, IReadOnlyList<string> scopes, string? role, CancellationToken ct)
        {
            var key = ApiKey.Create();
            _keys[key.KeyId] = new KeyInfo(key.KeyId, name, scopes, null, DateTimeOffset.UnixEpoch, null);
            return Task.FromResult(key.Plaintext);
        }

        public Task<IReadOnlyList<KeyInfo>> ListAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<KeyInfo>>([.. _keys.Values]);

        public Task<bool> RevokeAsync(string keyId, CancellationToken ct)
        {
            if (!_keys.TryGetValue(keyId, out var key))
                return Task.FromResult(false);
            _keys[keyId] = key with { RevokedAt = DateTimeOffset.UnixEpoch };
            return Task.FromResult(true);
        }
    }
}
