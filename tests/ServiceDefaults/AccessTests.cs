using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using CxPlatform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.ServiceDefaults.Tests;

public sealed class AccessTests : IAsyncLifetime
{
    private readonly KnownAccess _known = new();
    private readonly ApiKey _bootstrap = ApiKey.Create();
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(
        app =>
        {
            app.MapSignIn();
            app.MapPost("/v1/contacts", () => TypedResults.Ok()).RequireAuthorization(Policies.Intake);
            app.MapGet("/v1/events", () => TypedResults.Ok()).RequireAuthorization(Policies.EventsRead);
            app.MapGet("/v1/cases", () => TypedResults.Ok()).RequireAuthorization(Policies.CasesRead);
            app.MapGet("/v1/admin", () => TypedResults.Ok()).RequireAuthorization(Policies.Admin);
            app.MapGet("/v1/stream", async Task<IResult> (HttpContext context) =>
            {
                context.Response.ContentType = "text/event-stream";
                await context.Response.WriteAsync(":\n\n");
                await context.Response.Body.FlushAsync();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
                return TypedResults.Empty;
            }).RequireAuthorization(Policies.EventsRead).Produces(200, contentType: "text/event-stream");
            app.MapGet("/v1/lead", () => TypedResults.Ok()).RequireAuthorization(Policies.Lead);
            app.MapGet("/desk", (HttpContext context) => TypedResults.Ok(new
            {
                actor = context.User.ActorId(),
                agent = context.User.AgentId(),
                name = context.User.DisplayName(),
            })).RequireAuthorization(Policies.Agent);
        },
        b => b.Services.AddSingleton<IAccessSource>(_known),
        "Cx:BootstrapAdminKeyHash=" + _bootstrap.Hash);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    private static async Task<HttpStatusCode> Status(HttpClient client, string path)
    {
        using var response = path == "/v1/contacts" ? await client.PostAsync(path, null) : await client.GetAsync(path);
        return response.StatusCode;
    }

    [Theory]
    [InlineData(Scopes.Intake, "/v1/contacts")]
    [InlineData(Scopes.Events, "/v1/events")]
    [InlineData(Scopes.CasesRead, "/v1/cases")]
    [InlineData(Scopes.Admin, "/v1/admin")]
    public async Task A_key_opens_what_its_scope_says_and_nothing_else(string scope, string path)
    {
        using var client = _host.NewClient(_known.AddKey([scope]));
        foreach (var other in new[] { "/v1/contacts", "/v1/events", "/v1/cases", "/v1/admin" })
            Assert.Equal(other == path || scope == Scopes.Admin ? HttpStatusCode.OK : HttpStatusCode.Forbidden, await Status(client, other));
    }

    [Fact]
    public async Task A_key_may_come_in_its_own_header()
    {
        using var client = _host.NewClient();
        client.DefaultRequestHeaders.Add("X-Api-Key", _known.AddKey([Scopes.Events]));
        Assert.Equal(HttpStatusCode.OK, await Status(client, "/v1/events"));
    }

    [Fact]
    public async Task Without_a_key_the_API_answers_401_with_a_problem()
    {
        using var response = await _host.Client.GetAsync("/v1/events");
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("unauthenticated", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_key_with_the_right_id_and_another_secret_is_refused()
    {
        var key = _known.AddKey([Scopes.Events]);
        using var client = _host.NewClient(key[..^1] + (key[^1] == 'a' ? 'b' : 'a'));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(client, "/v1/events"));
    }

    [Fact]
    public async Task A_key_works_as_soon_as_it_is_known_and_stops_soon_after_it_is_revoked()
    {
        using var unknown = _host.NewClient(ApiKey.Create().Plaintext);
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(unknown, "/v1/events"));
        var key = _known.AddKey([Scopes.Events]);
        using var client = _host.NewClient(key);
        Assert.Equal(HttpStatusCode.OK, await Status(client, "/v1/events"));

        _known.Revoke(key);
        await Eventually.Async(async () => await Status(client, "/v1/events") == HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_live_stream_ends_soon_after_its_key_is_revoked()
    {
        var key = _known.AddKey([Scopes.Events]);
        using var client = _host.NewClient(key);
        using var response = await client.GetAsync("/v1/stream", HttpCompletionOption.ResponseHeadersRead);
        await using var stream = await response.Content.ReadAsStreamAsync();
        Assert.Equal(3, await stream.ReadAtLeastAsync(new byte[3], 3));

        var next = stream.ReadAsync(new byte[1]).AsTask();
        _known.Revoke(key);
        await Assert.ThrowsAnyAsync<IOException>(() => next.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task The_bootstrap_key_is_an_administrator_before_any_key_exists()
    {
        using var client = _host.NewClient(_bootstrap.Plaintext);
        Assert.Equal(HttpStatusCode.OK, await Status(client, "/v1/admin"));
        Assert.Equal(HttpStatusCode.OK, await Status(client, "/desk"));
    }

    [Fact]
    public async Task An_agents_key_acts_as_the_agent_in_the_agents_role()
    {
        var agent = _known.AddAgent("Ada", Roles.Agent);
        using var client = _host.NewClient(_known.AddKey([], agent));
        var desk = await client.GetFromJsonAsync<JsonElement>("/desk");
        Assert.Equal($"agent:{agent}", desk.GetProperty("actor").GetString());
        Assert.Equal("Ada", desk.GetProperty("name").GetString());
        Assert.Equal(HttpStatusCode.OK, await Status(client, "/v1/cases"));
        Assert.Equal(HttpStatusCode.Forbidden, await Status(client, "/v1/lead"));
    }

    [Fact]
    public async Task Somebody_who_is_not_signed_in_is_led_to_the_sign_in_page_and_back()
    {
        var browser = new Browsing(_host);
        var first = await browser.GetAsync("/desk?queue=a");
        Assert.Equal(HttpStatusCode.Redirect, first.StatusCode);
        Assert.Equal("/sign-in", first.Headers.Location!.AbsolutePath);

        var page = await browser.GetAsync(first.Headers.Location.PathAndQuery);
        var signedIn = await browser.SubmitAsync("/sign-in", page, ("key", _known.AddKey([], _known.AddAgent("Ada", Roles.Agent))));
        Assert.Equal(HttpStatusCode.SeeOther, signedIn.StatusCode);
        Assert.Equal("/desk?queue=a", signedIn.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/desk")).StatusCode);
    }

    [Fact]
    public async Task The_session_cookie_is_for_this_site_and_out_of_reach_of_scripts()
    {
        var browser = new Browsing(_host);
        var signedIn = await SignInAsync(browser, _bootstrap.Plaintext);
        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("cx.session=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_session_ends_soon_after_its_key_is_revoked()
    {
        var key = _known.AddKey([], _known.AddAgent("Ada", Roles.Agent));
        var browser = new Browsing(_host);
        await SignInAsync(browser, key);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/desk")).StatusCode);

        _known.Revoke(key);
        await Eventually.Async(async () => (await browser.GetAsync("/desk")).StatusCode == HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task A_session_ends_soon_after_its_agent_is_deactivated()
    {
        var agent = _known.AddAgent("Ada", Roles.Agent);
        var browser = new Browsing(_host);
        await SignInAsync(browser, _known.AddKey([], agent));
        _known.Deactivate(agent);
        await Eventually.Async(async () => (await browser.GetAsync("/desk")).StatusCode == HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task Signing_out_ends_the_session()
    {
        var browser = new Browsing(_host);
        await SignInAsync(browser, _bootstrap.Plaintext);
        var signedOut = await browser.SubmitAsync("/sign-out", await browser.GetAsync("/sign-in"));
        Assert.Equal("/sign-in", signedOut.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/desk")).StatusCode);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("javascript:alert(1)")]
    public async Task Signing_in_never_leads_to_another_site(string returnUrl)
    {
        var browser = new Browsing(_host);
        var page = await browser.GetAsync("/sign-in");
        var signedIn = await browser.SubmitAsync("/sign-in", page, ("key", _bootstrap.Plaintext), ("returnUrl", returnUrl));
        Assert.Equal("/desk", signedIn.Headers.Location!.ToString());
    }

    [Fact]
    public async Task A_machines_key_opens_no_desk()
    {
        var browser = new Browsing(_host);
        var answer = await SignInAsync(browser, _known.AddKey([Scopes.CasesWrite]));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("for programs", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signing_in_without_the_forms_token_is_refused()
    {
        using var form = new FormUrlEncodedContent([new("key", _bootstrap.Plaintext)]);
        using var response = await _host.Client.PostAsync("/sign-in", form);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("form-outdated", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        Assert.False(response.Headers.TryGetValues("Set-Cookie", out var cookies) && cookies.Any(c => c.StartsWith("cx.session", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Guessing_keys_is_slowed_down()
    {
        var browser = new Browsing(_host);
        var page = await browser.GetAsync("/sign-in");
        HttpResponseMessage answer = null!;
        for (var i = 0; i < 11; i++)
            answer = await browser.SubmitAsync("/sign-in", page, ("key", "cxk_guess_" + i));
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    private static async Task<HttpResponseMessage> SignInAsync(Browsing browser, string key) =>
        await browser.SubmitAsync("/sign-in", await browser.GetAsync("/sign-in"), ("key", key));
}

/// <summary>Keys and agents as a module's database would hold them.</summary>
internal sealed class KnownAccess : IAccessSource
{
    private readonly Lock _gate = new();
    private AccessSnapshot _snapshot = AccessSnapshot.Empty;

    public Task<AccessSnapshot> ReadAsync(CancellationToken ct) => Task.FromResult(_snapshot);

    public string AddKey(IReadOnlyList<string> scopes, Guid? agentId = null)
    {
        var key = ApiKey.Create();
        lock (_gate)
            _snapshot = _snapshot with { Keys = [.. _snapshot.Keys, new AccessKey(key.KeyId, "Key", key.Hash, scopes, agentId, null)] };
        return key.Plaintext;
    }

    public Guid AddAgent(string name, string role, string? email = null)
    {
        var id = Guid.CreateVersion7();
        lock (_gate)
            _snapshot = _snapshot with { Agents = [.. _snapshot.Agents, new AccessAgent(id, name, email, role, true)] };
        return id;
    }

    public void Revoke(string plaintext)
    {
        lock (_gate)
            _snapshot = _snapshot with
            {
                Keys = [.. _snapshot.Keys.Select(k => k.Hash == ApiKey.HashOf(plaintext) ? k with { RevokedAt = DateTimeOffset.UnixEpoch } : k)],
            };
    }

    public void Deactivate(Guid agentId)
    {
        lock (_gate)
            _snapshot = _snapshot with { Agents = [.. _snapshot.Agents.Select(a => a.AgentId == agentId ? a with { Active = false } : a)] };
    }
}

/// <summary>A person in a browser: keeps cookies, asks for HTML, sends the forms that a page shows.</summary>
internal sealed partial class Browsing(TestHost host)
{
    private readonly CookieContainer _cookies = new();

    public Task<HttpResponseMessage> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    public async Task<HttpResponseMessage> SubmitAsync(string path, HttpResponseMessage page, params (string Name, string Value)[] fields)
    {
        var html = await page.Content.ReadAsStringAsync();
        var values = Hidden().Matches(html).ToDictionary(m => m.Groups["name"].Value, m => WebUtility.HtmlDecode(m.Groups["value"].Value));
        foreach (var (name, value) in fields)
            values[name] = value;
        return await SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(values) });
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = _cookies }) { BaseAddress = host.Address };
        request.Headers.Accept.ParseAdd("text/html");
        return await client.SendAsync(request);
    }

    [GeneratedRegex("""<input type="hidden" name="(?<name>[^"]+)" value="(?<value>[^"]*)" ?/?>""")]
    private static partial Regex Hidden();
}
