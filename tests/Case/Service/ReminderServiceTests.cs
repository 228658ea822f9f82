using System.Net;
using System.Text.Json;
using CxPlatform.Testing;

namespace CxPlatform.Case.Tests.Service;

public sealed class ReminderServiceTests
{
    private const string Due = "case.reminder.due.v1";

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_reminder_comes_once_through_restarts_and_a_clock_that_jumps(Database database)
    {
        await using var first = await CaseHost.StartAsync(database);
        var id = await first.OpenAsync();
        await first.RouteAsync(id);
        await first.PostAsync($"/v1/cases/{id}/reminders", new { text = "Ask the shop", at = "2026-03-02T12:00:00Z" });
        await first.PostAsync($"/v1/cases/{id}/reminders", new { text = "And again", after = "PT3H" });
        await using var second = await first.RestartAsync();

        second.Jump(TimeSpan.FromHours(-1)); // 09:00
        second.Clock.Advance(TimeSpan.FromHours(2.5)); // 11:30, though three and a half hours would have passed by the steady clock
        Assert.Equal(0, await CountAsync(second, id));
        second.Jump(TimeSpan.FromMinutes(40)); // 12:10
        await DueAsync(second, id, 1);
        second.Jump(TimeSpan.FromHours(-1));
        second.Clock.Advance(TimeSpan.FromHours(1.5)); // past noon a second time
        Assert.Equal(1, await CountAsync(second, id));

        await using var third = await second.RestartAsync();
        third.Jump(TimeSpan.FromMinutes(25)); // 13:05
        await DueAsync(third, id, 2);
        third.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(2, await CountAsync(third, id));

        var reminders = (await third.CaseAsync(id)).GetProperty("reminders");
        Assert.All(reminders.EnumerateArray(), reminder => Assert.True(reminder.GetProperty("isDue").GetBoolean()));
        using var off = await third.Client.DeleteAsync($"/v1/cases/{id}/reminders/{reminders[0].GetProperty("id").GetGuid()}");
        Assert.Equal(HttpStatusCode.OK, off.StatusCode);
        Assert.Single((await third.CaseAsync(id)).GetProperty("reminders").EnumerateArray());
    }

    private static async Task<int> CountAsync(CaseHost host, Guid id) => (await host.TypesAsync(id)).Count(type => type == Due);

    // The loop that runs timers waits by the steady clock: a little of it passes with each look.
    private static Task DueAsync(CaseHost host, Guid id, int count) => Eventually.Async(
        async () =>
        {
            host.Clock.Advance(TimeSpan.FromSeconds(1));
            return await CountAsync(host, id) == count;
        },
        TimeSpan.FromSeconds(60), $"{count} of {Due}");
}

public sealed class SuggestionServiceTests
{
    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_reply_that_says_so_suggests_a_promise_that_one_call_makes(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var id = await host.OpenAsync();
        await host.RouteAsync(id);
        var plain = await host.PostAsync($"/v1/cases/{id}/replies", new { text = "Thank you for the photo." });
        Assert.False(plain.TryGetProperty("suggestions", out var none) && none.ValueKind != JsonValueKind.Null);
        var reply = await host.PostAsync($"/v1/cases/{id}/replies", new { text = "I'll call you tomorrow." });
        var suggestion = Assert.Single(reply.GetProperty("suggestions").EnumerateArray());
        Assert.Equal(("I'll call you tomorrow.", "2026-03-03T17:00:00Z"), (suggestion.GetProperty("text").GetString(), suggestion.GetProperty("due").GetString()));
        var path = $"/v1/cases/{id}/promise-suggestions";
        var known = Assert.Single((await host.GetAsync(path)).GetProperty("items").EnumerateArray()).GetProperty("id").GetGuid();

        var made = await host.PostAsync($"{path}/{known}/confirm", new { });
        Assert.Equal(known, made.GetProperty("id").GetGuid());
        Assert.Empty((await host.GetAsync(path)).GetProperty("items").EnumerateArray());
        Assert.Contains((await host.CaseAsync(id)).GetProperty("promises").EnumerateArray(), p => p.GetProperty("source").GetString() == "suggestion");
        using var again = await host.Client.PostAsync($"{path}/{known}/dismiss", null);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        await CustomerTests.AssertReplaysAsync(host, id);
    }
}
