using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Domain;

// The steps that the customer sees. A date that they have seen moves with a reason, and they are told.
internal static partial class Decider
{
    public const int MostSteps = 30;

    private static Refusal? Planned(Story story, DraftPlan c)
    {
        if (c.Steps.Count is 0 or > MostSteps)
            return new("steps-invalid", $"must be 1 to {MostSteps}.", "steps");
        var steps = new List<Step>(c.Steps.Count);
        foreach (var step in c.Steps)
        {
            // Keys are public, titles are not: a new step's key is ours, so that no words travel in it.
            var before = story.Case.Plan.FirstOrDefault(other => other.Key == step.Key);
            var known = steps.All(other => other.Key != step.Key) && (StepKeys.All.Contains(step.Key) || before is not null);
            steps.Add(known
                ? step with { PromiseId = before?.PromiseId }
                : step with { Key = NewKey([.. story.Case.Plan, .. c.Steps, .. steps]), PromiseId = null });
        }
        var changes = story.Case.Plan.Select(before => (Before: before, After: steps.FirstOrDefault(step => step.Key == before.Key))).ToList();
        var wrong = steps.Select((step, i) => Refusal.OfAll(
            CheckStep(step), CheckDate(story, story.Case.Plan.FirstOrDefault(before => before.Key == step.Key), step))?.Under($"steps[{i}]"));
        if (Refusal.OfAll([.. wrong, .. changes.Select(change => CheckReason(story, change.Before, change.After, c.Reason))]) is { } refusal)
            return refusal;
        var moved = changes.Select(change => Change(story, change.Before, change.After, c.Reason)).OfType<StepMove>().ToList();
        return story.Add(new CasePlanned(story.Case.Id, steps, c.Reason, moved.Count == 0 ? null : moved));
    }

    private static string NewKey(IReadOnlyList<Step> taken)
    {
        var number = 1;
        while (taken.Any(step => step.Key == $"step-{number}"))
            number++;
        return $"step-{number}";
    }

    private static Refusal? CheckStep(Step step) => Refusal.OfAll(
        Required("title", step.Title, LineLength),
        step.ForCustomer?.Length > LineLength ? new("for-customer-invalid", $"must be at most {LineLength} characters.", "forCustomer") : null,
        TooLong("detail", step.Detail, TextLength),
        step.State == StepState.Unknown ? new("state-invalid", "must be open, done or skipped.", "state") : null);

    private static Refusal? StepChange(Story story, ChangeStep c)
    {
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
            OwnerId = c.OwnerId ?? (c.Owner is null ? before.OwnerId : null),
            Due = c.Due is { } due ? Time.Truncate(due) : before.Due,
            State = c.State ?? before.State,
            ForCustomer = c.ForCustomer ?? before.ForCustomer,
            Detail = c.Detail ?? before.Detail,
        };
        if (Refusal.OfAll(
                CheckStep(after), CheckDate(story, before, after), CheckReason(story, before, after, c.Reason), CheckPromise(story, after, c.Promise)) is { } wrong)
            return wrong;
        if (after == before && !c.Promise)
            return Nothing;
        var moved = Change(story, before, after, c.Reason);
        var promise = PromiseOf(story, after, c.Promise);
        story.Add(new StepChanged(story.Case.Id, after with { PromiseId = promise?.PromiseId ?? after.PromiseId }, c.Reason, moved));
        return promise is null ? null : story.Add(promise);
    }

    private static Refusal? AddStep(Story story, ChangeStep c)
    {
        var plan = story.Case.Plan.ToList();
        var confirm = plan.FindIndex(step => step.Key == StepKeys.Confirm);
        var added = new Step(NewKey(plan), c.Title ?? "", c.Owner ?? story.Case.Who, c.Due is { } due ? Time.Truncate(due) : null, c.State ?? StepState.Open)
        {
            OwnerId = c.OwnerId ?? (c.Owner is null ? story.Case.OwnerId : null),
            ForCustomer = c.ForCustomer,
            Detail = c.Detail,
        };
        if (plan.Count >= MostSteps)
            return new("steps-invalid", $"must be 1 to {MostSteps}.", "steps");
        if (Refusal.OfAll(CheckStep(added), CheckPromise(story, added, c.Promise)) is { } wrong)
            return wrong;
        var promise = PromiseOf(story, added, c.Promise);
        plan.Insert(confirm < 0 ? plan.Count : confirm, added with { PromiseId = promise?.PromiseId });
        story.Add(new CasePlanned(story.Case.Id, plan));
        return promise is null ? null : story.Add(promise);
    }

    private static Refusal? CheckDate(Story story, Step? before, Step after) =>
        before is { State: StepState.Open, Due: { } seen } && after is { State: StepState.Open, Due: { } due } && due != seen ? Date("due", due, story) : null;

    // Whatever stands on the plan, the customer can see.
    private static Refusal? CheckReason(Story story, Step before, Step? after, string? reason)
    {
        if (before.State != StepState.Open || before.Due is not { } seen)
            return null;
        var changed = after is null || (after.State == StepState.Open && after.Due != seen)
            || (after.State == StepState.Skipped && StepPromise(story, before) is { State: PromiseState.Open });
        return changed && Required("reason", reason, LineLength) is { } missing
            ? missing with { Detail = $"{missing.Detail} The customer has seen {seen:yyyy-MM-dd HH:mm} UTC for the step '{before.Key}': say why that changes; they are told." }
            : null;
    }

    private static Refusal? CheckPromise(Story story, Step step, bool promise) => !promise ? null
        : step.Due is not { } due ? new("due-required", "is required for a step that carries a promise.", "due")
        : Date("due", due, story);

    /// <summary>What a changed step does to its promise. What is left for the customer to be told: a promise speaks for itself.</summary>
    private static StepMove? Change(Story story, Step before, Step? after, string? reason)
    {
        var carried = StepPromise(story, before);
        if (after is { State: StepState.Done } && before.State != StepState.Done && carried is not null)
            Keep(story, carried);
        if (before.State != StepState.Open || before.Due is not { } seen)
            return null;
        var withdraws = after is null or { State: StepState.Skipped } && carried is { State: PromiseState.Open };
        if (withdraws)
            story.Add(new PromiseWithdrawn(story.Case.Id, carried!.Id, reason!.Trim()));
        if (withdraws || after is null)
            return new(before.Key, before.Title, seen, null) { Dropped = true };
        if (after.State != StepState.Open || after.Due == seen)
            return null;
        if (after.Due is { } due && story.Case.OpenPromises.FirstOrDefault(p => p.Id == before.PromiseId && p.Due == seen) is { } promise)
        {
            story.Add(new PromiseRenegotiated(story.Case.Id, promise.Id, seen, due, reason!.Trim()));
            return null;
        }
        return new(before.Key, after.Title, seen, after.Due);
    }

    private static Promise? StepPromise(Story story, Step step) =>
        story.Case.Promises.FirstOrDefault(p => p.Id == step.PromiseId && p.Source == PromiseSource.Step);

    private static PromiseMade? PromiseOf(Story story, Step step, bool promise) => promise && StepPromise(story, step) is null
        ? new(story.Case.Id, story.Given.NewId(), step.Title, step.Due!.Value, step.OwnerId, step.Owner ?? story.Case.Who, PromiseSource.Step)
        : null;

    /// <summary>The plan of the case's category, or the default one, with the promises that its steps carry.</summary>
    private static void FirstPlan(Story story, PromiseMade answer)
    {
        if (story.Given.Plan is not { } template)
        {
            story.Add(new CasePlanned(story.Case.Id, DefaultPlan(story, answer)));
            return;
        }
        var steps = new List<Step>();
        var promises = new List<PromiseMade>();
        foreach (var planned in template.Steps)
        {
            var words = planned.In(story.Case.Language);
            var (owner, ownerId) = planned.Owner switch
            {
                StepOwner.Customer => (story.Words.You, null),
                StepOwner.Team => (story.Case.TeamName, (Guid?)null),
                _ => (story.Case.Who, story.Case.OwnerId),
            };
            var due = planned.Within is { } within ? DueIn(story, story.Case.OpenedAt, within)
                : planned.Key == StepKeys.Understand ? answer.Due : (DateTimeOffset?)null;
            var step = new Step(planned.Key ?? NewKey(steps), words.Title, owner, due)
            {
                OwnerId = ownerId,
                ForCustomer = words.ForCustomer,
                Detail = planned.Detail,
                PromiseId = planned.Key == StepKeys.Understand && planned.Within is null ? answer.PromiseId : null,
            };
            if (PromiseOf(story, step, planned.Promise) is { } promise)
                promises.Add(promise);
            steps.Add(step with { PromiseId = step.PromiseId ?? (planned.Promise ? promises[^1].PromiseId : null) });
        }
        story.Add(new CasePlanned(story.Case.Id, steps));
        foreach (var promise in promises)
            story.Add(promise);
    }
}
