using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Testing;

namespace CxPlatform.Notification.Tests.Agents;

/// <summary>What an agent sees of their notices over the API and on the desk.</summary>
public sealed class NoticeTests
{
    private const string Path = "/v1/agents/me/notices";

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task A_stream_tells_at_once_and_resumes_where_it_broke_off_in_whichever_process(Store store)
    {
        await using var host = await NotificationHost.StartAsync(store);
        await using var another = store == Store.Postgres ? await host.AnotherAsync() : null;
        var staff = await Staff.AtAsync(host);
        using var anna = await staff.SignInAsync(staff.Anna, another);
        await host.DeliverAsync(staff.Assigned(staff.Anna));

        using (var stream = await Stream.OpenAsync(anna))
        {
            Assert.Equal(("unread", null, """{"unread":1}"""), await stream.NextAsync());
            await host.DeliverAsync(staff.Story.Replied("CANARY"));
            var (name, id, data) = await stream.NextAsync();
            Assert.Equal(("notice", "2"), (name, id));
            Assert.Contains("\"kind\":\"customerReplied\"", data, StringComparison.Ordinal);
            Assert.Contains("\"need\":\"The coffee machine leaks.\"", data, StringComparison.Ordinal);
            Assert.DoesNotContain("CANARY", data, StringComparison.Ordinal);
            Assert.Equal("""{"unread":2}""", (await stream.NextAsync()).Data);
        }
        await host.DeliverAsync(staff.Note(staff.Ben, "@Anna", staff.Anna));
        using (var stream = await Stream.OpenAsync(anna, "1"))
        {
            Assert.Equal("2", (await stream.NextAsync()).Id);
            Assert.Equal("3", (await stream.NextAsync()).Id);
            Assert.Equal("""{"unread":3}""", (await stream.NextAsync()).Data);
            // What is read on one screen is read on all.
            using var read = await anna.PostAsJsonAsync(Path + "/read", new { upTo = 2 });
            Assert.Equal("""{"unread":1}""", await read.Content.ReadAsStringAsync());
            Assert.Equal("""{"unread":1}""", (await stream.NextAsync()).Data);
        }
        using var odd = new HttpRequestMessage(HttpMethod.Get, Path + "/stream") { Headers = { { "Last-Event-ID", "yesterday" } } };
        using var refused = await anna.SendAsync(odd);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("Last-Event-ID", await refused.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Notices_are_read_in_pages_and_marked_by_number_by_case_or_up_to_one()
    {
        await using var host = await NotificationHost.StartAsync();
        var staff = await Staff.AtAsync(host);
        using var anna = await staff.SignInAsync(staff.Anna);
        using var ben = await staff.SignInAsync(staff.Ben);
        var other = new Story { Number = "CX-2026-000124" };
        await host.DeliverAsync(other.Opened(), staff.Assigned(staff.Anna), staff.Assigned(staff.Anna) with { CaseId = other.CaseId }, staff.Note(staff.Ben, "@Anna", staff.Anna));

        var page = await GetAsync(anna, "?limit=2");
        Assert.Equal((3, 2), (page.GetProperty("unread").GetInt32(), page.GetProperty("next").GetInt64()));
        Assert.Equal("3 2", Numbers(page));
        Assert.Equal("1", Numbers(await GetAsync(anna, "?limit=2&before=2")));
        Assert.Empty(Numbers(await GetAsync(ben, "")));

        Assert.Equal(2, await ReadAsync(anna, new { numbers = new[] { 1 } }));
        Assert.Equal("3 2", Numbers(await GetAsync(anna, "?unread=true")));
        Assert.Equal(1, await ReadAsync(anna, new { caseId = other.CaseId }));
        Assert.Equal(1, await ReadAsync(anna, new { numbers = new[] { 1, 2 } }));
        Assert.Equal(0, await ReadAsync(anna, new { upTo = 3 }));

        await RefusedAsync(anna.PostAsJsonAsync(Path + "/read", new { }), "upTo");
        await RefusedAsync(anna.PostAsJsonAsync(Path + "/read", new { upTo = 1, numbers = new[] { 1 } }), "upTo");
        await RefusedAsync(anna.GetAsync(Path + "?limit=0"), "limit");
    }

    [Fact]
    public async Task Choices_are_complete_kept_and_refused_by_the_name_of_the_field()
    {
        await using var host = await NotificationHost.StartAsync();
        var staff = await Staff.AtAsync(host);
        using var anna = await staff.SignInAsync(staff.Anna);
        var choices = await GetAsync(anna, "/choices");
        Assert.Equal(("both", "live", "atOnce"), (Way(choices, "assigned"), Way(choices, "unassigned"), choices.GetProperty("mails").GetString()));
        using var put = await anna.PutAsJsonAsync(Path + "/choices", new
        {
            ways = new { assigned = "none" },
            mails = "hourly",
            quietHours = new { from = "18:00:00", until = "08:00:00", timeZone = "Europe/Vienna" },
        });
        put.EnsureSuccessStatusCode();
        choices = await GetAsync(anna, "/choices");
        Assert.Equal(("none", "both", "hourly"), (Way(choices, "assigned"), Way(choices, "mentioned"), choices.GetProperty("mails").GetString()));

        await RefusedAsync(anna.PutAsJsonAsync(Path + "/choices", new { language = "xx" }), "language");
        await RefusedAsync(anna.PutAsJsonAsync(Path + "/choices", new { quietHours = new { from = "18:00:00", until = "08:00:00", timeZone = "Moon" } }), "quietHours.timeZone");
        await RefusedAsync(anna.PutAsJsonAsync(Path + "/choices", new { ways = new { assigned = "pigeon" } }), "ways.assigned");
        await RefusedAsync(anna.PutAsJsonAsync(Path + "/choices", new { ways = new { lunch = "mail" } }), "ways.lunch");
        await RefusedAsync(anna.PutAsJsonAsync(Path + "/choices", new { mail = "hourly" }), "mail");
    }

    [Fact]
    public async Task A_key_that_is_no_agents_has_no_notices_and_nobody_has_none()
    {
        await using var host = await NotificationHost.StartAsync();
        using var keyed = await host.Admin.GetAsync(Path);
        Assert.Equal(HttpStatusCode.NotFound, keyed.StatusCode);
        using var nobody = await host.Anonymous.GetAsync(Path + "/stream");
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
        using var page = await host.Admin.GetAsync("/desk/notices");
        Assert.Contains("nothing concerns you alone", await page.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_page_shows_what_is_unread_and_takes_choices_without_script()
    {
        await using var host = await NotificationHost.StartAsync();
        var staff = await Staff.AtAsync(host);
        using var anna = await staff.SignInAsync(staff.Anna);
        await host.DeliverAsync(staff.Assigned(staff.Anna), staff.Note(staff.Ben, "@Anna <b>look</b>", staff.Anna));
        var page = await anna.GetStringAsync("/desk/notices");
        Assert.Contains("Ben Koch mentions you in a note", page, StringComparison.Ordinal);
        Assert.Contains("@Anna &lt;b&gt;look&lt;/b&gt;", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/desk/cases/CX-2026-000123\"", page, StringComparison.Ordinal);
        Assert.Contains("data-bell=\"/v1/agents/me/notices\"", page, StringComparison.Ordinal);

        await PostAsync(anna, page, "read", ("number", "1"));
        Assert.DoesNotContain("The case is yours now", await anna.GetStringAsync("/desk/notices"), StringComparison.Ordinal);
        Assert.Contains("The case is yours now", await anna.GetStringAsync("/desk/notices?all=true"), StringComparison.Ordinal);
        await PostAsync(anna, page, "read", ("upTo", "2"));
        Assert.Contains("Nothing unread.", await anna.GetStringAsync("/desk/notices"), StringComparison.Ordinal);

        var (status, body) = await PostAsync(anna, page, "choices", ("assigned", "Mail"), ("mails", "hourly"), ("quietFrom", "18:00"), ("quietUntil", "08:00"), ("quietZone", "Moon"));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("It must be an IANA time zone", body, StringComparison.Ordinal);
        Assert.Contains("value=\"18:00\"", body, StringComparison.Ordinal);
        await PostAsync(anna, page, "choices", ("assigned", "Mail"), ("mails", "hourly"), ("quietFrom", "18:00"), ("quietUntil", "08:00"), ("quietZone", "Europe/Vienna"));
        Assert.Equal("mail", Way(await GetAsync(anna, "/choices"), "assigned"));
    }

    private static async Task<(HttpStatusCode Status, string Body)> PostAsync(HttpClient client, string page, string action, params (string Name, string Value)[] fields)
    {
        var token = System.Text.RegularExpressions.Regex.Match(page, "name=\"__RequestVerificationToken\" value=\"([^\"]+)\"").Groups[1].Value;
        using var answer = await client.PostAsync(
            "/desk/notices/" + action, new FormUrlEncodedContent([.. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)), new("__RequestVerificationToken", token)]));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static async Task<JsonElement> GetAsync(HttpClient client, string rest) => JsonDocument.Parse(await client.GetStringAsync(Path + rest)).RootElement;

    private static async Task<int> ReadAsync(HttpClient client, object what)
    {
        using var answer = await client.PostAsJsonAsync(Path + "/read", what);
        answer.EnsureSuccessStatusCode();
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("unread").GetInt32();
    }

    private static string Numbers(JsonElement page) => string.Join(' ', page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("number").GetInt64()));

    private static string? Way(JsonElement choices, string kind) => choices.GetProperty("ways").GetProperty(kind).GetString();

    private static async Task RefusedAsync(Task<HttpResponseMessage> asked, string field)
    {
        using var answer = await asked;
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{answer.StatusCode} {body}");
        Assert.True(body.Contains($"\"{field}\"", StringComparison.Ordinal), body);
    }

    /// <summary>Reads server-sent events one by one.</summary>
    private sealed class Stream(HttpResponseMessage response, StreamReader reader) : IDisposable
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

        public static async Task<Stream> OpenAsync(HttpClient client, string? after = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Path + "/stream");
            if (after is not null)
                request.Headers.Add("Last-Event-ID", after);
            var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
            return new(response, new(await response.Content.ReadAsStreamAsync()));
        }

        public async Task<(string? Name, string? Id, string Data)> NextAsync()
        {
            using var ending = new CancellationTokenSource(Patience);
            (string? name, string? id) = (null, null);
            while (await reader.ReadLineAsync(ending.Token) is { } line)
            {
                if (line.StartsWith("event: ", StringComparison.Ordinal))
                    name = line[7..];
                else if (line.StartsWith("id: ", StringComparison.Ordinal))
                    id = line[4..];
                else if (line.StartsWith("data: ", StringComparison.Ordinal))
                    return (name, id, line[6..]);
            }
            throw new EndOfStreamException();
        }

        public void Dispose()
        {
            reader.Dispose();
            response.Dispose();
        }
    }
}
