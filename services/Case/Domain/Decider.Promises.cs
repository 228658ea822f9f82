using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Domain;

// A promise is chased before it breaks, escalated when it does, and never without a next one.
internal static partial class Decider
{
    private static Refusal? Promised(Story story, MakePromise c)
    {
        if (Refusal.OfAll(Required("text", c.Text, LineLength), Date("due", c.Due, story)) is { } refusal)
            return refusal;
        SendWhatWaitsForUndo(story);
        TakeIfNobodyHas(story, c.By);
        return story.Add(new PromiseMade(
            story.Case.Id, c.PromiseId, c.Text.Trim(), Time.Truncate(c.Due), c.By.Id, c.By.Name, PromiseSource.Agent));
    }

    private static Refusal? Kept(Story story, KeepPromise c)
    {
        if (Find(story, c.PromiseId, out var promise) is { } refusal)
            return refusal;
        if (promise.State is PromiseState.Kept or PromiseState.KeptLate)
            return Nothing;
        if (promise.State == PromiseState.Withdrawn)
            return Ended(promise, "kept");
        Keep(story, promise);
        return CloseIfDue(story);
    }

    // What was promised because this one broke has come true with it.
    private static void Keep(Story story, Promise promise)
    {
        for (var next = promise; next is not null; next = story.Case.Promises.FirstOrDefault(p => p.Follows == next.Id))
            if (next.State is PromiseState.Open or PromiseState.Broken)
                story.Add(new PromiseKept(story.Case.Id, next.Id, IsLate(next, story.Now)));
    }

    private static Refusal? Renegotiated(Story story, RenegotiatePromise c)
    {
        if (Find(story, c.PromiseId, out var promise) is { } refusal)
            return refusal;
        if (IsOver(promise, story.Now))
            return Ended(promise, "renegotiated");
        var due = Time.Truncate(c.Due);
        if (Refusal.OfAll(Required("reason", c.Reason, LineLength), Date("due", due, story)) is { } wrong)
            return wrong;
        return due == promise.Due ? Nothing : story.Add(
            new PromiseRenegotiated(story.Case.Id, promise.Id, promise.Due, due, c.Reason.Trim()));
    }

    private static Refusal? Withdrawn(Story story, WithdrawPromise c)
    {
        if (Find(story, c.PromiseId, out var promise) is { } refusal)
            return refusal;
        if (IsOver(promise, story.Now))
            return Ended(promise, "withdrawn");
        // Nobody takes away the date that the customer was given for an answer and puts nothing in its place.
        if (promise.Source == PromiseSource.Policy)
            return new("answer-owed",
                $"Case {story.Case.Number}: the customer was told when to expect this. An answer keeps it, another date can be agreed, "
                + "and it goes with the end of the case.");
        if (Required("reason", c.Reason, LineLength) is { } wrong)
            return wrong;
        story.Add(new PromiseWithdrawn(story.Case.Id, promise.Id, c.Reason.Trim()) { TakenBack = true });
        return CloseIfDue(story);
    }

    private static Refusal? Warned(Story story, PromiseNear c)
    {
        if (Due(story, c.PromiseId, c.Due) is not { Warned: false } promise)
            return Nothing;
        if (story.Given.Cover is { } cover && cover.AbsentId == promise.OwnerId)
            Covered(story, cover);
        return story.Add(new PromiseWarned(story.Case.Id, promise.Id, promise.Due, Due(story, c.PromiseId, c.Due)!.OwnerId));
    }

    private static Refusal? Broken(Story story, PromiseDue c)
    {
        if (story.Now < c.Due || Due(story, c.PromiseId, c.Due) is not { } promise)
            return Nothing;
        var id = story.Case.Id;
        var next = FollowUp(story, promise);
        story.Add(new PromiseBroken(id, promise.Id, promise.Due, next?.Promise.PromiseId, next?.Promise.Due));
        story.Add(new PromiseEscalated(id, promise.Id, promise.Due, promise.OwnerId, story.Queue));
        if (next is (var made, true))
            story.Add(made);
        return CloseIfDue(story);
    }

    /// <summary>Who was let down knows at once what comes next: the answer that is promised already, or word of where things stand. Each
    /// time in a row that this breaks too, it gives itself twice as long.</summary>
    private static (PromiseMade Promise, bool IsNew)? FollowUp(Story story, Promise broken)
    {
        if (story.Case.Automatic != Automatic.None || story.Case.Status == CaseStatus.Closed)
            return null;
        var inARow = 0;
        for (var p = broken; inARow < 3 && story.Case.Promises.FirstOrDefault(q => q.Id == p.Follows) is { } before; p = before)
            inARow++;
        var target = story.Given.Policy.FollowUp * (1 << inARow);
        return AnswerPromise(story, story.Words.PromiseFollowUp, target: target, except: broken.Id);
    }

    /// <summary>Only what is open moves; what the customer was told of it stays.</summary>
    private static Refusal? Covered(Story story, Cover c)
    {
        var theirs = story.Case.OpenPromises.Where(p => p.OwnerId == c.AbsentId).ToList();
        if (theirs.Count == 0)
            return Nothing;
        var id = story.Case.Id;
        if (story.Case.IsOpen && story.Case.OwnerId == c.AbsentId)
        {
            var why = story.Words.Away.Replace("{who}", c.AbsentName, StringComparison.Ordinal);
            story.Add(c is { AgentId: { } agent, AgentName: { } name }
                ? new CaseAssigned(id, agent, name, story.Queue, why, c.AbsentId)
                : new CaseUnassigned(id, c.AbsentId, story.Queue, why));
        }
        return story.Add(new CaseCovered(
            id, c.AbsentId, c.AbsentName, c.AgentId, c.AgentName ?? story.Case.TeamName, [.. theirs.Select(p => p.Id)],
            theirs.Min(p => p.Due), c.Until));
    }

    /// <summary>The promise if it is open with that date: what a timer expects.</summary>
    private static Promise? Due(Story story, Guid id, DateTimeOffset due) => story.Case.OpenPromises.FirstOrDefault(p => p.Id == id && p.Due == due);

    /// <summary>Any answer of a person keeps what the policy promised, in time or late.</summary>
    private static Refusal? KeepAnswerPromises(Story story)
    {
        foreach (var promise in story.Case.Promises)
            if (promise is { Source: PromiseSource.Policy, State: PromiseState.Open or PromiseState.Broken })
                story.Add(new PromiseKept(story.Case.Id, promise.Id, IsLate(promise, story.Now)));
        return null;
    }

    // Past its date it is broken, also while that is still to be noticed: nobody talks it away in that moment.
    private static bool IsOver(Promise promise, DateTimeOffset now) => promise.State != PromiseState.Open || now >= promise.Due;

    private static bool IsLate(Promise promise, DateTimeOffset now) => promise.State == PromiseState.Broken || now > promise.Due;

    private static Refusal? Find(Story story, Guid id, out Promise promise)
    {
        promise = story.Case.Promises.FirstOrDefault(p => p.Id == id)!;
        return promise is not null ? null : new("promise-not-found", $"Case {story.Case.Number} has no promise {id}.");
    }

    private static Refusal Ended(Promise promise, string wish) => new(
        "promise-ended",
        promise.State is PromiseState.Broken or PromiseState.Open
            ? $"The promise is broken and cannot be {wish}: keep it late, or make a new one."
            : $"The promise is {(promise.State == PromiseState.Withdrawn ? "withdrawn" : "kept")} and cannot be {wish}.");
}
