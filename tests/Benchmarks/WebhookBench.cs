using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using CxPlatform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;
using Spectre.Console;

namespace CxPlatform.Benchmarks;

/// <summary>What Notification delivers to an endpoint on the same machine, in order per case, with a log entry for each delivery.</summary>
internal sealed class WebhookBench : IAsyncDisposable
{
    private const int Deliveries = 20_000;
    private const int Cases = 500;

    private readonly ManifestRunner _platform;
    private readonly WebApplication _receiver;
    private readonly HttpClient _client;
    private readonly string _url;
    private readonly List<double> _ages = [];
    private long _received;
    private bool _measuresAge;
    private TimeSpan _slowness;

    private WebhookBench(ManifestRunner platform)
    {
        _platform = platform;
        var port = FreePort.Next();
        _url = $"http://127.0.0.1:{port}/hooks";
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _receiver = builder.Build();
        _receiver.Urls.Add($"http://127.0.0.1:{port}");
        _receiver.MapPost("/hooks", ReceiveAsync);
        _client = new() { BaseAddress = platform.Services["notification"].Address };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", platform.AdminKey);
    }

    public static async Task<int> RunAsync()
    {
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[bold]Webhooks on {Environment.ProcessorCount} cores[/]: the receiver is on the same machine and takes its share.");
        await using var platform = await ManifestRunner.StartAsync(new Dictionary<string, string>
        {
            ["Logging__LogLevel__Default"] = "Warning",
            ["Cx__Webhooks__HttpHosts__0"] = "127.0.0.1",
            ["Cx__Webhooks__Networks__0"] = "127.0.0.0/8",
        });
        await using var bench = new WebhookBench(platform);
        await bench._receiver.StartAsync();
        await bench.SubscribeAsync();
        // What is measured is not the compiler.
        await bench.DeliverAsync(1);
        foreach (var subscriptions in new[] { 1, 10, 1000 })
        {
            await bench.SubscribeAsync(subscriptions);
            var (rate, busy) = await bench.DeliverAsync(subscriptions);
            Say(string.Create(CultureInfo.InvariantCulture, $"{subscriptions:N0} subscriptions"), string.Create(CultureInfo.InvariantCulture, $"{rate:N0} deliveries/s, {busy}"));
        }
        await bench.SubscribeAsync(1);
        Say("age of events at 200/s, from the store", await bench.AgeFromStoreAsync(200, TimeSpan.FromSeconds(15)));
        Say("age of events at 200/s, from the case", await bench.AgeAsync(200, TimeSpan.FromSeconds(20)));
        Say("memory", await bench.MemoryAsync());
        return 0;
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        if (_measuresAge)
        {
            using var e = await JsonDocument.ParseAsync(context.Request.Body);
            var age = (TimeProvider.System.GetUtcNow() - e.RootElement.GetProperty("time").GetDateTimeOffset()).TotalMilliseconds;
            lock (_ages)
                _ages.Add(age);
        }
        else
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
        }
        if (_slowness > TimeSpan.Zero)
            await Task.Delay(_slowness);
        Interlocked.Increment(ref _received);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    // The first one as an integrator would make it; the others are its copies.
    private async Task SubscribeAsync(int count = 1)
    {
        await ExecuteAsync("delete from lanes; delete from courses; delete from subscriptions; delete from deliveries");
        using var made = await _client.PostAsJsonAsync("/v1/subscriptions", new { url = _url, types = new[] { "*" } });
        var id = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("subscription").GetProperty("id").GetGuid();
        using var active = await _client.PostAsJsonAsync($"/v1/subscriptions/{id}/activate", new { });
        active.EnsureSuccessStatusCode();
        await ExecuteAsync(
            $"""
            insert into subscriptions (id, name, url, types, filter, secret, state, created_by, created_at, changed_at, revision, failures)
            select gen_random_uuid(), name, url, types, filter, secret, state, created_by, created_at, changed_at, revision, failures
            from subscriptions, generate_series(2, {count});
            insert into courses (id, subscription_id, position, created_at)
            select id, id, (select coalesce(max(seq), 0) from outgoing_events), now() from subscriptions on conflict do nothing
            """);
        while (await ScalarAsync("select count(*) from subscriptions where courier is null") > 0)
            await Task.Delay(100);
        // Taken, and taken up.
        await Task.Delay(2000);
    }

    private Task HappenAsync(int events, int first = 0) => ExecuteAsync(
        $$"""
        insert into outgoing_events (id, stream, type, time, facts, body)
        select id, 'case/' || caseid, 'cx.case.step-changed.v1', now(), '{"kind":"request","channel":"email","priority":"normal"}',
               '{"specversion":"1.0","id":"' || id || '","source":"/cases/' || caseid || '","type":"cx.case.step-changed.v1","subject":"CX-2026-000123","time":"'
               || to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '",'
               || '"sequence":"7","traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","datacontenttype":"application/json","data":{"caseId":"' || caseid
               || '","number":"CX-2026-000123","step":{"key":"look","state":"current","due":"2026-11-26T12:00:00Z"} } }'
        from (select gen_random_uuid() as id, md5((({{first}} + n) % {{Cases}})::text)::uuid as caseid from generate_series(1, {{events}}) n) happened;
        notify cx_notification
        """);

    private async Task<(double Rate, string Busy)> DeliverAsync(int subscriptions)
    {
        var before = Interlocked.Read(ref _received);
        var processor = Processor.Read(_platform);
        var from = Stopwatch.GetTimestamp();
        await HappenAsync(Deliveries / subscriptions);
        while (Interlocked.Read(ref _received) - before < Deliveries)
        {
            if (Stopwatch.GetElapsedTime(from) > TimeSpan.FromMinutes(3))
                throw new TimeoutException($"{Interlocked.Read(ref _received) - before} of {Deliveries} came.\n{_platform.Services["notification"].Output}");
            await Task.Delay(5);
        }
        var took = Stopwatch.GetElapsedTime(from);
        var used = Processor.Read(_platform).Since(processor);
        var share = used.Of.GetValueOrDefault("notification").TotalMilliseconds / Deliveries;
        return (Deliveries / took.TotalSeconds, string.Create(CultureInfo.InvariantCulture,
            $"{share:N2} ms of notification's CPU each, the machine {used.Busy.TotalSeconds / took.TotalSeconds / Environment.ProcessorCount:P0} busy"));
    }

    /// <summary>Notification's own part: from an event's row to the endpoint, beside nothing else.</summary>
    private async Task<string> AgeFromStoreAsync(int eventsPerSecond, TimeSpan time)
    {
        var before = await EventsAsync();
        _measuresAge = true;
        var from = Stopwatch.GetTimestamp();
        for (var made = 0; Stopwatch.GetElapsedTime(from) < time;)
        {
            var due = (int)(Stopwatch.GetElapsedTime(from).TotalSeconds * eventsPerSecond);
            if (due > made)
                await HappenAsync(due - made, made);
            made = due;
            await Task.Delay(20);
        }
        await ArrivedAsync(before);
        _measuresAge = false;
        return Ages();
    }

    /// <summary>From a case's event through the broker and Notification, while contacts come in just fast enough to make so many events.</summary>
    private async Task<string> AgeAsync(double eventsPerSecond, TimeSpan time)
    {
        const double trial = 10;
        var load = new Load(_platform, 32);
        var warming = TimeSpan.FromSeconds(10);
        var atFirst = await EventsAsync();
        await load.LatencyAsync(trial, warming);
        var ofContact = (await EventsAsync() - atFirst) / (trial * warming.TotalSeconds);
        var before = await EventsAsync();
        _measuresAge = true;
        var from = Stopwatch.GetTimestamp();
        var beside = await load.LatencyAsync(eventsPerSecond / ofContact, time);
        var took = Stopwatch.GetElapsedTime(from);
        var events = await EventsAsync() - before;
        await ArrivedAsync(before);
        _measuresAge = false;
        return string.Create(CultureInfo.InvariantCulture,
            $"{Ages()}, at {events / took.TotalSeconds:N0} events/s ({ofContact:N1} of a contact); contact to acknowledgement sent in the same run: p50 {beside.P50:N0} ms, p99 {beside.P99:N0} ms");
    }

    private Task<long> EventsAsync() => ScalarAsync("select count(*) from outgoing_events");

    // What is late counts too: all that came into being since then has arrived, and for a second nothing new has.
    private async Task ArrivedAsync(long since)
    {
        var from = Stopwatch.GetTimestamp();
        for (var known = -1L; ;)
        {
            var events = await EventsAsync() - since;
            int arrived;
            lock (_ages)
                arrived = _ages.Count;
            if (arrived >= events && events == known)
                return;
            known = events;
            if (Stopwatch.GetElapsedTime(from) > TimeSpan.FromMinutes(2))
                throw new TimeoutException($"{arrived} of {events} events came.\n{_platform.Services["notification"].Output}");
            await Task.Delay(1000);
        }
    }

    private string Ages()
    {
        lock (_ages)
        {
            _ages.Sort();
            double At(double share) => _ages[Math.Min(_ages.Count - 1, (int)(share * _ages.Count))];
            var words = string.Create(CultureInfo.InvariantCulture, $"p50 {At(0.5):N0} ms, p95 {At(0.95):N0} ms, p99 {At(0.99):N0} ms of {_ages.Count:N0}");
            _ages.Clear();
            return words;
        }
    }

    private async Task<string> MemoryAsync()
    {
        var process = _platform.Services["notification"].ProcessId;
        var before = Footprint.Megabytes(process);
        _slowness = TimeSpan.FromMilliseconds(500);
        await HappenAsync(100_000);
        await Task.Delay(10_000);
        var during = Footprint.Megabytes(process);
        _slowness = TimeSpan.Zero;
        return string.Create(CultureInfo.InvariantCulture, $"{before:N0} MB before, {during:N0} MB with about 100,000 events waiting for a slow endpoint");
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_platform.Databases["notificationdb"]);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync();
    }

    private async Task<long> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_platform.Databases["notificationdb"]);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static void Say(string what, string figure) => AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[bold]{what}[/]: {figure}");

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _receiver.DisposeAsync();
    }
}
