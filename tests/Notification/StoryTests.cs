using System.Net;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Contracts.Notifications.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Domain;
using CxPlatform.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CxPlatform.Notification.Tests;

public sealed class StoryTests
{
    [Fact]
    public async Task An_agents_answer_goes_out_as_it_is_from_the_person_with_the_cases_own_message_id()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        var answer = story.Answered("We are sending you a new seal <today>.\n\nSee https://example.com/seal?a=1&b=2.");
        await host.DeliverAsync(story.Opened(), answer);

        var mail = Assert.Single(await host.MailsAsync(1));
        Assert.Equal("Anna Berger", mail.From[0].Name);
        Assert.StartsWith("We are sending you a new seal <today>.\n\nSee https://example.com/seal?a=1&b=2.\n\nAnna Berger\n", mail.TextBody);
        Assert.Contains("<p>We are sending you a new seal &lt;today&gt;.</p>", mail.HtmlBody);
        Assert.Contains("<a href=\"https://example.com/seal?a=1&amp;b=2\">", mail.HtmlBody);
        Assert.Null(mail.AutoSubmitted);
        Assert.True(host.Tokens.TryReadMessageId(mail.MessageId, out var messageId, out _));
        Assert.Equal(answer.MessageId, messageId);
        await host.SettledAsync();
        Assert.Equal(answer.MessageId, Assert.Single(await host.AppendedAsync<MessageSent>()).MessageId);
    }

    [Fact]
    public async Task Files_go_with_an_answer()
    {
        await using var host = await NotificationHost.StartAsync();
        var blob = await host.App.Services.GetRequiredService<IBlobs>().PutAsync("a drawing"u8.ToArray());
        var story = new Story();
        await host.DeliverAsync(story.Opened(), story.Answered() with { Attachments = [new("seal.txt", "text/plain", blob.Size, blob.Hash)] });
        var file = Assert.Single(Assert.Single(await host.MailsAsync(1)).Attachments);
        Assert.Equal("seal.txt", file.Name);
        Assert.Equal("a drawing"u8, file.Content.Span);
    }

    [Fact]
    public async Task A_proposal_asks_whether_it_solves_it_with_links_that_preselect()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        await host.DeliverAsync(story.Opened(), story.Proposed());
        var mail = Assert.Single(await host.MailsAsync(1));
        Assert.Contains("?answer=accept", mail.TextBody);
        Assert.Contains("?answer=decline", mail.TextBody);
        Assert.Contains("If we hear nothing by Monday, 23 November", mail.TextBody);
    }

    [Fact]
    public async Task A_customer_hears_of_a_promise_of_a_new_date_and_of_a_broken_word()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        var promise = Guid.CreateVersion7();
        await host.DeliverAsync(story.Opened(), story.Assigned(), story.Promised(promise));
        var made = (await host.MailsAsync(1))[0];
        Assert.Contains("Anna Berger promises you: You get a new seal.", made.TextBody);

        await host.DeliverAsync(new PromiseRenegotiated(story.CaseId, promise, Story.Monday, Story.Monday.AddDays(1), "The part arrives on Tuesday."));
        var moved = (await host.MailsAsync(2))[1];
        Assert.Contains("You get a new seal.", moved.TextBody);
        Assert.Contains("The part arrives on Tuesday.", moved.TextBody);
        Assert.Contains("The new date: Tuesday, 24 November", moved.TextBody);

        await host.DeliverAsync(
            new PromiseBroken(story.CaseId, promise, Story.Monday.AddDays(1), Guid.CreateVersion7(), Story.Monday.AddDays(2)));
        var broken = (await host.MailsAsync(3))[2];
        Assert.Contains("That did not happen. We are sorry", broken.TextBody);
        Assert.Contains("Anna Berger has your case and knows", broken.TextBody);
        Assert.Contains("Anna Berger tells you by Wednesday, 25 November", broken.TextBody);
    }

    [Theory]
    [InlineData("en", "We promised you by", "The reason: The seal is not made any more.")]
    [InlineData("de", "wir hatten Ihnen bis", "Der Grund: The seal is not made any more.")]
    public async Task A_customer_hears_why_a_promise_is_taken_back_once_and_only_when_nothing_else_says_so(string language, string promised, string reason)
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        var (kept, taken, ended) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        var back = new PromiseWithdrawn(story.CaseId, taken, "The seal is not made any more.") { TakenBack = true };
        await host.DeliverAsync(
            story.Opened() with { Language = language }, story.Assigned(), story.Promised(taken, PromiseSource.Step), story.Promised(ended, PromiseSource.Step),
            story.Promised(kept, PromiseSource.Step), back, new PromiseWithdrawn(story.CaseId, ended, "The case ended."),
            new PromiseKept(story.CaseId, kept, Late: false), back with { PromiseId = kept });
        var mail = Assert.Single(await host.MailsAsync(1));
        Assert.Contains(promised, mail.TextBody);
        Assert.Contains("You get a new seal.", mail.TextBody);
        Assert.Contains(reason, mail.TextBody);
        await host.SettledAsync();
        Assert.Equal("promise-withdrawn", Assert.Single(await host.MessagesAsync()).Template);
    }

    [Fact]
    public async Task A_customer_hears_before_the_date_who_keeps_a_promise_of_somebody_away()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        var promise = Guid.CreateVersion7();
        await host.DeliverAsync(story.Opened(), story.Assigned(), story.Promised(promise, PromiseSource.Policy));
        await host.DeliverAsync(new CaseCovered(
            story.CaseId, Guid.CreateVersion7(), "Anna Berger", Guid.CreateVersion7(), "Aisha Khan", [promise], Story.Monday, Story.Monday.AddDays(1)));
        var mail = Assert.Single(await host.MailsAsync(1));
        Assert.Contains("Anna Berger is not here at the moment. Aisha Khan has your case now", mail.TextBody);
        Assert.Contains("By when: Monday, 23 November", mail.TextBody);
    }

    [Fact]
    public async Task A_customer_hears_why_a_date_on_the_plan_moves_and_of_nothing_else_on_it()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        var step = new Step("step-1", "Repair", "Anna Berger", Story.Monday.AddDays(1)) { Detail = "canary-detail" };
        await host.DeliverAsync(story.Opened(), new CasePlanned(story.CaseId, [step]), new StepChanged(story.CaseId, step with { State = StepState.Done }));
        Assert.Empty(await host.MessagesAsync());
        await host.DeliverAsync(new StepChanged(
            story.CaseId, step, "The part is late", new("step-1", "Repair", Story.Monday, Story.Monday.AddDays(1))));
        var mail = Assert.Single(await host.MailsAsync(1));
        Assert.Contains("The reason: The part is late", mail.TextBody);
        Assert.Contains("Now by Tuesday, 24 November", mail.TextBody);
        Assert.DoesNotContain("canary-detail", mail.TextBody);

        await host.DeliverAsync(new CasePlanned(
            story.CaseId, [], "You come by", [new("step-1", "Repair", Story.Monday.AddDays(1), null) { Dropped = true }]));
        Assert.Contains("Not on the plan any more, it was Tuesday, 24 November", (await host.MailsAsync(2))[1].TextBody);
    }

    [Theory]
    [InlineData(PromiseSource.Policy)]
    [InlineData(PromiseSource.Step)]
    public async Task A_promise_that_the_acknowledgement_or_the_plan_tells_of_is_not_told_twice(PromiseSource source)
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        await host.DeliverAsync(story.Opened(), story.Promised(Guid.CreateVersion7(), source));
        Assert.Empty(await host.MessagesAsync());
    }

    [Theory]
    [InlineData(Agreement.Customer, "You told us that this is solved")]
    [InlineData(Agreement.Silence, "have not heard from you since")]
    [InlineData(Agreement.Agent, "We have ended this case")]
    public async Task A_customer_hears_how_their_case_ended_and_that_it_can_go_on(Agreement agreement, string words)
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        await host.DeliverAsync(story.Opened(), story.Acknowledged(), story.Resolved(agreement, "It is repaired."));
        var mail = Assert.Single(await host.MailsAsync(2), mail => mail.TextBody!.Contains(words, StringComparison.Ordinal));
        Assert.Contains("reply to this message", mail.TextBody);
    }

    [Fact]
    public async Task A_no_gives_its_rule_an_alternative_and_a_second_opinion()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        await host.DeliverAsync(story.Opened(), story.Acknowledged(), story.Resolved(Agreement.Agent, "We may not.") with
        {
            Result = CaseResult.NotPossible,
            Ending = new("Opened packs are not taken back.", "A new strainer, free of charge."),
        });
        var mail = Assert.Single(await host.MailsAsync(2), mail => mail.TextBody!.Contains("We may not.", StringComparison.Ordinal));
        Assert.Contains("Opened packs are not taken back.", mail.TextBody);
        Assert.Contains("A new strainer, free of charge.", mail.TextBody);
        Assert.Contains("?answer=second-opinion", mail.TextBody);

        await host.DeliverAsync(new SecondOpinionAsked(
            story.CaseId, story.Number, story.CustomerId, true, story.AgentId, "Anna Berger", "It was not opened.", Story.Monday, "Europe/Vienna"));
        var told = Assert.Single(
            await host.MailsAsync(3), mail => mail.TextBody!.Contains("Somebody else than Anna Berger", StringComparison.Ordinal));
        Assert.Contains("by Monday, 23 November", told.TextBody);
        Assert.DoesNotContain("It was not opened.", told.TextBody);
    }

    [Fact]
    public async Task Who_was_promised_something_hears_who_keeps_it_now()
    {
        await using var host = await NotificationHost.StartAsync();
        var (story, promise) = (new Story(), Guid.CreateVersion7());
        await host.DeliverAsync(story.Opened(), story.Promised(promise, PromiseSource.Policy));
        await host.DeliverAsync(new PromisesMoved(story.CaseId, story.AgentId, "Anna Berger", Guid.CreateVersion7(), "Ben Koch", [promise], Story.Monday));
        var mail = Assert.Single(await host.MailsAsync(1));
        Assert.Contains("Ben Koch looks after your case now, in place of Anna Berger", mail.TextBody);
        Assert.Contains("by Monday, 23 November", mail.TextBody);
    }

    [Fact]
    public async Task Whose_case_became_part_of_another_hears_so_once_and_not_again_what_moved_with_it()
    {
        await using var host = await NotificationHost.StartAsync();
        var (story, other) = (new Story(), new Story { Number = "CX-2026-000120" });
        await host.DeliverAsync(story.Opened(), other.Opened());
        await host.DeliverAsync(other.Promised(Guid.CreateVersion7(), PromiseSource.Agent) with { FromCaseId = story.CaseId });
        await host.DeliverAsync(new CaseMergedInto(
            story.CaseId, story.Number, story.CustomerId, other.CaseId, other.Number, SameCustomer: true, Story.Monday, "Europe/Vienna"));
        var mail = Assert.Single(await host.MailsAsync(1));
        Assert.Contains("belongs to CX-2026-000120", mail.TextBody);
        Assert.Contains("by Monday, 23 November", mail.TextBody);
        Assert.Single(await host.MessagesAsync());
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("The money back", false)]
    public async Task Who_declines_hears_by_when_we_answer_and_is_asked_what_would_make_it_right_unless_they_said(string? wish, bool asked)
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        var proposed = story.Proposed();
        await host.DeliverAsync(
            story.Opened(), story.Assigned(), proposed, new SolutionDeclined(story.CaseId, proposed.ProposalId, wish, Story.Monday, "Europe/Vienna"));
        var mail = Assert.Single(await host.MailsAsync(2), mail => mail.TextBody!.Contains(
            "Anna Berger is on it again and answers you by Monday, 23 November", StringComparison.Ordinal));
        Assert.Equal(asked, mail.TextBody!.Contains("What would make it right?", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Praise_that_asked_for_nothing_ends_without_a_further_message()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        await host.DeliverAsync(story.Opened(), story.Resolved(Agreement.NothingAsked));
        Assert.Empty(await host.MessagesAsync());
    }

    [Fact]
    public async Task A_survey_asks_in_the_thread_of_the_case_with_a_link_per_score()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        var survey = story.Surveyed();
        await host.DeliverAsync(story.Opened());
        await host.DeliverAsync(survey);
        var mail = Assert.Single(await host.MailsAsync(1));
        var token = mail.TextBody!.Split("https://help.example.com/survey/")[1].Split('\n')[0].Trim();
        host.Tokens.TryReadSurveyLink(token, out var link);
        Assert.Equal((survey.SurveyId, story.CaseId), (link.SurveyId, link.CaseId));
        for (var score = 1; score <= 5; score++)
            Assert.Contains($"?score={score}", WebUtility.HtmlDecode(mail.HtmlBody));
        Assert.Equal(["first@customer.example"], mail.References);
    }

    [Fact]
    public async Task A_survey_that_comes_before_its_case_is_sent_when_the_case_has_come()
    {
        var clock = new SteppedTime();
        await using var host = await NotificationHost.StartAsync(Store.Sqlite, clock);
        var story = new Story();
        await host.DeliverAsync(story.Surveyed());
        Assert.Empty(await host.MessagesAsync());
        await host.DeliverAsync(story.Opened());
        await Eventually.Async(async () =>
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            return (await host.MessagesAsync()).Count == 1;
        });
        Assert.Empty(await host.ParkedAsync());
    }

    [Fact]
    public async Task A_customer_who_wrote_an_sms_is_answered_by_sms()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story { Channel = Channel.Sms, From = new(IdentityKind.PhoneNumber, "+436641234567"), Subject = null, MessageId = null };
        await host.DeliverAsync(story.Opened(), story.Acknowledged());
        var text = Assert.Single(await host.TextsAsync(1));
        Assert.StartsWith("To: +436641234567\n\nWe got this. Anna Berger has it, next step by Mon 23 Nov 10:00.", text);
        Assert.Contains("https://help.example.com/s/", text);
    }

    [Fact]
    public async Task A_customer_is_spoken_to_in_their_language()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story { Language = "de-AT" };
        await host.DeliverAsync(story.Opened(), story.Acknowledged());
        var mail = Assert.Single(await host.MailsAsync(1));
        Assert.Contains("Guten Tag Maria Huber,", mail.TextBody);
        Assert.Contains("Montag, 23. November", mail.TextBody);
        Assert.Contains("10:00 Uhr", mail.TextBody);
    }

    [Fact]
    public async Task Without_the_customers_zone_a_time_says_which_zone_it_is_in()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story { TimeZone = null };
        await host.DeliverAsync(story.Opened(), story.Acknowledged());
        Assert.Contains("10:00 (Vienna time)", Assert.Single(await host.MailsAsync(1)).TextBody);
    }

    [Fact]
    public async Task A_hard_bounce_fails_the_message_and_nothing_more_goes_to_the_address()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        await host.DeliverAsync(story.Opened(), story.Acknowledged());
        var mail = Assert.Single(await host.MailsAsync(1));
        await host.SettledAsync();
        await host.DeliverAsync(new BounceReceived(Guid.CreateVersion7(), "maria@customer.example", true, "5.1.1", "user unknown", story.CaseId, mail.MessageId));
        var bounced = Assert.Single(await host.AppendedAsync<MessageFailed>());
        Assert.Equal((story.CaseId, true), (bounced.CaseId!.Value, bounced.Permanent));
        Assert.Contains("5.1.1", bounced.Reason);

        await host.DeliverAsync(story.Answered());
        await host.SettledAsync();
        Assert.Single(await host.MailsAsync(1));
        Assert.Equal(2, (await host.AppendedAsync<MessageFailed>()).Count);
    }

    [Fact]
    public async Task A_bounce_that_names_no_message_of_ours_suppresses_nobody()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story();
        await host.DeliverAsync(new BounceReceived(Guid.CreateVersion7(), "maria@customer.example", true, "5.1.1", null, null, "<forged@evil.example>"));
        await host.DeliverAsync(story.Opened(), story.Acknowledged());
        Assert.Single(await host.MailsAsync(1));
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task Erasure_leaves_nothing_of_the_customer(Store store)
    {
        await using var host = await NotificationHost.StartAsync(store);
        var story = new Story();
        await host.DeliverAsync(story.Customer(story.From));
        await host.DeliverAsync(story.Opened(), story.Acknowledged(), story.Promised(Guid.CreateVersion7()));
        await host.SettledAsync();
        await host.DeliverAsync(new CustomerErased(story.CustomerId));

        Assert.Empty(await host.ParkedAsync());
        Assert.All(await host.MessagesAsync(), message => Assert.Equal("", message.Recipient));
        var kept = string.Join('\n', await host.ReadAsync(async db =>
        {
            await Task.CompletedTask;
            return db.Conversations.Select(row => row.State).ToList().Concat(db.Messages.Select(row => row.Content).ToList()).Concat(db.Customers.Select(row => row.State).ToList()).ToList();
        }));
        foreach (var trace in new[] { "Maria", "maria@", "leaks", "Coffee", "seal" })
            Assert.DoesNotContain(trace, kept, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task A_case_that_went_to_another_customer_by_a_merge_is_forgotten_with_that_one(Store store)
    {
        await using var host = await NotificationHost.StartAsync(store);
        var story = new Story();
        var kept = Guid.CreateVersion7();
        await host.DeliverAsync(story.Opened(), story.Acknowledged(), new CaseCustomerChanged(story.CaseId, kept, story.CustomerId));
        await host.SettledAsync();
        await host.DeliverAsync(new CustomerErased(kept));

        Assert.Empty(await host.ParkedAsync());
        Assert.All(await host.MessagesAsync(), message => Assert.Equal("", message.Recipient));
        var conversation = Assert.Single(await host.ReadAsync(async db =>
        {
            await Task.CompletedTask;
            return db.Conversations.ToList();
        }));
        Assert.Equal(kept, conversation.CustomerId);
        Assert.DoesNotContain("maria", conversation.State, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Nothing_of_the_customer_is_logged()
    {
        await using var host = await NotificationHost.StartAsync();
        var story = new Story { Name = "Canaryname", From = new(IdentityKind.EmailAddress, "canary@customer.example"), Subject = "Canarysubject" };
        await host.DeliverAsync(story.Opened() with { Text = "Canarytext", Need = "Canaryneed" }, story.Acknowledged() with { Need = "Canaryneed" }, story.Answered("Canaryanswer"));
        await host.MailsAsync(2);
        await host.SettledAsync();
        Assert.DoesNotContain("canary", host.Log.All, StringComparison.OrdinalIgnoreCase);
    }
}
