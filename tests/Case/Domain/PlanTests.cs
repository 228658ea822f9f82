using CxPlatform.Cases.Domain;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Case.Tests.Domain;

/// <summary>What the customer sees of the plan, and what it takes to change it.</summary>
public sealed class PlanTests
{
    [Fact]
    public void A_date_that_the_customer_has_seen_moves_with_a_reason_that_they_are_told()
    {
        var scene = Scene.Answered();
        var due = scene.Now.AddDays(1);
        var key = Add(scene, "Repair", due);
        var refused = scene.Refused(new ChangeStep(key, null, null, due.AddDays(1), null));
        Assert.Equal(("reason-required", "reason"), (refused.Code, refused.Field));
        Assert.Contains("The customer has seen 2026-03-03 10:00 UTC for the step 'step-1'", refused.Detail, StringComparison.Ordinal);
        Assert.Equal("due", scene.Refused(new ChangeStep(key, null, null, scene.Now, null) { Reason = "Late" }).Field);

        var changed = Assert.IsType<StepChanged>(Assert.Single(scene.Do(new ChangeStep(key, null, null, due.AddDays(1), null) { Reason = "The part is late" })));
        Assert.Equal(("The part is late", new StepMove(key, "Repair", due, due.AddDays(1))), (changed.Reason, changed.Moved));
        // What says nothing else about a date needs no reason.
        Assert.Null(Assert.IsType<StepChanged>(Assert.Single(scene.Do(new ChangeStep(key, "Repair it", null, null, StepState.Done)))).Moved);
    }

    [Fact]
    public void A_new_plan_without_a_date_that_was_seen_says_why()
    {
        var scene = Scene.Acknowledged(Scene.Ada);
        var plan = scene.State.Plan;
        Assert.Equal("reason", scene.Refused(new DraftPlan([.. plan.Skip(1)])).Field);
        Assert.Null(Assert.IsType<CasePlanned>(Assert.Single(scene.Do(new DraftPlan([.. plan, new("", "Call", null, null)])))).Moved);
        var planned = scene.Do(new DraftPlan([.. plan.Skip(1)], "It is understood")).OfType<CasePlanned>().Single();
        Assert.Equal([new StepMove(StepKeys.Understand, plan[0].Title, plan[0].Due!.Value, null) { Dropped = true }], planned.Moved);
    }

    [Fact]
    public void A_step_that_carries_a_promise_keeps_it_when_it_is_done()
    {
        var scene = Scene.Answered();
        Assert.Equal("due", scene.Refused(new ChangeStep(null, "Repair", null, null, null) { Promise = true }).Field);
        var due = scene.Now.AddDays(1);
        var key = Add(scene, "Repair", due, promise: true);
        var promise = scene.State.Promises.Single(p => p.Source == PromiseSource.Step);
        Assert.Equal((due, "Repair", "Ada"), (promise.Due, promise.Text, promise.Owner));

        var moved = scene.Do(new ChangeStep(key, null, null, due.AddDays(1), null) { Reason = "The part is late" });
        Assert.Equal(["PromiseRenegotiated", "StepChanged"], Names(moved));
        Assert.Null(moved.OfType<StepChanged>().Single().Moved);
        scene.Now = due.AddDays(2);
        scene.Do(new PromiseDue(scene.State.Id, promise.Id, due.AddDays(1)));
        Assert.Equal(["PromiseKept", "PromiseKept", "StepChanged"], Names(scene.Do(new ChangeStep(key, null, null, null, StepState.Done))));
        Assert.Equal(PromiseState.KeptLate, scene.Find(promise.Id).State);
    }

    [Fact]
    public void A_kept_promise_of_a_step_is_the_step_done_and_a_skipped_step_takes_it_back_with_a_reason()
    {
        var scene = Scene.Answered();
        var key = Add(scene, "Repair", scene.Now.AddDays(1), promise: true);
        scene.Do(new KeepPromise(scene.State.Promises[^1].Id));
        Assert.Equal(StepState.Done, scene.State.Plan.Single(step => step.Key == key).State);

        var other = Add(scene, "Send", scene.Now.AddDays(1), promise: true);
        Assert.Equal("reason", scene.Refused(new ChangeStep(other, null, null, null, StepState.Skipped)).Field);
        var skipped = scene.Do(new ChangeStep(other, null, null, null, StepState.Skipped) { Reason = "They come by" });
        Assert.Equal(["PromiseWithdrawn", "StepChanged"], Names(skipped));
        // The plan's message says so, with the reason: there is no second one.
        Assert.True(skipped.OfType<StepChanged>().Single().Moved?.Dropped);
        Assert.False(skipped.OfType<PromiseWithdrawn>().Single().TakenBack);
    }

    [Fact]
    public void A_step_whose_promise_is_withdrawn_stays_without_the_date()
    {
        var scene = Scene.Answered();
        var key = Add(scene, "Repair", scene.Now.AddDays(1), promise: true);
        scene.Do(new WithdrawPromise(scene.State.Promises[^1].Id, "The maker repairs it"));
        Assert.Equal((StepState.Open, null), (scene.State.Plan.Single(step => step.Key == key) is var step ? step.State : default, step.Due));
        // Nothing that was told is told again.
        Assert.Null(Assert.IsType<CasePlanned>(Assert.Single(scene.Do(new DraftPlan([.. scene.State.Plan.Where(s => s.Key != key)])))).Moved);
    }

    [Fact]
    public void A_renegotiated_promise_moves_its_step()
    {
        var scene = Scene.Answered();
        var key = Add(scene, "Repair", scene.Now.AddDays(1), promise: true);
        scene.Do(new RenegotiatePromise(scene.State.Promises[^1].Id, scene.Now.AddDays(2), "The part is late"));
        Assert.Equal(scene.Now.AddDays(2), scene.State.Plan.Single(step => step.Key == key).Due);
    }

    [Theory]
    [InlineData("de-AT", "Abholen", "Sie")]
    [InlineData("en", "Pick up", "you")]
    [InlineData("fr", "Pick up", "you")]
    public void A_categorys_template_is_the_first_plan_in_the_customers_language_with_its_promises(string language, string title, string you)
    {
        var template = new PlanTemplate("appliances",
        [
            new(Words("Understand", "Verstehen"), StepKeys.Understand),
            new(Words("Pick up", "Abholen"), Detail: "Use the small van", Owner: StepOwner.Team, Within: TimeSpan.FromHours(9), Promise: true),
            new(Words("Tell us", "Sagen"), Owner: StepOwner.Customer),
        ]);
        var scene = Scene.Opened(Scene.Contact(language: language));
        var decision = scene.Decision(agent: Scene.Ada);
        var outcome = Decider.Decide(scene.State, new Triage(decision), new(scene.Now, scene.Calendar, scene.Policy, scene.NewId, Plan: template));
        var s = outcome.Value!.Case;
        Assert.Equal([StepKeys.Understand, "step-1", "step-2"], s.Plan.Select(step => step.Key));
        Assert.Equal((title, "Kitchen team", "Use the small van", null), (s.Plan[1].Title, s.Plan[1].Owner, s.Plan[1].Detail, s.Plan[1].OwnerId));
        Assert.Equal(("Ada", Scene.Ada.Id, you), (s.Plan[0].Owner, s.Plan[0].OwnerId, s.Plan[2].Owner));
        Assert.Equal(DateTimeOffset.Parse("2026-03-03T11:00:00Z", null), s.Plan[1].Due); // 7 hours today, 2 tomorrow
        var promise = s.Promises.Single(p => p.Source == PromiseSource.Step);
        Assert.Equal((promise.Id, promise.Due), (s.Plan[1].PromiseId!.Value, s.Plan[1].Due!.Value));
    }

    private static Dictionary<string, StepWords> Words(string english, string german) => new() { ["en"] = new(english), ["de"] = new(german) };

    private static string Add(Scene scene, string title, DateTimeOffset due, bool promise = false)
    {
        var known = scene.State.Plan.Select(step => step.Key).ToHashSet();
        scene.Do(new ChangeStep(null, title, null, due, null) { Promise = promise });
        return scene.State.Plan.Single(step => !known.Contains(step.Key)).Key;
    }

    private static IEnumerable<string> Names(IEnumerable<object> events) => events.Select(e => e.GetType().Name);
}
