using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CxPlatform.Contracts.Intake.V1;

namespace CxPlatform.Case.Tests.Service;

public sealed class ClockServiceTests
{
    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_clock_warns_and_breaches_once_by_itself_and_explains_what_it_counted(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var id = await host.OpenAsync();
        await host.RouteAsync(id);
        host.Clock.Advance(TimeSpan.FromMinutes(90));
        await host.ToldAsync(id, "case.clock.warned.v1");
        host.Clock.Advance(TimeSpan.FromHours(22.5)); // Tuesday, 10:00
        await host.ToldAsync(id, "case.clock.breached.v1");

        var clocks = await host.GetAsync($"/v1/cases/{id}/clocks");
        Assert.Equal("2026-03-03T10:00:00Z", clocks.GetProperty("at").GetString());
        var first = clocks.GetProperty("clocks").EnumerateArray().Single(c => c.GetProperty("clock").GetString() == "firstResponse");
        Assert.Equal(("breached", "PT2H", "PT8H", "-PT6H", "PT16H", "2026-03-02T12:00:00Z"), (Text(first, "state"), Text(first, "target"),
            Text(first, "elapsed"), Text(first, "remaining"), Text(first, "notCounted"), Text(first, "due")));
        Assert.Equal("7 h + 1 h = 8 h of 2 h; 16 h not counted; 24 h in all", Text(first, "arithmetic"));
        Assert.Equal(["open", "closed", "open"], first.GetProperty("intervals").EnumerateArray().Select(i => Text(i, "reason")));

        var types = await host.TypesAsync(id);
        Assert.Single(types, type => type == "case.clock.warned.v1");
        Assert.Single(types, type => type == "case.clock.breached.v1");
        var told = (await host.GetAsync("/v1/events")).GetProperty("events").EnumerateArray()
            .Single(e => Text(e, "type") == "cx.case.clock.breached.v1").GetProperty("data");
        Assert.Equal(("firstResponse", "2026-03-02T12:00:00+00:00"), (Text(told, "clock"), Text(told, "due")));
        await CustomerTests.AssertReplaysAsync(host, id);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_changed_calendar_moves_what_is_due_and_the_timer_follows(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var id = await host.OpenAsync();
        await host.RouteAsync(id);
        await PutAsync(host, "12:00", "20:00");
        Assert.Equal("2026-03-02T14:00:00Z", Text(await FirstAsync(host, id), "due"));
        await PutAsync(host, "00:00", "24:00");
        Assert.Equal("2026-03-02T12:00:00Z", Text(await FirstAsync(host, id), "due"));
        await PutAsync(host, "09:00", "10:15"); // due on Wednesday at 09:30, warned of on Tuesday at 10:15
        Assert.Equal("2026-03-04T09:30:00Z", Text(await FirstAsync(host, id), "due"));
        host.Clock.Advance(TimeSpan.FromDays(1.5));
        await host.ToldAsync(id, "case.clock.warned.v1");
        Assert.DoesNotContain("case.clock.breached.v1", await host.TypesAsync(id));
        host.Clock.Advance(TimeSpan.FromDays(1));
        await host.ToldAsync(id, "case.clock.breached.v1");
    }

    [Fact]
    public async Task A_customers_tier_reaches_the_open_case_and_the_next()
    {
        await using var host = await CaseHost.StartAsync(
            Database.Sqlite, "--Cx:Case:Targets:0:Name=gold", "--Cx:Case:Targets:0:Tier:0=gold",
            "--Cx:Case:Targets:0:FirstResponse:Within=00:30:00", "--Cx:Case:Targets:0:FirstResponse:Calendar=24x7");
        var contact = CaseHost.Contact();
        var id = await host.OpenAsync(contact);
        await host.RouteAsync(id);
        Assert.Equal("queue help", Text(await FirstAsync(host, id), "policy"));
        var promoted = new CustomerChanged { CustomerId = contact.CustomerId, Tier = "gold" };
        await host.DeliverAsync("intake", $"customer/{contact.CustomerId}", promoted);
        var gold = await FirstAsync(host, id);
        Assert.Equal(("gold", "2026-03-02T10:30:00Z", "24x7"), (Text(gold, "policy"), Text(gold, "due"), Text(gold, "calendar")));
        var next = await host.OpenAsync(CaseHost.Contact(customer: contact.CustomerId));
        await host.RouteAsync(next);
        Assert.Equal("gold", Text(await FirstAsync(host, next), "policy"));
    }

    [Fact]
    public async Task Clocks_of_no_case_are_not_found_and_not_for_everybody()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        using var nowhere = await host.Client.GetAsync($"/v1/cases/{Guid.NewGuid()}/clocks");
        Assert.Equal(HttpStatusCode.NotFound, nowhere.StatusCode);
        using var anonymous = await host.Anonymous.GetAsync($"/v1/cases/{Guid.NewGuid()}/clocks");
        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
    }

    private static async Task PutAsync(CaseHost host, string from, string to)
    {
        string[] days = ["monday", "tuesday", "wednesday", "thursday", "friday"];
        using var put = await host.Client.PutAsJsonAsync(
            "/v1/calendars/default", new { name = "Week", timeZone = "UTC", hours = days.Select(day => new { day, from, to }) });
        Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync());
    }

    private static async Task<JsonElement> FirstAsync(CaseHost host, Guid id) =>
        (await host.GetAsync($"/v1/cases/{id}/clocks")).GetProperty("clocks").EnumerateArray()
            .Single(c => c.GetProperty("clock").GetString() == "firstResponse");

    private static string? Text(JsonElement e, string name) => e.TryGetProperty(name, out var value) ? value.GetString() : null;
}
