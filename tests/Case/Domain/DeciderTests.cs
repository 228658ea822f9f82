using CxPlatform.Cases.Domain;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Feedback.V1;

namespace CxPlatform.Case.Tests.Domain;

public sealed class DeciderTests
{
    private static string[] Names(IEnumerable<object> events) => [.. events.Select(e => e.GetType().Name)];

    [Fact]
    public void A_case_is_acknowledged_when_routing_has_decided_and_the_date_told_is_a_promise()
    {
        var scene = Scene.Opened();
        var events = scene.Do(new Triage(scene.Decision(agent: Scene.Ada)));
        Assert.Equal(["CaseTriaged", "CaseAssigned", "PromiseMade", "CasePlanned", "CaseAcknowledged"], Names(events));
        var told = events.OfType<CaseAcknowledged>().Single();
        var promise = events.OfType<PromiseMade>().Single();
        Assert.Equal(Scene.Monday.AddHours(2), told.By);
        Assert.Equal((told.By, told.PromiseId), (promise.Due, promise.PromiseId));
        Assert.Equal(("Ada", "Kitchen team", PromiseSource.Policy), (told.OwnerName, told.TeamName, promise.Source));
        Assert.Contains("Ada", told.Next, StringComparison.Ordinal);
        Assert.Equal(CaseStatus.Acknowledged, scene.State.Status);
    }

    [Fact]
    public void The_promised_date_counts_from_the_contact_in_business_time()
    {
        var scene = Scene.Opened(Scene.Contact(at: Scene.Monday.AddHours(6))); // 16:00, closing at 17:00
        scene.Now = Scene.Monday.AddHours(6).AddSeconds(1);
        var told = scene.Do(new Triage(scene.Decision())).OfType<CaseAcknowledged>().Single();
        Assert.Equal(Scene.Monday.AddDays(1), told.By); // one hour today, one tomorrow from 09:00
    }

    [Fact]
    public void After_an_outage_the_customer_is_given_a_date_that_can_still_be_kept()
    {
        var scene = Scene.Opened();
        scene.Now = Scene.Monday.AddDays(1);
        var told = scene.Do(new Triage(scene.Decision())).OfType<CaseAcknowledged>().Single();
        Assert.Equal(Scene.Monday.AddDays(1).AddHours(2), told.By);
    }

    [Fact]
    public void When_routing_is_silent_the_default_policy_acknowledges_and_a_late_decision_does_not_do_so_again()
    {
        var scene = Scene.Opened();
        var first = scene.Do(new AcknowledgeByDefault(scene.State.Id));
        Assert.True(first.OfType<CaseTriaged>().Single().ByDefaultPolicy);
        Assert.Single(first.OfType<CaseAcknowledged>());
        Assert.Equal(["CaseTriaged", "CaseAssigned"], Names(scene.Do(new Triage(scene.Decision(agent: Scene.Ada)))));
        Assert.Equal("Ada", Assert.Single(scene.State.Promises).Owner);
        Assert.Empty(scene.Do(new AcknowledgeByDefault(scene.State.Id)));
    }

    [Fact]
    public void The_same_decision_of_routing_twice_changes_nothing()
    {
        var scene = Scene.Opened();
        var decision = scene.Decision(agent: Scene.Ada);
        scene.Do(new Triage(decision));
        Assert.Empty(scene.Do(new Triage(decision)));
    }

    [Fact]
    public void A_person_who_named_an_owner_is_not_overruled_by_an_older_decision()
    {
        var scene = Scene.Acknowledged(Scene.Ada);
        var older = scene.Decision(agent: Scene.Ada);
        scene.Do(new Assign(Scene.Bob.Id!.Value, Scene.Bob.Name, null));
        scene.Do(new Triage(older));
        Assert.Equal("Bob", scene.State.OwnerName);
    }

    [Fact]
    public void Praise_is_thanked_promises_nothing_and_ends_by_itself()
    {
        var scene = Scene.Opened();
        var events = scene.Do(new Triage(scene.Decision(Kind.Praise, Feeling.Happy)));
        Assert.Equal(["CaseTriaged", "CaseAcknowledged", "PraiseGiven", "CaseResolved"], Names(events));
        Assert.Null(events.OfType<CaseAcknowledged>().Single().By);
        Assert.Equal(Agreement.NothingAsked, scene.State.Resolution!.Agreement);
    }

    [Theory]
    [InlineData(Kind.Question, Feeling.Neutral, "en", "answers you")]
    [InlineData(Kind.Complaint, Feeling.Neutral, "en", "went wrong")]
    [InlineData(Kind.Problem, Feeling.Angry, "de-AT", "schiefgegangen")]
    [InlineData(Kind.Request, Feeling.Happy, "de", "antwortet Ihnen")]
    [InlineData(Kind.Idea, Feeling.Neutral, "fr", "answers you")]
    public void What_is_next_mirrors_what_the_customer_brings_in_their_language(Kind kind, Feeling feeling, string language, string words)
    {
        var scene = Scene.Opened(Scene.Contact(language: language));
        var told = scene.Do(new Triage(scene.Decision(kind, feeling))).OfType<CaseAcknowledged>().Single();
        Assert.Contains(words, told.Next, StringComparison.Ordinal);
        Assert.StartsWith("Kitchen team", told.Next, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Automatic.AutoReply, true)]
    [InlineData(Automatic.Bounce, true)]
    [InlineData(Automatic.Loop, true)]
    [InlineData(Automatic.List, false)]
    [InlineData(Automatic.Unknown, false)]
    public void A_machine_is_never_acknowledged(Automatic automatic, bool ends)
    {
        var scene = Scene.Opened(Scene.Contact(automatic: automatic));
        scene.Do(new Triage(scene.Decision()));
        Assert.DoesNotContain(scene.Log, entry => entry.Event is CaseAcknowledged or PromiseMade);
        Assert.Equal(ends ? CaseStatus.Resolved : CaseStatus.New, scene.State.Status);
    }

    [Fact]
    public void A_machine_never_reopens_and_is_only_recorded()
    {
        foreach (var scene in (Scene[])[Scene.Resolved(), Scene.Closed(), Scene.Proposed()])
        {
            var before = scene.State.Status;
            var events = scene.Do(new JoinContact(Scene.Contact("I am out of the office.", automatic: Automatic.AutoReply, at: scene.Now),
                EvidenceKind.ReplyToken));
            Assert.False(Assert.IsType<CustomerReplied>(Assert.Single(events)).Acknowledge);
            Assert.Equal(before, scene.State.Status);
        }
    }

    [Fact]
    public void A_further_message_gets_a_date_of_its_own_when_none_is_open()
    {
        var scene = Scene.Answered();
        scene.Now += TimeSpan.FromMinutes(10);
        var events = scene.Do(new JoinContact(Scene.Contact("It also leaks.", at: scene.Now), EvidenceKind.ReplyToken));
        Assert.Equal(["CustomerReplied", "PromiseMade"], Names(events));
        var told = events.OfType<CustomerReplied>().Single();
        Assert.Equal(events.OfType<PromiseMade>().Single().Due, told.By);
        Assert.Equal(("Ada", "Kitchen team", true), (told.OwnerName, told.TeamName, told.Acknowledge));
        scene.Now += TimeSpan.FromMinutes(1);
        var again = scene.Do(new JoinContact(Scene.Contact("And it smells.", at: scene.Now), EvidenceKind.ReplyToken));
        Assert.Equal(told.By, Assert.IsType<CustomerReplied>(Assert.Single(again)).By);
        Assert.Equal(2, scene.State.Promises.Count);
    }

    [Fact]
    public void A_customer_is_answered_where_they_want_the_answer()
    {
        var scene = Scene.Acknowledged();
        var contact = Scene.Contact("Please answer at home.", at: scene.Now) with { AnswerTo = "home@customer.example" };
        var replied = scene.Do(new JoinContact(contact, EvidenceKind.ReplyToken)).OfType<CustomerReplied>().Single();
        Assert.Equal(new Identity(IdentityKind.EmailAddress, "home@customer.example"), replied.From);
    }

    [Fact]
    public void While_the_acknowledgement_is_still_to_come_a_further_message_is_not_acknowledged_apart()
    {
        var scene = Scene.Opened();
        var joined = Assert.IsType<CustomerReplied>(
            Assert.Single(scene.Do(new JoinContact(Scene.Contact("And one more thing."), EvidenceKind.Conversation))));
        Assert.False(joined.Acknowledge);
    }

    [Fact]
    public void A_stranger_who_answers_becomes_a_participant_once()
    {
        var scene = Scene.Answered();
        var stranger = Guid.NewGuid();
        scene.Do(new JoinContact(Scene.Contact("I am his flatmate; it leaks.", stranger), EvidenceKind.ReplyToken));
        scene.Do(new JoinContact(Scene.Contact("It still leaks.", stranger), EvidenceKind.ReplyToken));
        Assert.Equal(stranger, Assert.Single(scene.State.Participants).CustomerId);
        Assert.True(scene.State.Concerns(stranger));
    }

    [Fact]
    public void Thanks_with_the_file_that_we_had_asked_for_are_an_answer()
    {
        var scene = Scene.Answered();
        scene.Reply(asks: true);
        var logo = new Attachment("logo.png", "image/png", 900, "b0", Inline: true);
        scene.Do(new JoinContact(Scene.Contact("Thanks!", at: scene.Now) with { Attachments = [logo] }, EvidenceKind.ReplyToken));
        Assert.Equal(CaseStatus.WaitingOnCustomer, scene.State.Status);
        scene.Do(new JoinContact(
            Scene.Contact("Thanks!", at: scene.Now) with { Attachments = [logo, new("invoice.pdf", "application/pdf", 9000, "b1")] }, EvidenceKind.ReplyToken));
        Assert.Equal(CaseStatus.InProgress, scene.State.Status);
    }

    [Fact]
    public void An_unhappy_answer_starts_one_recovery_with_a_promise()
    {
        foreach (var scene in (Scene[])[Scene.Resolved(), Scene.Closed()])
        {
            var survey = Guid.NewGuid();
            scene.Do(new RecordFeedback(survey, Measure.Csat, 1, "Nobody called"));
            Assert.Equal(["RecoveryStarted", "CaseReopened", "PromiseMade"], Names(scene.Do(new StartRecovery(survey, 1))));
            Assert.Empty(scene.Do(new StartRecovery(survey, 1)));
            Assert.Empty(scene.Do(new RecordFeedback(survey, Measure.Csat, 1, "Nobody called")));
            Assert.True(scene.State.IsOpen);
        }
    }

    [Fact]
    public void A_corrected_need_keeps_what_was_understood_before()
    {
        var scene = Scene.Acknowledged();
        var before = scene.State.Need;
        scene.Do(new CorrectNeed("I want to  return the\nkettle", ByCustomer: true));
        Assert.Equal("I want to return the kettle", scene.State.Need);
        Assert.Equal((before, true), (Assert.Single(scene.State.PastNeeds).Need, scene.State.PastNeeds[0].CorrectedByCustomer));
    }

    [Fact]
    public void Who_answers_a_case_that_nobody_has_has_it()
    {
        var scene = Scene.Acknowledged();
        Assert.Equal(["CaseAssigned", "ReplySent", "PromiseKept"], Names(scene.Reply(by: Scene.Bob)));
        Assert.Equal("Bob", scene.State.OwnerName);
        Assert.Contains(scene.State.Plan, step => step is { Key: StepKeys.Work, Owner: "Bob" });
    }

    [Fact]
    public void An_answer_that_asks_makes_the_case_wait_for_the_customer_until_they_write()
    {
        var scene = Scene.Acknowledged(Scene.Ada);
        scene.Reply(asks: true);
        Assert.Equal(CaseStatus.WaitingOnCustomer, scene.State.Status);
        scene.Do(new JoinContact(Scene.Contact("It is the red one.", at: scene.Now), EvidenceKind.ReplyToken));
        Assert.Equal(CaseStatus.InProgress, scene.State.Status);
        Assert.NotNull(scene.State.WaitingSince);
    }

    [Fact]
    public void A_step_is_added_before_the_customers_confirmation_and_changed_by_its_key()
    {
        var scene = Scene.Answered();
        scene.Do(new ChangeStep(null, "Ask the workshop", null, null, null));
        Assert.Equal(["understand", "work", "propose", "step-1", "confirm"], scene.State.Plan.Select(step => step.Key));
        scene.Do(new ChangeStep("step-1", null, "Bob", Scene.Monday.AddDays(2), StepState.Done));
        Assert.Equal(new Step("step-1", "Ask the workshop", "Bob", Scene.Monday.AddDays(2), StepState.Done), scene.State.Plan[3]);
        Assert.Equal("step-not-found", scene.Refused(new ChangeStep("nope", "x", null, null, null)).Code);
    }

    [Fact]
    public void A_drafted_steps_key_is_never_the_writers_own_words()
    {
        var scene = Scene.Answered();
        scene.Do(new DraftPlan([new("call Mia Berger", "Call", null, null), new("work", "Mend it", null, null),
            new("work", "Test it", null, null)]));
        Assert.Equal(["step-1", "work", "step-2"], scene.State.Plan.Select(step => step.Key));
    }

    public static TheoryData<string, string, string> Illegal => new()
    {
        { "resolved", "assign", "case-resolved" }, { "resolved", "unassign", "case-resolved" }, { "resolved", "need", "case-resolved" },
            { "resolved", "ask", "case-resolved" },
        { "resolved", "plan", "case-resolved" }, { "resolved", "step", "case-resolved" }, { "resolved", "promise", "case-resolved" },
            { "resolved", "propose", "case-resolved" },
        { "resolved", "accept", "case-resolved" }, { "resolved", "decline", "case-resolved" }, { "resolved", "resolve", "case-resolved" },
        { "closed", "assign", "case-closed" }, { "closed", "reply", "case-closed" }, { "closed", "promise", "case-closed" },
            { "closed", "propose", "case-closed" },
        { "closed", "resolve", "case-closed" }, { "closed", "reopen", "case-closed" }, { "closed", "join", "case-closed" },
            { "closed", "customer", "case-closed" },
        { "answered", "reopen", "case-open" }, { "answered", "accept", "no-proposal" }, { "answered", "decline", "no-proposal" },
            { "answered", "open", "case-exists" },
    };

    [Theory]
    [MemberData(nameof(Illegal))]
    public void An_illegal_move_is_refused_and_changes_nothing(string state, string command, string code)
    {
        var scene = state switch { "resolved" => Scene.Resolved(), "closed" => Scene.Closed(), _ => Scene.Answered() };
        var before = scene.State;
        var refusal = scene.Refused(Command(command, scene));
        Assert.Equal(code, refusal.Code);
        Assert.Contains(scene.State.Number, refusal.Detail, StringComparison.Ordinal);
        Assert.Same(before, scene.State);
    }

    private static CaseCommand Command(string name, Scene scene) => name switch
    {
        "assign" => new Assign(Scene.Bob.Id!.Value, "Bob", null),
        "unassign" => new Unassign(null),
        "need" => new CorrectNeed("Something else", false),
        "ask" => new SendReply(scene.NewId(), Scene.Ada, "Which one?", [], true),
        "reply" => new SendReply(scene.NewId(), Scene.Ada, "Hello", [], false),
        "plan" => new DraftPlan([new("a", "A", null, null)]),
        "step" => new ChangeStep("work", "A", null, null, null),
        "promise" => new MakePromise(scene.NewId(), Scene.Ada, "Something", scene.Now.AddDays(1)),
        "propose" => new Propose(scene.NewId(), scene.NewId(), Scene.Ada, "Something", null),
        "accept" => new AcceptSolution(null),
        "decline" => new DeclineSolution(null, null),
        "resolve" => new ResolveCase(CaseResult.Solved, "Done"),
        "reopen" => new ReopenCase("Not done"),
        "join" => new JoinContact(Scene.Contact("It broke again.", at: scene.Now), EvidenceKind.ReplyToken),
        "customer" => new ReplyAsCustomer(scene.NewId(), "It broke again."),
        "open" => new OpenCase(Guid.NewGuid(), "CX-2026-000002", Scene.Contact()),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    [Theory]
    [InlineData("", "text")]
    [InlineData("   ", "text")]
    public void Empty_words_are_refused_by_field(string text, string field)
    {
        var scene = Scene.Answered();
        Assert.Equal(field, scene.Refused(new SendReply(scene.NewId(), Scene.Ada, text, [], false)).Field);
        Assert.Equal(field, scene.Refused(new AddNote(scene.NewId(), Scene.Ada, text)).Field);
        Assert.Equal(field, scene.Refused(new MakePromise(scene.NewId(), Scene.Ada, text, scene.Now.AddDays(1))).Field);
        Assert.Equal("due", scene.Refused(new MakePromise(scene.NewId(), Scene.Ada, "x", scene.Now)).Field);
        Assert.Equal("due", scene.Refused(new MakePromise(scene.NewId(), Scene.Ada, "x", scene.Now.AddYears(2))).Field);
        Assert.Equal("answerBy", scene.Refused(new Propose(scene.NewId(), scene.NewId(), Scene.Ada, "x", scene.Now.AddDays(-1))).Field);
    }

    [Fact]
    public void A_note_is_possible_at_all_times() => Assert.All(
        (Scene[])[Scene.Opened(), Scene.Proposed(), Scene.Resolved(), Scene.Closed()],
        scene => Assert.IsType<NoteAdded>(Assert.Single(scene.Do(new AddNote(scene.NewId(), Scene.Ada, "Remember this")))));

    [Fact]
    public void A_merge_moves_the_case_and_can_be_undone()
    {
        var scene = Scene.Answered();
        var other = Guid.NewGuid();
        scene.Do(new JoinContact(Scene.Contact("Me again, from work.", other), EvidenceKind.ReplyToken));
        scene.Do(new ChangeCustomer(other, Scene.Customer));
        Assert.Equal(other, scene.State.CustomerId);
        Assert.Empty(scene.State.Participants);
        Assert.Equal(Scene.Customer, scene.State.OpenedFor);
        scene.Do(new ChangeCustomer(Scene.Customer, other));
        Assert.Equal(Scene.Customer, scene.State.CustomerId);
    }
}
