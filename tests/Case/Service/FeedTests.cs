using System.Net;
using System.Text.Json;
using CxPlatform.Cases.Storage;
using CxPlatform.Messaging;
using CxPlatform.Testing;
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
