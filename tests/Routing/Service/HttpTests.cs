using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CxPlatform.Contracts.Routing.V1;
using CxPlatform.Routing.Assigning;
using CxPlatform.ServiceDefaults;
using CxPlatform.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using static CxPlatform.Routing.Tests.RoutingHost;

namespace CxPlatform.Routing.Tests.Service;

public sealed class HttpOnSqliteTests : HttpTests
{
    private protected override Store Store => Store.Sqlite;

    private protected override Task<string> EverythingStoredAsync(RoutingHost host) =>
        Task.FromResult(string.Concat(Directory.EnumerateFiles(host.DataPath, "routing.db*").OrderDescending() // what moves meanwhile, moves from the log to the file
            .Select(file => Encoding.Latin1.GetString(ReadShared(file)))));

    private static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var copy = new MemoryStream();
        file.CopyTo(copy);
        return copy.ToArray();
    }
}

public sealed class HttpOnPostgresTests : HttpTests
{
    private protected override Store Store => Store.Postgres;

    private protected override async Task<string> EverythingStoredAsync(RoutingHost host)
    {
        await using var connection = new NpgsqlConnection(host.ConnectionString);
        await connection.OpenAsync();
        var everything = new StringBuilder();
        foreach (var table in (string[])["events", "keys", "idempotency", "agents"])
        {
            await using var command = new NpgsqlCommand($"select coalesce(string_agg(t::text, ' '), '') from {table} t", connection);
            everything.Append((string)(await command.ExecuteScalarAsync())!);
        }
        return everything.ToString();
    }
}

public abstract class HttpTests : IAsyncLifetime
{
    private RoutingHost _host = null!;

    private protected abstract Store Store { get; }

    private protected abstract Task<string> EverythingStoredAsync(RoutingHost host);

    public async Task InitializeAsync() => _host = await RoutingHost.StartAsync(Store);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_fresh_platform_has_one_team_and_one_queue()
    {
        var team = Assert.Single((await _host.GetAsync("/v1/teams")).GetProperty("items").EnumerateArray());
        Assert.Equal("Support", team.GetProperty("name").GetString());
        var queue = Assert.Single((await _host.GetAsync("/v1/queues")).GetProperty("items").EnumerateArray());
        Assert.Equal(("general", "default", "PT4H", "PT16H"), (
            queue.GetProperty("id").GetString(), queue.GetProperty("calendar").GetString(), queue.GetProperty("firstResponse")
                .GetString(), queue.GetProperty("resolution").GetString()));
    }

    [Fact]
    public async Task A_queue_shows_what_waits_and_who_is_there()
    {
        await _host.DeliverAsync(Opened(minute: 5), Opened(minute: 3));
        await _host.AgentAsync("Ada", 1);
        var queue = await _host.GetAsync("/v1/queues/general");
        Assert.Equal((1, 1, 0), (queue.GetProperty("waiting").GetInt32(), queue.GetProperty("present").GetInt32(),
            queue.GetProperty("room").GetInt32()));
        Assert.StartsWith("2026-03-02T09:05", queue.GetProperty("oldestWaitingSince").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_is_added_changed_and_told_of_in_events()
    {
        using var created = await _host.Admin.PostAsJsonAsync("/v1/agents",
            new { name = "Ada", email = "Ada@Example.org", role = "lead", capacity = 7, skills = new[] { "nl" } });
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal("\"1\"", created.Headers.ETag!.Tag);
        var agent = await created.Content.ReadFromJsonAsync<JsonElement>();
        var path = created.Headers.Location!.ToString();
        Assert.Equal(("ada@example.org", "away", 0),
            (agent.GetProperty("email").GetString(), agent.GetProperty("presence").GetString(), agent.GetProperty("openCases").GetInt32()));

        using var stale = await SendAsync(HttpMethod.Put, path, new { name = "Ada L." }, ("If-Match", "\"7\""));
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.StatusCode);
        using var changed = await SendAsync(HttpMethod.Put, path, new { name = "Ada L.", active = false }, ("If-Match", "\"1\""));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        using var same = await SendAsync(HttpMethod.Put, path, new { name = "Ada L.", active = false });
        Assert.Equal("\"2\"", same.Headers.ETag!.Tag);

        var events = await _host.EventsAsync<AgentChanged>();
        Assert.Equal([("Ada", true, 7), ("Ada L.", false, 10)], events.Select(e => (e.Name, e.Active, e.Capacity)));
        Assert.Equal(["general"], events[0].Queues);
        using var presence = await _host.Admin.PutAsJsonAsync(path + "/presence", new { presence = "present" });
        Assert.Equal(HttpStatusCode.Conflict, presence.StatusCode);
    }

    [Fact]
    public async Task Two_agents_do_not_share_an_email_address()
    {
        await _host.PostAsync("/v1/agents", new { name = "Ada", email = "ada@example.org" });
        await _host.RefusesAsync(HttpMethod.Post, "/v1/agents", """{"name":"Also Ada","email":"ADA@example.org"}""", "email");
    }

    [Fact]
    public async Task Who_is_away_takes_no_new_cases_until_they_say_that_they_are_back()
    {
        var (ada, bob) = (await _host.AgentAsync("Ada", present: false), await _host.AgentAsync("Bob", present: false));
        await SetAsync("presence", new { presence = "present" });
        foreach (var (field, wrong) in ((string, object)[])
            [
                ("until", new { until = _host.Clock.GetUtcNow().AddDays(-1) }),
                ("until", new { until = _host.Clock.GetUtcNow().AddDays(400) }),
                ("coverId", new { until = _host.Clock.GetUtcNow().AddDays(1), coverId = ada }),
                ("coverId", new { until = _host.Clock.GetUtcNow().AddDays(1), coverId = Guid.NewGuid() }),
            ])
        {
            using var refused = await _host.Admin.PutAsJsonAsync($"/v1/agents/{ada}/absence", wrong);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains(field, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        var away = await SetAsync("absence", new { until = _host.Clock.GetUtcNow().AddDays(1), coverId = bob });
        Assert.Equal(("away", bob), (away.GetProperty("presence").GetString(), away.GetProperty("absence").GetProperty("coverId").GetGuid()));
        var back = await SetAsync("presence", new { presence = "present" });
        Assert.False(back.TryGetProperty("absence", out var absence) && absence.ValueKind != JsonValueKind.Null);

        var soon = await SetAsync("absence", new { from = _host.Clock.GetUtcNow().AddHours(1), until = _host.Clock.GetUtcNow().AddDays(1) });
        Assert.Equal("present", soon.GetProperty("presence").GetString());
        _host.Clock.Advance(TimeSpan.FromHours(1));
        await Eventually.Async(
            async () => (await _host.GetAsync($"/v1/agents/{ada}")).GetProperty("presence").GetString() == "away",
            what: "away when the absence begins");

        async Task<JsonElement> SetAsync(string what, object body)
        {
            using var done = await _host.Admin.PutAsJsonAsync($"/v1/agents/{ada}/{what}", body);
            Assert.True(done.IsSuccessStatusCode, await done.Content.ReadAsStringAsync());
            return await done.Content.ReadFromJsonAsync<JsonElement>();
        }
    }

    [Fact]
    public async Task An_agent_signs_in_with_their_key_and_sets_their_own_presence_but_nobody_elses()
    {
        var (ada, bob) = (await _host.AgentAsync("Ada", present: false), await _host.AgentAsync("Bob", present: false));
        var key = (await _host.PostAsync($"/v1/agents/{ada}/key", new { })).GetProperty("key").GetString()!;
        using var client = await _host.KnownClientAsync(key);

        var me = await client.GetFromJsonAsync<JsonElement>("/v1/agents/me");
        Assert.Equal((ada, "Ada"), (me.GetProperty("id").GetGuid(), me.GetProperty("name").GetString()));
        using var own = await client.PutAsJsonAsync($"/v1/agents/{ada}/presence", new { presence = "present" });
        Assert.Equal("present", (await own.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("presence").GetString());
        using var other = await client.PutAsJsonAsync($"/v1/agents/{bob}/presence", new { presence = "present" });
        Assert.Equal(HttpStatusCode.Forbidden, other.StatusCode);
        using var unknown = await client.PutAsJsonAsync($"/v1/agents/{ada}/presence", new { presence = "lunch" });
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
        foreach (var path in (string[])["/v1/agents", "/v1/queues", "/v1/keys"])
            using (var refused = await client.PostAsJsonAsync(path, new { name = "x" }))
                Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task A_key_is_shown_once_stored_as_a_hash_only_and_refused_once_revoked()
    {
        using var created = await SendAsync(HttpMethod.Post, "/v1/keys", new { name = "Shop", scopes = new[] { "cases:read" } },
            ("Idempotency-Key", "once"));
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var issued = await created.Content.ReadFromJsonAsync<JsonElement>();
        var (id, key) = (issued.GetProperty("keyId").GetString()!, issued.GetProperty("key").GetString()!);
        Assert.StartsWith($"cxk_{id}_", key, StringComparison.Ordinal);

        using var again = await SendAsync(HttpMethod.Post, "/v1/keys", new { name = "Shop", scopes = new[] { "cases:read" } },
            ("Idempotency-Key", "once"));
        var repeated = await again.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((HttpStatusCode.OK, id, false),
            (again.StatusCode, repeated.GetProperty("keyId").GetString(), repeated.TryGetProperty("key", out _)));

        using var client = await _host.KnownClientAsync(key);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v1/queues")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync("/v1/keys")).StatusCode);

        var stored = await EverythingStoredAsync(_host);
        Assert.Contains(ApiKey.HashOf(key), stored, StringComparison.Ordinal);
        Assert.DoesNotContain(key[(key.LastIndexOf('_') + 1)..], stored, StringComparison.Ordinal);

        using var revoked = await _host.Admin.DeleteAsync($"/v1/keys/{id}");
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        await Eventually.Async(async () => (await client.GetAsync("/v1/queues")).StatusCode == HttpStatusCode.Unauthorized);
        var told = (await _host.EventsAsync<AccessChanged>()).Where(e => e.KeyId == id).ToList();
        Assert.Equal([false, true], told.Select(e => e.RevokedAt is not null));
        Assert.Equal(ApiKey.HashOf(key), told[0].Hash);
        using var unknown = await _host.Admin.DeleteAsync("/v1/keys/nothere");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task The_command_line_makes_lists_and_revokes_keys()
    {
        var store = _host.Services.GetRequiredService<IKeyStore>();
        var machine = await store.CreateAsync("Shop", ["intake"], null, default);
        var person = await store.CreateAsync("Lena", [], "lead", default);
        using var client = await _host.KnownClientAsync(person);
        Assert.Equal("lead", (await client.GetFromJsonAsync<JsonElement>("/v1/agents/me")).GetProperty("role").GetString());
        var listed = await store.ListAsync(default);
        Assert.Contains(listed, key => key is { Name: "Shop", AgentName: null } && key.Scopes.SequenceEqual(["intake"]));
        Assert.Contains(listed, key => key is { Name: "Lena", AgentName: "Lena" });
        Assert.True(await store.RevokeAsync(machine.Split('_')[1], default));
        Assert.True(await store.RevokeAsync(machine.Split('_')[1], default));
        Assert.False(await store.RevokeAsync("nothere", default));
    }

    [Fact]
    public async Task Rules_are_read_edited_and_in_force_for_the_next_case()
    {
        using var read = await _host.Admin.GetAsync("/v1/rules");
        Assert.Equal("\"0\"", read.Headers.ETag!.Tag);
        var rules = JsonNode.Parse(await read.Content.ReadAsStringAsync())!;
        rules["rules"]!.AsArray().Add(JsonNode.Parse("""{"id":"kayak","phrases":["kayak*"],"category":"boats","kind":"request","priority":"urgent","weight":9}"""));
        Assert.NotEqual("boats", (await _host.DeliverAsync(Opened("My kayaks"))).Single().Category);

        using var saved = await SendAsync(HttpMethod.Put, "/v1/rules", rules, ("If-Match", "\"0\""));
        Assert.Equal((HttpStatusCode.OK, "\"1\""), (saved.StatusCode, saved.Headers.ETag?.Tag));
        using var stale = await SendAsync(HttpMethod.Put, "/v1/rules", rules, ("If-Match", "\"0\""));
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.StatusCode);

        var decided = (await _host.DeliverAsync(Opened("My kayaks"))).Single();
        Assert.Equal(("boats", Contracts.Kind.Request, Contracts.Priority.Urgent), (decided.Category, decided.Kind, decided.Priority));
        Assert.Contains("About boats: it says “kayak”.", decided.Reasons);
        using var same = await _host.Admin.GetAsync("/v1/rules");
        Assert.True(JsonNode.DeepEquals(rules, JsonNode.Parse(await same.Content.ReadAsStringAsync())));
    }

    [Fact]
    public async Task A_faulty_rule_set_is_refused_with_every_field_named()
    {
        var rules = JsonNode.Parse(await _host.Admin.GetStringAsync("/v1/rules"))!;
        rules["rules"]![3]!["weight"] = 0;
        rules["rules"]![4]!["phrases"]!.AsArray().Add("a*b");
        rules["defaults"]!["queue"] = "nowhere";
        using var response = await SendAsync(HttpMethod.Put, "/v1/rules", rules);
        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var fields = JsonDocument.Parse(text).RootElement.GetProperty("errors").EnumerateObject().Select(error => error.Name).ToHashSet();
        Assert.Contains("rules[3].weight", fields);
        Assert.Contains(fields, field => field.StartsWith("rules[4].phrases[", StringComparison.Ordinal));
        Assert.Contains("defaults.queue", fields);
        rules = JsonNode.Parse(await _host.Admin.GetStringAsync("/v1/rules"))!;
        rules["rules"]![0]!["kind"] = "rant";
        await _host.RefusesAsync(HttpMethod.Put, "/v1/rules", rules.ToJsonString(), "rules[0].kind");
    }

    [Fact]
    public async Task Rules_can_be_tried_without_being_kept()
    {
        var tried = await _host.PostAsync("/v1/rules/try", new { text = "Ich bin nicht zufrieden, die Rechnung ist falsch!" });
        Assert.Equal(("problem", "billing", "unhappy", "de", "general"), (
            tried.GetProperty("kind").GetString(), tried.GetProperty("category").GetString(), tried.GetProperty("feeling").GetString(),
            tried.GetProperty("language").GetString(), tried.GetProperty("queue").GetString()));
        Assert.Equal(5, tried.GetProperty("reasons").GetArrayLength());
        Assert.Empty(await _host.EventsAsync<RoutingDecided>());
    }

    [Fact]
    public async Task A_queue_that_opens_for_somebody_gives_them_what_waits_there()
    {
        await _host.PostAsync("/v1/teams", new { id = "sales", name = "Sales" });
        await _host.DeliverAsync(Opened());
        var sven = (await _host.PostAsync("/v1/agents", new { name = "Sven", teams = new[] { "sales" } })).GetProperty("id").GetGuid();
        await _host.PresenceAsync(sven, "present");
        Assert.Null((await _host.EventsAsync<RoutingDecided>())[^1].AgentId);
        using var moved = await SendAsync(HttpMethod.Put, "/v1/queues/general", new { name = "General", team = "sales" });
        Assert.True(moved.IsSuccessStatusCode, await moved.Content.ReadAsStringAsync());
        var last = (await _host.EventsAsync<RoutingDecided>())[^1];
        Assert.Equal((sven, "Sales"), (last.AgentId!.Value, last.TeamName));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_sets_of_agents_cases_are_built_again_when_they_were_emptied(bool redis)
    {
        await using var own = await RoutingHost.StartAsync(Store, redis ? (await RedisServer.SharedAsync()).ConnectionString() : null);
        var (ada, bob) = (await own.AgentAsync("Ada"), await own.AgentAsync("Bob"));
        var opened = Enumerable.Range(0, 5).Select(_ => Opened()).ToArray();
        await own.DeliverAsync([.. opened]);
        await own.DeliverAsync(Resolved(opened[0].CaseId));
        var loads = own.Services.GetRequiredService<LoadSets>();
        async Task IsRight()
        {
            var counts = await loads.CountsAsync([ada, bob], default);
            Assert.Equal((2, 2), (counts[ada], counts[bob]));
        }
        await Eventually.Async(IsRight);

        var sets = own.Services.GetRequiredService<ISharedSets>();
        foreach (var key in (string[])["routing:loads", $"routing:agent:{ada}", $"routing:agent:{bob}"])
            await sets.ClearAsync(key);
        await Eventually.Async(IsRight);
        Assert.Equal(2, (await own.GetAsync($"/v1/agents/{ada}")).GetProperty("openCases").GetInt32());
    }

    [Fact]
    public async Task The_depth_of_every_queue_is_measured()
    {
        await _host.PostAsync("/v1/queues", new { id = "empty", name = "Empty", team = "support" });
        await _host.DeliverAsync(Opened(), Opened(), Opened(automatic: Contracts.Automatic.List));
        var factory = _host.Services.GetRequiredService<IMeterFactory>();
        await Eventually.Async(() =>
        {
            var depths = new Dictionary<string, int>();
            using var listener = new MeterListener
            {
                InstrumentPublished = (instrument, self) =>
                {
                    // Other hosts of this process measure too.
                    if (instrument.Name == "cx.queue.depth" && ReferenceEquals(instrument.Meter.Scope, factory))
                        self.EnableMeasurementEvents(instrument);
                },
            };
            listener.SetMeasurementEventCallback<int>((_, value, tags, _) => depths[(string)tags[0].Value!] = value);
            listener.Start();
            listener.RecordObservableInstruments();
            Assert.Equal((2, 0), (depths["general"], depths["empty"]));
        });
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object body, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path)
        {
            Content = body is JsonNode node ? new StringContent(node.ToJsonString(), Encoding.UTF8, "application/json")
                : JsonContent.Create(body),
        };
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        return _host.Admin.SendAsync(request);
    }
}
