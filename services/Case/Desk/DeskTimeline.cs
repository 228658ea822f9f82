using CxPlatform.Cases.Clocks;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Reading;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Feedback.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Desk;

/// <summary>A line of the timeline in words.</summary>
internal sealed record DeskEntry
{
    public long Version { get; init; }
    public DateTimeOffset At { get; init; }

    /// <summary>Which of the customer's other cases it is of; null for the one that is shown.</summary>
    public string? Number { get; init; }

    /// <summary>One sentence.</summary>
    public required string Title { get; init; }

    /// <summary>The dot's colour: customer, done, current, late or note; null for what matters less.</summary>
    public string? State { get; init; }

    /// <summary>What somebody wrote.</summary>
    public string? Content { get; init; }

    /// <summary>Further facts, a line each.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];

    public IReadOnlyList<Attachment> Files { get; init; } = [];
}

/// <summary>Puts every event of a case into a sentence for people at the desk.</summary>
/// <param name="names">Names of actors: <c>agent:&lt;id&gt;</c>, <c>key:&lt;id&gt;</c>.</param>
internal sealed class DeskTimeline(CaseState state, string zone, IReadOnlyDictionary<string, string> names)
{
    private string Customer => state.CustomerName ?? "The customer";

    public DeskEntry Of(TimelineEntry entry)
    {
        var line = Line(entry.Event, entry.Actor) with { Version = entry.Version, At = entry.At };
        return entry.ErasedAt is null ? line : line with { Details = [.. line.Details, "Personal data was erased."] };
    }

    private DeskEntry Line(object e, string actor) => e switch
    {
        CaseOpened x => Opened(x),
        CustomerReplied x => Reply(x),
        CaseTriaged x => Triaged(x),
        CaseAcknowledged x => Says(
            $"We told the customer that {x.OwnerName ?? x.TeamName} has it{(x.By is { } by ? $" and answers by {Date(by)}" : "")}",
            "done",
            x.Next),
        CaseAssigned x => Says($"{x.AgentName} has the case", null, x.Reason),
        CaseUnassigned x => Says("Back in the queue", null, x.Reason),
        NeedCorrected x => Says($"{(x.ByCustomer ? Customer : By(actor))} put right what we understood", x.ByCustomer ? "customer" : null)
            with
        { Content = x.Need },
        ReplySent x => Says($"{x.AgentName} answered" + InPublic(x.Visibility) + (x.AsksCustomer ? " and asked the customer something" : ""), "done")
            with
        { Content = x.Text, Files = x.Attachments },
        NoteAdded x => Says($"Note by {x.AgentName}, for colleagues only", "note") with { Content = x.Text },
        CasePlanned x => Says("The plan for the customer", null, string.Join(" → ", x.Steps.Select(step => step.Title))),
        StepChanged x => Says(
            $"Step “{x.Step.Title}” is {x.Step.State.ToString().ToLowerInvariant()}",
            null,
            x.Step.Due is { } due ? $"By {Date(due)}" : null),
        PromiseMade x => Says($"{x.Owner} promised: {x.Text}, by {Date(x.Due)}", "current"),
        PromiseKept x => Says($"Promise kept{(x.Late ? " late" : "")}: {PromiseText(x.PromiseId)}", x.Late ? "late" : "done"),
        PromiseBroken x => Says($"Promise broken: {PromiseText(x.PromiseId)}, by {Date(x.Due)}", "late"),
        PromiseWarned x => Says($"Promise due soon: {PromiseText(x.PromiseId)}, by {Date(x.Due)}", "current"),
        PromiseSuggested x => Says($"{x.AgentName}'s answer sounds like a promise by {Date(x.Due)}", "current", x.Text),
        SuggestionSettled x => Says(x.Confirmed ? "The suggested promise was made" : "The suggested promise was none", null),
        ReminderSet x => Says($"{x.AgentName} is reminded on {Date(x.At)}", "note", x.Text),
        ReminderDue => Says("A reminder is due", "current"),
        ReminderCancelled => Says("A reminder was taken back", null),
        PromiseEscalated x => Says($"Escalated to whoever leads the queue: {PromiseText(x.PromiseId)}", "late"),
        CaseCovered x => Says($"{x.AgentName} covers for {x.AbsentName}", "current", $"{x.AbsentName} is away until {Date(x.Until)}."),
        PromiseRenegotiated x => Says(
            $"Promise moved to {Date(x.Due)}: {PromiseText(x.PromiseId)}", "current", $"It was {Date(x.OldDue)}.", x.Reason),
        PromiseWithdrawn x => Says($"Promise withdrawn: {PromiseText(x.PromiseId)}", null, x.Reason),
        SolutionProposed x => Says($"{x.AgentName} proposed a solution", "done", $"The customer is asked to answer by {Date(x.AnswerBy)}.")
            with
        { Content = x.Text },
        SolutionAccepted => Says($"{Customer} accepted the proposal", "customer"),
        SolutionDeclined x => Says(
            $"{Customer} declined the proposal" + (x.WouldMakeItRight is null ? "" : " and said what would make it right"), "customer")
            with
        { Content = x.WouldMakeItRight },
        CaseResolved x => Says($"Resolved: {DeskWords.Of(x.Result).ToLowerInvariant()}; {DeskWords.Of(x.Agreement)}", "done",
            [x.Reason, .. EndingLines(x.Ending)]),
        SideConversationOpened x => Says($"{x.AgentName} asked {x.Name ?? x.To.Value}, beside", "note", $"Subject: {x.Subject}")
            with
        { Content = x.Text, Files = x.Attachments },
        SideMessageSent x => Says($"{x.AgentName} wrote again in “{SideSubject(x.SideConversationId)}”, beside", "note")
            with
        { Content = x.Text, Files = x.Attachments },
        SideMessageReceived x => Says(
            (x.Automatic == Automatic.None ? $"{x.Name ?? x.From.Value} answered" : $"{DeskWords.Of(x.Automatic)} came")
                + $" in “{SideSubject(x.SideConversationId)}”, for colleagues only",
            "note",
            $"It is there because {DeskWords.Of(x.JoinedBy)}.")
            with
        { Content = x.Text, Files = x.Attachments },
        SideConversationClosed x => Says(
            $"“{SideSubject(x.SideConversationId)}” was closed" + (x.Forgotten ? ": whom it was with was forgotten" : $" by {x.AgentName ?? "a colleague"}"), null),
        ThirdPartyAwaited x => Says($"We wait for {x.Who}", "current"),
        ThirdPartyAnswered => Says("Nobody outside is waited for any longer", "done"),
        SecondOpinionAsked x => Says(
            $"{(x.ByCustomer ? Customer : By(actor))} asked for a second opinion",
            "late",
            x.AgentName is null ? null : $"Somebody else than {x.AgentName} is to look at it.")
            with
        { Content = x.Reason },
        CaseReopened x => Says("Reopened", "late", x.Reason),
        CaseClosed => Says("Closed: what comes now opens a case of its own", null),
        MessageOutcome x => Says(
            $"Our {Template(x.Template)} {(x.Sent ? "went out" : x.StillTrying ? "has not left for an hour, and is tried again" : "could not be delivered")} {DeskWords.By(x.Channel)}",
            x.Sent ? null : "late",
            x.Reason),
        CaseFeedback x => Says($"{Customer} rated it {x.Score} of {Highest(x.Measure)}", "customer") with { Content = x.Comment },
        RecoveryStarted x => Says($"The customer is unhappy ({x.Score}): we make it right", "late"),
        CaseCustomerChanged => Says("Two customer records turned out to be one person, or not to be: the case has moved", null),
        CaseTierChanged x => Says(x.Tier is null ? "The customer has no tier any more" : $"The customer's tier is {x.Tier}", null),
        CaseClockWarned x => Says($"{ClockWords.Of(x.Clock)} is due soon: by {Date(x.Due)}", "current"),
        CaseClockBreached x => Says($"{ClockWords.Of(x.Clock)} missed its target, due by {Date(x.Due)}", "late"),
        ReplyScheduled x => Says(
            x.ForUndo ? $"{x.AgentName} sends an answer in a moment" : $"{x.AgentName} wrote an answer for {Date(x.SendAt)}", "note")
            with
        { Content = x.Text, Files = x.Attachments },
        ReplyHeld => Says("An answer for later waits for a look: the customer has written meanwhile", "late"),
        ReplyUnscheduled => Says("An answer was taken back before it went out", null),
        CaseHandedOver x => Says(
            $"{x.FromName} handed the case to {x.AgentName}", "note", $"Done: {x.Done}", $"Next: {x.Next}",
            x.Promised is null ? null : $"Promised: {x.Promised}", x.Beware is null ? null : $"Beware: {x.Beware}"),
        HandoverAcknowledged x => Says($"{x.AgentName} has read the handover", null),
        PromisesMoved x => Says($"{x.AgentName} keeps what {x.FromName} had promised", "current", $"The first by {Date(x.By)}."),
        PraiseGiven x => Says(x.AgentName is null ? $"Praise from {Customer}" : $"Praise from {Customer} for {x.AgentName}", "customer"),
        CaseLinked x => Says($"{DeskWords.Of(x.Kind)} {x.OtherNumber}", null, ByLine(x.ByName)),
        CaseUnlinked x => Says($"No longer linked with {x.OtherNumber}", null, ByLine(x.ByName)),
        CaseSplit x => Says(
            x.ContactIds.Count == 1 ? $"A message became case {x.IntoNumber}" : $"{x.ContactIds.Count} messages became case {x.IntoNumber}", null,
            ByLine(x.ByName)),
        CaseMerged x => Says($"Case {x.FromNumber} is part of this one from here on", "current", ByLine(x.ByName)),
        CaseMergedInto x => Says($"Merged into case {x.IntoNumber}, where it goes on", "done", ByLine(x.ByName)),
        CaseMergeUndone x => Says($"The merge with case {x.OtherNumber} was undone", "late", ByLine(x.ByName)),
        ParticipantAdded x => Says(
            x.Role switch
            {
                ParticipantRole.Follower => $"{x.AgentName} follows the case",
                ParticipantRole.Cc => $"{x.Name ?? x.Address?.Value} gets copies of our answers",
                ParticipantRole.Suggested => $"{x.Name ?? x.Address?.Value} was in copy, and is proposed as a participant",
                _ => $"{x.Name ?? x.Address?.Value} takes part, without copies",
            },
            null,
            x.ById == x.AgentId ? null : ByLine(x.ByName)),
        ParticipantRemoved x => Says(
            x.AgentId is not null && x.ById == x.AgentId ? $"{x.ByName} follows the case no longer"
                : state.Participants.Any(p => p.Id == x.ParticipantId && p.Role == ParticipantRole.Suggested)
                    ? $"{ParticipantName(x.ParticipantId)} is not needed in copy"
                : $"{ParticipantName(x.ParticipantId)} was taken off the case", null, ByLine(x.ByName)),
        CasePriorityChanged x => Says(
            $"{x.AgentName} set the priority from {PriorityWord(x.OldPriority)} to {PriorityWord(x.Priority)}", null, x.Reason),
        CaseTagsChanged x => Says(
            $"{x.AgentName} changed the tags",
            null,
            x.Added.Count > 0 ? $"Added: {string.Join(", ", x.Added)}" : null,
            x.Removed.Count > 0 ? $"Removed: {string.Join(", ", x.Removed)}" : null),
        CaseCustomerErased => Says("A customer's personal data was erased", null),
        _ => Says(EventTypes.NameOf(e.GetType()), null),
    };

    private static IEnumerable<string?> EndingLines(Ending? ending) => ending is null ? [] :
        [
            ending.Policy is { } policy ? $"The rule: {policy}" : null, ending.Alternative is { } other ? $"Possible instead: {other}" : null,
            ending.ReferredTo is { } to ? $"Referred to {to}: {ending.Reach}" : null,
        ];

    private static DeskEntry Opened(CaseOpened x) =>
        Says(
            $"{x.CustomerName ?? "The customer"} wrote {DeskWords.By(x.Channel)}{InPublic(x.Visibility)}",
            "customer",
            x.Subject is null ? null : $"Subject: {x.Subject}")
            with
        { Content = x.Text, Files = x.Attachments };

    private static DeskEntry Reply(CustomerReplied x)
    {
        var name = x.CustomerName ?? (x.NewParticipant ? "Somebody new" : "The customer");
        var title = x.Automatic != Automatic.None ? $"{DeskWords.Of(x.Automatic)} came in {DeskWords.By(x.Channel)}"
            : x.Thanks ? $"{name} said thank you {DeskWords.By(x.Channel)}"
            : x.NewParticipant ? $"{name} joined {DeskWords.By(x.Channel)}"
            : $"{name} wrote again {DeskWords.By(x.Channel)}";
        title += InPublic(x.Visibility);
        return Says(title, "customer", $"It is part of this case because {DeskWords.Of(x.JoinedBy)}.")
            with
        { Content = x.Text, Files = x.Attachments };
    }

    private static string InPublic(Visibility? visibility) => visibility == Visibility.World ? ", in public" : "";

    private static DeskEntry Triaged(CaseTriaged x)
    {
        var (kind, priority) = (Article(DeskWords.Of(x.Kind).ToLowerInvariant()), DeskWords.Of(x.Priority).Text.ToLowerInvariant());
        var entry = Says($"Understood as {kind} about {x.Category}, priority {priority}, for {x.QueueName}", null);
        return entry with { Details = x.ByDefaultPolicy ? ["Routing had not answered in time: the default policy decided."] : x.Reasons };
    }

    private static DeskEntry Says(string title, string? state, params string?[] details) =>
        new() { Title = title, State = state, Details = [.. details.OfType<string>().Where(detail => detail.Length > 0)] };

    private string Date(DateTimeOffset at) => DeskWords.Date(at, zone);

    private string By(string actor) =>
        names.GetValueOrDefault(actor, actor.StartsWith("customer:", StringComparison.Ordinal) ? Customer : "A colleague");

    private string PromiseText(Guid id) => state.Promises.FirstOrDefault(promise => promise.Id == id)?.Text ?? "a promise";

    private static string? ByLine(string? name) => name is null ? null : $"By {name}.";

    private string ParticipantName(Guid id) => state.Participants.FirstOrDefault(p => p.Id == id) switch
    {
        { Name: { Length: > 0 } name } => name,
        { From.Value: { Length: > 0 } address } => address,
        _ => "Somebody",
    };

    private string SideSubject(Guid id) =>
        state.SideConversations.FirstOrDefault(side => side.Id == id) is { Subject.Length: > 0 } side ? side.Subject : "a side conversation";

    private static string PriorityWord(Priority priority) => DeskWords.Of(priority).Text.ToLowerInvariant();

    private static string Article(string noun) => (noun is ['a' or 'e' or 'i' or 'o' or 'u', ..] ? "an " : "a ") + noun;

    private static string Template(string template) => template switch
    {
        SideConversationOpened.Template => "mail to somebody asked beside",
        "promise-made" => "message about a promise",
        "promise-renegotiated" => "message about a promise's new date",
        "promise-withdrawn" => "message about a promise that was withdrawn",
        "promise-broken" => "apology for a broken promise",
        "resolved" => "message about the end",
        _ when template.StartsWith("acknowledgement", StringComparison.Ordinal) => "acknowledgement",
        _ => template.Replace('-', ' '),
    };

    private static int Highest(Measure measure) => measure switch { Measure.Csat => 5, Measure.Ces => 7, _ => 10 };
}
