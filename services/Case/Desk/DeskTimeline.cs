using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Reading;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Feedback.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Desk;

/// <summary>A line of the timeline in words.</summary>
/// <param name="Title">One sentence.</param>
/// <param name="State">The dot's colour: <c>customer</c>, <c>done</c>, <c>current</c>, <c>late</c>, <c>note</c> or nothing.</param>
/// <param name="Content">What somebody wrote.</param>
/// <param name="Details">Further facts, a line each.</param>
internal sealed record DeskEntry(
    long Version, DateTimeOffset At, string Title, string? State = null, string? Content = null, IReadOnlyList<string>? Details = null, IReadOnlyList<Attachment>? Files = null);

/// <summary>Puts every event of a case into a sentence for people at the desk.</summary>
/// <param name="names">Names of actors: <c>agent:&lt;id&gt;</c>, <c>key:&lt;id&gt;</c>.</param>
internal sealed class DeskTimeline(CaseState state, string zone, IReadOnlyDictionary<string, string> names)
{
    private string Customer => state.CustomerName ?? "The customer";

    public DeskEntry Of(TimelineEntry entry)
    {
        var line = Line(entry.Event, entry.Actor) with { Version = entry.Version, At = entry.At };
        return entry.ErasedAt is null ? line : line with { Details = [.. line.Details ?? [], "Personal data was erased."] };
    }

    private DeskEntry Line(object e, string actor) => e switch
    {
        CaseOpened x => Says($"{x.CustomerName ?? "The customer"} wrote {DeskWords.By(x.Channel)}", "customer", x.Text, x.Subject is null ? [] : [$"Subject: {x.Subject}"], x.Attachments),
        CustomerReplied x => Reply(x),
        CaseTriaged x => Says(
            $"Understood as {Article(DeskWords.Of(x.Kind).ToLowerInvariant())} about {x.Category}, priority {DeskWords.Of(x.Priority).Text.ToLowerInvariant()}, for {x.QueueName}",
            details: x.ByDefaultPolicy ? ["Routing had not answered in time: the default policy decided."] : x.Reasons),
        CaseAcknowledged x => Says(
            $"We told the customer that {x.OwnerName ?? x.TeamName} has it" + (x.By is { } by ? $" and answers by {Date(by)}" : ""), "done", details: [x.Next]),
        CaseAssigned x => Says($"{x.AgentName} has the case", details: Because(x.Reason)),
        CaseUnassigned x => Says("Back in the queue", details: Because(x.Reason)),
        NeedCorrected x => Says($"{(x.ByCustomer ? Customer : By(actor))} put right what we understood", x.ByCustomer ? "customer" : null, x.Need),
        ReplySent x => Says($"{x.AgentName} answered" + (x.AsksCustomer ? " and asked the customer something" : ""), "done", x.Text, files: x.Attachments),
        NoteAdded x => Says($"Note by {x.AgentName}, for colleagues only", "note", x.Text),
        CasePlanned x => Says("The plan for the customer", details: [string.Join(" → ", x.Steps.Select(step => step.Title))]),
        StepChanged x => Says($"Step “{x.Step.Title}” is {x.Step.State.ToString().ToLowerInvariant()}", details: x.Step.Due is { } due ? [$"By {Date(due)}"] : []),
        PromiseMade x => Says($"{x.Owner} promised: {x.Text}, by {Date(x.Due)}", "current"),
        PromiseKept x => Says($"Promise kept{(x.Late ? " late" : "")}: {PromiseText(x.PromiseId)}", x.Late ? "late" : "done"),
        PromiseBroken x => Says($"Promise broken: {PromiseText(x.PromiseId)}, by {Date(x.Due)}", "late"),
        PromiseRenegotiated x => Says($"Promise moved to {Date(x.Due)}: {PromiseText(x.PromiseId)}", "current", details: [$"It was {Date(x.OldDue)}.", .. Because(x.Reason)]),
        PromiseWithdrawn x => Says($"Promise withdrawn: {PromiseText(x.PromiseId)}", details: Because(x.Reason)),
        SolutionProposed x => Says($"{x.AgentName} proposed a solution", "done", x.Text, [$"The customer is asked to answer by {Date(x.AnswerBy)}."]),
        SolutionAccepted => Says($"{Customer} accepted the proposal", "customer"),
        SolutionDeclined x => Says($"{Customer} declined the proposal" + (x.WouldMakeItRight is null ? "" : " and said what would make it right"), "customer", x.WouldMakeItRight),
        CaseResolved x => Says($"Resolved: {DeskWords.Of(x.Result).ToLowerInvariant()}; {DeskWords.Of(x.Agreement)}", "done", details: Because(x.Reason)),
        CaseReopened x => Says("Reopened", "late", details: Because(x.Reason)),
        CaseClosed => Says("Closed: what comes now opens a case of its own"),
        MessageOutcome x => Says(
            x.Sent ? $"Our {Template(x.Template)} went out {DeskWords.By(x.Channel)}" : $"Our {Template(x.Template)} could not be delivered {DeskWords.By(x.Channel)}",
            x.Sent ? null : "late", details: Because(x.Reason)),
        CaseFeedback x => Says($"{Customer} rated it {x.Score} of {Highest(x.Measure)}", "customer", x.Comment),
        RecoveryStarted x => Says($"The customer is unhappy ({x.Score}): we make it right", "late"),
        CaseCustomerChanged => Says("Two customer records turned out to be one person, or not to be: the case has moved"),
        CaseCustomerErased => Says("A customer's personal data was erased"),
        _ => Says(EventTypes.NameOf(e.GetType())),
    };

    private static DeskEntry Reply(CustomerReplied x)
    {
        var name = x.CustomerName ?? (x.NewParticipant ? "Somebody new" : "The customer");
        var title = x.Automatic != Automatic.None ? $"{DeskWords.Of(x.Automatic)} came in {DeskWords.By(x.Channel)}"
            : x.Thanks ? $"{name} said thank you {DeskWords.By(x.Channel)}"
            : x.NewParticipant ? $"{name} joined {DeskWords.By(x.Channel)}"
            : $"{name} wrote again {DeskWords.By(x.Channel)}";
        return Says(title, "customer", x.Text, [$"It is part of this case because {DeskWords.Of(x.JoinedBy)}."], x.Attachments);
    }

    private static DeskEntry Says(string title, string? state = null, string? content = null, IReadOnlyList<string>? details = null, IReadOnlyList<Attachment>? files = null) =>
        new(0, default, title, state, string.IsNullOrWhiteSpace(content) ? null : content, details, files);

    private string Date(DateTimeOffset at) => DeskWords.Date(at, zone);

    private string By(string actor) => names.GetValueOrDefault(actor, actor.StartsWith("customer:", StringComparison.Ordinal) ? Customer : "A colleague");

    private string PromiseText(Guid id) => state.Promises.FirstOrDefault(promise => promise.Id == id)?.Text ?? "a promise";

    private static IReadOnlyList<string> Because(string? reason) => string.IsNullOrWhiteSpace(reason) ? [] : [reason];

    private static string Article(string noun) => (noun is ['a' or 'e' or 'i' or 'o' or 'u', ..] ? "an " : "a ") + noun;

    private static string Template(string template) => template switch
    {
        "promise-made" => "message about a promise",
        "promise-renegotiated" => "message about a promise's new date",
        "promise-broken" => "apology for a broken promise",
        "resolved" => "message about the end",
        _ when template.StartsWith("acknowledgement", StringComparison.Ordinal) => "acknowledgement",
        _ => template.Replace('-', ' '),
    };

    private static int Highest(Measure measure) => measure switch { Measure.Csat => 5, Measure.Ces => 7, _ => 10 };
}
