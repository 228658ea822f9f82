using System.Collections.Frozen;
using System.Globalization;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Reading;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Desk;

/// <summary>A form of the case's page, read field by field.</summary>
internal sealed class DeskInput(IFormCollection form, Person by, string zone, IReadOnlyList<Attachment>? known = null)
{
    /// <summary>The first thing that could not be read.</summary>
    public Refusal? Wrong { get; private set; }

    public Person By => by;

    public string Text(string name) => form[name].ToString().Trim();

    /// <summary>What was written, as it was written.</summary>
    public string Message(string name) => form[name].ToString().Replace("\r\n", "\n", StringComparison.Ordinal).Trim();

    public string? Maybe(string name) => Text(name) is { Length: > 0 } text ? text : null;

    public bool Ticked(string name) => form[name].Count > 0;

    public Guid Id(string name) => Guid.TryParse(form[name], out var id) ? id : Fail<Guid>(name, "is missing.");

    /// <summary>What was ticked of several.</summary>
    public IReadOnlyList<Guid> Ids(string name) => [.. form[name].Select(value => Guid.TryParse(value, out var id) ? id : Guid.Empty)];
    /// <summary>Files of the case that were ticked.</summary>
    public IReadOnlyList<Attachment> Files(string name)
    {
        var chosen = CaseReader.Chosen(known ?? [], [.. form[name].OfType<string>()]);
        return chosen.IsRefused ? Fail<IReadOnlyList<Attachment>>(name, "Please choose files of this case.") ?? [] : chosen.Value;
    }

    public DateTimeOffset? MaybeDate(string name) => Text(name).Length == 0 ? null : Date(name);

    /// <summary>Words with commas between them.</summary>
    public IReadOnlyList<string> List(string name) => Text(name).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public DateTimeOffset Date(string name) =>
        LocalTime.Read(form[name], zone) ?? Fail<DateTimeOffset>(name, "Please enter a date and a time.");

    /// <summary>One that the page offered, with its offset.</summary>
    public DateTimeOffset Instant(string name) =>
        DateTimeOffset.TryParse(form[name], CultureInfo.InvariantCulture, out var at) ? at.ToUniversalTime() : Fail<DateTimeOffset>(name, "Please choose one.");

    public T Choice<T>(string name) where T : struct, Enum =>
        Enum.TryParse<T>(form[name], out var value) && Enum.IsDefined(value) ? value : Fail<T>(name, "Please choose one.");

    private T Fail<T>(string name, string why)
    {
        Wrong ??= new(name + "-invalid", why, name);
        return default!;
    }
}

/// <summary>What a form of the case's page does.</summary>
/// <param name="Done">What is said afterwards.</param>
/// <param name="Careful">Refused when another person has changed the case since the page was read. A note harms nobody's work.</param>
internal sealed record DeskAction(string Done, Func<DeskInput, CaseCommand> Command, bool Careful = true)
{
    public static FrozenDictionary<string, DeskAction> All { get; } = new Dictionary<string, DeskAction>
    {
        ["reply"] = new(
            "Your answer is on its way to the customer.",
            i => new ScheduleReply(
                new(Guid.CreateVersion7(), i.By, i.Message("text"), [], i.Ticked("asks"), i.Ticked("public") ? Visibility.World : Visibility.Customer),
                i.MaybeDate("sendAt"))),
        ["undo"] = new("Your answer is back in its form, and was not sent.", i => new CancelReply(i.Id("target")), Careful: false),
        ["send-now"] = new("The answer is on its way to the customer.", i => new SendScheduledNow(i.Id("target"))),
        ["change-later"] = new(
            "The answer goes out at its new time.",
            i => new ChangeScheduledReply(i.Id("target"), i.Message("text"), null, i.Date("sendAt"))),
        ["priority"] = new(
            "The case has its priority; its clocks are measured anew.",
            i => new ChangePriority(i.Choice<Priority>("priority"), i.By, i.Maybe("reason")),
            Careful: false),
        ["tag"] = new("Tagged.", i => new ChangeTags(i.List("add"), [], i.By), Careful: false),
        ["untag"] = new("The tag is gone.", i => new ChangeTags([], [i.Text("target")], i.By), Careful: false),
        ["copy"] = new(
            "They get a copy of what the customer is answered.",
            i => new CopyParticipant(Guid.CreateVersion7(), i.Text("address"), i.Maybe("name"), i.By),
            Careful: false),
        ["copy-participant"] = new(
            "They get a copy of what the customer is answered.",
            i => new ChangeParticipant(i.Id("target"), ParticipantRole.Cc, i.By),
            Careful: false),
        ["dismiss-participant"] = new("Not needed: they are not proposed again.", i => new RemoveParticipant(i.Id("target"), i.By), Careful: false),
        ["remove-participant"] = new("Taken off the case.", i => new RemoveParticipant(i.Id("target"), i.By), Careful: false),
        ["handover-read"] = new("Good. The handover stays on the timeline.", i => new AcknowledgeHandover(i.By), Careful: false),
        ["note"] = new(
            "Your note is on the case, for colleagues only.",
            i => new AddNote(Guid.CreateVersion7(), i.By, i.Message("text")),
            Careful: false),
        ["promise"] = new(
            "Promised. The customer sees it, and it is chased before it breaks.",
            i => new MakePromise(Guid.CreateVersion7(), i.By, i.Text("text"), i.Date("due"))),
        ["keep"] = new("Promise kept.", i => new KeepPromise(i.Id("target"))),
        ["confirm-suggestion"] = new("Promised, as your answer said.", i => new ConfirmSuggestion(i.Id("target"), i.By, null, null)),
        ["promise-otherwise"] = new(
            "Promised, in your words.", i => new ConfirmSuggestion(i.Id("target"), i.By, i.Text("text"), i.Date("due"))),
        ["dismiss-suggestion"] = new("It was no promise.", i => new DismissSuggestion(i.Id("target"))),
        ["remind"] = new(
            "You are reminded then.",
            i => new SetReminder(Guid.CreateVersion7(), i.By, i.Text("text"), i.Date("at"), null, Business: false),
            Careful: false),
        ["reminder-off"] = new("The reminder is off.", i => new CancelReminder(i.Id("target")), Careful: false),
        ["renegotiate"] = new(
            "The promise has its new date; the customer is told why.",
            i => new RenegotiatePromise(i.Id("target"), i.Date("due"), i.Text("reason"))),
        ["withdraw"] = new("The promise is withdrawn; the customer is told why.", i => new WithdrawPromise(i.Id("target"), i.Text("reason"))),
        ["propose"] = new(
            "Your proposal is on its way: the customer accepts or declines.",
            i => new Propose(
                Guid.CreateVersion7(), Guid.CreateVersion7(), i.By, i.Message("text"), null,
                i.Ticked("result") ? i.Choice<CaseResult>("result") : CaseResult.Solved, Ending(i))),
        ["resolve"] = new("The case is resolved.", i => new ResolveCase(i.Choice<CaseResult>("result"), i.Text("reason"), Ending(i), i.By)),
        ["second-opinion"] = new(
            "Somebody else looks at it again; the customer is told by when.", i => new AskSecondOpinion(ByCustomer: false, i.Maybe("reason"))),
        ["ask-aside"] = new(
            "Your question is on its way; the answer lands here, for colleagues only.",
            i => new AskAside(
                Guid.CreateVersion7(), Guid.CreateVersion7(), i.By, i.Text("to"), i.Maybe("name"), i.Text("subject"), i.Message("text"),
                i.Files("files"), i.Maybe("awaited")),
            Careful: false),
        ["write-aside"] = new(
            "Your mail is on its way.",
            i => new WriteAside(
                i.Id("target"), Guid.CreateVersion7(), i.By, i.Message("text"), i.Files("files"), i.Maybe("awaited")),
            Careful: false),
        ["close-aside"] = new("Closed. An answer would open it again.", i => new CloseAside(i.Id("target"), i.By), Careful: false),
        ["await"] = new("The customer sees whom we wait for.", i => new AwaitThirdParty(i.Text("who"))),
        ["end-waiting"] = new("It is our turn again.", _ => new EndWaiting()),
        ["call"] = new(
            "The call is booked; the customer sees when.",
            i => new BookCallBack(Guid.CreateVersion7(), i.Instant("from"), i.Maybe("phone"))),
        ["call-off"] = new("The call is off; the customer is told why.", i => new CancelCallBack(i.Text("reason"))),
        ["reopen"] = new("The case is open again.", i => new ReopenCase(i.Text("reason"))),
        ["unassign"] = new("The case is back in its queue.", i => new Unassign(i.Maybe("reason"))),
        ["need"] = new("The need is put right; the customer sees it.", i => new CorrectNeed(i.Text("need"), ByCustomer: false, i.By)),
        ["step-done"] = new("Step done.", i => new ChangeStep(i.Text("target"), null, null, null, StepState.Done)),
        ["step-open"] = new("Step is open again.", i => new ChangeStep(i.Text("target"), null, null, null, StepState.Open)),
        ["step"] = new("The plan has one more step; the customer sees it.", i => new ChangeStep(null, i.Text("title"), null, null, null)),
    }.ToFrozenDictionary();

    private static Ending Ending(DeskInput i) => new(i.Maybe("policy"), i.Maybe("alternative"), i.Maybe("referredTo"), i.Maybe("reach"));

    /// <summary>What is said of an answer that was written for later, and of a draft.</summary>
    public const string Later = "later";
    public const string Draft = "draft";

    public static string? DoneBy(string? form) => form switch
    {
        null => null,
        Later => "The answer goes out at its time, unless the customer writes before.",
        Draft => "Your draft is saved. Colleagues see that you have one.",
        _ => All.GetValueOrDefault(form)?.Done ?? DeskDeed.All.GetValueOrDefault(form)?.Done,
    };
}
