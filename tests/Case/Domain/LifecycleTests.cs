using CxPlatform.Cases.Domain;
using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Case.Tests.Domain;

/// <summary>Where a case can go from where it stands, and how it ends.</summary>
public sealed class LifecycleTests
{
    private static readonly Ending No = new(Policy: "Opened packs are not taken back.", Alternative: "A new strainer, free of charge.");

    private static string[] Names(IEnumerable<object> events) => [.. events.Select(e => e.GetType().Name)];

    [Fact]
    public void Every_command_has_its_row_in_the_table_of_moves()
    {
        var commands = typeof(CaseCommand).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(CaseCommand)) && !type.IsAbstract && type != typeof(OpenCase));
        Assert.Equal(
            commands.Select(type => type.Name).Order(), Moves.Table.Select(move => move.Command.Name).Distinct().Order());
    }

    [Fact]
    public void A_refusal_names_the_state_and_what_it_allows()
    {
        var refusal = Scene.Closed().Refused(new ResolveCase(CaseResult.Solved, "Done"));
        Assert.Equal("case-closed", refusal.Code);
        Assert.Contains("is closed: resolving is not possible", refusal.Detail, StringComparison.Ordinal);
        Assert.Contains("writing a note", refusal.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("assigning", refusal.Detail, StringComparison.Ordinal);

        refusal = Scene.Resolved().Refused(new Unassign(null));
        Assert.Equal("case-resolved", refusal.Code);
        Assert.Contains("reopening", refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void What_needs_a_proposal_is_possible_only_while_there_is_one_and_each_move_is_named_once()
    {
        var refusal = Scene.Answered().Refused(new AcceptSolution(null));
        Assert.StartsWith("Case CX-2026-000001 is in progress and has no proposal to answer. Possible now: ", refusal.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("accepting a proposal", refusal.Detail, StringComparison.Ordinal);
        var named = refusal.Detail.Split(": ")[1].TrimEnd('.').Split(", ");
        Assert.Equal(named.Distinct(), named);

        Assert.Contains("accepting a proposal", Scene.Proposed().Refused(new ReopenCase("Not over")).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_case_that_waits_on_somebody_outside_says_on_whom_and_since_when()
    {
        var scene = Scene.Answered();
        scene.Do(new AwaitThirdParty(" the manufacturer "));
        Assert.Equal((CaseStatus.WaitingOnThirdParty, "the manufacturer", Scene.Monday),
            (scene.State.Status, scene.State.WaitingOn!.Who, scene.State.WaitingOn.Since));
        Assert.Empty(scene.Do(new AwaitThirdParty("the manufacturer")));

        // What the customer writes meanwhile, and what we tell them, changes nothing about whom we wait for.
        scene.Do(new ReplyAsCustomer(scene.NewId(), "Any news?"));
        scene.Reply();
        Assert.Equal(CaseStatus.WaitingOnThirdParty, scene.State.Status);

        scene.Do(new EndWaiting());
        Assert.Equal((CaseStatus.InProgress, null), (scene.State.Status, scene.State.WaitingOn));
        Assert.Equal("case-open", scene.Refused(new EndWaiting()).Code);
    }

    [Fact]
    public void Waiting_on_somebody_outside_ends_with_a_proposal_a_question_or_the_end()
    {
        foreach (var command in (CaseCommand[])
            [
                new Propose(Guid.NewGuid(), Guid.NewGuid(), Scene.Ada, "A new one", null),
                new SendReply(Guid.NewGuid(), Scene.Ada, "Which colour?", [], AsksCustomer: true),
                new ResolveCase(CaseResult.Solved, "Sent"),
            ])
        {
            var scene = Scene.Answered();
            scene.Do(new AwaitThirdParty("the bank"));
            scene.Do(command);
            Assert.Null(scene.State.WaitingOn);
        }
    }

    [Fact]
    public void Waiting_on_somebody_outside_pauses_a_clock_only_where_the_policy_says_so()
    {
        var scene = Scene.Answered();
        scene.Do(new AwaitThirdParty("the bank"));
        scene.Now = Scene.Monday.AddHours(3);
        TimeSpan Elapsed(bool pause)
        {
            var policy = new CasePolicy
            {
                Targets = [new() { Name = "p", Resolution = new(TimeSpan.FromHours(8), PauseForThirdParty: pause) }],
            };
            return ClockMeasure.Of(scene.State, policy, new(scene.Calendar), scene.Now)
                .Single(clock => clock.Life.Kind == ClockKind.Resolution).Elapsed;
        }
        Assert.Equal(TimeSpan.FromHours(3), Elapsed(pause: false));
        Assert.Equal(TimeSpan.Zero, Elapsed(pause: true));
    }

    [Theory]
    [InlineData(CaseResult.NotPossible, "policy-required")]
    [InlineData(CaseResult.Referred, "referredTo-required")]
    [InlineData(CaseResult.Unknown, "result-invalid")]
    public void A_no_and_a_referral_say_what_the_customer_is_owed(CaseResult result, string code)
    {
        var scene = Scene.Answered();
        Assert.Equal(code, scene.Refused(new ResolveCase(result, "So it is")).Code);
        Assert.Equal(code, scene.Refused(new Propose(Guid.NewGuid(), Guid.NewGuid(), Scene.Ada, "So it is", null, result)).Code);
    }

    [Theory]
    [InlineData(CaseResult.NotPossible)]
    [InlineData(CaseResult.Partly)]
    [InlineData(CaseResult.Referred)]
    public void What_was_proposed_is_what_the_customer_agrees_to_by_a_word_or_by_silence(CaseResult result)
    {
        var ending = new Ending("The rule", "Another way", "The workshop", "+43 1 555");
        foreach (var silent in (bool[])[false, true])
        {
            var scene = Scene.Answered();
            scene.Do(new Propose(scene.NewId(), scene.NewId(), Scene.Ada, "So it is", null, result, ending));
            scene.Fares(SolutionProposed.Template);
            var proposal = scene.State.Proposal!;
            scene.Now = silent ? proposal.AnswerBy : scene.Now;
            scene.Do(silent ? new ProposalSilence(scene.State.Id, proposal.Id, proposal.AnswerBy) : new AcceptSolution(null));
            var end = scene.State.Resolution!;
            Assert.Equal((result, silent ? Agreement.Silence : Agreement.Customer), (end.Result, end.Agreement));
            Assert.Equal(result == CaseResult.Referred ? "The workshop" : null, end.Ending?.ReferredTo);
            Assert.Equal(result == CaseResult.NotPossible ? "The rule" : null, end.Ending?.Policy);
        }
    }

    [Fact]
    public void A_second_opinion_goes_to_somebody_else_by_a_promised_date_and_is_given_once()
    {
        var scene = Scene.Answered();
        Assert.Equal("no-second-opinion", scene.Refused(new AskSecondOpinion(true, null)).Code);
        scene.Do(new ResolveCase(CaseResult.NotPossible, "It is the rule", No, Scene.Ada));

        var events = scene.Do(new AskSecondOpinion(ByCustomer: true, "It was never opened."));
        Assert.Equal(["SecondOpinionAsked", "CaseReopened", "PromiseMade", "CaseUnassigned"], Names(events));
        Assert.Equal(events.OfType<PromiseMade>().Single().Due, events.OfType<SecondOpinionAsked>().Single().By);
        Assert.Equal((null, "Kitchen team"), (scene.State.OwnerId, scene.State.OpenPromises.Single().Owner));
        Assert.Equal("second-opinion-asked", scene.Refused(new AskSecondOpinion(true, null)).Code);

        // Who had said no is not the one to look again, whoever says so.
        Assert.Equal("agentId", scene.Refused(new Assign(Scene.Ada.Id!.Value, "Ada", null)).Field);
        scene.Do(new Triage(scene.Decision(agent: Scene.Ada)));
        scene.Reply();
        Assert.Null(scene.State.OwnerId);
        Assert.Single(scene.State.OpenPromises);
        Assert.Equal("second-opinion-needs-another",
            scene.Refused(new ResolveCase(CaseResult.NotPossible, "Still the rule", No, Scene.Ada)).Code);

        scene.Do(new Propose(scene.NewId(), scene.NewId(), Scene.Bob, "We take it back.", null));
        Assert.Empty(scene.State.OpenPromises);
        scene.Do(new Assign(Scene.Ada.Id!.Value, "Ada", null));
        Assert.Equal("Ada", scene.State.OwnerName);
    }

    [Fact]
    public void A_declined_proposal_says_by_when_we_answer_and_that_is_a_promise()
    {
        var scene = Scene.Proposed();
        var events = scene.Do(new DeclineSolution(null, "The money back"));
        Assert.Equal(events.OfType<PromiseMade>().Single().Due, events.OfType<SolutionDeclined>().Single().By);
        Assert.True(scene.State.IsOpen);
    }
}
