using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CxPlatform.Cases.Reading;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.Case.Tests.Service;

public sealed class PlanServiceTests(SharedCase shared) : IClassFixture<SharedCase>
{
    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_case_begins_with_its_categorys_plan_of_which_the_customer_sees_no_detail(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        await PutAsync(host, new
        {
            steps = new object[]
            {
                new { key = "understand", words = new { en = new { title = "Understand" } } },
                new
                {
                    words = new { en = new { title = "Repair", forCustomer = "We pick it up" } }, detail = "canary-detail", within = "PT9H",
                    promise = true,
                },
            },
        });
        var id = await host.OpenAsync();
        await host.RouteAsync(id);
        var state = await host.CaseAsync(id);
        Assert.Equal(["Understand", "Repair"], state.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("title").GetString()));
        Assert.Equal("canary-detail", state.GetProperty("steps")[1].GetProperty("detail").GetString());
        Assert.Contains(state.GetProperty("promises").EnumerateArray(), p => p.GetProperty("source").GetString() == "step");

        var seen = JsonSerializer.Serialize(await host.Services.GetRequiredService<CaseReader>().PublicAsync(id, default));
        Assert.Contains("We pick it up", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("canary-detail", seen, StringComparison.Ordinal);
        await CustomerTests.AssertReplaysAsync(host, id);

        using var gone = await host.Client.DeleteAsync("/v1/plan-templates/appliances");
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        using var none = await host.Client.GetAsync("/v1/plan-templates/appliances");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        var next = await host.OpenAsync();
        await host.RouteAsync(next);
        Assert.Equal(4, (await host.CaseAsync(next)).GetProperty("steps").GetArrayLength());
    }

    [Theory]
    [InlineData("""{"steps":[]}""", "steps")]
    [InlineData("""{"steps":[{"words":{}}]}""", "steps[0].words")]
    [InlineData("""{"steps":[{"words":{"en":{"title":""}}}]}""", "steps[0].words.en.title")]
    [InlineData("""{"steps":[{"words":{"en":{"title":"A"}},"promise":true}]}""", "steps[0].within")]
    [InlineData("""{"steps":[{"words":{"en":{"title":"A"}},"key":"work","within":"PT1H","promise":true}]}""", "steps[0].promise")]
    [InlineData("""{"steps":[{"words":{"en":{"title":"A"}},"key":"other"}]}""", "steps[0].key")]
    public async Task A_template_that_makes_no_plan_is_refused_with_the_field(string body, string field)
    {
        using var refused = await shared.Host.Client.PutAsync(
            "/v1/plan-templates/appliances", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains($"\"{field}\"", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task PutAsync(CaseHost host, object template)
    {
        using var put = await host.Client.PutAsJsonAsync("/v1/plan-templates/Appliances", template);
        Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync());
    }
}
