using System.Net;
using System.Text.Json;

namespace CxPlatform.Case.Tests.Service;

/// <summary>Promises over HTTP, timers and both databases.</summary>
public sealed class PromiseServiceTests
{
    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_promise_warns_breaks_is_escalated_and_followed_up_by_itself_each_once(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var id = await host.OpenAsync();
        await host.RouteAsync(id);
        await host.PostAsync($"/v1/cases/{id}/replies", new { text = "Hello" });
        await host.PostAsync($"/v1/cases/{id}/promises", new { text = "A new kettle", due = "2026-03-02T14:00:00Z" });
        host.Clock.Advance(TimeSpan.FromHours(3) - TimeSpan.FromSeconds(1));
        host.Clock.Advance(TimeSpan.FromSeconds(2));
        await host.ToldAsync(id, "case.promise.warned.v1");
        Assert.DoesNotContain("case.promise.broken.v1", await host.TypesAsync(id));
        host.Clock.Advance(TimeSpan.FromHours(1));
        await host.ToldAsync(id, "case.promise.escalated.v1");

        var types = await host.TypesAsync(id);
        foreach (var once in (string[])["case.promise.warned.v1", "case.promise.broken.v1", "case.promise.escalated.v1"])
            Assert.Single(types, type => type == once);
        var open = Assert.Single((await host.CaseAsync(id)).GetProperty("promises").EnumerateArray(), p => Text(p, "state") == "open");
        Assert.Equal("policy", Text(open, "source"));
        Assert.StartsWith("2026-03-02T16:00:0", Text(open, "due"), StringComparison.Ordinal);
        await CustomerTests.AssertReplaysAsync(host, id);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Promises_are_counted_by_how_they_came_out(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var ids = new List<Guid>();
        for (var i = 0; i < 3; i++)
        {
            ids.Add(await host.OpenAsync());
            await host.RouteAsync(ids[i], queue: i == 0 ? "sales" : "help");
            await host.PostAsync($"/v1/cases/{ids[i]}/replies", new { text = "Hello" }); // keeps the promise to answer
        }
        var kept = await PromiseAsync(host, ids[0], "2026-03-03T12:00:00Z");
        await host.PostAsync($"/v1/cases/{ids[0]}/promises/{kept}/keep", new { });
        var moved = await PromiseAsync(host, ids[1], "2026-03-02T12:00:00Z");
        await host.PostAsync($"/v1/cases/{ids[1]}/promises/{moved}/renegotiate", new { due = "2026-03-03T12:00:00Z", reason = "The parcel is late" });
        var withdrawn = await PromiseAsync(host, ids[1], "2026-03-02T13:00:00Z");
        await host.PostAsync($"/v1/cases/{ids[1]}/promises/{withdrawn}/withdraw", new { reason = "Not needed" });
        var broken = await PromiseAsync(host, ids[2], "2026-03-02T13:00:00Z");
        host.Clock.Advance(TimeSpan.FromHours(4));
        await host.ToldAsync(ids[2], "case.promise.broken.v1");

        var all = await host.GetAsync("/v1/measures/promises?from=2026-03-01&to=2026-03-31&by=queue");
        Assert.Equal((8, 2, 4, 0, 1, 1, 1), Counts(all.GetProperty("total")));
        var groups = all.GetProperty("groups").EnumerateArray().ToDictionary(group => Text(group, "key")!, group => Counts(group.GetProperty("counts")));
        Assert.Equal((2, 0, 2, 0, 0, 0, 0), groups["sales"]);
        Assert.Equal((6, 2, 2, 0, 1, 1, 1), groups["help"]);
        Assert.Equal(0.8, all.GetProperty("total").GetProperty("keptRate").GetDouble());

        await host.PostAsync($"/v1/cases/{ids[2]}/promises/{broken}/keep", new { });
        var days = await host.GetAsync("/v1/measures/promises?from=2026-03-01&to=2026-03-31&by=channel&period=day&queue=help");
        Assert.Equal((6, 1, 3, 1, 0, 1, 1), Counts(days.GetProperty("total")));
        Assert.Equal(
            ["email 2026-03-02", "email 2026-03-03"],
            days.GetProperty("groups").EnumerateArray().Select(group => $"{Text(group, "key")} {Text(group, "period")}"));
        Assert.Equal(0, (await host.GetAsync("/v1/measures/promises?from=2026-04-01&to=2026-04-30")).GetProperty("total").GetProperty("made").GetInt32());
        foreach (var wrong in (string[])["by=owner", "period=year", "from=yesterday", "from=2026-03-05&to=2026-03-01"])
        {
            using var refused = await host.Client.GetAsync("/v1/measures/promises?" + wrong);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }
    }

    internal static async Task<Guid> PromiseAsync(CaseHost host, Guid id, string due) =>
        (await host.PostAsync($"/v1/cases/{id}/promises", new { text = "A new kettle", due })).GetProperty("id").GetGuid();

    private static (int Made, int Open, int Kept, int Late, int Broken, int Withdrawn, int Moved) Counts(JsonElement e) =>
        (Int(e, "made"), Int(e, "open"), Int(e, "kept"), Int(e, "keptLate"), Int(e, "broken"), Int(e, "withdrawn"), Int(e, "renegotiated"));

    private static int Int(JsonElement e, string name) => e.GetProperty(name).GetInt32();

    private static string? Text(JsonElement e, string name) => e.TryGetProperty(name, out var value) ? value.GetString() : null;
}
