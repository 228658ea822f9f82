using System.Diagnostics;
using CxPlatform.Testing;
using Npgsql;

namespace CxPlatform.Benchmarks;

/// <summary>What the same PostgreSQL does with nothing of ours in front of it.</summary>
internal static class Baseline
{
    /// <summary>Single-row inserts of a contact's size, each with its own commit.</summary>
    public static async Task<double> InsertsPerSecondAsync(int connections, TimeSpan time)
    {
        var server = await PostgresServer.SharedAsync();
        var database = await server.CreateDatabaseAsync("baseline");
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database) { MaxAutoPrepare = 10 }.ConnectionString);
        await using (var create = source.CreateCommand("create table contact (id uuid primary key, provider_id text unique, body text not null, at timestamptz not null)"))
            await create.ExecuteNonQueryAsync();
        var body = new string('x', 500);
        var count = 0L;
        var from = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            await using var connection = await source.OpenConnectionAsync();
            while (Stopwatch.GetElapsedTime(from) < time)
            {
                var id = Guid.CreateVersion7();
                await using var insert = new NpgsqlCommand("insert into contact values ($1, $2, $3, now())", connection)
                {
                    Parameters = { new() { Value = id }, new() { Value = id.ToString() }, new() { Value = body } },
                };
                await insert.ExecuteNonQueryAsync();
                Interlocked.Increment(ref count);
            }
        })));
        var rate = count / Stopwatch.GetElapsedTime(from).TotalSeconds;
        await source.DisposeAsync();
        await server.DropDatabaseAsync(database);
        return rate;
    }
}
