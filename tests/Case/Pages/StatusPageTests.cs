using System.Net;
using System.Text.Json;
using CxPlatform.Case.Tests.Service;
using CxPlatform.Cases.StatusPage;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Contracts.Routing.V1;
using CxPlatform.ServiceDefaults;
using CxPlatform.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.Case.Tests.Pages;

/// <summary>What a customer's link opens, and what it does not.</summary>
public sealed class StatusPageTests
{
    [Fact]
    public async Task A_link_opens_its_case_until_it_expires_is_revoked_or_was_never_one()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        var id = await host.OpenAsync();
        await host.RouteAsync(id);
        var tokens = host.Services.GetRequiredService<Tokens>();
        var (soon, past) = (host.Clock.GetUtcNow().AddHours(1), host.Clock.GetUtcNow().AddHours(-1));
        var good = tokens.StatusLink(id, 0, soon);
        await ExpectAsync(HttpStatusCode.OK, good);
        await ExpectAsync(HttpStatusCode.Gone, tokens.StatusLink(id, 0, past));
        await ExpectAsync(HttpStatusCode.Gone, tokens.StatusLink(id, 1, soon));
        await ExpectAsync(HttpStatusCode.NotFound, tokens.StatusLink(Guid.NewGuid(), 0, soon));
        await ExpectAsync(HttpStatusCode.NotFound, good[..^1] + (good[^1] == 'A' ? 'B' : 'A'));
        await ExpectAsync(HttpStatusCode.NotFound, "nonsense");
        host.Clock.Advance(TimeSpan.FromHours(2));
        await ExpectAsync(HttpStatusCode.Gone, good);

        async Task ExpectAsync(HttpStatusCode status, string token)
        {
            foreach (var path in (string[])[$"/s/{token}", $"/s/{token}.json"])
            {
                using var answer = await host.Anonymous.GetAsync(path);
                Assert.True(answer.StatusCode == status, $"{path}: {answer.StatusCode}");
                Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
                Assert.True(answer.Headers.CacheControl!.NoStore);
            }
            using var form = new FormUrlEncodedContent([new("text", "Hello there, again")]);
            using var posted = await host.Anonymous.PostAsync($"/s/{token}/reply", form);
            Assert.Equal(status, posted.StatusCode);
        }
    }

    [Fact]
    public async Task The_customer_sees_what_was_said_to_them_and_nothing_internal()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        var (id, agent) = (await host.OpenAsync(), Guid.CreateVersion7());
        await host.AgentAsync(agent, "Aisha");
        await host.DeliverAsync("routing", $"case/{id}", new RoutingDecided
        {
            CaseId = id,
            CaseVersion = 1,
            Kind = Kind.Problem,
            Category = "INTERNAL-category",
            Priority = Priority.High,
            Feeling = Feeling.Angry,
            QueueId = "INTERNAL-queue",
            QueueName = "INTERNAL queue",
            TeamName = "Kitchen team",
            CalendarId = "default",
            FirstResponseTarget = TimeSpan.FromHours(2),
            AgentId = agent,
            AgentName = "Aisha",
            Reasons = ["INTERNAL reason"],
            DecidedAt = host.Clock.GetUtcNow(),
        });
        await host.PostAsync($"/v1/cases/{id}/notes", new { text = "INTERNAL note" });
        await host.PostAsync($"/v1/cases/{id}/unassign", new { reason = "INTERNAL holiday" });
        await host.PostAsync($"/v1/cases/{id}/assign", new { agentId = agent, reason = "INTERNAL back" });
        await host.PostAsync($"/v1/cases/{id}/replies", new { text = "We send a new kettle." });
        var link = host.Services.GetRequiredService<Tokens>().StatusLink(id, 0, host.Clock.GetUtcNow().AddDays(1));

        foreach (var path in (string[])[$"/s/{link}", $"/s/{link}.json"])
        {
            var text = await host.Anonymous.GetStringAsync(path);
            Assert.Contains("We send a new kettle.", text, StringComparison.Ordinal);
            Assert.Contains("Aisha", text, StringComparison.Ordinal);
            Assert.DoesNotContain("INTERNAL", text, StringComparison.Ordinal);
            Assert.DoesNotContain(agent.ToString(), text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("mia@example.org", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_customer_sees_whom_we_wait_for_and_asks_for_a_second_opinion_when_it_is_a_no()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        var id = await host.OpenAsync();
        await host.RouteAsync(id);
        var link = host.Services.GetRequiredService<Tokens>().StatusLink(id, 0, host.Clock.GetUtcNow().AddDays(1));
        await host.PostAsync($"/v1/cases/{id}/waiting", new { who = "the manufacturer" });
        Assert.Contains("Kitchen team waits for the manufacturer", await host.Anonymous.GetStringAsync($"/s/{link}"), StringComparison.Ordinal);
        await host.PostAsync($"/v1/cases/{id}/waiting/end", new { });
        await host.PostAsync($"/v1/cases/{id}/resolve", new
        {
            result = "notPossible",
            reason = "We may not.",
            policy = "Opened packs are not taken back.",
            alternative = "A new strainer.",
        });
        var page = await host.Anonymous.GetStringAsync($"/s/{link}?answer=second-opinion");
        Assert.Contains("Opened packs are not taken back.", page, StringComparison.Ordinal);
        Assert.Contains("A new strainer.", page, StringComparison.Ordinal);

        using var form = new FormUrlEncodedContent([new("text", "It was never opened."), new("once", Guid.NewGuid().ToString())]);
        using var posted = await host.Anonymous.PostAsync($"/s/{link}/second-opinion", form);
        Assert.Contains("Somebody else looks at it again and answers you",
            await host.Anonymous.GetStringAsync($"/s/{link}?done=second-opinion"), StringComparison.Ordinal);
        Assert.Equal("inProgress", (await host.CaseAsync(id)).GetProperty("status").GetString());
        Assert.False((await host.GetAsync($"/s/{link}.json")).GetProperty("canAskSecondOpinion").GetBoolean());
    }

    [Fact]
    public async Task A_program_that_asks_for_JSON_gets_what_the_page_shows()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        var id = await host.OpenAsync();
        await host.RouteAsync(id);
        var link = host.Services.GetRequiredService<Tokens>().StatusLink(id, 0, host.Clock.GetUtcNow().AddDays(1));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/s/{link}");
        request.Headers.Accept.ParseAdd("application/json");
        using var answer = await host.Anonymous.SendAsync(request);
        var status = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal("acknowledged", status.GetProperty("status").GetString());
        Assert.Equal("We answer you", status.GetProperty("next").GetProperty("what").GetString());
        Assert.Equal("Kitchen team", status.GetProperty("next").GetProperty("who").GetString());
        Assert.Equal(host.Clock.GetUtcNow().AddHours(2), status.GetProperty("next").GetProperty("by").GetDateTimeOffset());
    }

    [Fact]
    public async Task An_ending_that_is_ours_gives_its_reason_and_stays_open_to_an_answer()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        var id = await host.OpenAsync();
        await host.RouteAsync(id);
        await host.PostAsync($"/v1/cases/{id}/resolve", new
        {
            result = "notPossible",
            reason = "Nobody makes the part any more.",
            policy = "We repair what can be repaired.",
            alternative = "A discount.",
        });
        var link = host.Services.GetRequiredService<Tokens>().StatusLink(id, 0, host.Clock.GetUtcNow().AddDays(1));
        var page = await host.Anonymous.GetStringAsync($"/s/{link}");
        Assert.Contains("We could not do what you asked for", page, StringComparison.Ordinal);
        Assert.Contains("Nobody makes the part any more.", page, StringComparison.Ordinal);
        using var form = new FormUrlEncodedContent([new("text", "My neighbour has one, can you fit it?")]);
        using var answer = await host.Anonymous.PostAsync($"/s/{link}/reply", form);
        Assert.Equal("inProgress", (await host.CaseAsync(id)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Pages_of_an_erased_customers_case_still_open()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        var customer = Guid.CreateVersion7();
        var id = await host.OpenAsync(CaseHost.Contact("CANARY kettle does not heat.", customer));
        await host.RouteAsync(id);
        await host.PostAsync($"/v1/cases/{id}/replies", new { text = "Dear CANARY, we look into it." });
        await host.DeliverAsync("intake", $"customer/{customer}", new CustomerErased(customer));
        var number = (await host.CaseAsync(id)).GetProperty("number").GetString();
        var link = host.Services.GetRequiredService<Tokens>().StatusLink(id, 0, host.Clock.GetUtcNow().AddDays(1));
        await Eventually.Async(async () =>
        {
            host.Clock.Advance(TimeSpan.FromMilliseconds(10));
            Assert.DoesNotContain("CANARY", await host.Client.GetStringAsync($"/desk/cases/{number}"), StringComparison.Ordinal);
        });
        using var page = await host.Anonymous.GetAsync($"/s/{link}");
        Assert.True(page.StatusCode is HttpStatusCode.OK or HttpStatusCode.Gone, page.StatusCode.ToString());
        Assert.DoesNotContain("CANARY", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_customer_who_sends_very_much_is_asked_to_wait_and_keeps_the_words()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        var id = await host.OpenAsync();
        await host.RouteAsync(id);
        var link = host.Services.GetRequiredService<Tokens>().StatusLink(id, 0, host.Clock.GetUtcNow().AddDays(1));
        for (var i = 0; ; i++)
        {
            Assert.True(i < 100, "no limit was met");
            using var form = new FormUrlEncodedContent([new("text", $"Message number {i}"), new("once", Guid.NewGuid().ToString())]);
            using var answer = await host.Anonymous.PostAsync($"/s/{link}/reply", form);
            if (answer.StatusCode != HttpStatusCode.TooManyRequests)
                continue;
            Assert.Contains($">Message number {i}</textarea>", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            return;
        }
    }

    [Fact]
    public void Every_language_has_every_word_with_the_same_gaps()
    {
        foreach (var property in typeof(StatusWords).GetProperties().Where(property => property.PropertyType == typeof(string)))
        {
            var (english, german) = ((string)property.GetValue(StatusWords.In("en"))!, (string)property.GetValue(StatusWords.In("de-AT"))!);
            Assert.False(string.IsNullOrWhiteSpace(english) || string.IsNullOrWhiteSpace(german), property.Name);
            foreach (var gap in (string[])["{who}", "{0}", "{1}"])
                Assert.True(Has(english, gap) == Has(german, gap), $"{property.Name}: {gap}");
        }
        Assert.Equal("en", StatusWords.In("fr").Lang);

        static bool Has(string text, string gap) => text.Contains(gap, StringComparison.Ordinal);
    }
}
