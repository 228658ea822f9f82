using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Feedback.V1;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Contracts.Notifications.V1;
using CxPlatform.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.Case.Tests.Service;

/// <summary>The life of cases, over HTTP and the other services' events, on both databases.</summary>
public sealed class StoryTests
{
    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_contact_becomes_a_case_that_is_answered_promised_proposed_accepted_and_rated(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var ada = Guid.CreateVersion7();
        await host.AgentAsync(ada, "Ada");
        var id = await host.OpenAsync();
        await host.RouteAsync(id, agentId: ada, agentName: "Ada");

        var opened = await host.CaseAsync(id);
        Assert.Equal(("acknowledged", "Ada", "My kettle does not heat any more.", "CX-2026-000001"),
            (opened.GetProperty("status").GetString(), opened.GetProperty("ownerName").GetString(),
                opened.GetProperty("need").GetString(), opened.GetProperty("number").GetString()));
        var promise = Assert.Single(opened.GetProperty("promises").EnumerateArray());
        Assert.Equal(("open", "2026-03-02T12:00:00Z"), (promise.GetProperty("state").GetString(), promise.GetProperty("due").GetString()));

        await host.PostAsync($"/v1/cases/{id}/replies", new { text = "Which model is it?", asksCustomer = true });
        Assert.Equal("waitingOnCustomer", (await host.CaseAsync(id)).GetProperty("status").GetString());
        var reply = CaseHost.Contact("It is the red one.",
            evidence: new Evidence(EvidenceKind.ReplyToken, "token", id)) with
        { CustomerId = opened.GetProperty("customerId").GetGuid() };
        await host.DeliverAsync("intake", $"contact/{reply.ContactId}", reply);

        var made = await host.PostAsync("/v1/cases/CX-2026-000001/promises",
            new { text = "A new kettle is on its way", due = "2026-03-04T12:00:00Z" });
        await host.PostAsync($"/v1/cases/{id}/promises/{made.GetProperty("id").GetGuid()}/keep", new { });
        await host.PostAsync($"/v1/cases/{id}/notes", new { text = "Nice customer" });
        await host.PostAsync($"/v1/cases/{id}/proposals", new { text = "Keep the new one." });
        await host.PostAsync($"/v1/cases/{id}/proposals/accept", new { });
        var (message, survey, customer) = (Guid.CreateVersion7(), Guid.CreateVersion7(), opened.GetProperty("customerId").GetGuid());
        await host.DeliverAsync("notification", $"message/{message}",
            new MessageSent(message, id, customer, Channel.Email, "reply", Guid.NewGuid(), null, host.Clock.GetUtcNow()));
        await host.DeliverAsync("feedback", $"survey/{survey}",
            new FeedbackReceived(survey, id, customer, Measure.Csat, 5, "Lovely", host.Clock.GetUtcNow()));

        var resolved = await host.CaseAsync(id);
        Assert.Equal(("resolved", "customer"), (resolved.GetProperty("status").GetString(),
            resolved.GetProperty("resolution").GetProperty("agreement").GetString()));
        Assert.Equal(5, resolved.GetProperty("feedback")[0].GetProperty("score").GetInt32());
        Assert.Equal(
            [
                "case.opened.v1", "case.triaged.v1", "case.assigned.v1", "case.promise.made.v1", "case.planned.v1",
                    "case.acknowledged.v1", "case.reply-sent.v1",
                "case.promise.kept.v1", "case.customer-replied.v1", "case.promise.made.v1", "case.promise.made.v1",
                    "case.promise.kept.v1", "case.note-added.v1",
                "case.solution-proposed.v1", "case.promise.kept.v1", "case.solution-accepted.v1", "case.resolved.v1",
                    "case.message-outcome.v1", "case.feedback-received.v1",
            ],
            await host.TypesAsync(id));
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task When_routing_is_silent_the_timer_acknowledges_and_later_timers_break_and_close(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var id = await host.OpenAsync();
        Assert.Equal("new", (await host.CaseAsync(id)).GetProperty("status").GetString());
        host.Clock.Advance(TimeSpan.FromSeconds(2));
        await host.ToldAsync(id, "case.acknowledged.v1");
        Assert.Equal("acknowledged", (await host.CaseAsync(id)).GetProperty("status").GetString());
        Assert.Equal(1, (await host.TypesAsync(id)).Count(type => type == "case.acknowledged.v1"));

        host.Clock.Advance(TimeSpan.FromHours(4));
        await host.ToldAsync(id, "case.promise.broken.v1");
        await host.PostAsync($"/v1/cases/{id}/proposals", new { text = "Turn it off and on." });
        // Silence counts only of who was sent what they are silent about.
        var message = Guid.NewGuid();
        await host.DeliverAsync(
            "notification", $"message/{message}",
            new MessageSent(message, id, null, Channel.Email, SolutionProposed.Template, Guid.NewGuid(), null, host.Clock.GetUtcNow()));
        host.Clock.Advance(TimeSpan.FromDays(5));
        await host.ToldAsync(id, "case.resolved.v1");
        Assert.Equal("silence", (await host.CaseAsync(id)).GetProperty("resolution").GetProperty("agreement").GetString());
        host.Clock.Advance(TimeSpan.FromDays(14));
        await host.ToldAsync(id, "case.closed.v1");
        Assert.Equal("closed", (await host.CaseAsync(id)).GetProperty("status").GetString());

        var follow = CaseHost.Contact("It broke again.", evidence: new Evidence(EvidenceKind.ReplyToken, "token", id));
        Assert.Equal(id, (await host.CaseAsync(await host.OpenAsync(follow))).GetProperty("followsCaseId").GetGuid());
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_batch_opens_joins_and_numbers_many_cases_in_one_transaction(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var customer = Guid.CreateVersion7();
        var contacts = Enumerable.Range(0, 20).Select(_ => CaseHost.Contact())
            .Append(CaseHost.Contact("A first text", customer, Channel.Sms))
                .Append(CaseHost.Contact("A second text", customer, Channel.Sms)).ToList();
        await host.DeliverAsync("intake", "contact/many", [.. contacts]);

        var items = (await host.GetAsync("/v1/cases?limit=200")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(Enumerable.Range(1, 21).Select(n => $"CX-2026-{n:d6}"),
            items.Select(item => item.GetProperty("number").GetString()!).Order());
        Assert.Equal(["case.opened.v1", "case.customer-replied.v1"], await host.TypesAsync(contacts[^2].ContactId));
        await host.DeliverAsync("intake", "contact/many", contacts[^1] with { ContactId = Guid.CreateVersion7(), Text = "A third text" });
        Assert.Equal(3, (await host.TypesAsync(contacts[^2].ContactId)).Length);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task A_handle_that_writes_again_within_72_hours_goes_on_with_its_case_and_later_opens_another(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var customer = Guid.CreateVersion7();
        ContactReceived Social(string text) => CaseHost.Contact(text, customer, Channel.Social) with { From = new(IdentityKind.Handle, "instagram:mia") };
        async Task<int> CasesAsync() => (await host.GetAsync("/v1/cases?limit=200")).GetProperty("items").GetArrayLength();

        // That a promise is broken is activity, too: while none is open, nothing happens by itself.
        async Task AnsweredAsync(Guid id)
        {
            await host.PostAsync($"/v1/cases/{id}/replies", new { text = "We look into it." });
            Assert.DoesNotContain((await host.CaseAsync(id)).GetProperty("promises").EnumerateArray(), p => p.GetProperty("state").GetString() == "open");
        }

        var first = await host.OpenAsync(Social("My kettle leaks."));
        await host.RouteAsync(first);
        await AnsweredAsync(first);
        host.Clock.Advance(TimeSpan.FromHours(71));
        await host.OpenAsync(Social("It still leaks."));
        Assert.Equal(1, await CasesAsync());
        Assert.Contains("case.customer-replied.v1", await host.TypesAsync(first));
        await host.OpenAsync(CaseHost.Contact("Another's kettle", channel: Channel.Social));
        Assert.Equal(2, await CasesAsync());

        await AnsweredAsync(first);
        host.Clock.Advance(TimeSpan.FromHours(73));
        var later = await host.OpenAsync(Social("A toaster, this time."));
        Assert.Equal(3, await CasesAsync());
        Assert.Equal("case.opened.v1", (await host.TypesAsync(later))[0]);
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task From_a_public_post_to_a_private_message_it_is_one_case_and_each_message_says_who_may_read_it(Database database)
    {
        await using var host = await CaseHost.StartAsync(database);
        var post = CaseHost.Contact("Your kettle leaks!", channel: Channel.Social) with
        {
            From = new(IdentityKind.Handle, "town:mia"),
            Visibility = Visibility.World,
        };
        var id = await host.OpenAsync(post);
        using var refused = await host.Client.PostAsJsonAsync(
            $"/v1/cases/{id}/replies", new { text = "Here", visibility = "world", attachments = new[] { new Attachment("a", "b", 1, "c") } });
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal("attachments-not-public", (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        await host.PostAsync($"/v1/cases/{id}/replies", new { text = "Please write to us privately.", asksCustomer = true, visibility = "world" });
        // Their holiday is longer than a conversation lasts; but we had asked.
        host.Clock.Advance(TimeSpan.FromDays(6));
        await host.OpenAsync(CaseHost.Contact("Order 4711, and this is my address.", post.CustomerId, Channel.Social) with { From = post.From });
        await host.PostAsync($"/v1/cases/{id}/replies", new { text = "A new one is on its way to you." });
        await host.PostAsync($"/v1/cases/{id}/notes", new { text = "The third this week." });

        Assert.Equal(1, (await host.GetAsync("/v1/cases")).GetProperty("items").GetArrayLength());
        var said = (await host.GetAsync($"/v1/cases/{id}/timeline")).GetProperty("items").EnumerateArray()
            .Where(item => item.GetProperty("data").TryGetProperty("text", out _) && item.GetProperty("type").GetString() is not "case.promise.made.v1")
            .Select(item => item.GetProperty("visibility").GetString());
        Assert.Equal(["world", "world", "customer", "customer", "internal"], said);

        var tokens = host.Services.GetRequiredService<Tokens>();
        var link = tokens.StatusLink(id, 0, host.Clock.GetUtcNow().AddDays(1));
        var page = JsonDocument.Parse(await host.Anonymous.GetStringAsync($"/s/{link}.json")).RootElement;
        Assert.Equal([true, true, false, false], page.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("public").GetBoolean()));
    }

    [Theory]
    [InlineData(EvidenceKind.ReplyToken, true)]
    [InlineData(EvidenceKind.Explicit, true)]
    [InlineData(EvidenceKind.MessageId, true)]
    [InlineData(EvidenceKind.BouncedMessage, true)]
    [InlineData(EvidenceKind.SubjectNumber, false)]
    public async Task A_stranger_joins_by_what_we_gave_out_but_not_by_a_number_in_a_subject(EvidenceKind kind, bool joins)
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        var id = await host.OpenAsync();
        var number = (await host.CaseAsync(id)).GetProperty("number").GetString()!;
        var contact = CaseHost.Contact("May I add something?",
            evidence: new Evidence(kind, number, kind == EvidenceKind.ReplyToken ? id : null));
        await host.DeliverAsync("intake", $"contact/{contact.ContactId}", contact);
        var state = await host.CaseAsync(id);
        Assert.Equal(joins ? 1 : 0, state.GetProperty("participants").GetArrayLength());
        Assert.Equal(joins ? 1 : 2, (await host.GetAsync("/v1/cases")).GetProperty("items").GetArrayLength());

        var own = CaseHost.Contact("Me again", state.GetProperty("customerId").GetGuid(),
            evidence: new Evidence(EvidenceKind.SubjectNumber, number));
        await host.DeliverAsync("intake", $"contact/{own.ContactId}", own);
        var replied = (await host.GetAsync($"/v1/cases/{id}/timeline")).GetProperty("items").EnumerateArray().Last();
        Assert.Equal("subjectNumber", replied.GetProperty("data").GetProperty("joinedBy").GetString());
    }

    [Fact]
    public async Task An_email_without_evidence_opens_a_case_of_its_own()
    {
        await using var host = await CaseHost.StartAsync(Database.Sqlite);
        var customer = Guid.CreateVersion7();
        await host.OpenAsync(CaseHost.Contact("One thing.", customer));
        await host.OpenAsync(CaseHost.Contact("Another thing.", customer));
        Assert.Equal(2, (await host.GetAsync($"/v1/cases?customer={customer}")).GetProperty("items").GetArrayLength());
    }
}
