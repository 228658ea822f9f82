using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Domain;

// What a case waits for, and what becomes of a no.
internal static partial class Decider
{
    private static Refusal? Awaited(Story story, AwaitThirdParty c)
    {
        if (Required("who", c.Who, LineLength) is { } refusal)
            return refusal;
        return story.Case.WaitingOn?.Who == c.Who.Trim() && c.SideConversationId is null ? Nothing
            : Await(story, c.Who, c.SideConversationId);
    }

    // Somebody else looks again, once: it goes back to the queue without whoever had said no, and by when is a promise.
    private static Refusal? SecondOpinionAsked(Story story, AskSecondOpinion c)
    {
        var s = story.Case;
        if (s.SecondOpinion is not null)
            return new("second-opinion-asked", $"On case {s.Number} a second opinion was asked for already. There is one for each case.");
        if (!s.CanAskSecondOpinion)
            return new("no-second-opinion",
                $"Case {s.Number} is {Moves.Word(s.Status)}, and nobody said that it is not possible: a second opinion is for that.");
        if (c.Reason is { Length: > TextLength })
            return new("reason-invalid", $"must be at most {TextLength} characters.", "reason");
        var (promise, isNew) = AnswerPromise(story, story.Words.PromiseSecondOpinion);
        story.Add(new SecondOpinionAsked(
            s.Id, s.Number, s.CustomerId, c.ByCustomer, s.OwnerId, s.OwnerName, string.IsNullOrWhiteSpace(c.Reason) ? null : c.Reason.Trim(),
            promise.Due, story.Given.Calendar.TimeZone));
        if (!s.IsOpen)
            story.Add(new CaseReopened(s.Id, story.Words.SecondOpinion));
        if (isNew)
            story.Add(promise);
        return s.OwnerId is { } first
            ? story.Add(new CaseUnassigned(s.Id, first, story.Queue, story.Words.SecondOpinion))
            : null;
    }

    private static Refusal? MustBeAnother(CaseState s, Person? by) =>
        s.SecondOpinion?.Excludes(by?.Id) == true ? SomebodyElse(s, null) : null;

    private static Refusal SomebodyElse(CaseState s, string? field) => new(
        "second-opinion-needs-another",
        $"{(field is null ? "" : field + ": ")}on case {s.Number} the customer was promised that somebody else than "
        + $"{s.SecondOpinion!.FirstName} looks at it again.",
        field);
}
