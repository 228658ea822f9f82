using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Cases.Domain;

// Promises, and the steps whose date is a promise's.
internal static partial class Evolution
{
    private static CaseState Promised(CaseState s, object e, DateTimeOffset at) => e switch
    {
        PromiseMade x => (x.Source is PromiseSource.Agent or PromiseSource.Suggestion ? Worked(s) : s) with
        {
            Promises =
            [
                .. s.Promises,
                new(x.PromiseId, x.Text, x.Due, x.Due, x.OwnerId, x.Owner, x.Source, at)
                {
                    From = x.From,
                    Phone = x.Phone,
                    FromCaseId = x.FromCaseId,
                    Follows = s.Promises.FirstOrDefault(p => p.FollowUpId == x.PromiseId)?.Id,
                },
            ],
        },
        PromiseWarned x => WithPromise(s, x.PromiseId, p => p with { Warned = true }),
        PromiseKept x => StepsDone(WithPromise(
            s, x.PromiseId, p => p with { State = x.Late ? PromiseState.KeptLate : PromiseState.Kept, EndedAt = at }), x.PromiseId),
        PromiseBroken x => StepsMoved(
            WithPromise(s, x.PromiseId, p => p with { State = PromiseState.Broken, EndedAt = at, FollowUpId = x.FollowUpId }),
            x.Due, x.FollowUpDue ?? x.Due),
        PromiseRenegotiated x => StepsMoved(
            WithPromise(s, x.PromiseId, p => p with { Due = x.Due, Reason = x.Reason, Warned = false }), x.OldDue, x.Due),
        PromiseWithdrawn x => NoDate(
            WithPromise(s, x.PromiseId, p => p with { State = PromiseState.Withdrawn, EndedAt = at, Reason = x.Reason }), x),
        _ => throw new InvalidOperationException($"{e.GetType().Name} is about no promise."),
    };

    // The customer was told of the new date: the plan says no other one.
    private static CaseState StepsMoved(CaseState s, DateTimeOffset from, DateTimeOffset to) => from == to ? s : s with
    {
        Plan = [.. s.Plan.Select(step => step is { State: StepState.Open, PromiseId: not null } && step.Due == from ? step with { Due = to } : step)],
    };

    // The customer is told that the date does not hold: the plan does not go on saying it.
    private static CaseState NoDate(CaseState s, PromiseWithdrawn e) => !e.TakenBack ? s : s with
    {
        Plan = [.. s.Plan.Select(step => step.PromiseId == e.PromiseId && step.State == StepState.Open ? step with { Due = null } : step)],
    };

    private static CaseState StepsDone(CaseState s, Guid promise) => s.Promises.All(p => p.Id != promise || p.Source != PromiseSource.Step) ? s : s with
    {
        Plan = [.. s.Plan.Select(step => step.PromiseId == promise && step.State == StepState.Open ? step with { State = StepState.Done } : step)],
    };

    private static CaseState WithPromise(CaseState s, Guid id, Func<Promise, Promise> change) =>
        s with { Promises = [.. s.Promises.Select(promise => promise.Id == id ? change(promise) : promise)] };
}
