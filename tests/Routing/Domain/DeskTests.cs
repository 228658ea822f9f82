using CxPlatform.Contracts.Routing.V1;
using CxPlatform.Routing.Domain;

namespace CxPlatform.Routing.Tests.Domain;

public sealed class DeskTests
{
    private static readonly Queue General = new("general", "General", "support", "default", TimeSpan.FromHours(4), null, []);
    private static readonly Queue Dutch = new("dutch", "Dutch", "support", "default", TimeSpan.FromHours(4), null, ["nl"]);

    private static Agent Agent(string name, int capacity = 5, Presence presence = Presence.Present, bool active = true,
        string[]? teams = null, string[]? queues = null, string[]? skills = null) =>
        new(Guid.NewGuid(), name, null, "agent", active, presence, capacity, teams ?? ["support"], queues ?? [], skills ?? []);

    [Fact]
    public void The_least_loaded_gets_the_next_case()
    {
        var (busy, free) = (new Seat(Agent("busy"), 3, 1), new Seat(Agent("free"), 1, 2));
        Assert.Same(free, new Desk([busy, free]).Pick(General));
    }

    [Fact]
    public void Of_equally_loaded_the_one_whose_last_assignment_is_longest_ago_gets_it()
    {
        var (recent, long_ago) = (new Seat(Agent("recent"), 1, 20), new Seat(Agent("long ago"), 1, 10));
        Assert.Same(long_ago, new Desk([recent, long_ago]).Pick(General));
    }

    [Fact]
    public void Who_knows_the_customer_goes_before_who_has_less_to_do()
    {
        var (known, free) = (new Seat(Agent("known"), 4, 1), new Seat(Agent("free"), 0, 2));
        var desk = new Desk([known, free]);
        Assert.Same(known, desk.Pick(General, known.Agent.Id));
        desk.Take(known, 100); // has no room any more
        Assert.Same(free, desk.Pick(General, known.Agent.Id));
    }

    [Fact]
    public void Nobody_is_picked_who_is_away_full_gone_of_another_team_or_lacks_a_skill()
    {
        var desk = new Desk(
        [
            new(Agent("away", presence: Presence.Away), 0, 0), new(Agent("full", capacity: 2), 2, 0),
                new(Agent("overfull", capacity: 2), 3, 0),
            new(Agent("gone", active: false), 0, 0), new(Agent("sales", teams: ["sales"]), 0, 0),
                new(Agent("other queue", queues: ["other"]), 0, 0),
        ]);
        Assert.Null(desk.Pick(General));
        var speaks = new Seat(Agent("speaks Dutch", skills: ["nl", "en"]), 4, 0);
        Assert.Same(speaks, new Desk([new(Agent("does not"), 0, 0), speaks]).Pick(Dutch));
    }

    [Fact]
    public void Availability_counts_who_is_there_and_the_room_they_have()
    {
        var desk = new Desk([new(Agent("a", capacity: 5), 2, 0), new(Agent("b", capacity: 1), 3, 0),
            new(Agent("away", presence: Presence.Away), 0, 0)]);
        Assert.Equal(new Availability(2, 3), desk.AvailabilityOf(General));
        Assert.Equal(new Availability(0, 0), desk.AvailabilityOf(Dutch));
    }

    [Fact]
    public void Whatever_comes_and_goes_nobody_is_over_capacity_and_the_least_loaded_is_always_next()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var run = 0; run < 200; run++)
        {
            Queue[] queues = [General, Dutch];
            var seats = Enumerable.Range(0, random.Next(1, 8)).Select(i => new Seat(
                Agent($"a{i}", random.Next(0, 5), random.Next(4) == 0 ? Presence.Away : Presence.Present, random.Next(8) != 0,
                    skills: random.Next(2) == 0 ? ["nl"] : []), 0, 0)).ToList();
            var desk = new Desk(seats);
            for (var step = 0; step < 60; step++)
            {
                var queue = queues[random.Next(2)];
                if (random.Next(3) == 0)
                {
                    var finished = seats[random.Next(seats.Count)];
                    finished.Load = Math.Max(0, finished.Load - 1);
                    continue;
                }
                var able = seats.Where(seat => seat.Agent.IsThere && seat.Load < seat.Agent.Capacity && seat.Agent.Serves(queue)).ToList();
                var picked = desk.Pick(queue);
                var where = $"seed {seed}, run {run}, step {step}";
                Assert.True(able.Count == 0 == (picked is null), where);
                if (picked is null)
                    continue;
                Assert.True(able.Contains(picked), where);
                Assert.True(able.TrueForAll(seat => picked.Load < seat.Load || picked.Load == seat.Load && picked.Last <= seat.Last),
                    where);
                desk.Take(picked, step / 10); // many within one instant
                Assert.True(picked.Load <= picked.Agent.Capacity, where);
                Assert.True(seats.TrueForAll(seat => seat == picked || seat.Last < picked.Last), where);
            }
        }
    }
}
