using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Domain;

// How a case ends, and what happens when it was not over after all.
internal static partial class Decider
{
    private static Refusal? Proposed(Story story, Propose c)
    {
        var answerBy = Time.Truncate(c.AnswerBy ?? story.Now + story.Given.Policy.AnswerWithin);
        var wrong = Refusal.OfAll(Required("text", c.Text, TextLength), Date("answerBy", answerBy, story), WrongEnding(c.Result, c.Ending));
        if ((wrong ?? MustBeAnother(story.Case, c.By)) is { } refusal)
            return refusal;
        SendWhatWaitsForUndo(story);
        TakeIfNobodyHas(story, c.By);
        story.Add(new SolutionProposed(
            story.Case.Id, story.Case.Number, c.ProposalId, c.MessageId, story.Case.CustomerId, c.By.Id, c.By.Name, c.Text, answerBy,
            c.Result, EndingOf(c.Result, c.Ending)));
        return KeepAnswerPromises(story);
    }

    private static Refusal? Accepted(Story story, AcceptSolution c)
    {
        if (Proposal(story.Case, c.ProposalId, out var proposal) is { } refusal)
            return refusal;
        story.Add(new SolutionAccepted(story.Case.Id, proposal.Id));
        HoldScheduled(story);
        return End(story, proposal.Result, Agreement.Customer, null, proposal.Ending);
    }

    private static Refusal? Declined(Story story, DeclineSolution c)
    {
        if (Proposal(story.Case, c.ProposalId, out var proposal) is { } refusal)
            return refusal;
        if (c.WouldMakeItRight is { Length: > TextLength })
            return new("would-make-it-right-invalid", $"must be at most {TextLength} characters.", "wouldMakeItRight");
        var wish = string.IsNullOrWhiteSpace(c.WouldMakeItRight) ? null : c.WouldMakeItRight.Trim();
        var (promise, isNew) = AnswerPromise(story);
        story.Add(new SolutionDeclined(story.Case.Id, proposal.Id, wish, promise.Due, story.Given.Calendar.TimeZone));
        HoldScheduled(story);
        return isNew ? story.Add(promise) : null;
    }

    private static Refusal? Proposal(CaseState s, Guid? id, out Proposal proposal)
    {
        proposal = s.Proposal!;
        return s.Proposal is null ? new(
                "no-proposal", $"Case {s.Number} is {Moves.Word(s.Status)} and has no proposal to answer. {Moves.PossibleNow(s)}")
            : id is not null && id != s.Proposal.Id
                ? new("proposal-replaced", $"Case {s.Number} has a newer proposal. Please answer that one.")
            : null;
    }

    // Only the silence that was announced counts, and only when the customer has not written since. Who is not known to have got the
    // proposal is not silent: it is our turn again, and by when is a promise.
    private static Refusal? Silent(Story story, ProposalSilence c) =>
        story.Case is not { Status: CaseStatus.Proposed, Proposal: { Discussed: false } proposal }
            || proposal.Id != c.ProposalId || proposal.AnswerBy != c.AnswerBy || story.Now < c.AnswerBy
            ? Nothing
            : proposal.Delivered ? End(story, proposal.Result, Agreement.Silence, null, proposal.Ending)
            : PromiseAnswer(story);

    private static Refusal? Resolved(Story story, ResolveCase c)
    {
        var wrong = Refusal.OfAll(Required("reason", c.Reason, 2000), WrongEnding(c.Result, c.Ending));
        if ((wrong ?? MustBeAnother(story.Case, c.By)) is { } refusal)
            return refusal;
        var open = story.Case.OpenPromises.Count(p => p.Source != PromiseSource.Policy);
        if (open > 0)
            return new("promises-open",
                $"Case {story.Case.Number} has open promises ({open}): keep, renegotiate or withdraw them before resolving.");
        SendWhatWaitsForUndo(story);
        return End(story, c.Result, Agreement.Agent, c.Reason.Trim(), EndingOf(c.Result, c.Ending));
    }

    // A no is owed its reason in plain words and what is possible instead; a referral, where to go.
    private static Refusal? WrongEnding(CaseResult result, Ending? ending) => result switch
    {
        CaseResult.NotPossible => Refusal.OfAll(Required("policy", ending?.Policy, 2000), Required("alternative", ending?.Alternative, 2000)),
        CaseResult.Referred => Refusal.OfAll(Required("referredTo", ending?.ReferredTo, LineLength), Required("reach", ending?.Reach, LineLength)),
        CaseResult.Solved or CaseResult.Partly => null,
        _ => new("result-invalid", "must be solved, partly, notPossible or referred.", "result"),
    };

    private static Ending? EndingOf(CaseResult result, Ending? ending) => result switch
    {
        CaseResult.NotPossible => new(Policy: ending!.Policy!.Trim(), Alternative: ending.Alternative!.Trim()),
        CaseResult.Referred => new(ReferredTo: ending!.ReferredTo!.Trim(), Reach: ending.Reach!.Trim()),
        _ => null,
    };

    // An agent's ending answers the customer, and so keeps the promise to answer; a customer who ends it needs no answer any more.
    // What an agent promised stays promised beyond the end.
    private static Refusal? End(Story story, CaseResult result, Agreement agreement, string? reason, Ending? ending = null)
    {
        if (agreement == Agreement.Agent)
            KeepAnswerPromises(story);
        foreach (var promise in story.Case.OpenPromises.Where(p => p.Source == PromiseSource.Policy).ToList())
            story.Add(new PromiseWithdrawn(story.Case.Id, promise.Id, story.Words.Answered));
        return Resolve(story, result, agreement, reason, ending);
    }

    private static Refusal? Resolve(
        Story story, CaseResult result, Agreement agreement, string? reason = null, Ending? ending = null)
    {
        var s = story.Case;
        return story.Add(new CaseResolved(
            s.Id, s.Number, s.CustomerId, result, agreement, s.Kind, s.Automatic, reason, s.IsSynthetic, ending));
    }

    private static Refusal? Reopened(Story story, ReopenCase c) =>
        Required("reason", c.Reason, LineLength) ?? story.Add(new CaseReopened(story.Case.Id, c.Reason.Trim()));

    private static Refusal? Closed(Story story, CloseDue c) => story.Case.ResolvedAt == c.ResolvedAt ? CloseIfDue(story) : Nothing;

    // A case whose promises are still to be kept, or whose answers are still to be sent, is not closed over them.
    private static Refusal? CloseIfDue(Story story) =>
        story.Case is { Status: CaseStatus.Resolved, ResolvedAt: { } resolved } && story.Now >= resolved + story.Given.Policy.ReopenWithin
            && !story.Case.OpenPromises.Any() && story.Case.Scheduled.Count == 0
            ? story.Add(new CaseClosed(story.Case.Id))
            : Nothing;

    // Whenever the customer tells us, also when the case is closed: a recovery belongs to what it is about.
    private static Refusal? Recovered(Story story, StartRecovery c)
    {
        if (story.Case.Recoveries.Contains(c.SurveyId) || story.Case.MergedInto is not null)
            return Nothing;
        var wasOver = !story.Case.IsOpen;
        story.Add(new RecoveryStarted(story.Case.Id, c.SurveyId, c.Score));
        if (wasOver)
            story.Add(new CaseReopened(story.Case.Id, story.Words.Unhappy));
        return PromiseAnswer(story, story.Words.PromiseRecovery, story.Given.Policy.Recovery);
    }
}
