using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Contracts.Routing.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Domain;

// How a case begins: a contact opens or joins it, Routing or the default policy triages it, the customer is told.
internal static partial class Decider
{
    /// <summary>Of a case that nobody has looked at.</summary>
    public const string DefaultCategory = "general";

    private static Outcome<Decision> Opened(OpenCase open, Given given)
    {
        var contact = open.Contact;
        var opened = new CaseOpened
        {
            CaseId = open.CaseId,
            Number = open.Number,
            ContactId = contact.ContactId,
            CustomerId = contact.CustomerId,
            CustomerName = contact.CustomerName,
            Channel = contact.Channel,
            Brand = contact.Brand,
            From = AnswerAt(contact),
            Language = contact.Language,
            TimeZone = contact.TimeZone,
            Subject = contact.Subject,
            Text = contact.Text,
            Need = NeedSentence.From(contact.Subject, contact.Text, Words.In(contact.Language).NoWords),
            Attachments = contact.Attachments,
            Automatic = contact.Automatic,
            MessageId = contact.MessageId,
            References = contact.References,
            Tags = contact.Tags,
            Kind = contact.Kind,
            Priority = contact.Priority,
            ReceivedAt = contact.ReceivedAt,
            FollowsCaseId = open.FollowsCaseId,
            FollowsNumber = open.FollowsNumber,
            Visibility = contact.Visibility,
        };
        var story = new Story(Evolution.Evolve(null, opened, given.Now), given);
        SuggestPeople(story, contact.Cc);
        return new Decision(story.Case, [opened, .. story.Events]);
    }

    // Where they want the answer is not always where they wrote from: a mail's Reply-To, the address that a visitor left in the chat.
    private static Identity AnswerAt(ContactReceived contact) =>
        contact.AnswerTo is { } address ? new(IdentityKind.EmailAddress, address) : contact.From;

    /// <summary>Whether a contact of now reopens the case, if it is over.</summary>
    public static bool IsWithinReach(CaseState state, DateTimeOffset now, CasePolicy policy) =>
        state.IsOpen || (state is { Status: CaseStatus.Resolved, ResolvedAt: { } at } && now <= at + policy.ReopenWithin);

    private static Refusal? Join(Story story, JoinContact c)
    {
        var contact = c.Contact;
        var now = story.Case;
        // A file may be what we had asked for; what stands within the text is a signature's picture more often than not.
        var wantsNothing = contact.Automatic != Automatic.None || (contact.Attachments.All(file => file.Inline)
            && ThankYou.Is(contact.Text, contact.CustomerName, now.CustomerName, now.OwnerName));
        if (!wantsNothing && !IsWithinReach(now, story.Now, story.Given.Policy))
            return new("case-closed", $"Case {now.Number} is over for good: a further contact opens a case of its own.");

        var replied = new CustomerReplied
        {
            CaseId = now.Id,
            Number = now.Number,
            ContactId = contact.ContactId,
            CustomerId = contact.CustomerId,
            CustomerName = contact.CustomerName,
            Channel = contact.Channel,
            From = AnswerAt(contact),
            Text = contact.Text,
            Attachments = contact.Attachments,
            Automatic = contact.Automatic,
            MessageId = contact.MessageId,
            JoinedBy = c.By,
            NewParticipant = contact.Automatic == Automatic.None && !now.Concerns(contact.CustomerId)
                && !now.Participants.Any(p => p.IsAt(AnswerAt(contact))),
            Thanks = contact.Automatic == Automatic.None && wantsNothing,
            ReceivedAt = contact.ReceivedAt,
            Visibility = contact.Visibility,
        };
        CustomerHasWritten(story, replied, wantsNothing, tell: true);
        // What anybody could write must not bring strangers to an agent's attention as if the customer wanted them there.
        if (contact.Automatic == Automatic.None && now.IsVouchedFor(contact.CustomerId, contact.From))
            SuggestPeople(story, contact.Cc);
        return null;
    }

    private static Refusal? CustomerWrites(Story story, ReplyAsCustomer c)
    {
        var now = story.Case;
        // A picture may say it all.
        if ((c.Attachments is { Count: > 0 } && string.IsNullOrWhiteSpace(c.Text) ? null : Required("text", c.Text, 20_000)) is { } refusal)
            return refusal;
        if (!IsWithinReach(now, story.Now, story.Given.Policy))
            return new("case-closed", $"Case {now.Number} is over for good. Please write to us anew; we still have what you told us.");
        var thanks = c.Attachments is null or [] && ThankYou.Is(c.Text, now.CustomerName, now.OwnerName);
        var replied = new CustomerReplied
        {
            CaseId = now.Id,
            Number = now.Number,
            ContactId = c.ContactId,
            CustomerId = now.CustomerId,
            CustomerName = now.CustomerName,
            Channel = Channel.WebForm,
            From = now.From,
            Text = c.Text,
            Attachments = c.Attachments ?? [],
            JoinedBy = EvidenceKind.Explicit,
            Thanks = thanks,
            ReceivedAt = story.Now,
        };
        return CustomerHasWritten(story, replied, thanks, tell: false);
    }

    // Who writes to us again is told who has it and by when; that date is a promise. While the first acknowledgement is still to
    // come, it says all that; a machine and a thank-you are told nothing.
    private static Refusal? CustomerHasWritten(Story story, CustomerReplied replied, bool wantsNothing, bool tell)
    {
        var wasResolved = !story.Case.IsOpen;
        if (wantsNothing || (story.Case.AcknowledgedAt is null && !wasResolved))
        {
            story.Add(replied with { Acknowledge = false });
            if (replied.Thanks)
                Praised(story, replied.ContactId, replied.CustomerId);
            if (!wantsNothing)
                HoldScheduled(story);
            return null;
        }

        var (promise, isNew) = AnswerPromise(story);
        story.Add(replied with
        {
            Acknowledge = tell,
            OwnerName = story.Case.OwnerName,
            TeamName = story.Case.TeamName,
            Next = story.Words.AfterJoin(story.Case.Who),
            By = promise.Due,
            TimeZone = story.Given.Calendar.TimeZone,
        });
        HoldScheduled(story);
        if (wasResolved)
            story.Add(new CaseReopened(story.Case.Id, story.Words.WroteAgain));
        return isNew ? story.Add(promise) : null;
    }

    /// <summary>The open promise to answer, or a new one: there is never more than one.</summary>
    private static (PromiseMade Promise, bool IsNew) AnswerPromise(
        Story story, string? text = null, DateTimeOffset? from = null, TimeSpan? target = null, Guid? except = null)
    {
        var s = story.Case;
        return s.OpenPromises.FirstOrDefault(p => p.Source == PromiseSource.Policy && p.Id != except) is { } open
            ? (new(s.Id, open.Id, open.Text, open.Due, open.OwnerId, open.Owner, open.Source), false)
            : (PolicyPromise(story, text ?? story.Words.PromiseAnswer, from ?? story.Now, target ?? AnswerTarget(story)), true);
    }

    private static TimeSpan AnswerTarget(Story story) => story.Case.FirstResponseTarget ?? story.Given.Policy.FirstResponse;

    private static Refusal? PromiseAnswer(Story story, string? text = null, TimeSpan? target = null) =>
        AnswerPromise(story, text, null, target) is (var promise, true) ? story.Add(promise) : Nothing;

    private static PromiseMade PolicyPromise(Story story, string text, DateTimeOffset from, TimeSpan target)
    {
        var due = DueIn(story, from, target);
        return new(story.Case.Id, story.Given.NewId(), text, due, story.Case.OwnerId, story.Case.Who, PromiseSource.Policy);
    }

    private static DateTimeOffset DueIn(Story story, DateTimeOffset from, TimeSpan target)
    {
        var due = Due(from);
        // After an outage the date that was meant has passed: what we tell the customer must be one that we can keep.
        return due <= story.Now ? Due(story.Now) : due;

        // Of a calendar that has run out of days, customers are promised a date all the same.
        DateTimeOffset Due(DateTimeOffset start) => story.Given.Calendar.Add(start, target) ?? start + target;
    }

    private static Refusal? Triaged(Story story, RoutingDecided d)
    {
        if (!story.Case.IsOpen)
            return Nothing;
        var triaged = new CaseTriaged
        {
            CaseId = story.Case.Id,
            Kind = d.Kind,
            Category = d.Category,
            Priority = story.Case.PrioritySetBy is null ? d.Priority : story.Case.Priority,
            Feeling = d.Feeling,
            QueueId = d.QueueId,
            QueueName = d.QueueName,
            TeamName = d.TeamName,
            CalendarId = d.CalendarId,
            FirstResponseTarget = d.FirstResponseTarget,
            ResolutionTarget = d.ResolutionTarget,
            Reasons = d.Reasons,
        };
        TierIs(story, story.Given.Tier);
        if (!IsTriagedAs(story.Case, triaged))
            story.Add(triaged);
        if (EndsByItself(story.Case))
            return EndByItself(story);
        // A person may have named an owner since Routing looked.
        if (d is { AgentId: { } agent, AgentName: { } name } && agent != story.Case.OwnerId && d.CaseVersion >= story.Case.OwnerVersion
            && story.Case.SecondOpinion?.Excludes(agent) != true)
            story.Add(new CaseAssigned(story.Case.Id, agent, name, d.QueueId, FormerAgentId: story.Case.OwnerId));
        return Acknowledged(story);
    }

    private static void TierIs(Story story, string? tier)
    {
        if (tier is not null && tier != story.Case.Tier)
            story.Add(new CaseTierChanged(story.Case.Id, tier));
    }

    private static bool IsTriagedAs(CaseState s, CaseTriaged t) =>
        (s.Kind, s.Category, s.Priority, s.Feeling) == (t.Kind, t.Category, t.Priority, t.Feeling)
        && (s.QueueId, s.QueueName, s.TeamName, s.CalendarId) == (t.QueueId, t.QueueName, t.TeamName, t.CalendarId)
        && (s.FirstResponseTarget, s.ResolutionTarget) == (t.FirstResponseTarget, t.ResolutionTarget)
        && s.Reasons.SequenceEqual(t.Reasons);

    private static Refusal? TriagedByDefault(Story story)
    {
        var (s, policy) = (story.Case, story.Given.Policy);
        if (s.IsTriaged || !s.IsOpen)
            return Nothing;
        TierIs(story, story.Given.Tier);
        story.Add(new CaseTriaged
        {
            CaseId = s.Id,
            Kind = s.Kind == Kind.Unknown ? Kind.Question : s.Kind,
            Category = DefaultCategory,
            Priority = s.Priority,
            Feeling = Feeling.Neutral,
            QueueId = policy.QueueId,
            QueueName = policy.QueueName,
            TeamName = policy.TeamName,
            CalendarId = policy.CalendarId,
            FirstResponseTarget = policy.FirstResponse,
            ByDefaultPolicy = true,
        });
        return EndsByItself(story.Case) ? EndByItself(story) : Acknowledged(story);
    }

    // Out-of-office answers, delivery reports and echoes of ourselves ask nobody anything.
    private static bool EndsByItself(CaseState s) => s.Automatic is Automatic.AutoReply or Automatic.Bounce or Automatic.Loop;

    private static Refusal? EndByItself(Story story) =>
        Resolve(story, CaseResult.Solved, Agreement.NothingAsked);

    private static Refusal? Acknowledged(Story story)
    {
        // Never to a machine: two of them would thank each other forever.
        if (story.Case.AcknowledgedAt is not null || story.Case.Automatic != Automatic.None)
            return Nothing;
        PromiseMade? promise = null;
        if (story.Case.Kind != Kind.Praise)
        {
            (promise, var isNew) = AnswerPromise(story, from: story.Case.OpenedAt);
            if (isNew)
                story.Add(promise);
            if (story.Case.Plan.Count == 0)
                FirstPlan(story, promise);
        }
        story.Add(new CaseAcknowledged
        {
            CaseId = story.Case.Id,
            Number = story.Case.Number,
            CustomerId = story.Case.CustomerId,
            Need = story.Case.Need,
            Kind = story.Case.Kind,
            Feeling = story.Case.Feeling,
            OwnerName = story.Case.OwnerName,
            TeamName = story.Case.TeamName,
            Next = story.Words.Next(story.Case.Kind, story.Case.Feeling, story.Case.Who),
            By = promise?.Due,
            PromiseId = promise?.PromiseId,
            TimeZone = story.Given.Calendar.TimeZone,
            Phone = story.Given.Policy.PhoneOf(story.Case),
        });
        if (promise is not null)
            return null;
        Praised(story, story.Case.ContactId, story.Case.CustomerId);
        return EndByItself(story);
    }

    private static Refusal? Praised(Story story, Guid contactId, Guid customerId) => story.Add(new PraiseGiven(
        story.Case.Id, contactId, customerId, story.Case.OwnerId, story.Case.OwnerName, story.Case.QueueId));

    private static Step[] DefaultPlan(Story story, PromiseMade answer)
    {
        var (words, who) = (story.Words, story.Case.Who);
        return
        [
            new(StepKeys.Understand, words.StepUnderstand, who, answer.Due) { PromiseId = answer.PromiseId },
            new(StepKeys.Work, words.StepWork, who, null),
            new(StepKeys.Propose, words.StepPropose, who, null),
            new(StepKeys.Confirm, words.StepConfirm, words.You, null),
        ];
    }
}
