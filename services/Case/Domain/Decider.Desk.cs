using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Domain;

// What people at the desk do with a case: own it, understand it, answer, plan, promise.
internal static partial class Decider
{
    private const int TextLength = 20_000;
    private const int LineLength = 500;
    private const int MostSteps = 30;

    private static Refusal? Assigned(Story story, Assign c)
    {
        if (NotOpen(story.Case, "assigning") is { } refusal)
            return refusal;
        return story.Case.OwnerId == c.AgentId
            ? Nothing
            : story.Add(new CaseAssigned(story.Case.Id, c.AgentId, c.AgentName, story.Queue, c.Reason));
    }

    private static Refusal? Unassigned(Story story, Unassign c)
    {
        if (NotOpen(story.Case, "unassigning") is { } refusal)
            return refusal;
        return story.Case.OwnerId is not { } owner
            ? Nothing
            : story.Add(new CaseUnassigned(story.Case.Id, owner, story.Queue, c.Reason));
    }

    private static Refusal? Corrected(Story story, CorrectNeed c)
    {
        if ((NotOpen(story.Case, "putting the need right") ?? Required("need", c.Need, 2000)) is { } refusal)
            return refusal;
        var need = NeedSentence.Tidy(c.Need);
        return need == story.Case.Need ? Nothing : story.Add(new NeedCorrected(story.Case.Id, need, c.ByCustomer));
    }

    private static Refusal? Replied(Story story, SendReply c)
    {
        if (CheckReply(story.Case, c) is { } refusal)
            return refusal;
        SendWhatWaitsForUndo(story);
        TakeIfNobodyHas(story, c.By);
        return Sent(story, c.MessageId, c.By, c.Text, c.Attachments, c.AsksCustomer);
    }

    private static Refusal? CheckReply(CaseState s, SendReply c)
    {
        var refusal = IsClosed(s, "answering") ?? Required("text", c.Text, TextLength);
        return refusal is null && c.AsksCustomer ? NotOpen(s, "asking the customer") : refusal;
    }

    private static Refusal? Sent(
        Story story, Guid messageId, Person by, string text, IReadOnlyList<Attachment> attachments, bool asksCustomer)
    {
        story.Add(new ReplySent
        {
            CaseId = story.Case.Id,
            Number = story.Case.Number,
            MessageId = messageId,
            CustomerId = story.Case.CustomerId,
            AgentId = by.Id,
            AgentName = by.Name,
            Text = text,
            Attachments = attachments,
            AsksCustomer = asksCustomer,
        });
        return KeepAnswerPromises(story);
    }

    private static Refusal? Noted(Story story, AddNote c) =>
        Required("text", c.Text, TextLength) ?? story.Add(new NoteAdded(story.Case.Id, c.NoteId, c.By.Id, c.By.Name, c.Text));

    // Who answers a case that nobody has, has it: the customer needs one name.
    private static void TakeIfNobodyHas(Story story, Person by)
    {
        if (story.Case is { OwnerId: null, IsOpen: true } && by.Id is { } agent)
            story.Add(new CaseAssigned(story.Case.Id, agent, by.Name, story.Queue, "Answered first"));
    }

    /// <summary>Any answer of a person keeps what the policy promised, in time or late.</summary>
    private static Refusal? KeepAnswerPromises(Story story)
    {
        foreach (var promise in story.Case.Promises)
            if (promise is { Source: PromiseSource.Policy, State: PromiseState.Open or PromiseState.Broken })
                story.Add(new PromiseKept(story.Case.Id, promise.Id, IsLate(promise, story.Now)));
        return null;
    }

    private static Refusal? Planned(Story story, DraftPlan c)
    {
        if (NotOpen(story.Case, "planning") is { } refusal)
            return refusal;
        if (c.Steps.Count is 0 or > MostSteps)
            return new("steps-invalid", $"steps: must be 1 to {MostSteps}.", "steps");
        var steps = new List<Step>(c.Steps.Count);
        foreach (var step in c.Steps)
        {
            // Keys are public, titles are not: a new step's key is ours, so that no words travel in it.
            var known = steps.All(other => other.Key != step.Key)
                && (StepKeys.All.Contains(step.Key) || story.Case.Plan.Any(other => other.Key == step.Key));
            steps.Add(known ? step : step with { Key = NewKey([.. story.Case.Plan, .. c.Steps, .. steps]) });
        }
        return steps.Select(CheckStep).FirstOrDefault(wrong => wrong is not null) ?? story.Add(new CasePlanned(story.Case.Id, steps));
    }

    private static string NewKey(IReadOnlyList<Step> taken)
    {
        var number = 1;
        while (taken.Any(step => step.Key == $"step-{number}"))
            number++;
        return $"step-{number}";
    }

    private static Refusal? CheckStep(Step step) =>
        Required("title", step.Title, LineLength)
        ?? (step.State == StepState.Unknown ? new("state-invalid", "state: must be open, done or skipped.", "state") : null);

    private static Refusal? StepChange(Story story, ChangeStep c)
    {
        if (NotOpen(story.Case, "changing a step") is { } refusal)
            return refusal;
        if (c.Key is null)
            return AddStep(story, c);
        if (story.Case.Plan.FirstOrDefault(step => step.Key == c.Key) is not { } before)
        {
            var keys = string.Join(", ", story.Case.Plan.Select(step => step.Key));
            return new("step-not-found", $"Case {story.Case.Number} has no step '{c.Key}'. It has: {keys}.");
        }
        var after = before with
        {
            Title = c.Title ?? before.Title,
            Owner = c.Owner ?? before.Owner,
            Due = c.Due ?? before.Due,
            State = c.State ?? before.State,
        };
        return CheckStep(after) ?? (after == before ? Nothing : story.Add(new StepChanged(story.Case.Id, after)));
    }

    private static Refusal? AddStep(Story story, ChangeStep c)
    {
        var plan = story.Case.Plan.ToList();
        var confirm = plan.FindIndex(step => step.Key == StepKeys.Confirm);
        var step = new Step("", c.Title ?? "", c.Owner ?? story.Case.Who, c.Due, c.State ?? StepState.Open);
        plan.Insert(confirm < 0 ? plan.Count : confirm, step);
        return Planned(story, new(plan));
    }

    private static Refusal? Promised(Story story, MakePromise c)
    {
        if ((NotOpen(story.Case, "promising") ?? Required("text", c.Text, LineLength) ?? Date("due", c.Due, story)) is { } refusal)
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
        story.Add(new PromiseKept(story.Case.Id, promise.Id, IsLate(promise, story.Now)));
        return CloseIfDue(story);
    }

    private static Refusal? Renegotiated(Story story, RenegotiatePromise c)
    {
        if (Find(story, c.PromiseId, out var promise) is { } refusal)
            return refusal;
        if (promise.State != PromiseState.Open)
            return Ended(promise, "renegotiated");
        var due = Time.Truncate(c.Due);
        if ((Required("reason", c.Reason, LineLength) ?? Date("due", due, story)) is { } wrong)
            return wrong;
        return due == promise.Due ? Nothing : story.Add(
            new PromiseRenegotiated(story.Case.Id, promise.Id, promise.Due, due, c.Reason.Trim()));
    }

    private static Refusal? Withdrawn(Story story, WithdrawPromise c)
    {
        if (Find(story, c.PromiseId, out var promise) is { } refusal)
            return refusal;
        if (promise.State != PromiseState.Open)
            return Ended(promise, "withdrawn");
        if (Required("reason", c.Reason, LineLength) is { } wrong)
            return wrong;
        story.Add(new PromiseWithdrawn(story.Case.Id, promise.Id, c.Reason.Trim()));
        return CloseIfDue(story);
    }

    private static Refusal? Broken(Story story, PromiseDue c)
    {
        if (story.Now < c.Due || story.Case.OpenPromises.All(p => p.Id != c.PromiseId || p.Due != c.Due))
            return Nothing;
        story.Add(new PromiseBroken(story.Case.Id, c.PromiseId, c.Due));
        return CloseIfDue(story);
    }

    private static bool IsLate(Promise promise, DateTimeOffset now) => promise.State == PromiseState.Broken || now > promise.Due;

    private static Refusal? Find(Story story, Guid id, out Promise promise)
    {
        promise = story.Case.Promises.FirstOrDefault(p => p.Id == id)!;
        return promise is not null ? null : new("promise-not-found", $"Case {story.Case.Number} has no promise {id}.");
    }

    private static Refusal Ended(Promise promise, string wish) => new(
        "promise-ended",
        promise.State == PromiseState.Broken
            ? $"The promise is broken and cannot be {wish}: keep it late, or make a new one."
            : $"The promise is {(promise.State == PromiseState.Withdrawn ? "withdrawn" : "kept")} and cannot be {wish}.");
}
