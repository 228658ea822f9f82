namespace CxPlatform.Contracts.Cases.V1;

/// <summary>What a clock counts towards.</summary>
public enum ClockKind
{
    Unknown,

    /// <summary>From the contact to what the customer is told.</summary>
    Acknowledgement,

    /// <summary>From the contact to a person's first answer.</summary>
    FirstResponse,

    /// <summary>From the first message that waits for us, once a person has answered, to a person's next answer.</summary>
    NextResponse,

    /// <summary>From the contact to the agreed end.</summary>
    Resolution,
}

/// <summary>A clock has run for the share of its target at which somebody is to be warned. Once for each clock.</summary>
/// <param name="Round">Which of the case's clocks of that kind, from 1.</param>
/// <param name="At">The exact instant, whenever it was noticed.</param>
/// <param name="Due">When the target would be missed.</param>
/// <param name="Target">Counted time that the clock allows.</param>
[EventType("case.clock.warned.v1")]
public sealed record CaseClockWarned(Guid CaseId, ClockKind Clock, int Round, DateTimeOffset At, DateTimeOffset Due, TimeSpan Target);

/// <summary>A clock has run for longer than its target. Once for each clock.</summary>
/// <param name="Round">Which of the case's clocks of that kind, from 1.</param>
/// <param name="Due">The exact instant, whenever it was noticed.</param>
/// <param name="Target">Counted time that the clock allows.</param>
[EventType("case.clock.breached.v1")]
public sealed record CaseClockBreached(Guid CaseId, ClockKind Clock, int Round, DateTimeOffset Due, TimeSpan Target);
