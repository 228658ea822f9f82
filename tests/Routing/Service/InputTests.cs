using System.Net;
using System.Text.Json;

namespace CxPlatform.Routing.Tests.Service;

/// <summary>One host for many small requests that change nothing.</summary>
public sealed class SharedHost : IAsyncLifetime
{
    internal RoutingHost Host { get; private set; } = null!;

    public async Task InitializeAsync() => Host = await RoutingHost.StartAsync(Store.Sqlite);

    public async Task DisposeAsync() => await Host.DisposeAsync();
}

public sealed class InputTests(SharedHost host) : IClassFixture<SharedHost>
{
    [Theory]
    [InlineData("""{}""", "name")]
    [InlineData("""{"name":" "}""", "name")]
    [InlineData("""{"name":"A","email":"nobody"}""", "email")]
    [InlineData("""{"name":"A","role":"boss"}""", "role")]
    [InlineData("""{"name":"A","capacity":-1}""", "capacity")]
    [InlineData("""{"name":"A","teams":["nobody"]}""", "teams")]
    [InlineData("""{"name":"A","queues":["nowhere"]}""", "queues")]
    [InlineData("""{"name":"A","skills":["Not A Name"]}""", "skills")]
    public async Task Bad_input_for_an_agent_names_the_field(string body, string field) =>
        await host.Host.RefusesAsync(HttpMethod.Post, "/v1/agents", body, field);

    [Theory]
    [InlineData("""{"id":"x","name":"X"}""", "team")]
    [InlineData("""{"id":"X X","name":"X","team":"support"}""", "id")]
    [InlineData("""{"id":"x","name":"X","team":"nobody"}""", "team")]
    [InlineData("""{"id":"x","name":"X","team":"support","firstResponse":"four hours"}""", "firstResponse")]
    [InlineData("""{"id":"x","name":"X","team":"support","firstResponse":"PT0S"}""", "firstResponse")]
    [InlineData("""{"id":"general","name":"X","team":"support"}""", "id")]
    public async Task Bad_input_for_a_queue_names_the_field(string body, string field) =>
        await host.Host.RefusesAsync(HttpMethod.Post, "/v1/queues", body, field);

    [Theory]
    [InlineData("/v1/agents")]
    [InlineData("/v1/agents/me")]
    [InlineData("/v1/queues")]
    [InlineData("/v1/teams")]
    [InlineData("/v1/rules")]
    [InlineData("/v1/keys")]
    public async Task Nobody_gets_in_without_a_key(string path)
    {
        using var response = await host.Host.Anonymous.GetAsync(path);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("""{"scopes":["events"]}""", "name")]
    [InlineData("""{"name":"x"}""", "scopes")]
    [InlineData("""{"name":"x","scopes":["events","everything"]}""", "scopes[1]")]
    [InlineData("""{"agentId":"0198aaaa-0000-7000-8000-000000000000"}""", "agentId")]
    public async Task Bad_input_for_a_key_names_the_field(string body, string field) =>
        await host.Host.RefusesAsync(HttpMethod.Post, "/v1/keys", body, field);

    [Theory]
    [InlineData("PUT", "/v1/agents/0198aaaa-0000-7000-8000-000000000000", """{"name":"A"}""")]
    [InlineData("PUT", "/v1/agents/0198aaaa-0000-7000-8000-000000000000/presence", """{"presence":"away"}""")]
    [InlineData("POST", "/v1/agents/0198aaaa-0000-7000-8000-000000000000/key", "{}")]
    [InlineData("PUT", "/v1/queues/nowhere", """{"name":"A","team":"support"}""")]
    [InlineData("PUT", "/v1/teams/nobody", """{"name":"A"}""")]
    [InlineData("DELETE", "/v1/keys/nothere", "")]
    [InlineData("GET", "/v1/agents/0198aaaa-0000-7000-8000-000000000000", "")]
    [InlineData("GET", "/v1/agents/me", "")]
    public async Task What_is_not_there_is_not_found(string method, string path, string body)
    {
        using var response = await host.Host.Admin.SendAsync(new(new(method), path)
        {
            Content = body.Length == 0 ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
        });
        Assert.True(response.StatusCode == HttpStatusCode.NotFound, $"{response.StatusCode} {await response.Content.ReadAsStringAsync()}");
    }

    [Fact]
    public async Task A_version_that_is_none_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/v1/teams/support")
        {
            Content = new StringContent("""{"name":"A"}""", System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("If-Match", "latest");
        using var response = await host.Host.Admin.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("If-Match", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_address_is_described_with_what_it_takes_and_answers()
    {
        using var document = JsonDocument.Parse(await host.Host.Anonymous.GetStringAsync("/openapi/routing.json"));
        var operations = document.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => (Name: $"{operation.Name} {path.Name}", operation.Value)))
            .Where(operation => !operation.Name.Contains("/parked", StringComparison.Ordinal)).ToList();
        Assert.Equal(
            [
                "delete /v1/agents/{id}/absence", "delete /v1/keys/{keyId}", "get /v1/agents", "get /v1/agents/me", "get /v1/agents/{id}",
                "get /v1/keys", "get /v1/queues", "get /v1/queues/{id}", "get /v1/rules", "get /v1/teams", "get /v1/teams/{id}", "post /v1/agents", "post /v1/agents/{id}/key",
                "post /v1/keys", "post /v1/queues", "post /v1/rules/try", "post /v1/teams", "put /v1/agents/{id}",
                "put /v1/agents/{id}/absence", "put /v1/agents/{id}/presence", "put /v1/queues/{id}", "put /v1/rules", "put /v1/teams/{id}",
            ],
            operations.Select(operation => operation.Name).Order(StringComparer.Ordinal));
        Assert.All(operations, operation => Assert.NotEmpty(operation.Value.GetProperty("summary").GetString()!));
    }

    [Fact]
    public async Task The_page_to_sign_in_is_there()
    {
        var page = await host.Host.Anonymous.GetStringAsync("/sign-in");
        Assert.Contains("<form", page, StringComparison.Ordinal);
    }
}
