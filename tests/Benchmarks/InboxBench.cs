using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using CxPlatform.Cases;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Reading;
using CxPlatform.Cases.Storage;
using CxPlatform.Cases.Views;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using CxPlatform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Spectre.Console;

namespace CxPlatform.Benchmarks;

/// <summary>How long a view of the inbox takes on PostgreSQL, its first page and later ones, with as many cases as a large company gathers
/// in years.</summary>
internal static partial class InboxBench
{
    private const int Agents = 200;
    private const int Queues = 20;
    private const int Times = 500;
    private const int LaterPages = 25;
    private const int Limit = 30;

    public static async Task<int> RunAsync(int cases)
    {
        var server = await PostgresServer.SharedAsync();
        var database = await server.CreateDatabaseAsync("case");
        using var folder = new TempFolder();
        await using var app = await StartAsync(database, folder.Path);
        var filling = Stopwatch.GetTimestamp();
        await FillAsync(app, database, cases);
        Line($"{cases:N0} cases on PostgreSQL, filled in {Stopwatch.GetElapsedTime(filling).TotalSeconds:N0} s");
        Line($"bare Npgsql, {Limit + 1} cases by their ids: {Say(await BareAsync(database))}");
        var worst = 0.0;
        foreach (var (name, query) in Asked())
        {
            var (first, later, counts) = (new List<double>(), new List<double>(), new List<double>());
            await LookAsync(app, query, first, later, counts);
            worst = new[] { worst, P(first, 99), P(later, 99), P(counts, 99) }.Max();
            Line($"[bold]{name}[/]: {Say(first)}; later pages {Say(later)}; its count {Say(counts)}; read by {await IndexAsync(app, query(1))}");
        }
        Line($"the slowest 99th percentile: {worst:N1} ms");
        await app.StopAsync();
        return 0;
    }

    // Everybody's views, each state, and filters as people save them. The number names the agent who looks.
    private static IEnumerable<(string Name, Func<int, CaseQuery> Query)> Asked()
    {
        var now = TimeProvider.System.GetUtcNow();
        foreach (var view in InboxView.All)
            yield return (view.Title, n => view.Filter.For(LookerOf(n), now));
        foreach (var status in Enum.GetValues<CaseStatus>().Where(status => status is not (CaseStatus.Unknown or CaseStatus.WaitingOnCustomer)))
            yield return ($"state {status}", _ => new() { Status = [status] });
        yield return ("saved: urgent, by chat, waiting longest", _ => new CaseFilter
        {
            Priority = [Priority.Urgent],
            Channel = [Channel.Chat],
            Order = CaseOrder.Waiting,
        }.For(Looker.Nobody, now));
        yield return ("saved: a queue's refunds, due within 4 hours", n => new CaseFilter
        {
            Queue = [$"queue-{n % Queues}"],
            Category = ["category-3"],
            DueWithin = TimeSpan.FromHours(4),
            Order = CaseOrder.Breaching,
        }.For(Looker.Nobody, now));
        yield return ("saved: open with a tag", n => new CaseFilter { Open = true, Tag = [$"tag-{n % 50}"] }.For(Looker.Nobody, now));
        yield return ("a case number's beginning", n => new() { Number = $"CX-2025-{n:d4}" });
    }

    private static Looker LookerOf(int n) =>
        new(AgentOf(n % Agents), [.. Enumerable.Range(0, 4).Select(i => $"queue-{(n + i * 5) % Queues}")], []);

    private static Guid AgentOf(int n) => new(FormattableString.Invariant($"00000000-0000-7000-8000-{n:d12}"));

    private static async Task LookAsync(
        WebApplication app, Func<int, CaseQuery> query, List<double> first, List<double> later, List<double> counts)
    {
        var list = app.Services.GetRequiredService<CaseList>();
        for (var i = 0; i < Times + 5; i++)
        {
            var asked = query(i) with { Limit = Limit };
            var page = await TimedAsync(first, i >= 5, () => list.ReadAsync(asked, default));
            await TimedAsync(counts, i >= 5, () => list.CountAsync(asked, default));
            for (var n = 0; i % 40 == 0 && n < LaterPages && page.Value!.Next is { } next; n++)
                page = await TimedAsync(later, i > 0, () => list.ReadAsync(asked with { Cursor = next }, default));
        }
    }

    // What the same rows cost with nothing of ours in front of them: what the machine does beside is in it too.
    private static async Task<List<double>> BareAsync(string database)
    {
        var times = new List<double>();
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        for (var i = 0; i < Times; i++)
        {
            await using var sample = new NpgsqlCommand("select array(select id from cases where id > $1 order by id limit 31)", connection)
            {
                Parameters = { new() { Value = Guid.NewGuid() } },
            };
            var ids = (Guid[])(await sample.ExecuteScalarAsync())!;
            await TimedAsync(times, true, async () =>
            {
                await using var read = new NpgsqlCommand("select * from cases where id = any($1)", connection) { Parameters = { new() { Value = ids } } };
                await using var reader = await read.ExecuteReaderAsync();
                var rows = 0;
                while (await reader.ReadAsync())
                    rows += reader.GetString(2).Length > 0 ? 1 : 0;
                return rows;
            });
        }
        return times;
    }

    private static async Task<T> TimedAsync<T>(List<double> times, bool kept, Func<Task<T>> act)
    {
        var from = Stopwatch.GetTimestamp();
        var result = await act();
        if (kept)
            lock (times)
                times.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
        return result;
    }

    /// <summary>What PostgreSQL's plan reads the cases by.</summary>
    private static Task<string> IndexAsync(WebApplication app, CaseQuery query) => app.Services.GetRequiredService<Work<CaseDb>>().ReadAsync(async (db, ct) =>
    {
        await using var command = CaseList.Page(db, query with { Limit = Limit }, null).CreateDbCommand();
        command.CommandText = "explain " + command.CommandText;
        await db.Database.OpenConnectionAsync(ct);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<string>();
        while (await reader.ReadAsync(ct))
            if (Scan().Match(reader.GetString(0)) is { Success: true } scan)
                found.Add(scan.Groups["name"] is { Success: true } name ? name.Value : scan.Value);
        return string.Join(", ", found.GroupBy(name => name).Select(g => g.Count() == 1 ? g.Key : $"{g.Key} x{g.Count()}"));
    });

    [GeneratedRegex("Seq Scan on \\w+|(Index (Only )?Scan( Backward)? using|Bitmap Index Scan on) \"?(?<name>\\w+)")]
    private static partial Regex Scan();

    private static async Task<WebApplication> StartAsync(string database, string folder)
    {
        string[] args =
        [
            $"--urls=http://127.0.0.1:{FreePort.Next()}", $"--Cx:Data:Path={folder}", "--environment=Development",
            $"--Cx:MasterKey={Convert.ToBase64String(new byte[32])}", "--Logging:LogLevel:Default=Warning", $"--ConnectionStrings:casedb={database}",
        ];
        // Two names make it an embedded host, which needs no broker.
        var builder = CxHost.CreateBuilder(args, "case", "routing").AddServiceDefaults();
        builder.AddCase();
        var app = builder.Build().MapServiceDefaults();
        app.MapCase();
        await app.StartAsync();
        return app;
    }

    // One real case, acknowledged, is the pattern of all. Most have long ended; of the open ones some have no owner, some wait, most have a
    // promise and a clock that runs.
    private static async Task FillAsync(WebApplication app, string database, int cases)
    {
        var contact = new ContactReceived
        {
            ContactId = Guid.CreateVersion7(),
            Channel = Channel.Email,
            ProviderId = "1",
            ReceivedAt = Time.Truncate(TimeProvider.System.GetUtcNow()),
            CustomerId = Guid.CreateVersion7(),
            CustomerName = "Mia Berger",
            From = new(IdentityKind.EmailAddress, "mia@example.org"),
            Subject = "My order has not come",
            Text = "Good morning, my order 4711 should have been here on Monday. Can you tell me where it is, and when it will come? Thank you.",
        };
        var work = app.Services.GetRequiredService<Work<CaseDb>>();
        await work.RunAsync<CaseStore, Outcome<CaseChanged>>((store, ct) => store.OpenAsync(new(contact.ContactId, "", contact), ct));
        await work.RunAsync<CaseStore, Outcome<CaseChanged>>((store, ct) => store.ActAsync(contact.ContactId, new AcknowledgeByDefault(contact.ContactId), ct));
        var pattern = await work.ReadAsync((db, ct) => db.Cases.SingleAsync(ct));

        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await ExecuteAsync(connection, Fill, ("cases", cases), ("state", pattern.State), ("id", pattern.Id.ToString()), ("number", pattern.Number));
        await ExecuteAsync(connection, "insert into case_tags (tag, case_id, is_open) select 'tag-' || (random() * 50)::int, id, is_open from cases where random() < 0.2 on conflict do nothing");
        await ExecuteAsync(connection, "insert into numbers values (2024, 500000), (2025, 500000) on conflict do nothing");
        await ExecuteAsync(connection, "vacuum (analyze) cases, case_tags");
        // What is measured is not the filling's own writing back.
        await ExecuteAsync(connection, "checkpoint");
    }

    private const string Fill = """
        insert into cases (id, number, state, version, status, is_open, contact_id, customer_id, queue_id, category, owner_id, priority, kind,
            channel, brand, opened_at, last_activity_at, next_due, waiting_since, clock_due)
        select id, number, replace(replace(@state, @id, id::text), @number, number), 6, status, is_open, id, gen_random_uuid(), queue, category, owner,
            (array['Low','Normal','Normal','Normal','High','Urgent'])[1 + floor(random() * 6)], (array['Question','Request','Problem','Complaint'])[1 + floor(random() * 4)],
            (array['Email','Email','WebForm','Chat','Sms','Voice'])[1 + floor(random() * 6)], 'main', opened, opened + interval '3 hours',
            case when is_open and random() < 0.7 then now() + random() * interval '4 days' - interval '6 hours' end,
            case when is_open and status not in ('Proposed') and random() < 0.5 then opened end,
            case when is_open and random() < 0.8 then now() + random() * interval '3 days' end
        from (
            select gen_random_uuid() id, 'CX-' || (2024 + n % 2) || '-' || lpad((n / 2)::text, 6, '0') as number,
                case when open then (array['New','Acknowledged','InProgress','InProgress','Proposed'])[1 + floor(random() * 5)]
                    when random() < 0.03 then 'Resolved' else 'Closed' end status,
                open is_open, 'queue-' || floor(random() * 20)::int queue, 'category-' || floor(random() * 30)::int category,
                case when open and random() < 0.25 then null
                    else ('00000000-0000-7000-8000-' || lpad(floor(random() * 200)::int::text, 12, '0'))::uuid end as owner,
                case when open then now() - random() * random() * interval '40 days' else now() - random() * interval '3 years' end opened
            from (select n, random() < 0.04 open from generate_series(1, @cases) n) drawn) made
        """;

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, params (string Name, object Value)[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        await command.ExecuteNonQueryAsync();
    }

    private static double P(List<double> times, int percentile)
    {
        if (times.Count == 0)
            return 0;
        times.Sort();
        return times[Math.Min(times.Count - 1, times.Count * percentile / 100)];
    }

    private static string Say(List<double> times) => times.Count == 0 ? "none" : FormattableString.Invariant($"p50 {P(times, 50):N1} ms, p99 {P(times, 99):N1} ms");

    private static void Line(FormattableString text) => AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, text);
}
