using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace CxPlatform.Case.Tests.Service;

/// <summary>Targets that change while cases run.</summary>
public sealed class TargetPolicyTests(SharedCase shared) : IClassFixture<SharedCase>
{
    private static readonly object Quick = new
    {
        items = new object[] { new { name = "quick", category = new[] { "appliances" }, firstResponse = new { within = "PT30M", calendar = "24x7" } } },
    };

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task What_is_written_measures_open_cases_from_their_beginning_and_outlives_a_restart(Database database)
    {
        await using var first = await CaseHost.StartAsync(database);
        var id = await first.OpenAsync();
        await first.RouteAsync(id);
        first.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(("queue help", "2026-03-02T12:00:00Z", true), await FirstAsync(first, id));
        using (var put = await first.Client.PutAsJsonAsync("/v1/target-policies", Quick))
            Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync());
        Assert.Equal(("quick", "2026-03-02T10:30:00Z", false), await FirstAsync(first, id));

        await using var second = await first.RestartAsync();
        Assert.Equal(("quick", "2026-03-02T10:30:00Z", false), await FirstAsync(second, id));
        second.Clock.Advance(TimeSpan.FromMinutes(21));
        await second.ToldAsync(id, "case.clock.breached.v1");
        using (var delete = await second.Client.DeleteAsync("/v1/target-policies"))
            Assert.Equal(HttpStatusCode.OK, delete.StatusCode);
        Assert.Equal(("queue help", "2026-03-02T12:00:00Z", true), await FirstAsync(second, id));
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_start_with_other_targets_sets_the_timers_of_open_cases_anew(Database database)
    {
        await using var first = await CaseHost.StartAsync(database);
        var id = await first.OpenAsync();
        await first.RouteAsync(id);
        await using var second = await first.RestartAsync(
            "--Cx:Case:Targets:0:Name=slow", "--Cx:Case:Targets:0:FirstResponse:Within=3.00:00:00", "--Cx:Case:Targets:0:FirstResponse:Calendar=24x7");
        Assert.Equal(("slow", "2026-03-05T10:00:00Z", true), await FirstAsync(second, id));
        second.Clock.Advance(TimeSpan.FromDays(2.5));
        await second.ToldAsync(id, "case.clock.warned.v1");
        Assert.DoesNotContain("case.clock.breached.v1", await second.TypesAsync(id));
        second.Clock.Advance(TimeSpan.FromDays(0.5));
        await second.ToldAsync(id, "case.clock.breached.v1");
    }

    [Theory]
    [InlineData("""{"items":[{"name":"","firstResponse":{"within":"PT1H"}}]}""", "items[0].name")]
    [InlineData("""{"items":[{"name":"a"}]}""", "items[0]")]
    [InlineData("""{"items":[{"name":"a","firstResponse":{"within":"PT0S"}}]}""", "items[0].firstResponse.within")]
    [InlineData("""{"items":[{"name":"a","resolution":{"within":"PT1H","warnAt":1}}]}""", "items[0].resolution.warnAt")]
    [InlineData("""{"items":[{"name":"a","resolution":{"within":"PT1H","calendar":"moon"}}]}""", "items[0].resolution.calendar")]
    public async Task A_target_that_cannot_hold_is_refused_with_its_field(string body, string field)
    {
        using var refused = await shared.Host.Client.PutAsync(
            "/v1/target-policies", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains($"\"{field}\"", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True((await shared.Host.GetAsync("/v1/target-policies")).GetProperty("configured").GetBoolean());
    }

    private static async Task<(string? Policy, string? Due, bool InTime)> FirstAsync(CaseHost host, Guid id)
    {
        var clock = (await host.GetAsync($"/v1/cases/{id}/clocks")).GetProperty("clocks").EnumerateArray()
            .Single(c => c.GetProperty("clock").GetString() == "firstResponse");
        return (clock.GetProperty("policy").GetString(), clock.GetProperty("due").GetString(), clock.GetProperty("target").GetString() != "PT30M");
    }
}
