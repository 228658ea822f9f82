using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Json;
using CxPlatform.Cases.Drafts;
using CxPlatform.Cases.Presence;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Case.Tests.Service;

/// <summary>What agents do at the desk, over HTTP: answers for later, drafts, many cases at once, colleagues on the same case.</summary>
public sealed class DeskWorkTests
{
    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task An_answer_for_later_goes_out_at_its_time_and_not_before(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var id = await host.OpenAsync();
        await host.RouteAsync(id);
        var sendAt = host.Clock.GetUtcNow().AddHours(1);
        var made = await host.PostAsync($"/v1/cases/{id}/replies", new { text = "Good news.", sendAt });
        Assert.DoesNotContain("case.reply-sent.v1", await host.TypesAsync(id));
        var waiting = Assert.Single((await host.CaseAsync(id)).GetProperty("scheduledReplies").EnumerateArray());
        Assert.Equal((made.GetProperty("id").GetGuid(), "Good news."), (waiting.GetProperty("messageId").GetGuid(), waiting.GetProperty("text").GetString()));
        Assert.True((await host.CaseAsync(id)).TryGetProperty("waitingSince", out _));
        host.Clock.Advance(TimeSpan.FromHours(1));
        await host.ToldAsync(id, "case.reply-sent.v1");
        Assert.False((await host.CaseAsync(id)).TryGetProperty("waitingSince", out _));
        await CustomerTests.AssertReplaysAsync(host, id);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task What_is_taken_back_is_a_draft_again_before_what_was_begun_since(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var id = await host.OpenAsync();
        await host.RouteAsync(id);
        await DraftAsync(host, id, "reply", "Sent too early");
        var made = await host.PostAsync($"/v1/cases/{id}/replies", new { text = "Sent too early", holdFor = "PT30S" });
        Assert.Equal(0, (await host.GetAsync($"/v1/cases/{id}/drafts")).GetProperty("mine").GetArrayLength());
        await DraftAsync(host, id, "reply", "By the way");
        await host.PostAsync($"/v1/cases/{id}/scheduled-replies/{made.GetProperty("id").GetGuid()}/cancel", new { });
        var draft = Assert.Single((await host.GetAsync($"/v1/cases/{id}/drafts")).GetProperty("mine").EnumerateArray());
        Assert.Equal("Sent too early\n\nBy the way", draft.GetProperty("text").GetString());
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        using var late = await host.Client.PostAsync(
            new Uri($"/v1/cases/{id}/scheduled-replies/{made.GetProperty("id").GetGuid()}/send", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        Assert.DoesNotContain("case.reply-sent.v1", await host.TypesAsync(id));
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_note_carries_whom_it_calls_and_an_assignment_who_had_the_case(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var (ben, gone) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await host.AgentAsync(ben, "Ben Koch");
        await host.AgentAsync(gone, "Ben Gone", active: false);
        var id = await host.OpenAsync();
        await host.RouteAsync(id, agentId: gone, agentName: "Ben Gone");
        await host.PostAsync($"/v1/cases/{id}/notes", new { text = "@Ben, please look" });
        await host.PostAsync($"/v1/cases/{id}/notes", new { text = "write to ben@Ben" });
        await host.PostAsync($"/v1/cases/{id}/assign", new { agentId = ben });
        var events = await ((EventLog<CaseDb>)host.Services.GetService(typeof(EventLog<CaseDb>))!).ReadAsync(0, 1000, default);
        var happened = events.Select(e => EventTypes.Read(e.Type, e.Data)).ToList();
        Assert.Equal([ben], happened.OfType<NoteAdded>().First().Mentions);
        Assert.Null(happened.OfType<NoteAdded>().Last().Mentions);
        Assert.Equal([(gone, null), (ben, gone)], happened.OfType<CaseAssigned>().Select(e => (e.AgentId, e.FormerAgentId)));
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_draft_is_its_authors_shown_to_others_by_name_gone_when_sent_and_erased(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var contact = CaseHost.Contact();
        var id = await host.OpenAsync(contact);
        await DraftAsync(host, id, "note", "I wonder");
        await DraftAsync(host, id, "reply", "Dear Mia");
        var book = (DraftBook)host.Services.GetService(typeof(DraftBook))!;
        await book.SaveAsync(id, DraftKind.Reply, "agent:ben", "Ben", "Secret words", false, default);
        var drafts = await host.GetAsync($"/v1/cases/{id}/drafts");
        Assert.Equal(["note", "reply"], drafts.GetProperty("mine").EnumerateArray().Select(d => d.GetProperty("kind").GetString()!).Order());
        Assert.Equal("Ben", Assert.Single(drafts.GetProperty("others").EnumerateArray()).GetProperty("name").GetString());
        Assert.DoesNotContain("Secret words", drafts.ToString(), StringComparison.Ordinal);

        await host.PostAsync($"/v1/cases/{id}/notes", new { text = "I know" });
        Assert.Equal("reply", Assert.Single((await host.GetAsync($"/v1/cases/{id}/drafts")).GetProperty("mine").EnumerateArray()).GetProperty("kind").GetString());
        await host.DeliverAsync("intake", $"customer/{contact.CustomerId}", new CustomerErased(contact.CustomerId));
        var work = (Work<CaseDb>)host.Services.GetService(typeof(Work<CaseDb>))!;
        Assert.Equal(0, await work.ReadAsync((db, ct) => db.Drafts.CountAsync(ct)));

        using var wrong = await host.Client.PutAsJsonAsync($"/v1/cases/{id}/drafts/song", new { text = "x" });
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        using var nowhere = await host.Client.PutAsJsonAsync($"/v1/cases/{Guid.NewGuid()}/drafts/note", new { text = "x" });
        Assert.Equal(HttpStatusCode.NotFound, nowhere.StatusCode);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Many_cases_at_once_have_a_result_each_and_the_same_key_does_nothing_twice(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var ids = new List<Guid>();
        for (var i = 0; i < 4; i++)
        {
            ids.Add(await host.OpenAsync());
            await host.RouteAsync(ids[i]);
        }
        await host.PostAsync($"/v1/cases/{ids[3]}/resolve", new { result = "solved", reason = "Done" });
        string[] keys = [.. ids.Select(id => id.ToString()), "CX-2026-999999", "CX-2026-000001"];
        var body = new { @do = "note", cases = keys, text = "Recall of the heater" };
        using var first = await BulkAsync(host, body, "k1");
        var answer = await first.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((5, 1), (answer.GetProperty("done").GetInt32(), answer.GetProperty("failed").GetInt32()));
        using var again = await BulkAsync(host, body, "k1");
        Assert.Equal(answer.ToString(), (await again.Content.ReadFromJsonAsync<JsonElement>()).ToString());
        // Once by its id and once by its number: two wishes.
        Assert.Equal(2, (await host.TypesAsync(ids[0])).Count(type => type == "case.note-added.v1"));
        Assert.Equal(1, (await host.TypesAsync(ids[1])).Count(type => type == "case.note-added.v1"));
        using var other = await BulkAsync(host, new { @do = "note", cases = keys, text = "Another" }, "k1");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);

        await host.PostAsync("/v1/cases/bulk", new { @do = "tag", cases = ids, tags = new[] { "Recall" } });
        await host.PostAsync("/v1/cases/bulk", new { @do = "untag", cases = ids[..1], tags = new[] { "recall" } });
        Assert.Equal(3, (await host.GetAsync("/v1/cases?tag=recall")).GetProperty("items").GetArrayLength());
        Assert.Equal(2, (await host.GetAsync("/v1/cases?tag=recall&open=true")).GetProperty("items").GetArrayLength());
        var urgent = await host.PostAsync("/v1/cases/bulk", new { @do = "priority", cases = ids, priority = "urgent" });
        var refused = urgent.GetProperty("items").EnumerateArray().Single(item => item.TryGetProperty("problem", out _));
        Assert.Equal((ids[3].ToString(), "case-resolved"), (refused.GetProperty("case").GetString(), refused.GetProperty("problem").GetProperty("code").GetString()));
        var solved = await host.PostAsync("/v1/cases/bulk", new { @do = "resolve", cases = ids[..2], result = "solved", reason = "A new heater" });
        Assert.Equal(2, solved.GetProperty("done").GetInt32());
        var no = await host.PostAsync("/v1/cases/bulk", new
        {
            @do = "resolve",
            cases = ids[2..3],
            result = "notPossible",
            reason = "It is not one of ours",
            policy = "We take back what we made.",
            alternative = "The maker takes it back.",
        });
        Assert.Equal(1, no.GetProperty("done").GetInt32());
        Assert.Equal(0, (await host.GetAsync("/v1/cases?tag=recall&open=true")).GetProperty("items").GetArrayLength());

        foreach (var (wrong, field) in ((object, string)[])
        [
            (new { @do = "assign", cases = ids }, "agentId"), (new { @do = "resolve", cases = ids, reason = "x" }, "result"),
            (new { @do = "note", cases = Array.Empty<string>(), text = "x" }, "cases"),
            (new { @do = "note", cases = Enumerable.Range(0, 501).Select(i => $"{i}"), text = "x" }, "cases"), (new { @do = "dance", cases = ids }, "do"),
        ])
        {
            using var problem = await BulkAsync(host, wrong, null);
            var text = await problem.Content.ReadAsStringAsync();
            Assert.True(problem.StatusCode == HttpStatusCode.BadRequest && text.Contains($"\"{field}\"", StringComparison.Ordinal), text);
        }
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task One_timeline_tells_of_all_the_customers_cases_and_of_nobody_elses(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var customer = Guid.CreateVersion7();
        var first = await host.OpenAsync(CaseHost.Contact("My kettle leaks.", customer));
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        var second = await host.OpenAsync(CaseHost.Contact("Where is my invoice?", customer));
        await host.OpenAsync(CaseHost.Contact("Somebody else's trouble."));
        await host.PostAsync($"/v1/cases/{first}/notes", new { text = "They belong together" });
        var entries = (await host.GetAsync($"/v1/cases/{second}/timeline?of=customer")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(
            [(first, "case.opened.v1"), (second, "case.opened.v1"), (first, "case.note-added.v1")],
            entries.Select(entry => (entry.GetProperty("caseId").GetGuid(), entry.GetProperty("type").GetString()!))
                .Where(entry => entry.Item2 is "case.opened.v1" or "case.note-added.v1"));
        Assert.DoesNotContain("case.note-added.v1", await host.TypesAsync(second));
        using var wrong = await host.Client.GetAsync($"/v1/cases/{second}/timeline?of=everybody");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    [Fact]
    public async Task Who_has_the_case_open_and_types_is_seen_by_others_for_a_while()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        var id = await host.OpenAsync();
        var presence = (CasePresence)host.Services.GetService(typeof(CasePresence))!;
        var (ben, aisha) = (Person("Ben"), Person("Aisha"));
        await presence.ViewingAsync(id, ben, default);
        Assert.Equal("Ben is looking at this case.", (await presence.OthersAsync(id, aisha, default)).Text);
        await presence.TypingAsync(id, ben, default);
        Assert.Equal("Ben is typing.", (await presence.OthersAsync(id, aisha, default)).Text);
        Assert.Empty((await presence.OthersAsync(id, ben, default)).People);
        host.Clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal("Ben is looking at this case.", (await presence.OthersAsync(id, aisha, default)).Text);
        host.Clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Empty((await presence.OthersAsync(id, aisha, default)).People);

        await presence.TypingAsync(id, ben, default);
        using var stream = await host.Client.GetStreamAsync(new Uri($"/v1/cases/{id}/stream", UriKind.Relative));
        using var reader = new StreamReader(stream);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await reader.ReadLineAsync(deadline.Token) is { } line && line != "event: presence")
        {
        }
        Assert.Contains("Ben is typing.", await reader.ReadLineAsync(deadline.Token), StringComparison.Ordinal);
        Assert.Equal("Admin", Assert.Single((await presence.OthersAsync(id, ben, default)).People).Name);
    }

    private static ClaimsPrincipal Person(string name) => new(new ClaimsIdentity(
        [new("cx:agent", name == "Ben" ? "00000000-0000-7000-8000-0000000000bb" : "00000000-0000-7000-8000-0000000000aa"), new("cx:name", name), new("cx:role", "agent")], "test"));

    private static async Task DraftAsync(CaseHost host, Guid id, string kind, string text)
    {
        using var saved = await host.Client.PutAsJsonAsync($"/v1/cases/{id}/drafts/{kind}", new { text });
        Assert.Equal(HttpStatusCode.NoContent, saved.StatusCode);
    }

    private static async Task<HttpResponseMessage> BulkAsync(CaseHost host, object body, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/cases/bulk") { Content = JsonContent.Create(body) };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return await host.Client.SendAsync(request);
    }
}
