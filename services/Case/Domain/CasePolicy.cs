using CxPlatform.Contracts.Cases.V1;

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

    /// <summary>Business time within which somebody gets in touch with an unhappy customer.</summary>
    public TimeSpan Recovery { get; init; } = TimeSpan.FromHours(4);

    /// <summary>How long Routing may be silent.</summary>
    public TimeSpan Triage { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a proposal waits for an answer before silence counts as a yes.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromDays(5);

    /// <summary>How long a resolved case reopens when its customer writes.</summary>
    public TimeSpan ReopenWithin { get; init; } = TimeSpan.FromDays(14);

    /// <summary>The farthest date that a promise or a proposal may name.</summary>
    public TimeSpan Farthest { get; init; } = TimeSpan.FromDays(366);
}

/// <summary>What a decision may look at beside the case.</summary>
/// <param name="Calendar">The one that the case's queue follows.</param>
/// <param name="NewId">Ids for what the policy makes.</param>
internal sealed record Given(DateTimeOffset Now, BusinessCalendar Calendar, CasePolicy Policy, Func<Guid> NewId);

/// <summary>Numbers for people: <c>CX-2026-000123</c>.</summary>
internal static class CaseNumber
{
    public static string Format(int year, long number) => FormattableString.Invariant($"CX-{year:D4}-{number:D6}");

    public static bool IsOne(string text) =>
        text.Length is >= 14 and <= 20 && text.StartsWith("CX-", StringComparison.OrdinalIgnoreCase) && text[7] == '-'
        && text.AsSpan(3, 4).IndexOfAnyExceptInRange('0', '9') < 0 && text.AsSpan(8).IndexOfAnyExceptInRange('0', '9') < 0;
}
