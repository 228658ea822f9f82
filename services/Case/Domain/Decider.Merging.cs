using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Domain;

// Cases among each other. What changes two of them is decided for each, and written in one transaction.
internal static partial class Decider
{
    private const int MostLinks = 100;
    private const int MostMerged = 50;

    /// <summary>What the other case is to this one.</summary>
    public static LinkKind Inverse(LinkKind kind) => kind switch
    {
        LinkKind.DuplicateOf => LinkKind.DuplicatedBy,
        LinkKind.DuplicatedBy => LinkKind.DuplicateOf,
        LinkKind.CausedBy => LinkKind.Causes,
        LinkKind.Causes => LinkKind.CausedBy,
        LinkKind.Follows => LinkKind.FollowedBy,
        LinkKind.FollowedBy => LinkKind.Follows,
        LinkKind.SplitFrom => LinkKind.SplitInto,
        LinkKind.SplitInto => LinkKind.SplitFrom,
        _ => kind,
    };

    private static Refusal? Linked(Story story, LinkCase c)
    {
        var s = story.Case;
        if (c.OtherId == s.Id)
            return new("to-invalid", $"must be another case than {s.Number} itself.", "to");
        if (s.Links.Any(link => link.Kind == c.Kind && link.CaseId == c.OtherId))
            return Nothing;
        return s.Links.Count >= MostLinks
            ? new("links-full", $"Case {s.Number} has {MostLinks} links, which is the most.")
            : story.Add(new CaseLinked(s.Id, c.Kind, c.OtherId, c.OtherNumber, c.By?.Id, c.By?.Name));
    }

    private static Refusal? Unlinked(Story story, UnlinkCase c) =>
        story.Case.Links.FirstOrDefault(link => link.Kind == c.Kind && link.CaseId == c.OtherId) is { } link
            ? story.Add(new CaseUnlinked(story.Case.Id, link.Kind, link.CaseId, link.Number, c.By.Id, c.By.Name))
            : Nothing;

    // What the other case's people wait for and were promised goes on here; its own stream ends.
    private static Refusal? TakenIn(Story story, TakeIn c)
    {
        var (s, from) = (story.Case, c.From);
        if (s.Merged.Any(merged => merged.CaseId == from.Id))
            return Nothing;
        if (MayTakeIn(s, c) is { } refusal)
            return refusal;
        story.Add(new CaseMerged(s.Id, from.Id, from.Number, from.CustomerId, from.WaitingSince, c.By.Id, c.By.Name));
        // Whoever waits there is another customer: they are copied on what is answered here.
        if (from.CustomerId != s.CustomerId)
            TakePart(story, new(from.Id, ParticipantRole.Cc, from.CustomerId, from.CustomerName, from.Channel, from.From), c.By);
        foreach (var person in from.Participants.Where(p => !p.Left))
            TakePart(story, person, c.By);
        foreach (var person in from.Participants.Where(p => p is { Left: true, From: not null }))
            TakeNot(story, person, c.By);
        foreach (var reminder in from.Reminders.Where(reminder => !reminder.IsDue))
            story.Add(new ReminderSet(s.Id, story.Given.NewId(), reminder.Text, reminder.At, reminder.AgentId, reminder.AgentName));
        if (c.Promises)
            foreach (var promise in from.OpenPromises)
                TakePromise(story, promise, from.Id);
        // Nobody else is waited for here, and it is not the customer's turn: what happens next is up to whom the other case waits for.
        if (from.WaitingOn is { } third && story.Case.Status is CaseStatus.New or CaseStatus.Acknowledged or CaseStatus.InProgress)
            story.Add(new ThirdPartyAwaited(s.Id, third.Who, third.SideConversationId) { FromCaseId = from.Id });
        return from.WaitingSince is null ? null : PromiseAnswer(story);
    }

    // Whom staff found not needed or took off there is not proposed here again.
    private static void TakeNot(Story story, Participant person, Person by)
    {
        var s = story.Case;
        if (s.IsCustomers(person.From!) || s.Participants.Any(p => p.IsAt(person.From!)) || (person.CustomerId is { } known && s.Concerns(known)))
            return;
        Become(story, person with { Left = false, CustomerId = null }, ParticipantRole.Suggested, by);
        story.Add(new ParticipantRemoved(s.Id, person.Id, null, null, by.Id, by.Name));
    }

    private static Refusal? MayTakeIn(CaseState s, TakeIn c)
    {
        var from = c.From;
        if (from.Id == s.Id)
            return new("into-invalid", $"must be another case than {s.Number} itself.", "into");
        if (s.Merged.Count >= MostMerged)
            return new("merged-full", $"Case {s.Number} has taken in {MostMerged} cases, which is the most.");
        if (from.CustomerId == s.CustomerId)
            return null;
        if (!c.OtherCustomer)
            return new("other-customer",
                $"must be true, if it is meant so: case {from.Number} is another customer's than {s.Number}, and they get copies of what is answered there.",
                "otherCustomer");
        return from.From.Kind == IdentityKind.EmailAddress ? null : new("no-way-to-copy",
            $"The customer of case {from.Number} is reached by no mail, and so could not be copied on {s.Number}: link the two as duplicates, and answer both.");
    }

    private static void TakePart(Story story, Participant person, Person by)
    {
        var s = story.Case;
        if (person is { Role: ParticipantRole.Suggested, From: { } proposed })
        {
            SuggestPeople(story, [new(proposed.Value, person.Name)]);
            return;
        }
        var known = person.CustomerId is { } customer && (customer == s.CustomerId || s.Participants.Any(p => !p.Left && p.CustomerId == customer));
        known |= person.AgentId is { } agent && s.Participants.Any(p => !p.Left && p.AgentId == agent);
        known |= person.From is { } at && (s.IsCustomers(at) || s.Participants.Any(p => !p.Left && p.IsAt(at)));
        if (!known)
            Become(story, person, person.Role, by);
    }

    // There is one promise to answer, and of two dates the earlier holds: nobody was told a later one than they get.
    private static void TakePromise(Story story, Promise promise, Guid from)
    {
        if (promise.Source == PromiseSource.Policy && story.Case.OpenPromises.FirstOrDefault(p => p.Source == PromiseSource.Policy) is { } ours)
        {
            if (ours.Due <= promise.Due)
                return;
            story.Add(new PromiseWithdrawn(story.Case.Id, ours.Id, story.Words.Merged));
        }
        PromiseHere(story, promise, from);
    }

    // A step stays with its plan; what its date promised is promised all the same.
    private static Refusal? PromiseHere(Story story, Promise promise, Guid from) => story.Add(new PromiseMade(
        story.Case.Id, story.Given.NewId(), promise.Text, promise.Due, promise.OwnerId, promise.Owner,
        promise.Source == PromiseSource.Step ? PromiseSource.Agent : promise.Source)
    {
        FromCaseId = from,
    });

    private static Refusal? Merged(Story story, MergeInto c)
    {
        var (s, into) = (story.Case, c.Into);
        if (s.MergedInto is { } already)
            return already.CaseId == into.Id ? Nothing : Moves.Elsewhere(s, already, "merging");
        if (s.Scheduled.Count > 0)
            return new("replies-scheduled", $"On case {s.Number} an answer waits to be sent: send it or take it back before merging.");
        if (s.OpenPromises.Any(p => p.Source == PromiseSource.CallBack))
            return new("call-booked", $"On case {s.Number} a call is booked: make it or cancel it before merging.");
        foreach (var promise in s.OpenPromises.ToList())
            story.Add(new PromiseWithdrawn(s.Id, promise.Id, c.Reason ?? $"{story.Words.Merged}: {into.Number}"));
        foreach (var reminder in s.Reminders.Where(reminder => !reminder.IsDue).ToList())
            story.Add(new ReminderCancelled(s.Id, reminder.Id));
        return story.Add(new CaseMergedInto(
            s.Id, s.Number, s.CustomerId, into.Id, into.Number, s.CustomerId == into.CustomerId, into.NextDue > story.Now ? into.NextDue : null,
            story.Given.Calendar.TimeZone, c.By.Id, c.By.Name));
    }

    private static Refusal? GivenBack(Story story, GiveBack c)
    {
        var (s, merged) = (story.Case, c.Merged);
        if (s.Merged.All(one => one.CaseId != merged.Id))
            return Nothing;
        foreach (var promise in s.OpenPromises.Where(p => p.FromCaseId == merged.Id).ToList())
            story.Add(new PromiseWithdrawn(s.Id, promise.Id, $"{story.Words.MergeUndone}: {merged.Number}"));
        if (s.Participants.Any(p => p.Id == merged.Id && !p.Left))
            story.Add(new ParticipantRemoved(s.Id, merged.Id, merged.CustomerId, null, c.By.Id, c.By.Name));
        if (s.WaitingOn is { } third && (third.FromCaseId == merged.Id || (third.SideConversationId is { } awaited && c.Beside.Contains(awaited))))
            story.Add(new ThirdPartyAnswered(s.Id, third.SideConversationId));
        story.Add(new CaseMergeUndone(s.Id, merged.Id, merged.Number, Reopens: false, c.By.Id, c.By.Name));
        return story.Case.WaitingSince is null ? null : PromiseAnswer(story);
    }

    private static Refusal? MergeUndone(Story story, UndoMerge c)
    {
        var s = story.Case;
        if (s.MergedInto is not { } into)
            return new("not-merged", $"Case {s.Number} is part of no other case.");
        if (story.Now > into.At + story.Given.Policy.UndoMergeWithin)
            return new("undo-too-late",
                $"Case {s.Number} was merged into {into.Number} more than {story.Given.Policy.UndoMergeWithin.TotalHours:0} hours ago: split what belongs apart from there.");
        story.Add(new CaseMergeUndone(
            s.Id, into.CaseId, into.Number, into.Before != CaseStatus.Resolved, c.By.Id, c.By.Name));
        foreach (var promise in c.Back)
            if (promise.Source != PromiseSource.Policy || story.Case.IsOpen)
                PromiseHere(story, promise, into.CaseId);
        return story.Case.WaitingSince is null ? null : PromiseAnswer(story);
    }

    private static Refusal? Split(Story story, SplitOff c)
    {
        var s = story.Case;
        if (RefuseSplit(s, c) is { } refusal)
            return refusal;
        story.Add(new CaseSplit(s.Id, c.IntoId, c.IntoNumber, c.ContactIds, c.By.Id, c.By.Name));
        // What was understood was read from the message that is gone, unless somebody has put it right since.
        if (!c.ContactIds.Contains(s.ContactId) || s.PastNeeds.Count > 0 || !s.IsOpen)
            return null;
        var need = NeedSentence.From(null, c.Stays, story.Words.NoWords);
        return need == s.Need ? null : story.Add(new NeedCorrected(s.Id, need, ByCustomer: false, c.By.Id, c.By.Name));
    }

    /// <summary>Whether the messages can become a case of their own: asked before it is opened.</summary>
    public static Refusal? RefuseSplit(CaseState s, SplitOff c) => Moves.Refuse(s, c) ?? c.ContactIds switch
    {
        [] => new("contacts-required", "must name at least one message.", "contacts"),
        var ids when s.SplitOff.Intersect(ids).Any() => new("contacts-invalid", "must not name one that is a case of its own already.", "contacts"),
        // The customer's page tells what they wrote here: a case of which nothing is left says nothing.
        var ids when ids.Contains(s.ContactId) && c.Stays is null => new(
            "contacts-invalid",
            $"must leave something that the customer of case {s.Number} wrote. "
            + "If the case is about something else than we understood, put its need right instead.",
            "contacts"),
        _ => null,
    };
}
