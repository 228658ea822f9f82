using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using CxPlatform.Cases.Domain;
using CxPlatform.Contracts;

namespace CxPlatform.Cases;

/// <summary><c>Cx:Case:Targets:n</c>, and what the API has in its place: targets of the cases that fit. A list that is left out fits every case; of several entries that
/// fit, each clock has the first that states it.</summary>
internal sealed class TargetOptions
{
    /// <summary>What people read as the reason of a target.</summary>
    [Required]
    public string Name { get; set; } = "";

    public List<string> Category { get; set; } = [];

    public List<Priority> Priority { get; set; } = [];

    public List<Channel> Channel { get; set; } = [];

    /// <summary>The customer's tier.</summary>
    public List<string> Tier { get; set; } = [];

    public ClockOptions? Acknowledgement { get; set; }

    public ClockOptions? FirstResponse { get; set; }

    public ClockOptions? NextResponse { get; set; }

    public ClockOptions? Resolution { get; set; }

    public TargetPolicy Policy(double warnAt) => new()
    {
        Name = Name,
        Category = Category,
        Priority = Priority,
        Channel = Channel,
        Tier = Tier,
        Acknowledgement = Acknowledgement?.Target(warnAt),
        FirstResponse = FirstResponse?.Target(warnAt),
        NextResponse = NextResponse?.Target(warnAt),
        Resolution = Resolution?.Target(warnAt),
    };

    [JsonIgnore]
    public IEnumerable<(string Name, ClockOptions Clock)> Clocks =>
        new[]
        {
            (nameof(Acknowledgement), Acknowledgement), (nameof(FirstResponse), FirstResponse), (nameof(NextResponse), NextResponse),
            (nameof(Resolution), Resolution),
        }.Where(clock => clock.Item2 is not null).Select(clock => (clock.Item1, clock.Item2!));
}

internal sealed class ClockOptions
{
    /// <summary>Counted time within which it is to happen.</summary>
    public TimeSpan Within { get; set; }

    /// <summary>In which time counts: a calendar's id, or 24x7. The calendar that the case follows when absent.</summary>
    public string? Calendar { get; set; }

    /// <summary>The share of it, over 0 and under 1, at which somebody is warned; Cx:Case:WarnAt when absent.</summary>
    public double? WarnAt { get; set; }

    /// <summary>Whether time does not count in which the customer has something to answer.</summary>
    public bool PauseWhileWaiting { get; set; } = true;

    /// <summary>Whether time does not count in which somebody outside has something to answer.</summary>
    public bool PauseForThirdParty { get; set; }

    public ClockTarget Target(double warnAt) => new(Within, Calendar, WarnAt ?? warnAt, PauseWhileWaiting, PauseForThirdParty);
}
