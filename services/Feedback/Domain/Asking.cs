using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Feedback.Domain;

/// <summary>Whether a customer is asked, or why not.</summary>
internal enum Verdict
{
    Ask,
    RecentlyAsked,
    TooLate,
    Erased,
}

/// <summary>When we ask, and when we leave customers alone.</summary>
internal static class Asking
{
    /// <summary>A customer is asked at most once in this time, whatever the number of their cases.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromDays(14);

    /// <summary>Nobody is asked about what ended longer ago: after an outage, or where this module is added to a history.</summary>
    public static readonly TimeSpan TooLate = TimeSpan.FromDays(7);

    /// <summary>Whether the end of a case is one to ask about. Machines have no opinion, praise has said it already,
    /// and contacts that we sent ourselves to test the service are nobody's.</summary>
    public static bool IsWorthAsking(CaseResolved e) =>
        e is { Automatic: Automatic.None, Agreement: not Agreement.NothingAsked, Synthetic: false };

    public static Verdict Decide(CustomerMemory? customer, DateTimeOffset due, DateTimeOffset now) =>
        customer?.ErasedAt is not null ? Verdict.Erased
        : now - due > TooLate ? Verdict.TooLate
        : customer?.AskedAt is { } asked && now - asked < Rest ? Verdict.RecentlyAsked
        : Verdict.Ask;
}

/// <summary>What must be remembered of a customer to leave them in peace.</summary>
internal sealed record CustomerMemory
{
    public required Guid CustomerId { get; init; }
    public DateTimeOffset? AskedAt { get; init; }

    /// <summary>The customer whose memory counts since a merge.</summary>
    public Guid? MergedInto { get; init; }
    public DateTimeOffset? ErasedAt { get; init; }

    /// <summary>Asked when either was, the later counts.</summary>
    public CustomerMemory With(CustomerMemory? other) =>
        other?.AskedAt is { } asked && (AskedAt is null || AskedAt < asked) ? this with { AskedAt = asked } : this;
}
