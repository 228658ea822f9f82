using CxPlatform.Cases.Domain;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using FsCheck;
using FsCheck.Fluent;

namespace CxPlatform.Case.Tests.Domain;

/// <summary>Whatever happens to a case, under whatever policy and calendar.</summary>
public sealed class ClockProperties
{
    private static readonly Arbitrary<int[]> Lives = Gen.ArrayOf(Gen.Choose(0, int.MaxValue - 1)).ToArbitrary();
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(60);

    private static readonly ClockCalendars[] Calendars =
    [
        new(new(BusinessCalendar.WorkingWeek("default", "Week", "UTC"))),
        new(BusinessCalendar.Always),
        new(new(new("night", "Night", "Europe/Berlin",
            [.. Enum.GetValues<DayOfWeek>().Select(day => new OpeningHours(day, new(22, 0), new(6, 0)))], [new(2026, 3, 9)]))),
    ];

    private static readonly CasePolicy[] Policies =
    [
        new(),
        new()
        {
            Targets =
            [
                new() { Name = "urgent", Priority = [Priority.Urgent], Resolution = new(TimeSpan.FromHours(2), "24x7") },
                new()
                {
                    Name = "all", FirstResponse = new(TimeSpan.FromMinutes(20)), NextResponse = new(TimeSpan.FromHours(3), Warn: 0.2),
                    Resolution = new(TimeSpan.FromHours(30), PauseWhileWaiting: false),
                },
            ],
        },
        new() { Targets = [new() { Name = "slow", Resolution = new(TimeSpan.FromDays(9)) }] },
    ];

    [Fact]
    public void What_counts_and_what_does_not_is_the_clocks_whole_life() => ForAll((scene, policy, calendars) =>
    {
        foreach (var clock in ClockMeasure.Of(scene.State, policy, calendars, scene.Now))
        {
            var intervals = clock.Explain(scene.Now);
            var end = clock.Life.EndedAt ?? scene.Now;
            Assert.Equal(end - clock.Life.StartedAt, intervals.Aggregate(TimeSpan.Zero, (sum, i) => sum + i.Duration));
            Assert.Equal(clock.Elapsed, intervals.Where(i => i.Counted).Aggregate(TimeSpan.Zero, (sum, i) => sum + i.Duration));
            var at = clock.Life.StartedAt;
            foreach (var interval in intervals)
            {
                Assert.Equal(at, interval.From);
                at = interval.To;
            }
        }
    });

    [Fact]
    public void A_clock_is_due_when_its_target_has_been_counted() => ForAll((scene, policy, calendars) =>
    {
        foreach (var clock in ClockMeasure.Of(scene.State, policy, calendars, scene.Now))
        {
            if (clock is { State: ClockState.Running, Due: { } due })
            {
                Assert.Equal(clock.Target.Within, clock.Elapsed + clock.Calendar.Between(scene.Now, due));
                var then = Same(clock, ClockMeasure.Of(scene.State, policy, calendars, due));
                Assert.Equal((ClockState.Breached, clock.Target.Within), (then.State, then.Elapsed));
                Assert.Equal(ClockState.Running, Same(clock, ClockMeasure.Of(scene.State, policy, calendars, due.AddMinutes(-1))).State);
            }
            // What is used up at closing time was due then, although nothing more has counted since.
            Assert.Equal(clock.State == ClockState.Breached, clock.Elapsed > clock.Target.Within
                || (clock.Elapsed == clock.Target.Within && (clock.Life.EndedAt is null || clock.Life.EndedAt > clock.Due))
                || scene.State.WasTold(clock.Life.Kind, clock.Life.Round, clock.Due));
            Assert.True(clock.WarnAt is null || clock.Due is null || clock.WarnAt <= clock.Due);
        }
    });

    [Fact]
    public void The_log_replayed_gives_the_same_clocks() => ForAll((scene, policy, calendars) =>
    {
        CaseState? replayed = null;
        foreach (var (e, at) in scene.Log)
            replayed = Evolution.Evolve(replayed, EventTypes.Read(EventTypes.NameOf(e.GetType()), EventTypes.Write(e)), at);
        Assert.Equal(Told(scene.State, policy, calendars, scene.Now), Told(replayed!, policy, calendars, scene.Now));
    });

    [Fact]
    public void Another_policy_and_back_again_has_lost_no_minute() => ForAll((scene, policy, calendars) =>
    {
        var before = Told(scene.State, policy, calendars, scene.Now);
        foreach (var other in Policies)
            foreach (var calendar in Calendars)
                _ = Told(scene.State, other, calendar, scene.Now.AddDays(3));
        Assert.Equal(before, Told(scene.State, policy, calendars, scene.Now));
    });

    [Fact]
    public void Whatever_was_told_is_not_told_again() => ForAll((scene, policy, calendars) =>
    {
        var state = scene.State;
        for (var i = 0; i < 20; i++)
        {
            var now = scene.Now.AddHours(i * 7);
            var clocks = ClockMeasure.Of(state, policy, calendars, now);
            foreach (var e in ClockMeasure.Untold(state, clocks, now).ToList())
                state = Evolution.Evolve(state, e, now);
            clocks = ClockMeasure.Of(state, policy, calendars, now);
            Assert.Empty(ClockMeasure.Untold(state, clocks, now));
            Assert.True(ClockMeasure.NextTold(state, clocks, now) is not { } next || next > now);
        }
        Assert.Equal(state.ClocksTold.Count, state.ClocksTold.DistinctBy(told => (told.Clock, told.Round, told.Breach)).Count());
    });

    private static void ForAll(Action<Scene, CasePolicy, ClockCalendars> check) => Prop.ForAll(Lives, choices =>
    {
        var scene = CaseProperties.Live(choices);
        var pick = choices.Length == 0 ? 0 : choices[0];
        scene.Now += TimeSpan.FromMinutes(pick % 3000);
        check(scene, Policies[pick % Policies.Length], Calendars[pick / 7 % Calendars.Length]);
        return true;
    }).Check(Thorough);

    private static Clock Same(Clock clock, IReadOnlyList<Clock> all) =>
        all.Single(other => (other.Life.Kind, other.Life.Round) == (clock.Life.Kind, clock.Life.Round));

    private static List<string> Told(CaseState s, CasePolicy policy, ClockCalendars calendars, DateTimeOffset now) =>
        [.. ClockMeasure.Of(s, policy, calendars, now).Select(c => FormattableString.Invariant(
            $"{c.Life.Kind} {c.Life.Round} {c.Policy} {c.State} {c.Elapsed} {c.Due:O} {c.WarnAt:O} {c.Explain(now).Count}"))];
}
