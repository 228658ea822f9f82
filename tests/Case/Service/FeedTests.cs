using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CxPlatform.Cases.Storage;
using CxPlatform.Messaging;
using CxPlatform.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.Case.Tests.Service;

public sealed class FeedTests
{
    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task The_feed_is_complete_in_order_and_read_on_from_its_cursor(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var ids = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add(await host.OpenAsync());
            await host.RouteAsync(ids[i]);
            await host.PostAsync($"/v1/cases/{ids[i]}/notes", new { text = "CANARY" });
        }
        var events = new List<JsonElement>();
        string? cursor = null;
        for (var more = true; more;)
        {
            var page = await host.GetAsync($"/v1/events?limit=4{(cursor is null ? "" : "&after=" + cursor)}");
            events.AddRange(page.GetProperty("events").EnumerateArray());
            (cursor, more) = (page.GetProperty("next").GetString(), page.GetProperty("more").GetBoolean());
        }
        Assert.Equal(30, events.Count); // opened, triaged, promise, plan, acknowledged, note
        foreach (var id in ids)
        {
            var own = events.Where(e => e.GetProperty("source").GetString() == $"/cases/{id}").ToList();
            Assert.Equal(["1", "2", "3", "4", "5", "6"], own.Select(e => e.GetProperty("sequence").GetString()!));
            Assert.Equal("cx.case.opened.v1", own[0].GetProperty("type").GetString());
            Assert.Equal("{}", own[5].GetProperty("data").GetRawText());
            Assert.All(own, e => Assert.StartsWith("CX-2026-", e.GetProperty("subject").GetString()!, StringComparison.Ordinal));
        }
        Assert.DoesNotContain("CANARY", string.Join('\n', events.Select(e => e.GetRawText())), StringComparison.Ordinal);
        Assert.DoesNotContain("kettle", string.Join('\n', events.Select(e => e.GetRawText())), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("mia", string.Join('\n', events.Select(e => e.GetRawText())), StringComparison.OrdinalIgnoreCase);
        await host.PostAsync($"/v1/cases/{ids[0]}/notes", new { text = "Later" });
        Assert.Equal(1, (await host.GetAsync($"/v1/events?after={cursor}")).GetProperty("events").GetArrayLength());
    }

    [Fact]
    public async Task A_cursor_of_a_lost_history_is_gone_and_the_oldest_one_is_named()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        await host.OpenAsync();
        foreach (var lost in (Cursor[])[new(Guid.NewGuid(), 1),
            new((await host.Services.GetRequiredService<EventLog<CaseDb>>().InfoAsync(default)).Epoch, 1000)])
        {
            using var response = await host.Client.GetAsync($"/v1/events?after={lost}");
            Assert.Equal(HttpStatusCode.Gone, response.StatusCode);
            using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
            Assert.Equal("cursor-gone", problem.RootElement.GetProperty("code").GetString());
            Assert.Equal(1, (await host.GetAsync($"/v1/events?after={problem.RootElement.GetProperty("oldest").GetString()}"))
                .GetProperty("events").GetArrayLength());
        }
    }

    [Fact]
    public void A_cursor_survives_upgrades()
    {
        const string told = "0199c0de7a1140009000000000000001" + "2b3f";
        Assert.True(Cursor.TryParse(told, out var cursor));
        Assert.Equal(new(Guid.Parse("0199c0de-7a11-4000-9000-000000000001"), 0x2b3f), cursor);
        Assert.Equal(told, cursor.ToString());
    }

    [Fact]
    public async Task A_cursor_whose_next_events_are_not_kept_any_longer_is_gone_and_reading_begins_with_the_oldest()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        var first = await host.OpenAsync();
        var read = (await host.GetAsync("/v1/events?limit=1")).GetProperty("next").GetString();
        await host.RouteAsync(first);
        var kept = await host.OpenAsync();
        await host.Services.GetRequiredService<Work<CaseDb>>().RunAsync<Unit<CaseDb>, Done>(async (unit, ct) =>
        {
            await unit.Db.Database.ExecuteSqlAsync($"delete from events where stream <> {"case/" + kept}", ct);
            return Done.Value;
        });
        using var response = await host.Client.GetAsync($"/v1/events?after={read}");
        Assert.Equal(HttpStatusCode.Gone, response.StatusCode);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        foreach (var path in (string[])["/v1/events", "/v1/events?after=" + problem.RootElement.GetProperty("oldest").GetString()])
            Assert.Equal($"/cases/{kept}", (await host.GetAsync(path)).GetProperty("events")[0].GetProperty("source").GetString());
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Feed_and_live_stream_are_filtered_in_the_words_of_webhooks_by_what_was_so_right_after_each_event(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var mail = await host.OpenAsync();
        var chat = await host.OpenAsync(CaseHost.Contact(channel: Contracts.Channel.Chat));
        await host.RouteAsync(mail, Contracts.Kind.Complaint, queue: "complaints");
        await host.RouteAsync(chat, queue: "help");
        await host.PostAsync($"/v1/cases/{mail}/notes", new { text = "Somebody should call." });
        var before = (await host.GetAsync("/v1/events?limit=1000")).GetProperty("next").GetString();
        await host.PostAsync($"/v1/cases/{mail}/tags", new { add = new[] { "VIP" } });
        await host.PostAsync($"/v1/cases/{mail}/notes", new { text = "She is waiting." });

        async Task<string[]> TypesAsync(string query) =>
            [.. (await host.GetAsync("/v1/events?limit=1000&" + query)).GetProperty("events").EnumerateArray().Select(e => e.GetProperty("type").GetString()!)];
        Assert.Equal(["cx.case.opened.v1", "cx.case.opened.v1"], await TypesAsync("type=cx.case.opened.v1"));
        Assert.Equal(["cx.case.opened.v1", "cx.case.promise.made.v1"], await TypesAsync("type=cx.case.opened.v1&type=cx.case.promise.*&channel=chat"));
        // Opened before anybody knew that it is a complaint.
        Assert.Equal("cx.case.triaged.v1", (await TypesAsync("kind=complaint"))[0]);
        Assert.Equal(await TypesAsync("kind=complaint"), await TypesAsync("queue=complaints&category=appliances&priority=normal&brand=main&channel=email"));
        Assert.Empty(await TypesAsync("kind=complaint&queue=help"));
        // What a filter asks for was said before the page begins; tags are not told, and can be asked for.
        Assert.Equal(["cx.case.tags-changed.v1", "cx.case.note-added.v1"], await TypesAsync("tag=vip"));
        Assert.Equal(["cx.case.note-added.v1"], await TypesAsync($"tag=vip&type=cx.case.note-added.v1&after={before}"));
        // A page ends where the log was looked at, so that nothing is looked at twice.
        var page = await host.GetAsync("/v1/events?tag=nobody");
        Assert.Empty((await host.GetAsync($"/v1/events?after={page.GetProperty("next").GetString()}")).GetProperty("events").EnumerateArray());

        await using var stream = await LiveStream.OpenAsync(host, "/v1/events/stream?tag=vip&type=cx.case.note-added.v1");
        await host.PostAsync($"/v1/cases/{chat}/notes", new { text = "Not this one." });
        await host.PostAsync($"/v1/cases/{mail}/notes", new { text = "This one." });
        Assert.Equal($"/cases/{mail}", (await stream.NextAsync()).Data.GetProperty("source").GetString());

        foreach (var (query, field) in ((string, string)[])[("type=cx.case.hidden.v1", "type[0]"), ("kind=anger", "kind"), ("tag=", "tag")])
            foreach (var path in (string[])["/v1/events?", "/v1/events/stream?"])
            {
                using var refused = await host.Client.GetAsync(path + query);
                Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
                Assert.Contains($"\"{field}\":", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_checkpoint_is_kept_and_of_two_consumers_the_slower_does_not_put_it_back(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var first = await host.OpenAsync();
        var second = await host.OpenAsync();
        const string path = "/v1/events/checkpoints/billing";
        async Task<JsonElement> PageAsync() => await host.GetAsync("/v1/events?checkpoint=billing&limit=1");
        async Task<HttpResponseMessage> SaveAsync(string? cursor, string? match = null, string? noneMatch = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = JsonContent.Create(new { cursor }) };
            if (match is not null)
                request.Headers.Add("If-Match", match);
            if (noneMatch is not null)
                request.Headers.Add("If-None-Match", noneMatch);
            return await host.Client.SendAsync(request);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync(path)).StatusCode);
        var page = await PageAsync();
        var one = page.GetProperty("next").GetString();
        Assert.Equal($"/cases/{first}", page.GetProperty("events")[0].GetProperty("source").GetString());
        Assert.Equal(HttpStatusCode.OK, (await SaveAsync(one, noneMatch: "*")).StatusCode);
        page = await PageAsync();
        var two = page.GetProperty("next").GetString();
        Assert.Equal($"/cases/{second}", page.GetProperty("events")[0].GetProperty("source").GetString());
        using var saved = await SaveAsync(two);
        Assert.Equal("\"2\"", saved.Headers.ETag!.Tag);
        Assert.Empty((await PageAsync()).GetProperty("events").EnumerateArray());

        // The slower one, and one that read before.
        Assert.Equal(HttpStatusCode.Conflict, (await SaveAsync(one)).StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await SaveAsync(two, match: "\"1\"")).StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await SaveAsync(two, noneMatch: "*")).StatusCode);
        Assert.Equal(two, (await host.GetAsync(path)).GetProperty("cursor").GetString());
        // On purpose it goes back.
        Assert.Equal(HttpStatusCode.OK, (await SaveAsync(one, match: "\"2\"")).StatusCode);
        Assert.Equal($"/cases/{second}", (await PageAsync()).GetProperty("events")[0].GetProperty("source").GetString());

        Assert.Equal(HttpStatusCode.BadRequest, (await SaveAsync("nonsense")).StatusCode);
        Assert.Equal(HttpStatusCode.Gone, (await SaveAsync(new Cursor(Guid.NewGuid(), 1).ToString())).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await host.Client.GetAsync($"/v1/events?checkpoint=billing&after={one}")).StatusCode);
        Assert.Equal("billing", (await host.GetAsync("/v1/events/checkpoints")).GetProperty("checkpoints")[0].GetProperty("name").GetString());
        Assert.Equal(HttpStatusCode.NoContent, (await host.Client.DeleteAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.DeleteAsync(path)).StatusCode);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task However_many_save_a_checkpoint_at_once_it_ends_at_the_furthest(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        for (var i = 0; i < 4; i++)
            await host.RouteAsync(await host.OpenAsync());
        var cursors = new List<string>();
        for (var more = true; more;)
        {
            var page = await host.GetAsync("/v1/events?limit=1&after=" + cursors.LastOrDefault());
            cursors.Add(page.GetProperty("next").GetString()!);
            more = page.GetProperty("events").GetArrayLength() > 0;
        }
        var seed = Environment.TickCount;
        var order = cursors.ToArray();
        new Random(seed).Shuffle(order);
        var answers = await Task.WhenAll(order.Select(cursor => host.Client.PutAsJsonAsync("/v1/events/checkpoints/many", new { cursor })));
        Assert.All(answers, answer => Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Conflict, $"seed {seed}: {answer.StatusCode}"));
        Assert.True(
            cursors[^1] == (await host.GetAsync("/v1/events/checkpoints/many")).GetProperty("cursor").GetString(), $"seed {seed}");
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task The_live_stream_goes_on_where_its_reader_left_off(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        await host.OpenAsync();
        string last;
        await using (var stream = await LiveStream.OpenAsync(host, "/v1/events/stream"))
        {
            var id = await host.OpenAsync();
            var message = await stream.NextAsync();
            Assert.Equal("cx.case.opened.v1", message.Event);
            Assert.Equal($"/cases/{id}", message.Data.GetProperty("source").GetString());
            last = message.Id!;
        }
        var missed = await host.OpenAsync();
        await using var again = await LiveStream.OpenAsync(host, "/v1/events/stream", last);
        Assert.Equal($"/cases/{missed}", (await again.NextAsync()).Data.GetProperty("source").GetString());
        var live = await host.OpenAsync();
        Assert.Equal($"/cases/{live}", (await again.NextAsync()).Data.GetProperty("source").GetString());
    }

    [Fact]
    public async Task A_live_stream_says_where_it_begins_so_that_one_that_breaks_before_its_first_event_leaves_no_gap()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        await host.OpenAsync();
        string begins;
        using (var response = await host.Client.GetAsync("/v1/events/stream", HttpCompletionOption.ResponseHeadersRead))
        {
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
            Assert.Equal(": connected", await reader.ReadLineAsync());
            begins = (await reader.ReadLineAsync())!["id: ".Length..];
            // Not everybody at once, after a host has started again.
            Assert.InRange(int.Parse((await reader.ReadLineAsync())!["retry: ".Length..], System.Globalization.CultureInfo.InvariantCulture), 1000, 6000);
        }
        // The id of a notice, of a webhook, of anything but this stream: by the name of the header.
        using (var strange = new HttpRequestMessage(HttpMethod.Get, "/v1/events/stream"))
        {
            strange.Headers.Add("Last-Event-ID", Guid.NewGuid().ToString());
            using var refused = await host.Client.SendAsync(strange);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains("\"Last-Event-ID\":", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        var missed = await host.OpenAsync();
        await using var again = await LiveStream.OpenAsync(host, "/v1/events/stream", begins);
        Assert.Equal($"/cases/{missed}", (await again.NextAsync()).Data.GetProperty("source").GetString());
    }

    [Fact]
    public async Task Whoever_asks_may_read_the_schemas_and_the_AsyncAPI_document()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite, "--Cx:PublicUrl=https://help.example.com/cx");
        using var list = JsonDocument.Parse(await host.Anonymous.GetStringAsync("/v1/events/schemas"));
        var opened = list.RootElement.GetProperty("schemas").EnumerateArray().Single(e => e.GetProperty("type").GetString() == "cx.case.opened.v1");
        Assert.Equal("https://help.example.com/cx/v1/events/schemas/cx.case.opened.v1", opened.GetProperty("schema").GetString());
        using var response = await host.Anonymous.GetAsync("/v1/events/schemas/cx.case.opened.v1");
        Assert.Equal("application/schema+json", response.Content.Headers.ContentType!.MediaType);
        using var schema = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", schema.RootElement.GetProperty("$schema").GetString());
        Assert.Equal("uuid", schema.RootElement.GetProperty("properties").GetProperty("contactId").GetProperty("format").GetString());

        using var again = new HttpRequestMessage(HttpMethod.Get, "/v1/events/schemas/cx.case.opened.v1");
        again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await host.Anonymous.SendAsync(again)).StatusCode);
        Assert.Contains("maxProperties", await host.Anonymous.GetStringAsync("/v1/events/schemas/cx.case.note-added.v1"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Anonymous.GetAsync("/v1/events/schemas/cx.case.hidden.v1")).StatusCode);

        using var api = JsonDocument.Parse(await host.Anonymous.GetStringAsync("/openapi/case.json"));
        Assert.Equal(
            ["type", "kind", "category", "priority", "queue", "channel", "tag", "brand", "after", "checkpoint", "limit"],
            api.RootElement.GetProperty("paths").GetProperty("/v1/events").GetProperty("get").GetProperty("parameters").EnumerateArray().Select(p => p.GetProperty("name").GetString()));

        using var document = JsonDocument.Parse(await host.Anonymous.GetStringAsync("/asyncapi.json"));
        var server = document.RootElement.GetProperty("servers").GetProperty("api");
        Assert.Equal(("help.example.com", "https", "/cx"), (server.GetProperty("host").GetString(), server.GetProperty("protocol").GetString(), server.GetProperty("pathname").GetString()));
    }

    [Fact]
    public async Task The_desk_is_told_which_case_changed_and_ends_with_the_host()
    {
        var host = await CaseHost.StartAsync(Database.Sqlite);
        var id = await host.OpenAsync();
        await using var all = await LiveStream.OpenAsync(host, "/v1/cases/stream");
        await using var one = await LiveStream.OpenAsync(host, $"/v1/cases/{id}/stream");
        var other = await host.OpenAsync();
        Assert.Equal(other, (await all.NextAsync()).Data.GetProperty("caseId").GetGuid());
        await host.PostAsync($"/v1/cases/{id}/notes", new { text = "CANARY" });
        foreach (var stream in (LiveStream[])[all, one])
        {
            var message = await stream.NextAsync();
            Assert.Equal(("changed", id, 2), (message.Event, message.Data.GetProperty("caseId").GetGuid(),
                message.Data.GetProperty("version").GetInt32()));
            Assert.DoesNotContain("CANARY", message.Data.GetRawText(), StringComparison.Ordinal);
        }
        await host.DisposeAsync();
        await Eventually.Async(() => Task.FromResult(all.Ended));
    }
}

internal sealed record Message(string? Id, string? Event, JsonElement Data);

/// <summary>A reader of server-sent events.</summary>
internal sealed class LiveStream : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;
    private readonly System.Threading.Channels.Channel<Message> _messages = System.Threading.Channels.Channel.CreateUnbounded<Message>();
    private readonly Task _reading;

    private LiveStream(HttpResponseMessage response, Stream body)
    {
        (_response, _reader) = (response, new(body));
        _reading = ReadAsync();
    }

    public bool Ended => _reading.IsCompleted;

    public static async Task<LiveStream> OpenAsync(CaseHost host, string path, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        var response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        return new(response, await response.Content.ReadAsStreamAsync());
    }

    public async Task<Message> NextAsync() => await _messages.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    private async Task ReadAsync()
    {
        string? id = null, type = null, data = null;
        try
        {
            while (await _reader.ReadLineAsync() is { } line)
            {
                if (line.StartsWith("id: ", StringComparison.Ordinal))
                    id = line[4..];
                else if (line.StartsWith("event: ", StringComparison.Ordinal))
                    type = line[7..];
                else if (line.StartsWith("data: ", StringComparison.Ordinal))
                    data = line[6..];
                else if (line.Length == 0 && data is not null)
                {
                    await _messages.Writer.WriteAsync(new(id, type, JsonDocument.Parse(data).RootElement));
                    (id, type, data) = (null, null, null);
                }
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or ObjectDisposedException)
        {
            // The connection ended.
        }
        _messages.Writer.TryComplete();
    }

    public async ValueTask DisposeAsync()
    {
        _response.Dispose();
        await _reading;
        _reader.Dispose();
    }
}
