using CxPlatform.Contracts.Routing.V1;

namespace CxPlatform.Routing.Domain;

/// <summary>A group of agents who share queues.</summary>
internal sealed record Team(string Id, string Name);

/// <summary>Where cases wait for a person.</summary>
/// <param name="Calendar">Whose opening hours its promises follow.</param>
/// <param name="FirstResponse">Business time within which a person answers.</param>
/// <param name="Resolution">Business time within which a case is to be resolved; null when none is stated.</param>
/// <param name="Skills">What an agent must have to be given its cases.</param>
internal sealed record Queue(
    string Id, string Name, string Team, string Calendar, TimeSpan FirstResponse, TimeSpan? Resolution, IReadOnlyList<string> Skills);

/// <summary>A person who answers customers.</summary>
/// <param name="Role"><c>agent</c>, <c>lead</c> or <c>admin</c>.</param>
/// <param name="Capacity">Open cases at a time, 0 to 1000.</param>
/// <param name="Queues">The queues they serve; empty for all of their teams'.</param>
/// <param name="Absence">When they are away, now or later.</param>
internal sealed record Agent(
    Guid Id, string Name, string? Email, string Role, bool Active, Presence Presence, int Capacity,
    IReadOnlyList<string> Teams, IReadOnlyList<string> Queues, IReadOnlyList<string> Skills, Absence? Absence = null)
{
    public bool Serves(Queue queue) =>
        (Queues.Count > 0 ? Queues.Contains(queue.Id) : Teams.Contains(queue.Team)) && queue.Skills.All(Skills.Contains);

    /// <summary>Whether new cases may go to them at all.</summary>
    public bool IsThere => Active && Presence == Presence.Present;
}

/// <summary>An agent at the desk: what they have now, and when they were last given something.</summary>
/// <param name="Last">Orders assignments in time; 0 when there was none yet.</param>
internal sealed class Seat(Agent agent, int load, long last)
{
    public Agent Agent { get; } = agent;

    /// <summary>Open cases.</summary>
    public int Load { get; internal set; } = load;

    public long Last { get; internal set; } = last;

    /// <summary>How many more cases they may be given; never negative.</summary>
    public int Room => Agent.IsThere ? Math.Max(0, Agent.Capacity - Load) : 0;
}

/// <summary>How many people are there for a queue, and how many cases they could take.</summary>
internal readonly record struct Availability(int Present, int Room);

/// <summary>Everybody who could be given a case, as they stand within one transaction: decides who gets the next one.</summary>
internal sealed class Desk(IEnumerable<Seat> seats)
{
    private readonly Dictionary<Guid, Seat> _seats = seats.ToDictionary(seat => seat.Agent.Id);

    public IEnumerable<Seat> Seats => _seats.Values;

    public Seat? Find(Guid agent) => _seats.GetValueOrDefault(agent);

    /// <summary>Seats an agent, or seats them anew after a change; what they have stays with them.</summary>
    public Seat Put(Agent agent, Func<(int Load, long Last)> otherwise)
    {
        var (load, last) = Find(agent.Id) is { } before ? (before.Load, before.Last) : otherwise();
        return _seats[agent.Id] = new(agent, load, last);
    }

    /// <summary>Who takes the next case of the queue: <paramref name="known"/> when there with room, else the least loaded agent with room,
    /// of several the one whose last assignment is longest ago. Null when nobody has room.</summary>
    /// <param name="known">Who had the customer's previous case, so that nobody repeats their story.</param>
    /// <param name="except">Who has just handed the case back.</param>
    public Seat? Pick(Queue queue, Guid? known = null, Guid? except = null)
    {
        Seat? best = null;
        foreach (var seat in _seats.Values)
        {
            if (seat.Room == 0 || seat.Agent.Id == except || !seat.Agent.Serves(queue))
                continue;
            if (seat.Agent.Id == known)
                return seat;
            if (best is null || Before(seat, best))
                best = seat;
        }
        return best;
    }

    /// <summary>The seat has one case more.</summary>
    /// <param name="at">Microseconds since 1970; assignments of the same instant are still told apart.</param>
    public void Take(Seat seat, long at)
    {
        seat.Load++;
        seat.Last = Math.Max(at, _seats.Values.Max(other => other.Last) + 1);
    }

    public Availability AvailabilityOf(Queue queue)
    {
        int present = 0, room = 0;
        foreach (var seat in _seats.Values)
        {
            if (!seat.Agent.IsThere || !seat.Agent.Serves(queue))
                continue;
            present++;
            room += seat.Room;
        }
        return new(present, room);
    }

    private static bool Before(Seat a, Seat b) =>
        a.Load != b.Load ? a.Load < b.Load : a.Last != b.Last ? a.Last < b.Last : a.Agent.Id.CompareTo(b.Agent.Id) < 0;
}
