using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Reading;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Cases.Actions;

/// <param name="SendAt">Sent then, not now.</param>
/// <param name="HoldFor">Sent after this moment, in which it can be taken back.</param>
/// <param name="Visibility">customer; or world, in answer to a public post.</param>
internal sealed record ReplyRequest(
    string Text, IReadOnlyList<Attachment>? Attachments = null, bool AsksCustomer = false, DateTimeOffset? SendAt = null,
    TimeSpan? HoldFor = null, Visibility Visibility = Visibility.Customer);

internal sealed record ScheduledReplyRequest(string? Text = null, bool? AsksCustomer = null, DateTimeOffset? SendAt = null);

internal sealed record PriorityRequest(Priority Priority, string? Reason = null);

internal sealed record TagsRequest(IReadOnlyList<string>? Add = null, IReadOnlyList<string>? Remove = null);

internal sealed record NoteRequest(string Text);

internal sealed record PromiseRequest(string Text, DateTimeOffset Due);

internal sealed record RenegotiateRequest(DateTimeOffset Due, string Reason);

/// <param name="Text">As it was suggested when absent.</param>
/// <param name="Due">As it was suggested when absent.</param>
internal sealed record ConfirmRequest(string? Text = null, DateTimeOffset? Due = null);

/// <param name="At">The instant; or else after.</param>
/// <param name="After">So long from now, such as PT4H.</param>
/// <param name="Business">Whether that is business time.</param>
internal sealed record ReminderRequest(string Text, DateTimeOffset? At = null, TimeSpan? After = null, bool Business = true);

internal sealed record ReasonRequest(string Reason);

/// <param name="Result">What it would be if the customer agrees.</param>
internal sealed record ProposalRequest(
    string Text, DateTimeOffset? AnswerBy = null, CaseResult Result = CaseResult.Solved, string? Policy = null, string? Alternative = null,
    string? ReferredTo = null, string? Reach = null);

/// <param name="Who">In words that the customer reads: "the manufacturer".</param>
internal sealed record ThirdPartyRequest(string Who);

internal sealed record SecondOpinionRequest(string? Reason = null, bool ByCustomer = false);

internal sealed record NothingMore;

internal sealed record AnswerRequest(Guid? ProposalId = null, string? WouldMakeItRight = null);

/// <param name="Handover">What the colleague needs to know.</param>
internal sealed record AssignRequest(Guid AgentId, string? Reason = null, HandoverRequest? Handover = null);

/// <param name="Done">What was done.</param>
/// <param name="Next">What is next.</param>
/// <param name="Promised">What is promised, in words.</param>
/// <param name="Beware">What to beware of.</param>
/// <param name="Stay">Ids of promises that stay with whoever made them; all others of the former owner move, and the customer is told who
/// keeps them.</param>
internal sealed record HandoverRequest(
    string Done, string Next, string? Promised = null, string? Beware = null, IReadOnlyList<Guid>? Stay = null)
{
    public HandoverNote Note => new(Done, Next, Promised, Beware, Stay ?? []);
}

internal sealed record UnassignRequest(string? Reason = null);

internal sealed record NeedRequest(string Need, bool ByCustomer = false);

/// <param name="Key">Of the step that changes; a new one is added when it is absent.</param>
/// <param name="Title">What the customer reads.</param>
/// <param name="ForCustomer">A sentence more for the customer.</param>
/// <param name="Detail">For staff only: the customer never sees it.</param>
/// <param name="Reason">Why a date that the customer has seen is another one now; required then, and told to them.</param>
/// <param name="Promise">Its date is promised: the promise is kept when the step is done.</param>
internal sealed record StepRequest(
    string? Key = null, string? Title = null, string? Owner = null, DateTimeOffset? Due = null, StepState? State = null,
    Guid? OwnerId = null, string? ForCustomer = null, string? Detail = null, string? Reason = null, bool Promise = false);

/// <param name="Reason">Why a date that the customer has seen is another one now; required then, and told to them.</param>
internal sealed record PlanRequest(IReadOnlyList<PlanRequest.PlanStep> Steps, string? Reason = null)
{
    internal sealed record PlanStep(
        string Title, string? Key = null, string? Owner = null, DateTimeOffset? Due = null, StepState State = StepState.Open,
        Guid? OwnerId = null, string? ForCustomer = null, string? Detail = null);
}

/// <param name="Policy">notPossible: the rule in plain words.</param>
/// <param name="Alternative">notPossible: what is possible instead.</param>
/// <param name="ReferredTo">referred: who helps from here on.</param>
/// <param name="Reach">referred: how the customer reaches them.</param>
internal sealed record ResolveRequest(
    CaseResult Result, string Reason, string? Policy = null, string? Alternative = null, string? ReferredTo = null, string? Reach = null);

/// <summary>What staff and machines do with a case. Every answer says where the case stands and carries its ETag; If-Match refuses
/// with 412 only when a person has changed the case since.</summary>
internal static class ActionEndpoints
{
    public static void MapActions(this IEndpointRouteBuilder cases)
    {
        var one = cases.MapGroup("/{key}").RequireAuthorization(Policies.CasesWrite).WithIfMatch();

        Post<ReplyRequest>(one, "/replies", "ReplyToCustomer", "Answers the customer",
            (r, by, id) => new ScheduleReply(
                new(id, by, r.Text, r.Attachments ?? [], r.AsksCustomer, r.Visibility), r.SendAt, r.SendAt is null ? r.HoldFor ?? TimeSpan.Zero : r.HoldFor));
        Post<PriorityRequest>(one, "/priority", "ChangePriority", "Sets the priority; the clocks are measured anew",
            (r, by, _) => new ChangePriority(r.Priority, by, r.Reason));
        Post<TagsRequest>(one, "/tags", "ChangeTags", "Adds and removes tags", (r, by, _) => new ChangeTags(r.Add ?? [], r.Remove ?? [], by));
        Post<NoteRequest>(one, "/notes", "AddNote", "Writes a note that only staff sees", (r, by, id) => new AddNote(id, by, r.Text));
        Post<PromiseRequest>(one, "/promises", "MakePromise", "Promises the customer something by a date",
            (r, by, id) => new MakePromise(id, by, r.Text, r.Due));
        Post<ProposalRequest>(one, "/proposals", "ProposeSolution", "Proposes a solution and asks the customer",
            (r, by, id) => new Propose(id, Guid.CreateVersion7(), by, r.Text, r.AnswerBy, r.Result, new(r.Policy, r.Alternative, r.ReferredTo, r.Reach)));
        Post<AnswerRequest>(one, "/proposals/accept", "AcceptSolution", "Records that the customer accepted",
            (r, _, _) => new AcceptSolution(r.ProposalId));
        Post<AnswerRequest>(one, "/proposals/decline", "DeclineSolution", "Records that the customer declined and what would make it right",
            (r, _, _) => new DeclineSolution(r.ProposalId, r.WouldMakeItRight));
        Post<UnassignRequest>(one, "/unassign", "UnassignCase", "Puts the case back into its queue", (r, _, _) => new Unassign(r.Reason));
        Post<NeedRequest>(one, "/need", "CorrectNeed", "Puts right what we understood", (r, by, _) => new CorrectNeed(r.Need, r.ByCustomer, by));
        Post<StepRequest>(one, "/steps", "ChangeStep", "Changes a step of the plan, or adds one when no key is given",
            (r, _, _) => new ChangeStep(r.Key, r.Title, r.Owner, r.Due, r.State)
            {
                OwnerId = r.OwnerId,
                ForCustomer = r.ForCustomer,
                Detail = r.Detail,
                Reason = r.Reason,
                Promise = r.Promise,
            });
        Post<PlanRequest>(one, "/plan", "DraftPlan", "Replaces the plan",
            (r, _, _) => new DraftPlan(
                [.. r.Steps.Select(s => new Step(s.Key ?? "", s.Title, s.Owner, s.Due, s.State)
                {
                    OwnerId = s.OwnerId,
                    ForCustomer = s.ForCustomer,
                    Detail = s.Detail,
                })],
                r.Reason));
        Post<ResolveRequest>(one, "/resolve", "ResolveCase", "Ends the case without asking, with a reason",
            (r, by, _) => new ResolveCase(r.Result, r.Reason, new(r.Policy, r.Alternative, r.ReferredTo, r.Reach), by));
        Post<SecondOpinionRequest>(one, "/second-opinion", "AskSecondOpinion", "Somebody else looks at a no again",
            (r, _, _) => new AskSecondOpinion(r.ByCustomer, r.Reason));
        Post<ThirdPartyRequest>(one, "/waiting", "AwaitThirdParty", "The case waits for somebody outside",
            (r, _, _) => new AwaitThirdParty(r.Who));
        Post<NothingMore>(one, "/waiting/end", "EndWaiting", "Nobody outside is waited for any longer", (_, _, _) => new EndWaiting());
        Post<ReasonRequest>(one, "/reopen", "ReopenCase", "Reopens a resolved case", (r, _, _) => new ReopenCase(r.Reason));

        MapScheduled(one);
        one.MapPost("/assign", (string key, AssignRequest r, CaseActions actions, CaseReader reader, HttpContext context) =>
                context.ActAsync(key, reader, (id, expected, ct) => actions.AssignAsync(
                    id, r.AgentId, r.Reason, context.User.Person(), r.Handover?.Note, ct, expected)))
            .Described("AssignCase", "Gives the case to somebody, with a written handover where that is needed");
        Post<NothingMore>(one, "/handover/acknowledge", "AcknowledgeHandover", "Says that the handover was read",
            (_, by, _) => new AcknowledgeHandover(by));
        Post<ReminderRequest>(one, "/reminders", "SetReminder", "Reminds staff of the case, once",
            (r, by, id) => new SetReminder(id, by, r.Text, r.At, r.After, r.Business));
        one.MapDelete("/reminders/{reminderId:guid}",
                (string key, Guid reminderId, CaseActions actions, CaseReader reader, HttpContext context) =>
                    context.ActAsync(key, reader, (id, expected, ct) => actions.DoAsync(id, new CancelReminder(reminderId), ct, expected)))
            .Described("CancelReminder", "Takes a reminder back, or off once it is due");
        one.MapPost("/promise-suggestions/{suggestionId:guid}/confirm",
                (string key, Guid suggestionId, ConfirmRequest? r, CaseActions actions, CaseReader reader, HttpContext context) =>
                    context.ActAsync(key, reader, (id, expected, ct) => actions.DoAsync(
                        id, new ConfirmSuggestion(suggestionId, context.User.Person(), r?.Text, r?.Due), ct, expected)))
            .Described("ConfirmSuggestion", "Makes the promise that a reply seems to have made; other words or another date may be given");
        one.MapPost("/promise-suggestions/{suggestionId:guid}/dismiss",
                (string key, Guid suggestionId, CaseActions actions, CaseReader reader, HttpContext context) =>
                    context.ActAsync(key, reader, (id, expected, ct) => actions.DoAsync(id, new DismissSuggestion(suggestionId), ct, expected)))
            .Described("DismissPromiseSuggestion", "Says that a reply made no promise");
        one.MapPost("/promises/{promiseId:guid}/keep",
            (string key, Guid promiseId, CaseActions actions, CaseReader reader, HttpContext context) =>
                context.ActAsync(key, reader, (id, expected, ct) => actions.DoAsync(id, new KeepPromise(promiseId), ct, expected)))
            .Described("KeepPromise", "Marks a promise as kept");
        one.MapPost("/promises/{promiseId:guid}/renegotiate",
                (string key, Guid promiseId, RenegotiateRequest r, CaseActions actions, CaseReader reader, HttpContext context) =>
                    context.ActAsync(key, reader, (id, expected, ct) =>
                        actions.DoAsync(id, new RenegotiatePromise(promiseId, r.Due, r.Reason), ct, expected)))
            .Described("RenegotiatePromise", "Agrees on a new date before the promise breaks; the customer is told why");
        one.MapPost("/promises/{promiseId:guid}/withdraw",
                (string key, Guid promiseId, ReasonRequest r, CaseActions actions, CaseReader reader, HttpContext context) =>
                    context.ActAsync(key, reader, (id, expected, ct) =>
                        actions.DoAsync(id, new WithdrawPromise(promiseId, r.Reason), ct, expected)))
            .Described("WithdrawPromise", "Takes a promise back, with a reason that the customer is told");
    }

    private static void MapScheduled(RouteGroupBuilder one)
    {
        var reply = one.MapGroup("/scheduled-replies/{messageId:guid}");
        reply.MapPut("", (string key, Guid messageId, ScheduledReplyRequest r, CaseActions actions, CaseReader reader, HttpContext context) =>
                context.ActAsync(key, reader, (id, expected, ct) => actions.DoAsync(
                    id, new ChangeScheduledReply(messageId, r.Text, r.AsksCustomer, r.SendAt), ct, expected)))
            .Described("ChangeScheduledReply", "Changes an answer that waits to be sent; one that was held for a look is scheduled again");
        reply.MapPost("/cancel", (string key, Guid messageId, CaseActions actions, CaseReader reader, HttpContext context) =>
                context.ActAsync(key, reader, (id, expected, ct) =>
                    actions.DoAsync(id, new CancelReply(messageId), ct, expected, context.User.StaffName())))
            .Described("CancelScheduledReply", "Takes back an answer before it is sent");
        reply.MapPost("/send", (string key, Guid messageId, CaseActions actions, CaseReader reader, HttpContext context) =>
                context.ActAsync(key, reader, (id, expected, ct) => actions.DoAsync(id, new SendScheduledNow(messageId), ct, expected)))
            .Described("SendScheduledReply", "Sends an answer that waits now");
    }

    private static void Post<TRequest>(
        IEndpointRouteBuilder one, string route, string name, string summary, Func<TRequest, Person, Guid, CaseCommand> command)
        where TRequest : class =>
        one.MapPost(route, (string key, TRequest request, CaseActions actions, CaseReader reader, HttpContext context) =>
            {
                var wish = command(request, context.User.Person(), Guid.CreateVersion7());
                return context.ActAsync(key, reader, (id, expected, ct) => actions.DoAsync(id, wish, ct, expected));
            })
            .Described(name, summary);

    public static void Described(this RouteHandlerBuilder endpoint, string name, string summary) => endpoint
        .WithName(name).WithSummary(summary)
        .Produces<CaseChanged>().ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(412);
}
