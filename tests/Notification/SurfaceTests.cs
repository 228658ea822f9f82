using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace CxPlatform.Notification.Tests;

/// <summary>What is refused, listed and described, on one host for all: nothing of it leaves a trace.</summary>
public sealed class SurfaceTests(SurfaceTests.Shared shared) : IClassFixture<SurfaceTests.Shared>
{
    [Theory]
    [InlineData("state=lost", "state")]
    [InlineData("after=%21", "after")]
    [InlineData("recipient=a%00b", "recipient")]
    [InlineData("limit=0", "limit")]
    [InlineData("caseId=x", "caseId")]
    public async Task A_wrong_query_is_refused_by_the_name_of_the_field(string query, string field)
    {
        using var response = await Host.Admin.GetAsync($"/v1/messages?{query}");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(field, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/v1/messages")]
    [InlineData("GET", "/v1/messages/0198a000-0000-7000-8000-000000000000")]
    [InlineData("POST", "/v1/messages/0198a000-0000-7000-8000-000000000000/resend")]
    [InlineData("POST", "/v1/messages/0198a000-0000-7000-8000-000000000000/cancel")]
    [InlineData("GET", "/v1/templates")]
    [InlineData("POST", "/v1/templates/reply/preview")]
    public async Task Nobody_reads_or_changes_messages_without_a_key(string method, string path)
    {
        using var request = new HttpRequestMessage(new(method), path) { Content = method == "POST" ? JsonContent.Create(new { }) : null };
        using var response = await Host.Anonymous.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Templates_are_listed_and_previewed()
    {
        var list = await Host.Admin.GetFromJsonAsync<JsonElement>("/v1/templates");
        Assert.Contains(list.EnumerateArray(), template => template.GetProperty("name").GetString() == "promise-broken");
        using var response = await Host.Admin.PostAsJsonAsync("/v1/templates/promise-broken/preview", new { language = "de" });
        var preview = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Contains("Es tut uns leid", preview.GetProperty("text").GetString());
        using var unknown = await Host.Admin.PostAsJsonAsync("/v1/templates/promise-broken/preview", new { language = "fr" });
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
        Assert.Contains("must be one of de, en", await unknown.Content.ReadAsStringAsync());
        using var missing = await Host.Admin.PostAsJsonAsync("/v1/templates/nothing/preview", new { });
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task The_surface_is_described()
    {
        var document = await Host.Admin.GetFromJsonAsync<JsonElement>("/openapi/notification.json");
        var paths = document.GetProperty("paths").EnumerateObject().Select(path => path.Name).ToList();
        Assert.Contains("/v1/messages", paths.Select(path => path.TrimEnd('/')));
        Assert.Contains("/v1/templates/{name}/preview", paths);
    }

    private NotificationHost Host => shared.Host;

    public sealed class Shared : IAsyncLifetime
    {
        internal NotificationHost Host { get; private set; } = null!;

        public async Task InitializeAsync() => Host = await NotificationHost.StartAsync();

        public async Task DisposeAsync() => await Host.DisposeAsync();
    }
}
