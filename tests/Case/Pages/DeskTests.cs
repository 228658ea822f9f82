using System.Net;
using System.Text.Json;
using CxPlatform.Case.Tests.Domain;
using CxPlatform.Case.Tests.Service;
using CxPlatform.Cases.Desk;
using CxPlatform.Cases.Reading;
using CxPlatform.Cases.Views;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Routing.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Case.Tests.Pages;

public sealed class DeskTests
{
    [Theory]
    [MemberData(nameof(PublicFactsTests.Types), MemberType = typeof(PublicFactsTests))]
    public void Every_event_of_a_case_is_told_in_a_sentence(string type)
    {
        var contract = EventTypes.Find(type)!;
        var data = JsonSerializer.SerializeToElement(PublicFactsTests.Filled(contract), contract, EventTypes.Json);
        var entry = new TimelineEntry(Guid.NewGuid(), 1, type, DateTimeOffset.UnixEpoch, "system", Visibility.Internal, data, null);
        var line = new DeskTimeline(Scene.Answered().State, "Europe/Berlin", new Dictionary<string, string>()).Of(entry);
        Assert.NotEqual(type, line.Title);
        Assert.DoesNotContain("Unknown", line.Title, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task The_inbox_counts_what_its_views_list(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var agent = Guid.CreateVersion7();
        await ServesAsync("help", "shop");
        await ServesAsync("help", "post");
        foreach (var queue in (string[])["help", "help", "post", "shop"])
        {
            var id = await host.OpenAsync();
            await host.RouteAsync(id, queue: queue);
            if (queue == "post")
                await host.PostAsync($"/v1/cases/{id}/assign", new { agentId = agent });
        }
        var inbox = (InboxReader)host.Services.GetService(typeof(InboxReader))!;
        var book = (ViewBook)host.Services.GetService(typeof(ViewBook))!;
        var (me, views, _) = await inbox.ViewsAsync(null, agent, $"agent:{agent}", default);
        Assert.Equal(["help", "post"], me.Queues.Order());
        var counts = await book.CountAsync(views, me, default);
        Assert.Equal(
            [("mine", "1"), ("team", "3"), ("unassigned", "3"), ("breaching", "4"), ("due", "4"), ("waiting", "4"), ("open", "4")],
            counts.Where(c => c.Count is not null).Select(c => (c.View.Key, c.Count!.ToString())));
        foreach (var (view, count) in counts)
            if (count is not null)
                Assert.Equal(count.Count, (await inbox.ReadAsync(new(), view, me, default)).Value!.Items.Count);
        Assert.Equal(["help", "post", "shop"], (await inbox.QueuesAsync(default)).Select(queue => queue.Id).Order());

        Task ServesAsync(params string[] queues) => host.DeliverAsync("routing", $"agent/{agent}", new AgentChanged
        {
            AgentId = agent,
            Name = "Aisha",
            Role = "agent",
            Active = true,
            Queues = queues,
        });
    }

    [Fact]
    public async Task The_desk_is_for_people_who_signed_in()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        foreach (var path in (string[])["/desk", "/desk/cases/CX-2026-000001"])
        {
            using var answer = await host.Anonymous.GetAsync(path);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
        using var form = new FormUrlEncodedContent([new("do", "note"), new("text", "x")]);
        using var posted = await host.Anonymous.PostAsync("/desk/cases/CX-2026-000001", form);
        Assert.Equal(HttpStatusCode.Unauthorized, posted.StatusCode);
    }

    [Fact]
    public async Task A_form_without_its_token_does_nothing()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        var id = await host.OpenAsync();
        var number = (await host.CaseAsync(id)).GetProperty("number").GetString();
        using var form = new FormUrlEncodedContent([new("do", "note"), new("text", "forged")]);
        using var answer = await host.Client.PostAsync($"/desk/cases/{number}", form);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.DoesNotContain("case.note-added.v1", await host.TypesAsync(id));
    }

    [Theory]
    [InlineData("2026-03-29T02:30", "2026-03-29T01:30:00Z")] // skipped: as much after the gap
    [InlineData("2026-10-25T02:30", "2026-10-25T00:30:00Z")] // twice: the first
    [InlineData("2026-07-01T10:00", "2026-07-01T08:00:00Z")]
    [InlineData("tomorrow", null)]
    public void A_local_date_is_one_instant(string text, string? instant) => Assert.Equal(
        instant is null ? null : DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture),
        LocalTime.Read(text, "Europe/Berlin"));
}
