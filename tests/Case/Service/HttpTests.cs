using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CxPlatform.Contracts;

namespace CxPlatform.Case.Tests.Service;

/// <summary>The HTTP surface: access, problems, versions, lists.</summary>
public sealed class HttpTests(SharedCase shared) : IClassFixture<SharedCase>
{
    private static async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(
        HttpClient client, HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    [Theory]
    [InlineData("GET", "/v1/cases")]
    [InlineData("POST", "/v1/cases")]
    [InlineData("GET", "/v1/cases/CX-2026-000001")]
    [InlineData("GET", "/v1/cases/CX-2026-000001/timeline")]
    [InlineData("GET", "/v1/cases/stream")]
    [InlineData("POST", "/v1/cases/CX-2026-000001/replies")]
    [InlineData("POST", "/v1/cases/CX-2026-000001/assign")]
    [InlineData("GET", "/v1/events")]
    [InlineData("GET", "/v1/events/stream")]
    [InlineData("GET", "/v1/calendars/default")]
    [InlineData("PUT", "/v1/calendars/default")]
    public async Task Nothing_answers_without_a_key(string method, string path) => Assert.Equal(
        HttpStatusCode.Unauthorized, (await SendAsync(shared.Host.Anonymous, new(method), path, method == "GET" ? null : new { })).Status);

    [Fact]
    public async Task Bad_input_gets_a_problem_that_names_the_field_or_the_state()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        var id = await host.OpenAsync();
        async Task Check(HttpStatusCode status, string code, string? field, HttpMethod method, string path, object? body = null,
            params (string, string)[] headers)
        {
            var (got, problem) = await SendAsync(host.Client, method, path, body, headers);
            Assert.True(got == status, $"{method} {path}: {got} {problem}");
            Assert.Equal(code, problem.GetProperty("code").GetString());
            if (field is not null)
                Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), $"{method} {path}: {problem}");
        }
        await Check(HttpStatusCode.NotFound, "case-not-found", null, HttpMethod.Get, $"/v1/cases/{Guid.NewGuid()}");
        await Check(HttpStatusCode.NotFound, "case-not-found", null, HttpMethod.Post, "/v1/cases/CX-2026-999999/notes", new { text = "x" });
        await Check(HttpStatusCode.NotFound, "promise-not-found", null, HttpMethod.Post, $"/v1/cases/{id}/promises/{Guid.NewGuid()}/keep",
            new { });
        await Check(HttpStatusCode.BadRequest, "text-required", "text", HttpMethod.Post, $"/v1/cases/{id}/replies", new { text = " " });
        await Check(HttpStatusCode.BadRequest, "input-invalid", "text", HttpMethod.Post, $"/v1/cases/{id}/replies", new { });
        await Check(HttpStatusCode.BadRequest, "input-invalid", "due", HttpMethod.Post, $"/v1/cases/{id}/promises",
            new { text = "x", due = "tomorrow" });
        await Check(HttpStatusCode.BadRequest, "due-invalid", "due", HttpMethod.Post, $"/v1/cases/{id}/promises",
            new { text = "x", due = "2020-01-01T00:00:00Z" });
        await Check(HttpStatusCode.BadRequest, "agent-id-invalid", "agentId", HttpMethod.Post, $"/v1/cases/{id}/assign",
            new { agentId = Guid.NewGuid() });
        await Check(HttpStatusCode.BadRequest, "input-invalid", "result", HttpMethod.Post, $"/v1/cases/{id}/resolve",
            new { result = "great", reason = "x" });
        await Check(HttpStatusCode.BadRequest, "policy-required", "policy", HttpMethod.Post, $"/v1/cases/{id}/resolve",
            new { result = "notPossible", reason = "x" });
        await Check(HttpStatusCode.BadRequest, "who-required", "who", HttpMethod.Post, $"/v1/cases/{id}/waiting", new { who = " " });
        await Check(HttpStatusCode.Conflict, "no-second-opinion", null, HttpMethod.Post, $"/v1/cases/{id}/second-opinion", new { });
        await Check(HttpStatusCode.Conflict, "no-proposal", null, HttpMethod.Post, $"/v1/cases/{id}/proposals/accept", new { });
        await Check(HttpStatusCode.Conflict, "case-open", null, HttpMethod.Post, $"/v1/cases/{id}/reopen", new { reason = "x" });
        await Check(HttpStatusCode.BadRequest, "if-match-invalid", "If-Match", HttpMethod.Post, $"/v1/cases/{id}/notes",
            new { text = "x" }, ("If-Match", "\"abc\""));
        await Check(HttpStatusCode.BadRequest, "limit-invalid", "limit", HttpMethod.Get, "/v1/cases?limit=0");
        await Check(HttpStatusCode.BadRequest, "cursor-invalid", "cursor", HttpMethod.Get, "/v1/cases?cursor=abc");
        await Check(HttpStatusCode.BadRequest, "owner-invalid", "owner", HttpMethod.Get, "/v1/cases?owner=me");
        await Check(HttpStatusCode.BadRequest, "owner-invalid", "owner", HttpMethod.Get, "/v1/cases?owner=ada");
        await Check(HttpStatusCode.BadRequest, "input-invalid", "status", HttpMethod.Get, "/v1/cases?status=great");
        await Check(HttpStatusCode.BadRequest, "input-invalid", "after", HttpMethod.Get, "/v1/events?after=abc");
        await Check(HttpStatusCode.BadRequest, "input-invalid", "limit", HttpMethod.Get, "/v1/events?limit=5000");
        await Check(HttpStatusCode.BadRequest, "input-invalid", "timeZone", HttpMethod.Put, "/v1/calendars/default",
            new { name = "x", timeZone = "Mars", hours = new[] { new { day = "monday", from = "09:00", to = "17:00" } } });
        await Check(HttpStatusCode.BadRequest, "input-invalid", "text", HttpMethod.Post, "/v1/cases",
            new { customerId = Guid.NewGuid(), from = new { kind = "emailAddress", value = "a@example.org" }, text = "" });
    }

    [Fact]
    public async Task What_a_database_cannot_store_is_the_senders_mistake()
    {
        await using var host = await CaseHost.StartAsync(Database.Postgres);
        var id = await host.OpenAsync();
        foreach (var (method, path, body) in new (HttpMethod, string, object?)[]
            {
                (HttpMethod.Put, $"/v1/cases/{id}/drafts/reply", new { text = "a\0b" }),
                (HttpMethod.Post, $"/v1/cases/{id}/links", new { kind = "related", to = "a\0b" }),
                (HttpMethod.Get, "/v1/cases?queue=a%00b", null),
            })
        {
            var answer = await SendAsync(host.Client, method, path, body);
            Assert.True(answer.Status == HttpStatusCode.BadRequest, $"{method} {path}: {answer.Status}");
            Assert.Equal("input-invalid", answer.Body.GetProperty("code").GetString());
        }
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task If_match_minds_what_people_did_and_not_what_the_platform_did(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var id = await host.OpenAsync();
        await host.RouteAsync(id); // the platform acknowledges: version 5
        var note = await SendAsync(host.Client, HttpMethod.Post, $"/v1/cases/{id}/notes", new { text = "Seen at version 1" },
            ("If-Match", "\"1\""));
        Assert.Equal(HttpStatusCode.OK, note.Status);
        var stale = await SendAsync(host.Client, HttpMethod.Post, $"/v1/cases/{id}/replies", new { text = "Hello" }, ("If-Match", "\"1\""));
        Assert.Equal((HttpStatusCode.PreconditionFailed, "case-changed-since"), (stale.Status, stale.Body.GetProperty("code").GetString()));
        using var fresh = await host.Client.GetAsync($"/v1/cases/{id}");
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(host.Client, HttpMethod.Post, $"/v1/cases/{id}/replies", new { text = "Hello" },
            ("If-Match", $"W/{fresh.Headers.ETag}"))).Status); // as a proxy that compresses passes it on

        var contact = CaseHost.Contact("One more thing.", evidence: new Evidence(EvidenceKind.ReplyToken, "t", id));
        await host.DeliverAsync("intake", $"contact/{contact.ContactId}", contact);
        Assert.Equal(HttpStatusCode.PreconditionFailed,
            (await SendAsync(host.Client, HttpMethod.Post, $"/v1/cases/{id}/resolve", new { result = "solved", reason = "Done" },
            ("If-Match", "\"8\""))).Status);
    }

    [Fact]
    public async Task The_same_request_with_the_same_key_is_done_once()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        var id = await host.OpenAsync();
        var first = await SendAsync(host.Client, HttpMethod.Post, $"/v1/cases/{id}/notes", new { text = "Once" },
            ("Idempotency-Key", "k1"));
        var again = await SendAsync(host.Client, HttpMethod.Post, $"/v1/cases/{id}/notes", new { text = "Once" },
            ("Idempotency-Key", "k1"));
        Assert.Equal(first.Body.ToString(), again.Body.ToString());
        Assert.Equal(HttpStatusCode.UnprocessableEntity,
            (await SendAsync(host.Client, HttpMethod.Post, $"/v1/cases/{id}/notes", new { text = "Twice" }, ("Idempotency-Key", "k1")))
            .Status);
        Assert.Equal(1, (await host.TypesAsync(id)).Count(type => type == "case.note-added.v1"));
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Lists_filter_order_and_page(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var (ada, customer) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await host.AgentAsync(ada, "Ada");
        var ids = new List<Guid>();
        for (var i = 0; i < 7; i++)
        {
            ids.Add(await host.OpenAsync(CaseHost.Contact($"Case number {i} it is.", i < 2 ? customer : null, i == 6 ? Channel.Sms
                : Channel.Email) with
            { ReceivedAt = host.Clock.GetUtcNow() }));
            await host.RouteAsync(ids[i], i == 3 ? Kind.Complaint : Kind.Problem, i % 2 == 0 ? ada : null, i % 2 == 0 ? "Ada"
                : null, i < 4 ? "help" : "bills");
            host.Clock.Advance(TimeSpan.FromMinutes(1));
        }
        await host.PostAsync($"/v1/cases/{ids[0]}/replies", new { text = "Hello" });
        await host.PostAsync($"/v1/cases/{ids[1]}/resolve", new { result = "solved", reason = "Done" });

        async Task Lists(string query, params int[] expected) => Assert.Equal(
            expected, (await host.GetAsync("/v1/cases?" + query)).GetProperty("items").EnumerateArray()
                .Select(item => ids.IndexOf(item.GetProperty("id").GetGuid())));
        await Lists("", 6, 5, 4, 3, 2, 1, 0);
        await Lists($"owner={ada}", 6, 4, 2, 0);
        await Lists("unassigned=true", 5, 3, 1);
        await Lists("queue=bills", 6, 5, 4);
        await Lists("queue=bills&queue=help", 6, 5, 4, 3, 2, 1, 0);
        await Lists("kind=complaint", 3);
        await Lists("channel=sms", 6);
        await Lists($"customer={customer}", 1, 0);
        await Lists("status=resolved", 1);
        await Lists("status=resolved&status=inProgress", 1, 0);
        await Lists("open=true", 6, 5, 4, 3, 2, 0);
        await Lists("q=000003", 2);
        await Lists("promiseDueBefore=2026-03-02T12:03:30Z", 3, 2);
        await Lists("order=due", 2, 3, 4, 5, 6);
        await Lists("order=waiting", 2, 3, 4, 5, 6);

        foreach (var (order, expected) in ((string, int[])[])[("opened", [6, 5, 4, 3, 2, 1, 0]), ("due", [2, 3, 4, 5, 6]),
            ("waiting", [2, 3, 4, 5, 6])])
        {
            var seen = new List<int>();
            for (string? cursor = ""; cursor is not null;)
            {
                var page = await host.GetAsync($"/v1/cases?order={order}&limit=2{(cursor.Length > 0 ? "&cursor=" + cursor : "")}");
                seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => ids.IndexOf(item.GetProperty("id").GetGuid())));
                cursor = page.TryGetProperty("next", out var next) ? next.GetString() : null;
            }
            Assert.Equal(expected, seen);
        }
    }

    [Fact]
    public async Task Staff_opens_a_case_for_a_customer_who_called()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        var opened = await SendAsync(host.Client, HttpMethod.Post, "/v1/cases", new
        {
            customerId = Guid.NewGuid(),
            customerName = "Mia",
            channel = "voice",
            from = new { kind = "phoneNumber", value = "+4930123456" },
            text = "She wants her money back.",
            priority = "high",
        });
        Assert.Equal(HttpStatusCode.Created, opened.Status);
        var state = await host.CaseAsync(opened.Body.GetProperty("caseId").GetGuid());
        Assert.Equal(("voice", "high", "new"), (state.GetProperty("channel").GetString(), state.GetProperty("priority").GetString(),
            state.GetProperty("status").GetString()));
    }

    [Fact]
    public async Task A_calendar_is_written_read_and_followed_by_the_next_promise()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        Assert.Equal("UTC", (await host.GetAsync("/v1/calendars/default")).GetProperty("timeZone").GetString());
        var body = new
        {
            name = "Evenings",
            timeZone = "Europe/Berlin",
            hours = new[] { new { day = "monday", from = "20:00:00", to = "02:00:00" } },
            holidays = new[] { "2026-03-09" }
        };
        using var put = await host.Client.PutAsJsonAsync("/v1/calendars/default", body);
        Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync());
        var id = await host.OpenAsync();
        await host.RouteAsync(id);
        Assert.Equal("2026-03-02T21:00:00Z", (await host.CaseAsync(id)).GetProperty("nextDue").GetString());
        Assert.False((await host.GetAsync("/v1/calendars/default")).GetProperty("isOpen").GetBoolean());
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(host.Client, HttpMethod.Get, "/v1/calendars/other")).Status);
    }

    [Fact]
    public async Task The_modules_document_describes_its_endpoints()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        var paths = (await host.GetAsync("/openapi/case.json")).GetProperty("paths");
        foreach (var path in (string[])["/v1/cases", "/v1/cases/{key}", "/v1/cases/{key}/timeline", "/v1/cases/{key}/replies",
            "/v1/cases/{key}/promises/{promiseId}/renegotiate", "/v1/events", "/v1/events/stream", "/v1/calendars/{id}"])
            Assert.True(paths.TryGetProperty(path, out _), path);
    }
}
