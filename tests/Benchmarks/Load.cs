using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using CxPlatform.Testing;
using Npgsql;

namespace CxPlatform.Benchmarks;

internal sealed record Sustained(double CasesPerSecond, IReadOnlyList<(string Name, double Milliseconds)> CpuPerCase, double Busy, double OwnShare);

internal sealed record Percentiles(double P50, double P95, double P99);

/// <summary>Customers who write, as fast as they can or at a steady rate.</summary>
internal sealed class Load(ManifestRunner platform, int connections)
{
    // Accepted and not yet acknowledged: enough to keep every service busy, little enough that none drowns. With several seconds of
    // work under way every case would be acknowledged by the default policy first, and routed later.
    private const int MostInFlight = 400;

    private readonly HttpClient _client = CreateClient(platform, connections);
    private readonly string _run = Guid.NewGuid().ToString("n")[..8];
    private readonly SemaphoreSlim _counting = new(1, 1);
    private long _number;
    private long _position;
    private long _acknowledged;

    /// <summary>Closed loop: contacts accepted per second.</summary>
    public async Task<double> AcceptAsync(TimeSpan time)
    {
        var from = Stopwatch.GetTimestamp();
        var before = Interlocked.Read(ref _number);
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(from) < time)
                await PostAsync();
        })));
        return (Interlocked.Read(ref _number) - before) / Stopwatch.GetElapsedTime(from).TotalSeconds;
    }

    /// <summary>As many as come out at the other end: the next contact goes in when few enough are under way.</summary>
    public async Task<Sustained> SustainAsync(TimeSpan time)
    {
        var counted = await AcknowledgedAsync();
        var first = counted;
        var accepted = Interlocked.Read(ref _number);
        var processor = Processor.Read(platform);
        var from = Stopwatch.GetTimestamp();
        using var done = new CancellationTokenSource();
        var counting = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                Interlocked.Exchange(ref counted, await AcknowledgedAsync());
                await Task.Delay(100).ConfigureAwait(false);
            }
        });
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(from) < time)
            {
                if (Interlocked.Read(ref _number) - accepted - (Interlocked.Read(ref counted) - first) < MostInFlight)
                    await PostAsync();
                else
                    await Task.Delay(5);
            }
        })));
        var cases = await AcknowledgedAsync() - first;
        var elapsed = Stopwatch.GetElapsedTime(from);
        var used = Processor.Read(platform).Since(processor);
        await done.CancelAsync();
        await counting;
        return new(
            cases / elapsed.TotalSeconds,
            [.. used.Of.Select(pair => (pair.Key, pair.Value.TotalMilliseconds / cases))],
            used.Busy.TotalSeconds / elapsed.TotalSeconds / Environment.ProcessorCount,
            used.Own.TotalSeconds / elapsed.TotalSeconds / Environment.ProcessorCount);
    }

    /// <summary>Open loop: contacts go in at a steady rate whatever comes out; from POST to the acknowledgement sent.</summary>
    public async Task<Percentiles> LatencyAsync(double perSecond, TimeSpan time)
    {
        var sent = new ConcurrentDictionary<Guid, DateTimeOffset>();
        var posts = new ConcurrentBag<Task>();
        var from = Stopwatch.GetTimestamp();
        var next = 0L;
        while (Stopwatch.GetElapsedTime(from) < time)
        {
            for (var due = (long)(Stopwatch.GetElapsedTime(from).TotalSeconds * perSecond); next < due; next++)
                posts.Add(Task.Run(async () =>
                {
                    var start = TimeProvider.System.GetUtcNow();
                    sent[await PostAsync()] = start;
                }));
            await Task.Delay(1);
        }
        await Task.WhenAll(posts);
        await DrainAsync();
        var milliseconds = new List<double>(sent.Count);
        await using var connection = new NpgsqlConnection(platform.Databases["notificationdb"]);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select data::json ->> 'caseId', time from events where type = 'message.sent.v1'", connection);
        await using var reader = await command.ExecuteReaderAsync();
        // A case has the id of the contact that opened it.
        while (await reader.ReadAsync())
            if (!await reader.IsDBNullAsync(0) && sent.TryGetValue(Guid.Parse(reader.GetString(0)), out var start))
                milliseconds.Add((new DateTimeOffset(reader.GetDateTime(1)) - start).TotalMilliseconds);
        milliseconds.Sort();
        double At(double share) => milliseconds.Count == 0 ? double.NaN : milliseconds[Math.Min(milliseconds.Count - 1, (int)(share * milliseconds.Count))];
        return new(At(0.50), At(0.95), At(0.99));
    }

    /// <summary>Waits until everything that was accepted is acknowledged.</summary>
    /// <exception cref="TimeoutException">Nothing has been for a minute; the message says how many are missing, and what the services wrote.</exception>
    public async Task DrainAsync()
    {
        var accepted = Interlocked.Read(ref _number);
        var (before, since) = (-1L, Stopwatch.GetTimestamp());
        while (await AcknowledgedAsync() is var acknowledged && acknowledged < accepted)
        {
            if (acknowledged > before)
                (before, since) = (acknowledged, Stopwatch.GetTimestamp());
            else if (Stopwatch.GetElapsedTime(since) > TimeSpan.FromMinutes(1))
                throw new TimeoutException($"{acknowledged} of {accepted} contacts are acknowledged, and no more for a minute.\n{platform.Output}");
            await Task.Delay(50);
        }
        // The case hears of the acknowledgement last of all: what it has not heard yet would stand in the way of what comes next.
        await Eventually.Async(async () => await ToldAsync() >= accepted, TimeSpan.FromMinutes(2));
    }

    private async Task<long> ToldAsync()
    {
        await using var connection = new NpgsqlConnection(platform.Databases["casedb"]);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select count(*) from events where type = 'case.message-outcome.v1'", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    // Counted from where the last count got to: the log's positions are in the order of commits.
    private async Task<long> AcknowledgedAsync()
    {
        await _counting.WaitAsync();
        try
        {
            await using var connection = new NpgsqlConnection(platform.Databases["notificationdb"]);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(
                "select count(*) filter (where type = 'message.sent.v1'), coalesce(max(position), $1) from events where position > $1", connection)
            {
                Parameters = { new() { Value = _position } },
            };
            await using var reader = await command.ExecuteReaderAsync();
            await reader.ReadAsync();
            _position = reader.GetInt64(1);
            return _acknowledged += reader.GetInt64(0);
        }
        finally
        {
            _counting.Release();
        }
    }

    private async Task<Guid> PostAsync()
    {
        var number = Interlocked.Increment(ref _number);
        var body = $$"""
            {"providerId":"{{_run}}-{{number}}","from":{"kind":"emailAddress","value":"customer{{number}}.{{_run}}@customer.example","name":"Customer {{number}}" },
             "subject":"Order {{number}}","text":"Hello, my order {{number}} should have been here on Monday. Can you tell me where it is? Thank you.","references":{"order":"{{number}}"} }
            """;
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _client.PostAsync(new Uri("/v1/contacts", UriKind.Relative), content);
        response.EnsureSuccessStatusCode();
        using var answer = await System.Text.Json.JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync());
        return answer.RootElement.GetProperty("contactId").GetGuid();
    }

    // Past the gateway: the service is what is measured.
    private static HttpClient CreateClient(ManifestRunner platform, int connections)
    {
        var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = connections }) { BaseAddress = platform.Services["intake"].Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", platform.AdminKey);
        return client;
    }
}
