using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Reading;
using CxPlatform.Cases.StatusPage;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Case.Tests.Domain;

/// <summary>A case ends when both agree, or after an announced silence, and comes back when the customer does.</summary>
public sealed class EndingTests
{
    [Fact]
    public void A_customer_who_writes_within_fourteen_days_reopens_and_a_thank_you_does_not()
    {
        var scene = Scene.Resolved();
        scene.Now += TimeSpan.FromDays(2);
        var thanks = scene.Do(new JoinContact(Scene.Contact("Danke, Mia", at: scene.Now), EvidenceKind.ReplyToken));
        Assert.Equal(["CustomerReplied", "PraiseGiven"], Names(thanks));
        Assert.True(((CustomerReplied)thanks[0]).Thanks);
        Assert.Equal(CaseStatus.Resolved, scene.State.Status);
        var events = scene.Do(new JoinContact(Scene.Contact("It broke again.", at: scene.Now), EvidenceKind.ReplyToken));
        Assert.Equal(["CustomerReplied", "CaseReopened", "PromiseMade"], Names(events));
        Assert.Equal(CaseStatus.InProgress, scene.State.Status);
        Assert.Equal("Ada", scene.State.OwnerName);
        Assert.Contains(scene.State.Plan, step => step is { Key: StepKeys.Work, State: StepState.Open });
    }

    [Fact]
    public void After_fourteen_days_a_message_does_not_join_even_before_the_timer_has_run()
    {
        var scene = Scene.Resolved();
        scene.Now += TimeSpan.FromDays(14) + TimeSpan.FromSeconds(1);
        Assert.Equal("case-closed", scene.Refused(
            new JoinContact(Scene.Contact("It broke again.", at: scene.Now), EvidenceKind.ReplyToken)).Code);
    }

    [Fact]
    public void A_proposal_that_is_accepted_resolves()
    {
        var scene = Scene.Proposed();
        Assert.Equal(["SolutionAccepted", "CaseResolved"], Names(scene.Do(new AcceptSolution(null))));
        Assert.Equal((CaseResult.Solved, Agreement.Customer), (scene.State.Resolution!.Result, scene.State.Resolution.Agreement));
        Assert.All(scene.State.Plan, step => Assert.Equal(StepState.Done, step.State));
    }

    [Fact]
    public void A_proposal_that_is_declined_brings_the_case_back_with_a_date()
    {
        var scene = Scene.Proposed();
        var events = scene.Do(new DeclineSolution(null, "I want my money back"));
        Assert.Equal(["SolutionDeclined", "PromiseMade"], Names(events));
        Assert.Equal(CaseStatus.InProgress, scene.State.Status);
        Assert.Equal("no-proposal", scene.Refused(new AcceptSolution(null)).Code);
    }

    [Fact]
    public void Only_the_newest_proposal_can_be_answered()
    {
        var scene = Scene.Proposed();
        var first = scene.State.Proposal!.Id;
        scene.Do(new Propose(scene.NewId(), scene.NewId(), Scene.Ada, "Or your money back.", null));
        Assert.Equal("proposal-replaced", scene.Refused(new AcceptSolution(first)).Code);
    }

    [Fact]
    public void Silence_resolves_only_when_announced_and_only_when_the_customer_said_nothing()
    {
        var scene = Scene.Proposed();
        var (id, proposal) = (scene.State.Id, scene.State.Proposal!);
        scene.Now = proposal.AnswerBy.AddSeconds(-1);
        Assert.Empty(scene.Do(new ProposalSilence(id, proposal.Id, proposal.AnswerBy)));
        scene.Now = proposal.AnswerBy;
        scene.Do(new ProposalSilence(id, proposal.Id, proposal.AnswerBy));
        Assert.Equal(Agreement.Silence, scene.State.Resolution!.Agreement);

        var spoken = Scene.Proposed();
        spoken.Do(new JoinContact(Scene.Contact("What does that cost?", at: spoken.Now), EvidenceKind.ReplyToken));
        spoken.Now = spoken.State.Proposal!.AnswerBy;
        Assert.Empty(spoken.Do(new ProposalSilence(spoken.State.Id, spoken.State.Proposal.Id, spoken.State.Proposal.AnswerBy)));
        spoken.Do(new AcceptSolution(null));
        Assert.Equal(CaseStatus.Resolved, spoken.State.Status);
    }

    [Fact]
    public void Who_never_got_the_proposal_is_not_silent()
    {
        var scene = Scene.Proposed();
        scene.Do(new RecordMessageOutcome(scene.NewId(), SolutionProposed.Template, Channel.Email, false, "550 5.1.1"));
        var (id, proposal) = (scene.State.Id, scene.State.Proposal!);
        scene.Now = proposal.AnswerBy;
        var promise = Assert.IsType<PromiseMade>(Assert.Single(scene.Do(new ProposalSilence(id, proposal.Id, proposal.AnswerBy))));
        Assert.Equal((CaseStatus.Proposed, PromiseSource.Policy), (scene.State.Status, promise.Source));

        // Of one that nothing is known of, nobody can say that they have read it; an earlier one's mail is not this one's.
        var unknown = Scene.Proposed();
        unknown.Do(new Propose(unknown.NewId(), unknown.NewId(), Scene.Ada, "Or your money back.", null));
        unknown.Now = unknown.State.Proposal!.AnswerBy;
        Assert.IsType<PromiseMade>(Assert.Single(unknown.Do(new ProposalSilence(unknown.State.Id, unknown.State.Proposal.Id, unknown.Now))));
        Assert.Equal(CaseStatus.Proposed, unknown.State.Status);

        // It went another way after all.
        var late = Scene.Proposed();
        late.Do(new RecordMessageOutcome(late.NewId(), SolutionProposed.Template, Channel.Email, false, "550 5.1.1"));
        late.Do(new RecordMessageOutcome(late.NewId(), SolutionProposed.Template, Channel.Sms, true, null));
        late.Now = late.State.Proposal!.AnswerBy;
        late.Do(new ProposalSilence(late.State.Id, late.State.Proposal.Id, late.State.Proposal.AnswerBy));
        Assert.Equal(Agreement.Silence, late.State.Resolution!.Agreement);
    }

    [Fact]
    public void Of_a_proposal_that_did_not_arrive_the_page_says_first_that_it_is_theirs_to_answer_and_after_its_date_what_we_do()
    {
        var scene = Scene.Proposed();
        scene.Fares(SolutionProposed.Template, "550 5.1.1");
        var proposal = scene.State.Proposal!;
        Assert.Equal((StatusWords.In("en").NextYourDecision, proposal.AnswerBy), (Next().What, Next().By));
        scene.Now = proposal.AnswerBy;
        var promise = scene.Do(new ProposalSilence(scene.State.Id, proposal.Id, proposal.AnswerBy)).OfType<PromiseMade>().Single();
        Assert.Equal((promise.Text, promise.Due), (Next().What, Next().By));

        NextStep Next() => new StatusModel(
            PublicView.Of(scene.State, []), StatusSetting.Of(null, scene.Calendar, scene.Now), "token", StatusWords.In("en")).Next();
    }

    [Fact]
    public void An_agent_resolves_only_when_no_colleagues_promise_is_open()
    {
        var scene = Scene.Answered();
        var id = scene.Promise(TimeSpan.FromHours(5));
        Assert.Equal("promises-open", scene.Refused(new ResolveCase(CaseResult.Solved, "Sent")).Code);
        scene.Do(new KeepPromise(id));
        scene.Do(new ResolveCase(CaseResult.Solved, "It is not needed any more"));
        Assert.Equal(Agreement.Agent, scene.State.Resolution!.Agreement);
    }

    [Theory]
    [InlineData("synthetic", true)]
    [InlineData("urgent", false)]
    public void The_end_of_a_test_of_our_own_says_that_it_was_one(string tag, bool expected)
    {
        var scene = Scene.Opened(Scene.Contact() with { Tags = [tag] });
        scene.Do(new Triage(scene.Decision(agent: Scene.Ada)));
        var events = scene.Do(new ResolveCase(CaseResult.Solved, "Heard you"));
        Assert.Equal(expected, events.OfType<CaseResolved>().Single().Synthetic);
    }

    [Fact]
    public void What_was_promised_survives_the_customers_yes_and_keeps_the_case_from_closing()
    {
        var scene = Scene.Proposed();
        var id = scene.Promise(TimeSpan.FromDays(20));
        scene.Do(new AcceptSolution(null));
        var resolved = scene.State.ResolvedAt!.Value;
        Assert.Equal(PromiseState.Open, scene.Find(id).State);
        scene.Now = resolved.AddDays(14);
        Assert.Empty(scene.Do(new CloseDue(scene.State.Id, resolved)));
        scene.Now = resolved.AddDays(16);
        Assert.Equal(["PromiseKept", "CaseClosed"], Names(scene.Do(new KeepPromise(id))));
    }

    [Fact]
    public void A_case_closes_fourteen_days_after_it_was_resolved_and_not_after_it_was_reopened()
    {
        var scene = Scene.Resolved();
        var resolved = scene.State.ResolvedAt!.Value;
        scene.Now = resolved.AddDays(3);
        scene.Do(new ReopenCase("It was the wrong model"));
        scene.Now = resolved.AddDays(14);
        Assert.Empty(scene.Do(new CloseDue(scene.State.Id, resolved)));
        Assert.True(scene.State.IsOpen);
    }

    private static string[] Names(IEnumerable<object> events) => [.. events.Select(e => e.GetType().Name)];
}
