using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Cases.Domain;

/// <summary>How long something may take.</summary>
/// <param name="Within">Counted time.</param>
/// <param name="Calendar">In which time counts: null for the one that the case follows, <c>24x7</c> for all of it.</param>
/// <param name="Warn">The share of it at which somebody is warned.</param>
/// <param name="PauseWhileWaiting">Time in which the customer has something to answer does not count.</param>
/// <param name="PauseForThirdParty">Time in which somebody outside has something to answer does not count. The customer waits all the
/// same, so it counts unless a policy says otherwise.</param>
internal sealed record ClockTarget(
    TimeSpan Within, string? Calendar = null, double Warn = ClockTarget.DefaultWarn, bool PauseWhileWaiting = true,
    bool PauseForThirdParty = false)
{
    public const double DefaultWarn = 0.75;

    /// <summary>What is over does not count, whatever the policy.</summary>
    public bool Counts(Turn turn) => turn switch
    {
        Turn.Ours => true,
        Turn.Customers or Turn.Proposed => !PauseWhileWaiting,
        Turn.ThirdPartys => !PauseForThirdParty,
        _ => false,
    };
}

/// <summary>Targets of some cases. An empty list fits every case.</summary>
internal sealed record TargetPolicy
{
    public string Name { get; init; } = "";
    public IReadOnlyList<string> Category { get; init; } = [];
    public IReadOnlyList<Priority> Priority { get; init; } = [];
    public IReadOnlyList<Channel> Channel { get; init; } = [];
    public IReadOnlyList<string> Tier { get; init; } = [];

    public ClockTarget? Acknowledgement { get; init; }
    public ClockTarget? FirstResponse { get; init; }
    public ClockTarget? NextResponse { get; init; }
    public ClockTarget? Resolution { get; init; }

    public IEnumerable<ClockTarget> All => new[] { Acknowledgement, FirstResponse, NextResponse, Resolution }.OfType<ClockTarget>();

    public ClockTarget? Of(ClockKind kind) => kind switch
    {
        ClockKind.Acknowledgement => Acknowledgement,
        ClockKind.FirstResponse => FirstResponse,
        ClockKind.NextResponse => NextResponse,
        ClockKind.Resolution => Resolution,
        _ => null,
    };

    public bool Fits(CaseState s) =>
        (Category.Count == 0 || Category.Contains(s.Category, StringComparer.OrdinalIgnoreCase))
        && (Priority.Count == 0 || Priority.Contains(s.Priority))
        && (Channel.Count == 0 || Channel.Contains(s.Channel))
        && (Tier.Count == 0 || Tier.Contains(s.Tier, StringComparer.OrdinalIgnoreCase));
}
