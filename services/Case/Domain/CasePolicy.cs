using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Domain;

/// <summary>What holds for every case unless Routing or a person says otherwise.</summary>
internal sealed record CasePolicy
{
    public string CalendarId { get; init; } = "default";
    public string QueueId { get; init; } = "general";
    public string QueueName { get; init; } = "General";
    public string TeamName { get; init; } = "Support";

    /// <summary>Business time within which a person answers.</summary>
    public TimeSpan FirstResponse { get; init; } = TimeSpan.FromHours(4);

    /// <summary>Within which a customer is told what we understood.</summary>
    public ClockTarget Acknowledgement { get; init; } = new(TimeSpan.FromMinutes(15), BusinessCalendar.AlwaysId);

    /// <summary>The share of a target at which somebody is warned, where none is stated.</summary>
    public double WarnAt { get; init; } = ClockTarget.DefaultWarn;

    /// <summary>Targets of some cases; for each clock the first policy that fits and states it.</summary>
    public IReadOnlyList<TargetPolicy> Targets { get; init; } = [];

    /// <summary>The calendars that targets name.</summary>
    public IEnumerable<string> Calendars => Targets
        .SelectMany(policy => policy.All).Select(target => target.Calendar).OfType<string>()
        .Where(id => id != BusinessCalendar.AlwaysId).Distinct();

    public bool AsksForTier => Targets.Any(policy => policy.Tier.Count > 0);

    /// <summary>A case's target for a clock, and whose it is: a policy's, else the queue's, else the default. Null: none.</summary>
    public (ClockTarget Target, string Policy)? TargetOf(CaseState s, ClockKind kind)
    {
        foreach (var policy in Targets)
            if (policy.Of(kind) is { } target && policy.Fits(s))
                return (target, policy.Name);
        return kind switch
        {
            ClockKind.Acknowledgement => (Acknowledgement, "default"),
            ClockKind.FirstResponse or ClockKind.NextResponse => s.FirstResponseTarget is { } queue
                ? (new(queue, Warn: WarnAt), $"queue {s.QueueId}")
                : (new(FirstResponse, Warn: WarnAt), "default"),
            ClockKind.Resolution when s.ResolutionTarget is { } queue => (new(queue, Warn: WarnAt), $"queue {s.QueueId}"),
            _ => null,
        };
    }

    /// <summary>Where customers can call a person; the first that fits counts.</summary>
    public IReadOnlyList<PhoneRule> Phones { get; init; } = [];

    /// <summary>When customers may book a call; the first that fits counts.</summary>
    public IReadOnlyList<CallBackRule> CallBacks { get; init; } = [];

    public string? PhoneOf(CaseState s) => Phones.FirstOrDefault(rule => rule.Fits(s))?.Number;

    public CallBackRule? CallBackOf(CaseState s) => CallBacks.FirstOrDefault(rule => rule.Queue is null || rule.Queue == s.QueueId);

    /// <summary>Business time within which somebody gets in touch with an unhappy customer.</summary>
    public TimeSpan Recovery { get; init; } = TimeSpan.FromHours(4);

    /// <summary>The share of the time from made to due at which a promise's owner is warned.</summary>
    public double WarnPromiseAt { get; init; } = 0.75;

    /// <summary>Business time within which a customer hears where things stand after a promise broke.</summary>
    public TimeSpan FollowUp { get; init; } = TimeSpan.FromHours(2);

    /// <summary>When the owner of a promise is warned: after that share of the business time to its date, or of the time if there is none.</summary>
    public DateTimeOffset WarnOf(DateTimeOffset made, DateTimeOffset due, BusinessCalendar calendar)
    {
        var business = calendar.Between(made, due);
        return business > TimeSpan.Zero && calendar.Add(made, business * WarnPromiseAt) is { } at && at < due
            ? at
            : Time.Truncate(made + ((due - made) * WarnPromiseAt));
    }

    /// <summary>How long Routing may be silent.</summary>
    public TimeSpan Triage { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a proposal waits for an answer before silence counts as a yes.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromDays(5);

    /// <summary>How long a resolved case reopens when its customer writes.</summary>
    public TimeSpan ReopenWithin { get; init; } = TimeSpan.FromDays(14);

    /// <summary>Whoever gives a case away on which something is promised says in writing what the next one needs.</summary>
    public bool RequireHandover { get; init; }

    /// <summary>How long a merge of two cases can be undone.</summary>
    public TimeSpan UndoMergeWithin { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How long an answer from the desk can be taken back; zero: it goes out at once.</summary>
    public TimeSpan UndoWithin { get; init; }

    /// <summary>The farthest date that a promise or a proposal may name.</summary>
    public TimeSpan Farthest { get; init; } = TimeSpan.FromDays(366);
}

/// <summary>What a decision may look at beside the case.</summary>
/// <param name="Calendar">The one that the case's queue follows.</param>
/// <param name="NewId">Ids for what the policy makes.</param>
/// <param name="Clocks">The calendars that clocks run by; null: the case's own for all of them.</param>
/// <param name="Tier">The customer's, when a case is triaged and a policy asks for it.</param>
/// <param name="Plan">The plan of the case's category, when one is to be made.</param>
/// <param name="Cover">Who covers, when a promise comes near whose owner is away.</param>
internal sealed record Given(
    DateTimeOffset Now, BusinessCalendar Calendar, CasePolicy Policy, Func<Guid> NewId, ClockCalendars? Clocks = null,
    string? Tier = null, Cover? Cover = null, PlanTemplate? Plan = null);

/// <summary>Numbers for people: <c>CX-2026-000123</c>.</summary>
internal static class CaseNumber
{
    public static string Format(int year, long number) => FormattableString.Invariant($"CX-{year:D4}-{number:D6}");

    public static bool IsOne(string text) =>
        text.Length is >= 14 and <= 20 && text.StartsWith("CX-", StringComparison.OrdinalIgnoreCase) && text[7] == '-'
        && text.AsSpan(3, 4).IndexOfAnyExceptInRange('0', '9') < 0 && text.AsSpan(8).IndexOfAnyExceptInRange('0', '9') < 0;
}
