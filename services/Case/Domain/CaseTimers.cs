using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Cases.Domain;

/// <summary>A timer to set, or with no command, to take back.</summary>
internal sealed record TimerChange(string Key, TimedCommand? Command, DateTimeOffset Due);

/// <summary>Which timers an event sets and takes back.</summary>
internal static class CaseTimers
{
    /// <param name="after">The case after the event.</param>
    /// <param name="hours">The calendar that the case follows.</param>
    public static IEnumerable<TimerChange> For(object e, CaseState after, DateTimeOffset now, CasePolicy policy, BusinessCalendar hours) => e switch
    {
        CaseOpened => [new(Key(after, "acknowledge"), new AcknowledgeByDefault(after.Id), now + policy.Triage)],
        CaseTriaged => [Cancel(Key(after, "acknowledge"))],
        PromiseMade x => Promise(after, x.PromiseId, x.Due, policy.WarnOf(now, x.Due, hours)),
        PromiseRenegotiated x => Promise(after, x.PromiseId, x.Due, policy.WarnOf(now, x.Due, hours)),
        ReminderSet x => [new(Key(after, $"reminder/{x.ReminderId}"), new ReminderTime(after.Id, x.ReminderId, x.At), x.At)],
        ReminderCancelled x => [Cancel(Key(after, $"reminder/{x.ReminderId}"))],
        PromiseKept x => NoPromise(after, x.PromiseId),
        PromiseWithdrawn x => NoPromise(after, x.PromiseId),
        SolutionProposed x => [new(Key(after, "proposal"), new ProposalSilence(after.Id, x.ProposalId, x.AnswerBy), x.AnswerBy)],
        SolutionAccepted or SolutionDeclined => [Cancel(Key(after, "proposal"))],
        ReplyScheduled x => [new(Key(after, $"reply/{x.MessageId}"), new ReplyDue(after.Id, x.MessageId, x.SendAt), x.SendAt)],
        ReplyHeld x => [Cancel(Key(after, $"reply/{x.MessageId}"))],
        ReplyUnscheduled x => [Cancel(Key(after, $"reply/{x.MessageId}"))],
        CaseResolved => [new(Key(after, "close"), new CloseDue(after.Id, now), now + policy.ReopenWithin)],
        CaseReopened => [Cancel(Key(after, "close"))],
        CaseMergedInto => [Cancel(Key(after, "close")), Cancel(Key(after, "proposal"))],
        CaseMergeUndone when after is { IsTriaged: false, IsOpen: true } => [new(Key(after, "acknowledge"), new AcknowledgeByDefault(after.Id), now)],
        CaseMergeUndone when after is { Status: CaseStatus.Resolved, ResolvedAt: { } resolved } =>
            [new(Key(after, "close"), new CloseDue(after.Id, resolved), Later(resolved + policy.ReopenWithin, now))],
        _ => [],
    };

    /// <summary>The one timer of all the case's clocks.</summary>
    public static string ClockKey(CaseState s) => Key(s, "clock");

    private static TimerChange[] Promise(CaseState s, Guid id, DateTimeOffset due, DateTimeOffset near) =>
    [
        new(Key(s, $"promise/{id}"), new PromiseDue(s.Id, id, due), due),
        new(Key(s, $"promise/{id}/near"), new PromiseNear(s.Id, id, due), near),
    ];

    private static TimerChange[] NoPromise(CaseState s, Guid id) =>
        [Cancel(Key(s, $"promise/{id}")), Cancel(Key(s, $"promise/{id}/near"))];

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static TimerChange Cancel(string key) => new(key, null, default);

    private static string Key(CaseState s, string what) => $"{CaseState.StreamOf(s.Id)}/{what}";
}
