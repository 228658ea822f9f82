using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace CxPlatform.Notification.Tests.Webhooks;

/// <summary>What is refused, on one host for all: nothing of it leaves a trace.</summary>
public sealed class SubscriptionInputTests(SubscriptionInputTests.Shared shared) : IClassFixture<SubscriptionInputTests.Shared>
{
    public static TheoryData<string, string> Wrong => new()
    {
        { """{"types":["*"]}""", "url" },
        { """{"url":"","types":["*"]}""", "url" },
        { """{"url":"http://example.com","types":["*"]}""", "url" },
        { """{"url":"https://10.0.0.1/","types":["*"]}""", "url" },
        { """{"url":"https://a:b@example.com/","types":["*"]}""", "url" },
        { """{"url":"https://example.com/"}""", "types" },
        { """{"url":"https://example.com/","types":[]}""", "types" },
        { """{"url":"https://example.com/","types":[null]}""", "types" },
        { """{"url":"https://example.com/","types":["cx.case.opened.v1","cx.case.opend.v1"]}""", "types[1]" },
        { """{"url":"https://example.com/","types":["cx.case.opened"]}""", "types[0]" },
        { """{"url":"https://example.com/","types":["cx.*.opened.v1"]}""", "types[0]" },
        { """{"url":"https://example.com/","types":["*"],"name":" "}""", "name" },
        { """{"url":"https://example.com/","types":["*"],"rate":0}""", "rate" },
        { """{"url":"https://example.com/","types":["*"],"rate":"5"}""", "rate" },
        { """{"url":"https://example.com/","types":["*"],"contact":"nobody"}""", "contact" },
        { """{"url":"https://example.com/","types":["*"],"secret":"hunter2"}""", "secret" },
        { """{"url":"https://example.com/","types":["*"],"secret":"whsec_c2hvcnQ="}""", "secret" },
        { """{"url":"https://example.com/","types":["*"],"format":"avro"}""", "format" },
        { """{"url":"https://example.com/","types":["*"],"filter":{"kind":["whim"]}}""", "filter.kind" },
        { """{"url":"https://example.com/","types":["*"],"filter":{"priority":["1"]}}""", "filter.priority" },
        { """{"url":"https://example.com/","types":["*"],"filter":{"channel":["telex"]}}""", "filter.channel" },
        { """{"url":"https://example.com/","types":["*"],"filter":{"tag":[""]}}""", "filter.tag" },
        { """{"url":"https://example.com/","types":["*"],"filter":{"queue":[null]}}""", "filter.queue" },
        { """{"url":"https://example.com/","types":["*"],"filter":{"kinds":["complaint"]}}""", "filter.kinds" },
        { """{"url":"https://example.com/","types":["*"],"filters":{"kind":["complaint"]}}""", "filters" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_wrong_subscription_is_refused_by_the_name_of_the_field(string body, string field)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await Host.Admin.PostAsync("/v1/subscriptions", content);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(field, problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"events":[]}""")]
    [InlineData("""{"failed":true,"until":"2026-01-01T00:00:00Z"}""")]
    [InlineData("""{"events":["0198c0de-0000-7000-8000-000000000000"]}""")]
    [InlineData("""{"fromEvent":"0198c0de-0000-7000-8000-000000000000"}""")]
    [InlineData("""{"failed":true,"from":"2026-01-01T00:00:00Z"}""")]
    [InlineData("""{"from":"2026-01-02T00:00:00Z","to":"2026-01-01T00:00:00Z"}""")]
    [InlineData("""{"to":"2026-01-01T00:00:00Z"}""")]
    public async Task A_replay_of_nothing_that_can_be_named_is_refused(string body)
    {
        var made = await Host.CreateAsync(new { url = "https://example.com/", types = new[] { "*" } });
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await Host.Admin.PostAsync($"/v1/subscriptions/{made.GetProperty("subscription").GetProperty("id")}/replays", content);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Nobody_without_a_key_sees_subscriptions()
    {
        using var response = await Host.Host.Anonymous.GetAsync("/v1/subscriptions");
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    private WebhookHost Host => shared.Host;

    public sealed class Shared : IAsyncLifetime
    {
        internal WebhookHost Host { get; private set; } = null!;

        public async Task InitializeAsync() => Host = await WebhookHost.StartAsync();

        public async Task DisposeAsync() => await Host.DisposeAsync();
    }
}
