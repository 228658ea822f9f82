using System.Text.Json;
using CxPlatform.Contracts.Routing.V1;

namespace CxPlatform.Case.Tests.Service;

/// <summary>Ben is away on Monday; what he has promised is kept by somebody else, and in time.</summary>
public sealed class AbsenceTests
{
    private static readonly Guid Ben = Guid.Parse("00000000-0000-7000-8000-0000000000b1");
    private static readonly Guid Aisha = Guid.Parse("00000000-0000-7000-8000-0000000000a1");
    private static readonly Guid Chloe = Guid.Parse("00000000-0000-7000-8000-0000000000c1");
    private static readonly DateTimeOffset Wednesday = new(2026, 3, 4, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task When_an_absence_begins_the_named_cover_has_what_is_due_in_it(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        await AgentsAsync(host);
        var (due, later) = (await BensAsync(host, "2026-03-04T10:00:00Z"), await BensAsync(host, "2026-03-06T10:00:00Z"));
        await AwayAsync(host, Ben, "Ben", new(Wednesday, Wednesday.AddDays(1), Aisha));
        Assert.DoesNotContain("case.covered.v1", await host.TypesAsync(due));
        host.Clock.Advance(Wednesday - host.Clock.GetUtcNow());
        await host.ToldAsync(due, "case.covered.v1");
        Assert.True(host.Clock.GetUtcNow() < Wednesday.AddHours(10));
        var state = await host.CaseAsync(due);
        Assert.Equal(("Aisha", "Aisha"), (Text(state, "ownerName"), Text(Open(state), "owner")));
        Assert.Equal(Aisha, Open(state).GetProperty("ownerId").GetGuid());
        Assert.Equal("Ben", Text(await host.CaseAsync(later), "ownerName"));

        // Back again: what the customer was told stays so.
        await AwayAsync(host, Ben, "Ben", null);
        Assert.Equal("Aisha", Text(await host.CaseAsync(due), "ownerName"));
        await CustomerTests.AssertReplaysAsync(host, due);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task An_absence_of_now_is_covered_at_once_by_whoever_of_the_team_has_least_to_do_and_is_not_away_too(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        await AgentsAsync(host);
        var id = await BensAsync(host, "2026-03-02T15:00:00Z");
        await host.RouteAsync(await host.OpenAsync(), agentId: Chloe, agentName: "Chloe");
        await AwayAsync(host, Aisha, "Aisha", new(host.Clock.GetUtcNow().AddHours(-1), Wednesday));
        await AwayAsync(host, Ben, "Ben", new(host.Clock.GetUtcNow(), Wednesday, Aisha));
        await host.ToldAsync(id, "case.covered.v1");
        Assert.Equal("Chloe", Text(await host.CaseAsync(id), "ownerName"));
    }

    [Fact]
    public async Task What_is_promised_in_the_name_of_somebody_away_moves_when_it_comes_near()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        await AgentsAsync(host);
        await AwayAsync(host, Ben, "Ben", new(host.Clock.GetUtcNow(), Wednesday, Aisha));
        var id = await BensAsync(host, "2026-03-02T14:00:00Z");
        host.Clock.Advance(TimeSpan.FromHours(3.1));
        await host.ToldAsync(id, "case.promise.warned.v1");
        var types = await host.TypesAsync(id);
        Assert.True(Array.IndexOf(types, "case.covered.v1") is > 0 and var covered && covered < Array.IndexOf(types, "case.promise.warned.v1"));
        Assert.Equal("Aisha", Text(await host.CaseAsync(id), "ownerName"));
    }

    [Fact]
    public async Task When_everybody_is_away_the_team_has_it()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        await AgentsAsync(host);
        var id = await BensAsync(host, "2026-03-02T15:00:00Z");
        foreach (var (agent, name) in ((Guid, string)[])[(Aisha, "Aisha"), (Chloe, "Chloe"), (Ben, "Ben")])
            await AwayAsync(host, agent, name, new(host.Clock.GetUtcNow(), Wednesday));
        await host.ToldAsync(id, "case.covered.v1");
        var state = await host.CaseAsync(id);
        Assert.Equal((null, "Kitchen team"), (Text(state, "ownerName"), Text(Open(state), "owner")));
    }

    private static async Task AgentsAsync(CaseHost host)
    {
        foreach (var (agent, name) in ((Guid, string)[])[(Ben, "Ben"), (Aisha, "Aisha"), (Chloe, "Chloe")])
            await AwayAsync(host, agent, name, null);
    }

    private static Task AwayAsync(CaseHost host, Guid agent, string name, CxPlatform.Contracts.Routing.V1.Absence? absence) => host.DeliverAsync(
        "routing", $"agent/{agent}",
        new AgentChanged { AgentId = agent, Name = name, Role = "agent", Active = true, Queues = ["help"], Absence = absence });

    private static async Task<Guid> BensAsync(CaseHost host, string due)
    {
        var id = await host.OpenAsync();
        await host.RouteAsync(id, agentId: Ben, agentName: "Ben");
        var promise = (await host.CaseAsync(id)).GetProperty("promises")[0].GetProperty("id").GetGuid();
        await host.PostAsync($"/v1/cases/{id}/promises/{promise}/renegotiate", new { due, reason = "Ben looks into it" });
        return id;
    }

    private static JsonElement Open(JsonElement state) =>
        Assert.Single(state.GetProperty("promises").EnumerateArray(), promise => Text(promise, "state") == "open");

    private static string? Text(JsonElement e, string name) => e.TryGetProperty(name, out var value) ? value.GetString() : null;
}
