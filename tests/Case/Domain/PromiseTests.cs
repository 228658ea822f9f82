using CxPlatform.Cases.Domain;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Case.Tests.Domain;

/// <summary>A promise is chased before it breaks, escalated when it does, and never without a next one.</summary>
public sealed class PromiseTests
{
    [Fact]
    public void An_owner_is_warned_once_for_each_date()
    {
        var scene = Scene.Answered();
        var id = scene.Promise(TimeSpan.FromHours(4));
        var due = scene.Find(id).Due;
        scene.Now += TimeSpan.FromHours(3);
        var warned = Assert.IsType<PromiseWarned>(Assert.Single(scene.Do(new PromiseNear(scene.State.Id, id, due))));
        Assert.Equal((due, Scene.Ada.Id), (warned.Due, warned.OwnerId));
        Assert.Empty(scene.Do(new PromiseNear(scene.State.Id, id, due)));

        scene.Do(new RenegotiatePromise(id, due.AddDays(1), "The parcel is late"));
        Assert.Empty(scene.Do(new PromiseNear(scene.State.Id, id, due)));
        Assert.Single(scene.Do(new PromiseNear(scene.State.Id, id, due.AddDays(1))));
        scene.Do(new KeepPromise(id));
        Assert.Empty(scene.Do(new PromiseNear(scene.State.Id, id, due.AddDays(1))));
    }

    [Theory]
    [InlineData("2026-03-02T10:00:00Z", "2026-03-02T14:00:00Z", "2026-03-02T13:00:00Z")] // within a day
    [InlineData("2026-03-06T16:00:00Z", "2026-03-09T10:00:00Z", "2026-03-09T09:30:00Z")] // over a weekend: an hour and an hour
    [InlineData("2026-03-07T10:00:00Z", "2026-03-07T14:00:00Z", "2026-03-07T13:00:00Z")] // nobody is there at all
    [InlineData("2026-03-06T17:00:00Z", "2026-03-09T09:00:00Z", "2026-03-08T17:00:00Z")]
    public void The_warning_comes_after_a_share_of_the_business_time_where_there_is_any(string made, string due, string warned) => Assert.Equal(
        DateTimeOffset.Parse(warned, null),
        new CasePolicy().WarnOf(DateTimeOffset.Parse(made, null), DateTimeOffset.Parse(due, null), new Scene().Calendar));

    [Fact]
    public void A_broken_promise_is_escalated_and_followed_by_one_that_says_what_comes_next()
    {
        var scene = Scene.Answered();
        var id = scene.Promise(TimeSpan.FromHours(1));
        scene.Now = scene.Find(id).Due;
        var events = scene.Do(new PromiseDue(scene.State.Id, id, scene.Now));
        Assert.Equal(["PromiseBroken", "PromiseEscalated", "PromiseMade"], Names(events));
        var next = events.OfType<PromiseMade>().Single();
        var broken = events.OfType<PromiseBroken>().Single();
        Assert.Equal((next.PromiseId, next.Due), (broken.FollowUpId, broken.FollowUpDue));
        Assert.Equal((PromiseSource.Policy, scene.Now.AddHours(2), "Ada"), (next.Source, next.Due, next.Owner));
        Assert.Equal("help", events.OfType<PromiseEscalated>().Single().Queue);
        Assert.Empty(scene.Do(new PromiseDue(scene.State.Id, id, scene.Now)));
    }

    [Fact]
    public void Where_an_answer_is_promised_already_nothing_is_promised_twice()
    {
        var scene = Scene.Acknowledged(Scene.Ada);
        var answer = Assert.Single(scene.State.Promises);
        var id = scene.Promise(TimeSpan.FromHours(1));
        scene.Now = scene.Find(id).Due;
        var events = scene.Do(new PromiseDue(scene.State.Id, id, scene.Now));
        Assert.Equal(["PromiseBroken", "PromiseEscalated"], Names(events));
        Assert.Equal((answer.Id, answer.Due), (events.OfType<PromiseBroken>().Single().FollowUpId, events.OfType<PromiseBroken>().Single().FollowUpDue));
        scene.Do(new KeepPromise(id));
        Assert.Equal(PromiseState.Open, scene.Find(answer.Id).State);
    }

    [Fact]
    public void Who_keeps_it_late_keeps_what_was_promised_instead()
    {
        var scene = Scene.Answered();
        var id = scene.Promise(TimeSpan.FromHours(1));
        scene.Now = scene.Find(id).Due;
        var next = scene.Do(new PromiseDue(scene.State.Id, id, scene.Now)).OfType<PromiseMade>().Single();
        scene.Now += TimeSpan.FromMinutes(5);
        Assert.Equal([(id, true), (next.PromiseId, false)], scene.Do(new KeepPromise(id)).OfType<PromiseKept>().Select(kept => (kept.PromiseId, kept.Late)));
        Assert.Empty(scene.State.OpenPromises);
    }

    [Fact]
    public void A_follow_up_that_breaks_too_gives_itself_twice_as_long()
    {
        var scene = Scene.Answered();
        var open = scene.Promise(TimeSpan.FromHours(1));
        var gaps = new List<double>();
        for (var i = 0; i < 6; i++)
        {
            scene.Now = scene.Find(open).Due;
            open = scene.Do(new PromiseDue(scene.State.Id, open, scene.Now)).OfType<PromiseMade>().Single().PromiseId;
            gaps.Add(scene.Calendar.Between(scene.Now, scene.Find(open).Due).TotalHours);
        }
        Assert.Equal([2, 4, 8, 16, 16, 16], gaps);
        scene.Reply();
        Assert.Empty(scene.State.OpenPromises);
    }

    [Fact]
    public void The_plan_shows_the_date_that_holds()
    {
        var scene = Scene.Acknowledged(Scene.Ada);
        var promise = Assert.Single(scene.State.Promises);
        scene.Do(new RenegotiatePromise(promise.Id, promise.Due.AddHours(1), "Ada is in a meeting"));
        Assert.Equal(promise.Due.AddHours(1), scene.State.Plan[0].Due);
        scene.Now = promise.Due.AddHours(1);
        var broken = scene.Do(new PromiseDue(scene.State.Id, promise.Id, scene.Now)).OfType<PromiseBroken>().Single();
        Assert.Equal(broken.FollowUpDue, scene.State.Plan[0].Due);
    }

    [Fact]
    public void What_staff_takes_back_is_for_the_customer_to_be_told_and_what_goes_with_the_end_or_another_case_is_not()
    {
        var scene = Scene.Answered();
        Assert.True(Withdrawn(scene.Do(new WithdrawPromise(scene.Promise(TimeSpan.FromHours(4)), "It is not made any more"))).TakenBack);

        scene.Do(new Propose(scene.NewId(), scene.NewId(), Scene.Ada, "We send you a new one.", null));
        scene.Do(new DeclineSolution(null, null));
        scene.Do(new Propose(scene.NewId(), scene.NewId(), Scene.Ada, "We send you two.", null));
        scene.Do(new ReplyAsCustomer(scene.NewId(), "How long does it take?"));
        Assert.False(Withdrawn(scene.Do(new AcceptSolution(null))).TakenBack);

        var other = Scene.Acknowledged(Scene.Ada);
        var merged = other.Do(new MergeInto(Scene.Answered().State, null, Scene.Ada));
        Assert.False(Withdrawn(merged).TakenBack);

        static PromiseWithdrawn Withdrawn(IEnumerable<object> events) => events.OfType<PromiseWithdrawn>().Single();
    }

    [Fact]
    public void Who_covers_has_the_case_and_everything_open_that_was_promised_and_nothing_else()
    {
        var scene = Scene.Answered();
        var (kept, open) = (scene.Promise(TimeSpan.FromHours(1)), scene.Promise(TimeSpan.FromHours(3)));
        scene.Do(new KeepPromise(kept));
        var events = scene.Do(new Cover(Scene.Ada.Id!.Value, "Ada", Scene.Bob.Id, "Bob", scene.Now.AddDays(1)));
        Assert.Equal(["CaseAssigned", "CaseCovered"], Names(events));
        var covered = events.OfType<CaseCovered>().Single();
        Assert.Equal(("Bob", scene.Find(open).Due), (covered.AgentName, covered.By));
        Assert.Equal([open], covered.Promises);
        Assert.Equal(("Bob", "Bob", "Ada"), (scene.State.OwnerName, scene.Find(open).Owner, scene.Find(kept).Owner));
        Assert.Empty(scene.Do(new Cover(Scene.Ada.Id!.Value, "Ada", Scene.Bob.Id, "Bob", scene.Now.AddDays(1))));
    }

    [Fact]
    public void Without_anybody_to_cover_the_team_has_it()
    {
        var scene = Scene.Answered();
        var open = scene.Promise(TimeSpan.FromHours(3));
        Assert.Equal(["CaseUnassigned", "CaseCovered"], Names(scene.Do(new Cover(Scene.Ada.Id!.Value, "Ada", null, null, scene.Now.AddDays(1)))));
        Assert.Equal((null, "Kitchen team", null), (scene.State.OwnerId, scene.Find(open).Owner, scene.Find(open).OwnerId));
    }

    [Fact]
    public void The_first_answer_keeps_the_policys_promise()
    {
        var scene = Scene.Acknowledged(Scene.Ada);
        scene.Now += TimeSpan.FromHours(1);
        Assert.Equal(["ReplySent", "PromiseKept"], Names(scene.Reply()));
        Assert.Equal(PromiseState.Kept, Assert.Single(scene.State.Promises).State);
        Assert.Equal(CaseStatus.InProgress, scene.State.Status);
        Assert.Null(scene.State.WaitingSince);
    }

    [Fact]
    public void A_promise_is_broken_when_it_is_due_and_a_later_answer_keeps_it_late()
    {
        var scene = Scene.Acknowledged(Scene.Ada);
        var promise = Assert.Single(scene.State.Promises);
        scene.Now = promise.Due.AddMinutes(-1);
        Assert.Empty(scene.Do(new PromiseDue(scene.State.Id, promise.Id, promise.Due)));
        scene.Now = promise.Due;
        Assert.Equal(
            ["PromiseBroken", "PromiseEscalated", "PromiseMade"], Names(scene.Do(new PromiseDue(scene.State.Id, promise.Id, promise.Due))));
        Assert.Empty(scene.Do(new PromiseDue(scene.State.Id, promise.Id, promise.Due)));
        scene.Now += TimeSpan.FromHours(1);
        Assert.Equal([true, false], scene.Reply().OfType<PromiseKept>().Select(kept => kept.Late));
        Assert.Equal(PromiseState.KeptLate, scene.Find(promise.Id).State);
    }

    [Fact]
    public void A_renegotiated_promise_needs_a_reason_keeps_its_first_date_and_lets_the_old_timer_pass()
    {
        var scene = Scene.Answered();
        var id = scene.Promise(TimeSpan.FromHours(5));
        var old = scene.Find(id).Due;
        Assert.Equal("reason", scene.Refused(new RenegotiatePromise(id, old.AddDays(1), " ")).Field);
        Assert.Equal("due", scene.Refused(new RenegotiatePromise(id, scene.Now, "late parcel")).Field);
        scene.Do(new RenegotiatePromise(id, old.AddDays(1), "The parcel is late"));
        scene.Now = old;
        Assert.Empty(scene.Do(new PromiseDue(scene.State.Id, id, old)));
        Assert.Equal((PromiseState.Open, old, old.AddDays(1)), (scene.Find(id).State, scene.Find(id).FirstDue, scene.Find(id).Due));
        scene.Now = old.AddDays(1);
        // It has broken, whether or not the timer has said so.
        Assert.Equal("promise-ended", scene.Refused(new RenegotiatePromise(id, scene.Now.AddDays(1), "again")).Code);
        Assert.Equal("promise-ended", scene.Refused(new WithdrawPromise(id, "no")).Code);
        scene.Do(new PromiseDue(scene.State.Id, id, scene.Now));
        Assert.Equal("promise-ended", scene.Refused(new RenegotiatePromise(id, scene.Now.AddDays(1), "again")).Code);
        Assert.Equal("promise-ended", scene.Refused(new WithdrawPromise(id, "no")).Code);
        scene.Do(new KeepPromise(id));
        Assert.Equal(PromiseState.KeptLate, scene.Find(id).State);
    }

    [Fact]
    public void The_date_that_a_customer_was_given_for_an_answer_is_not_taken_back()
    {
        var scene = Scene.Acknowledged(Scene.Ada);
        var answer = Assert.Single(scene.State.OpenPromises);
        Assert.Equal("answer-owed", scene.Refused(new WithdrawPromise(answer.Id, "Busy")).Code);
        scene.Do(new RenegotiatePromise(answer.Id, answer.Due.AddHours(1), "Ben is ill"));
        scene.Do(new ResolveCase(CaseResult.Solved, "A new one was sent"));
        Assert.Empty(scene.State.OpenPromises);
    }

    [Fact]
    public void A_withdrawn_promise_is_over()
    {
        var scene = Scene.Answered();
        var id = scene.Promise(TimeSpan.FromHours(5));
        scene.Do(new WithdrawPromise(id, "Not needed any more"));
        Assert.Equal("promise-ended", scene.Refused(new KeepPromise(id)).Code);
        Assert.Equal("promise-not-found", scene.Refused(new KeepPromise(Guid.NewGuid())).Code);
    }

    private static IEnumerable<string> Names(IEnumerable<object> events) => events.Select(e => e.GetType().Name);
}
