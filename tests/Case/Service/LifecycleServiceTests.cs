using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Feedback.V1;

namespace CxPlatform.Case.Tests.Service;

/// <summary>Handover, the history of understanding, earlier cases and praise, over HTTP and at the desk, on both databases.</summary>
public sealed class LifecycleServiceTests
{
    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Whoever_takes_a_case_reads_the_handover_first_and_finds_what_came_before(Database database)
    {
        await using var host = await CaseHost.StartAsync(database, "--Cx:Case:RequireHandover=true");
        var (ada, bob, customer) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await host.AgentAsync(ada, "Ada");
        await host.AgentAsync(bob, "Bob");
        var earlier = new List<Guid>();
        for (var i = 0; i < 3; i++)
        {
            earlier.Add(await host.OpenAsync(CaseHost.Contact($"Number {i}.", customer) with { ReceivedAt = host.Clock.GetUtcNow() }));
            host.Clock.Advance(TimeSpan.FromMilliseconds(5));
        }
        await host.RouteAsync(earlier[0], agentId: ada, agentName: "Ada");
        await host.PostAsync($"/v1/cases/{earlier[0]}/resolve", new { result = "partly", reason = "Half of it works" });
        await host.DeliverAsync("feedback", "survey/1", new FeedbackReceived(
            Guid.CreateVersion7(), earlier[0], customer, Measure.Csat, 4, null, host.Clock.GetUtcNow()));
        var id = await host.OpenAsync(CaseHost.Contact("The kettle leaks.", customer) with { ReceivedAt = host.Clock.GetUtcNow() });
        await host.RouteAsync(id, agentId: ada, agentName: "Ada");
        var number = (await host.CaseAsync(id)).GetProperty("number").GetString()!;

        var page = await host.GetAsync($"/v1/cases/{id}/earlier?limit=2");
        Assert.Equal([earlier[2], earlier[1]], page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetGuid()));
        page = await host.GetAsync($"/v1/cases/{id}/earlier?limit=2&cursor={page.GetProperty("next").GetString()}");
        var first = Assert.Single(page.GetProperty("items").EnumerateArray());
        Assert.Equal((earlier[0], "resolved", "partly", 4), (first.GetProperty("id").GetGuid(), first.GetProperty("status").GetString(),
            first.GetProperty("result").GetString(), first.GetProperty("satisfaction").GetProperty("score").GetInt32()));
        Assert.False(page.TryGetProperty("next", out _));
        Assert.Empty((await host.GetAsync($"/v1/cases/{earlier[0]}/earlier")).GetProperty("items").EnumerateArray());
        Assert.Equal(HttpStatusCode.BadRequest, (await host.Client.GetAsync($"/v1/cases/{id}/earlier?cursor=x")).StatusCode);

        await host.PostAsync($"/v1/cases/{id}/promises", new { text = "A new kettle", due = "2026-03-04T12:00:00Z" });
        await host.PostAsync($"/v1/cases/{id}/need", new { need = "The kettle smokes.", byCustomer = true });
        var refused = await host.Client.PostAsJsonAsync($"/v1/cases/{id}/assign", new { agentId = bob });
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("\"handover\"", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await host.FormAsync(number, "assign", ("agentId", bob.ToString()), ("done", "Ordered a kettle."), ("next", "Send it on."));
        var desk = await host.PageAsync(number);
        Assert.Contains("Ordered a kettle.", desk, StringComparison.Ordinal);
        Assert.Contains("I have read it", desk, StringComparison.Ordinal);
        Assert.Contains("we had got it wrong", desk, StringComparison.Ordinal);
        Assert.Contains("How we understood it before", desk, StringComparison.Ordinal);
        await host.FormAsync(number, "handover-read");
        var state = await host.CaseAsync(id);
        Assert.False(state.TryGetProperty("handover", out _));
        Assert.Equal(["The kettle leaks.", "The kettle smokes."], state.GetProperty("needs").EnumerateArray().Select(n => n.GetProperty("need").GetString()!));
        Assert.True(state.GetProperty("needs")[1].GetProperty("byCustomer").GetBoolean());

        var thanks = CaseHost.Contact("Thank you so much!", customer, evidence: new Evidence(EvidenceKind.ReplyToken, "t", id));
        await host.DeliverAsync("intake", $"contact/{thanks.ContactId}", thanks);
        Assert.Equal("Bob", Assert.Single((await host.CaseAsync(id)).GetProperty("praise").EnumerateArray()).GetProperty("agentName").GetString());
        Assert.Contains("Praise from Mia Berger for Bob", await host.PageAsync(number), StringComparison.Ordinal);
        var praise = await host.GetAsync("/v1/measures/praise?by=queue");
        Assert.Equal(1, praise.GetProperty("total").GetInt64());
        Assert.Equal(("help", 1), (praise.GetProperty("groups")[0].GetProperty("key").GetString(), praise.GetProperty("groups")[0].GetProperty("count").GetInt32()));
        await CustomerTests.AssertReplaysAsync(host, id);
    }
}
