using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CxPlatform.Cases.Storage;
using CxPlatform.Cases.Views;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Routing.V1;
using CxPlatform.Messaging;
using CxPlatform.Testing;

namespace CxPlatform.Case.Tests.Service;

/// <summary>Views of the inbox: everybody's, saved ones, and what narrows them.</summary>
public sealed class ViewTests
{
    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_view_lists_in_its_order_and_pages_without_a_gap(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var ids = new List<Guid>();
        for (var i = 0; i < 9; i++)
        {
            ids.Add(await host.OpenAsync(CaseHost.Contact($"Case number {i} it is.") with
            {
                ReceivedAt = host.Clock.GetUtcNow(),
                Tags = i % 3 == 0 ? ["vip", "vip"] : ["other"],
            }));
            await host.RouteAsync(ids[i], queue: i % 2 == 0 ? "help" : "bills");
            host.Clock.Advance(TimeSpan.FromMinutes(1));
        }
        await host.PostAsync($"/v1/cases/{ids[8]}/replies", new { text = "Which one?", asksCustomer = true });
        await host.PostAsync($"/v1/cases/{ids[7]}/resolve", new { result = "solved", reason = "Done" });

        foreach (var (asked, expected) in ((string, int[])[])
        [
            ("view=open", [8, 6, 5, 4, 3, 2, 1, 0]), ("view=ended", [7]), ("view=all", [8, 7, 6, 5, 4, 3, 2, 1, 0]),
            ("view=breaching", [0, 1, 2, 3, 4, 5, 6]), ("view=waiting", [0, 1, 2, 3, 4, 5, 6]), ("view=due", [0, 1, 2, 3, 4, 5, 6]),
            ("view=unassigned", [8, 6, 5, 4, 3, 2, 1, 0]), ("view=open&tag=vip", [6, 3, 0]), ("view=open&category=appliances&queue=bills", [5, 3, 1]),
            ("open=true&queue=help&queue=bills", [8, 6, 5, 4, 3, 2, 1, 0]), ("status=resolved,waitingOnCustomer", [8, 7]),
            ("waiting=false", [8, 7]), ("view=breaching&dueBefore=2026-03-02T12:03:30Z", [0, 1, 2, 3]), ("q=CX-2026-00000", [8, 7, 6, 5, 4, 3, 2, 1, 0]),
            ("q=4", [3]), ("q=cx-2026-000004", [3]), ("q=nonsense", []),
        ])
        {
            var seen = new List<int>();
            for (string? cursor = ""; cursor is not null;)
            {
                var page = await host.GetAsync($"/v1/cases?{asked}&limit=2{(cursor.Length > 0 ? "&cursor=" + cursor : "")}");
                seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => ids.IndexOf(item.GetProperty("id").GetGuid())));
                cursor = page.TryGetProperty("next", out var next) ? next.GetString() : null;
            }
            Assert.True(expected.SequenceEqual(seen), $"{asked}: {string.Join(", ", seen)}");
        }
        using var unknown = await host.Client.GetAsync("/v1/cases?view=elsewhere");
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task The_clock_that_is_due_next_moves_on_when_it_is_answered_or_missed(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var id = await host.OpenAsync();
        await host.RouteAsync(id);
        Assert.Single(await ListAsync(host, "view=breaching"));
        host.Clock.Advance(TimeSpan.FromHours(3));
        await Eventually.Async(async () => Assert.Empty(await ListAsync(host, "view=breaching")));
        await host.PostAsync($"/v1/cases/{id}/replies", new { text = "Hello" });
        var again = CaseHost.Contact("And now?", evidence: new Evidence(EvidenceKind.ReplyToken, "t", id)) with { ReceivedAt = host.Clock.GetUtcNow() };
        await host.DeliverAsync("intake", $"contact/{again.ContactId}", again);
        Assert.Single(await ListAsync(host, "view=breaching"));
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_saved_view_is_its_authors_until_it_is_shared_and_can_be_changed_and_removed(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var id = await host.OpenAsync();
        await host.RouteAsync(id);
        using var made = await host.Client.PostAsJsonAsync(
            "/v1/cases/views", new { name = "Appliances", filter = new { open = true, category = new[] { "appliances" }, order = "waiting", dueWithin = "PT4H" } });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var key = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString()!;
        Assert.Equal(id, Assert.Single(await ListAsync(host, "view=" + key)));
        var saved = (await host.GetAsync("/v1/cases/views")).GetProperty("items").EnumerateArray().Single(view => view.GetProperty("saved").GetBoolean());
        Assert.Equal(("Appliances", 1), (saved.GetProperty("name").GetString(), saved.GetProperty("count").GetInt32()));

        using var changed = await host.Client.PutAsJsonAsync($"/v1/cases/views/{key}", new { name = "Bills", filter = new { queue = new[] { "bills" } } });
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.Empty(await ListAsync(host, "view=" + key));
        using var foreign = await host.Client.PutAsJsonAsync($"/v1/cases/views/{key}", new { name = "Bills", team = "Moon", filter = new { } });
        Assert.Contains("must be a team of yours", await foreign.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var wrong = await host.Client.PostAsJsonAsync("/v1/cases/views", new { name = "x", filter = new { owner = "somebody" } });
        Assert.Contains("filter.owner", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var removed = await host.Client.DeleteAsync(new Uri($"/v1/cases/views/{key}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        using var gone = await host.Client.DeleteAsync(new Uri($"/v1/cases/views/{key}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task A_team_sees_what_one_of_it_shared_and_nobody_else_does()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        var (ada, bob, eve) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        foreach (var (agent, team) in ((Guid, string)[])[(ada, "Kitchen"), (bob, "Kitchen"), (eve, "Garden")])
            await host.DeliverAsync("routing", $"agent/{agent}", new AgentChanged { AgentId = agent, Name = "A", Role = "agent", Active = true, Teams = [team] });
        var book = (ViewBook)host.Services.GetService(typeof(ViewBook))!;
        var work = (Work<CaseDb>)host.Services.GetService(typeof(Work<CaseDb>))!;
        var saver = await book.WhoAsync(ada, default);
        await work.RunAsync<SaveView, Outcome<ViewAnswer>>(
            (save, ct) => save.MakeAsync(new("Ours", new() { Open = true }, "Kitchen"), saver, $"agent:{ada}", ct));
        Assert.Contains(await book.OfAsync(await book.WhoAsync(bob, default), $"agent:{bob}", default), view => view is { Title: "Ours", Team: "Kitchen" });
        Assert.DoesNotContain(await book.OfAsync(await book.WhoAsync(eve, default), $"agent:{eve}", default), view => view.Title == "Ours");
    }

    private static async Task<Guid[]> ListAsync(CaseHost host, string query) =>
        [.. (await host.GetAsync("/v1/cases?" + query)).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetGuid())];
}
