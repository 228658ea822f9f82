using CxPlatform.Cases.Clocks;
using CxPlatform.Cases.Domain;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Feedback.V1;

namespace CxPlatform.Case.Tests.Domain;

/// <summary>The rules that other systems learned the hard way, each by a case's life. People are there from Monday to Friday, 09:00 to
/// 17:00 UTC.</summary>
public sealed class ClockTests
{
    private static readonly CasePolicy Policy = new()
    {
        Targets =
        [
            new()
            {
                Name = "urgent", Priority = [Priority.Urgent], FirstResponse = new(TimeSpan.FromHours(1)),
                Resolution = new(TimeSpan.FromHours(4)),
            },
            new() { Name = "gold", Tier = ["Gold"], NextResponse = new(TimeSpan.FromMinutes(30), BusinessCalendar.AlwaysId, 0.5) },
            new() { Name = "all", Resolution = new(TimeSpan.FromHours(16)) },
        ],
    };

    [Fact]
    public void A_case_born_outside_hours_starts_its_clock_at_opening()
    {
        var scene = Opened(at: Scene.Monday.AddDays(-2).AddHours(3)); // Saturday 13:00
        scene.Now = Scene.Monday; // 10:00
        var first = One(scene, ClockKind.FirstResponse);
        Assert.Equal((Hours(1), ClockState.Running, At(11)), (first.Elapsed, first.State, first.Due)); // two hours from 09:00 on
        Assert.Equal(
            [(ClockReason.Closed, Scene.Monday.AddHours(-45)), (ClockReason.Open, At(9))],
            first.Explain(scene.Now).Select(i => (i.Reason, i.From)));
    }

    [Fact]
    public void A_customers_further_message_does_not_start_next_response_anew()
    {
        var scene = Answered();
        scene.Now = At(11);
        Customer(scene);
        scene.Now = At(12);
        Customer(scene);
        scene.Now = At(12.5);
        var next = One(scene, ClockKind.NextResponse);
        Assert.Equal((At(11), At(13), Hours(1.5)), (next.Life.StartedAt, next.Due, next.Elapsed));
        Assert.Equal(ClockState.Met, One(scene, ClockKind.FirstResponse).State);
    }

    [Fact]
    public void Before_the_first_answer_a_further_message_is_part_of_the_first_wait()
    {
        var scene = Opened();
        scene.Now = At(11);
        Customer(scene);
        Assert.DoesNotContain(All(scene), clock => clock.Life.Kind == ClockKind.NextResponse);
        Assert.Equal(At(12), One(scene, ClockKind.FirstResponse).Due);
    }

    [Fact]
    public void An_automatic_message_and_an_internal_note_are_no_response()
    {
        var scene = Opened();
        Assert.NotNull(scene.State.AcknowledgedAt);
        scene.Do(new RecordMessageOutcome(Guid.NewGuid(), "acknowledgement", Channel.Email, true, null));
        scene.Do(new AddNote(scene.NewId(), Scene.Ada, "Somebody look at this"));
        scene.Now = At(11);
        var first = One(scene, ClockKind.FirstResponse);
        Assert.Equal((ClockState.Running, Hours(1)), (first.State, first.Elapsed));
        Assert.Equal(ClockState.Met, One(scene, ClockKind.Acknowledgement).State);
    }

    [Fact]
    public void A_message_that_has_not_left_for_an_hour_is_on_the_case_until_it_does()
    {
        var scene = Opened();
        var id = Guid.NewGuid();
        scene.Do(new RecordMessageOutcome(id, "reply", Channel.Email, false, "451 4.7.1 later", StillTrying: true));
        Assert.Equal("not yet, and it is tried again. 451 4.7.1 later", scene.State.Undelivered);
        scene.Do(new RecordMessageOutcome(id, "reply", Channel.Email, true, null));
        Assert.Null(scene.State.Undelivered);
    }

    [Fact]
    public void Waiting_on_the_customer_pauses_resolution_and_an_automatic_reply_or_thanks_do_not_go_on()
    {
        var scene = Opened();
        scene.Now = At(11);
        scene.Reply(asks: true);
        scene.Now = At(13);
        var away = Scene.Contact("I am away until Monday.", automatic: Automatic.AutoReply, at: scene.Now);
        scene.Do(new JoinContact(away, EvidenceKind.ReplyToken));
        scene.Do(new JoinContact(Scene.Contact("Thank you!", at: scene.Now), EvidenceKind.ReplyToken));
        scene.Now = At(14);
        var paused = One(scene, ClockKind.Resolution);
        Assert.Equal((ClockState.Paused, Hours(1), null), (paused.State, paused.Elapsed, paused.Due));
        Customer(scene);
        scene.Now = At(15);
        var running = One(scene, ClockKind.Resolution);
        Assert.Equal((ClockState.Running, Hours(2)), (running.State, running.Elapsed));
        Assert.Equal(
            [(ClockReason.Open, Hours(1)), (ClockReason.WaitingOnCustomer, Hours(3)), (ClockReason.Open, Hours(1))],
            running.Explain(scene.Now).Select(i => (i.Reason, i.Duration)));
        // 16 hours: two by 15:00, two more on Monday, eight on Tuesday, four on Wednesday.
        Assert.Equal(At(13).AddDays(2), running.Due);
    }

    [Fact]
    public void A_policy_may_count_the_time_in_which_the_customer_has_something_to_answer()
    {
        var scene = Opened();
        scene.Reply(asks: true);
        scene.Now = At(13);
        var strict = Policy with { Targets = [new() { Name = "strict", Resolution = new(Hours(16), PauseWhileWaiting: false) }] };
        var counted = One(scene, ClockKind.Resolution, strict);
        Assert.Equal((Hours(3), ClockState.Running), (counted.Elapsed, counted.State));
        Assert.Equal(TimeSpan.Zero, One(scene, ClockKind.Resolution).Elapsed);
    }

    [Fact]
    public void Resolution_goes_on_after_a_reopening_where_it_had_stopped()
    {
        var scene = Opened();
        scene.Reply();
        scene.Now = At(12);
        scene.Do(new ResolveCase(CaseResult.Solved, "Done"));
        var met = One(scene, ClockKind.Resolution);
        Assert.Equal((ClockState.Met, Hours(2)), (met.State, met.Elapsed));
        scene.Now = At(16);
        Assert.Equal(Hours(2), One(scene, ClockKind.Resolution).Elapsed);
        scene.Do(new ReopenCase("Not at all"));
        scene.Now = At(17);
        var again = One(scene, ClockKind.Resolution);
        Assert.Equal((ClockState.Running, Hours(3), Hours(13)), (again.State, again.Elapsed, again.Remaining));
        Assert.Equal(
            [ClockReason.Open, ClockReason.Resolved, ClockReason.Open], again.Explain(scene.Now).Select(i => i.Reason));
    }

    [Fact]
    public void A_proposal_pauses_resolution_and_a_declined_one_starts_the_next_response()
    {
        var scene = Answered();
        scene.Now = At(11);
        scene.Do(new Propose(scene.NewId(), scene.NewId(), Scene.Ada, "A new one", null));
        scene.Now = At(15);
        Assert.Equal((ClockState.Paused, Hours(1)), (One(scene, ClockKind.Resolution).State, One(scene, ClockKind.Resolution).Elapsed));
        scene.Do(new DeclineSolution(null, "My money back"));
        scene.Now = At(15.5);
        Assert.Equal((At(15), Hours(0.5)), (One(scene, ClockKind.NextResponse).Life.StartedAt, One(scene, ClockKind.NextResponse).Elapsed));
        Assert.Equal(Hours(1.5), One(scene, ClockKind.Resolution).Elapsed);
    }

    [Fact]
    public void However_long_the_customer_takes_to_accept_the_target_is_met()
    {
        var scene = Answered();
        scene.Now = At(11);
        scene.Do(new Propose(scene.NewId(), scene.NewId(), Scene.Ada, "A new one", null));
        scene.Now = At(11).AddDays(4);
        scene.Do(new AcceptSolution(null));
        var met = One(scene, ClockKind.Resolution);
        Assert.Equal((ClockState.Met, Hours(1), null), (met.State, met.Elapsed, met.Due));
    }

    [Fact]
    public void Another_priority_measures_the_whole_life_anew()
    {
        var scene = Opened();
        scene.Now = At(10.5);
        Assert.Equal(("queue help", At(12)), (One(scene, ClockKind.FirstResponse).Policy, One(scene, ClockKind.FirstResponse).Due));
        scene.Do(new Triage(scene.Decision() with { Priority = Priority.Urgent }));
        var urgent = One(scene, ClockKind.FirstResponse);
        Assert.Equal(("urgent", At(11), Hours(0.5)), (urgent.Policy, urgent.Due, urgent.Elapsed));
        Assert.Equal("urgent", One(scene, ClockKind.Resolution).Policy);
    }

    [Fact]
    public void A_tier_has_targets_of_its_own_in_a_calendar_of_its_own()
    {
        var scene = Answered();
        scene.Do(new ChangeTier("gold"));
        scene.Now = At(19);
        Customer(scene);
        var next = One(scene, ClockKind.NextResponse);
        Assert.Equal(("gold", At(19.5), At(19.25)), (next.Policy, next.Due, next.WarnAt));
    }

    [Fact]
    public void What_a_machine_sends_has_no_clock_and_praise_waits_for_no_answer()
    {
        var machine = Opened(automatic: Automatic.AutoReply);
        Assert.Empty(All(machine));
        var praise = Opened(kind: Kind.Praise);
        Assert.Equal([ClockKind.Acknowledgement], All(praise).Select(clock => clock.Life.Kind));
    }

    [Fact]
    public void Warning_and_breach_are_told_once_with_the_exact_instant_however_late_they_are_noticed()
    {
        var scene = Opened();
        scene.Now = At(11.4);
        Assert.Empty(scene.Do(new ClockDue(scene.State.Id)));
        scene.Now = At(11.5);
        var warned = Assert.IsType<CaseClockWarned>(Assert.Single(scene.Do(new ClockDue(scene.State.Id))));
        Assert.Equal((ClockKind.FirstResponse, 1, At(11.5), At(12)), (warned.Clock, warned.Round, warned.At, warned.Due));
        Assert.Empty(scene.Do(new ClockDue(scene.State.Id)));
        scene.Now = At(16); // after an outage
        var breached = Assert.IsType<CaseClockBreached>(Assert.Single(scene.Do(new ClockDue(scene.State.Id))));
        Assert.Equal((ClockKind.FirstResponse, At(12)), (breached.Clock, breached.Due));
        Assert.Empty(scene.Do(new ClockDue(scene.State.Id)));
    }

    [Fact]
    public void A_breach_is_told_even_when_the_answer_came_before_the_timer()
    {
        var scene = Opened();
        scene.Now = At(13);
        scene.Reply();
        var clocks = All(scene);
        Assert.Equal(scene.Now, ClockMeasure.NextTold(scene.State, clocks, scene.Now));
        Assert.Equal(At(12), Assert.IsType<CaseClockBreached>(Assert.Single(scene.Do(new ClockDue(scene.State.Id)))).Due);
        Assert.Equal(ClockState.Breached, One(scene, ClockKind.FirstResponse).State);
    }

    [Fact]
    public void An_answer_in_the_last_moment_is_in_time()
    {
        var scene = Opened();
        scene.Now = At(12);
        scene.Reply();
        Assert.Equal(ClockState.Met, One(scene, ClockKind.FirstResponse).State);
    }

    [Fact]
    public void A_message_counts_from_when_it_came_in_however_long_it_took_to_reach_the_case()
    {
        var scene = Answered();
        scene.Now = At(12);
        scene.Do(new JoinContact(Scene.Contact("Still broken, and now it leaks.", at: At(11)), EvidenceKind.ReplyToken));
        Assert.Equal((At(11), Hours(1)), (One(scene, ClockKind.NextResponse).Life.StartedAt, One(scene, ClockKind.NextResponse).Elapsed));
    }

    [Fact]
    public void An_unhappy_customer_s_recovery_is_a_next_response()
    {
        var scene = Answered();
        scene.Do(new ResolveCase(CaseResult.Solved, "Done"));
        scene.Now = At(14);
        scene.Do(new StartRecovery(Guid.NewGuid(), 1));
        Assert.Equal(At(14), One(scene, ClockKind.NextResponse).Life.StartedAt);
    }

    [Fact]
    public void The_arithmetic_can_be_checked_by_hand()
    {
        var scene = Opened();
        scene.Now = At(9).AddDays(1).AddMinutes(10);
        var clock = One(scene, ClockKind.Resolution);
        var view = ClockView.Of(clock, scene.Now);
        Assert.Equal("7 h + 10 min = 7 h 10 min of 16 h; 16 h not counted; 23 h 10 min in all", view.Arithmetic);
        Assert.Equal(["Within opening hours", "Outside opening hours", "Within opening hours"], view.Intervals.Select(i => i.Detail));
    }

    internal static IReadOnlyList<Clock> All(Scene scene, CasePolicy? policy = null) =>
        ClockMeasure.Of(scene.State, policy ?? scene.Policy, new(scene.Calendar), scene.Now);

    private static Clock One(Scene scene, ClockKind kind, CasePolicy? policy = null) =>
        All(scene, policy).Last(clock => clock.Life.Kind == kind);

    private static void Customer(Scene scene) =>
        scene.Do(new JoinContact(Scene.Contact("It is broken again, sorry.", at: scene.Now), EvidenceKind.ReplyToken));

    private static Scene Opened(DateTimeOffset? at = null, Automatic automatic = Automatic.None, Kind kind = Kind.Problem)
    {
        var scene = new Scene { Policy = Policy, Now = at ?? Scene.Monday };
        scene.Do(new OpenCase(Guid.NewGuid(), "CX-2026-000001", Scene.Contact(at: at, automatic: automatic)));
        scene.Do(new Triage(scene.Decision(kind)));
        return scene;
    }

    private static Scene Answered()
    {
        var scene = Opened();
        scene.Reply();
        return scene;
    }

    private static TimeSpan Hours(double hours) => TimeSpan.FromHours(hours);

    /// <summary>That hour of the scene's Monday.</summary>
    private static DateTimeOffset At(double hour) => Scene.Monday.AddHours(hour - 10);
}
