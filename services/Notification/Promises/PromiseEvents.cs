using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Conversations;
using CxPlatform.Notifications.Sending;

namespace CxPlatform.Notifications.Promises;

/// <summary>A customer hears of every promise that a person made, before a date moves, when somebody else keeps
/// it, when we take it back, and when we did not keep our word.</summary>
internal sealed class PromiseEvents(ConversationBook book, Outbox outbox)
    : IHandle<PromiseMade>, IHandle<PromiseRenegotiated>, IHandle<PromiseWithdrawn>, IHandle<PromiseBroken>, IHandle<CaseCovered>, IHandle<PromisesMoved>
{
    public async Task HandleAsync(PromiseMade e, EventEnvelope envelope, CancellationToken ct)
    {
        if (await book.ForAsync(e.CaseId, envelope, ct) is not { } conversation)
            return;
        conversation.Apply(e);
        // The date of an acknowledgement stands in the acknowledgement, a step's on the plan; of what moved with its case they heard before.
        if (e.FromCaseId is null && e.Source is PromiseSource.Agent or PromiseSource.CallBack)
            await outbox.TellAsync(
                conversation, envelope,
                new("promise-made", setting => setting.Common.Promise(e.Text, e.Owner).With("due", e.Due, setting.When, setting.Now)) { Person = e.Owner },
                ct);
    }

    public async Task HandleAsync(PromiseRenegotiated e, EventEnvelope envelope, CancellationToken ct)
    {
        if (await book.ForAsync(e.CaseId, envelope, ct) is not { } conversation)
            return;
        var promise = conversation.Promises.Find(promise => promise.Id == e.PromiseId);
        conversation.Apply(e);
        if (conversation.By == e.OldDue)
            conversation.By = e.Due;
        await outbox.TellAsync(
            conversation, envelope,
            new("promise-renegotiated", setting => setting.Common
                .Promise(promise?.Text, promise?.Owner).With("reason", e.Reason)
                .With("oldDue", e.OldDue, setting.When, setting.Now).With("due", e.Due, setting.When, setting.Now))
            {
                Person = conversation.OwnerName,
            },
            ct);
    }

    public async Task HandleAsync(PromiseWithdrawn e, EventEnvelope envelope, CancellationToken ct)
    {
        // What was never told here is nothing to take back.
        if (await book.ForAsync(e.CaseId, envelope, ct) is not { } conversation || conversation.Settle(e.PromiseId) is not { } promise || !e.TakenBack)
            return;
        await outbox.TellAsync(
            conversation, envelope,
            new("promise-withdrawn", setting => setting.Common
                .Promise(promise.Text, promise.Owner).With("reason", e.Reason).With("due", promise.Due, setting.When, setting.Now))
            {
                Person = conversation.OwnerName,
            },
            ct);
    }

    public async Task HandleAsync(CaseCovered e, EventEnvelope envelope, CancellationToken ct)
    {
        if (await book.ForAsync(e.CaseId, envelope, ct) is not { } conversation)
            return;
        conversation.Apply(e);
        if (conversation.Automatic != Automatic.None)
            return;
        var first = conversation.Promises.Where(promise => e.Promises.Contains(promise.Id)).MinBy(promise => promise.Due);
        await outbox.TellAsync(
            conversation, envelope,
            new("covered", setting => setting.Common
                .With("absent", e.AbsentName).With("who", e.AgentName).With("text", first?.Text).With("due", e.By, setting.When, setting.Now))
            {
                Person = e.AgentId is null ? null : e.AgentName,
                Automatic = "auto-generated",
            },
            ct);
    }

    public async Task HandleAsync(PromisesMoved e, EventEnvelope envelope, CancellationToken ct)
    {
        if (await book.ForAsync(e.CaseId, envelope, ct) is not { } conversation)
            return;
        conversation.Keep(e.Promises, e.AgentName);
        if (conversation.Automatic != Automatic.None)
            return;
        var first = conversation.Promises.Where(promise => e.Promises.Contains(promise.Id)).MinBy(promise => promise.Due);
        await outbox.TellAsync(
            conversation, envelope,
            new("handed-over", setting => setting.Common
                .With("before", e.FromName).With("who", e.AgentName).With("text", first?.Text).With("due", e.By, setting.When, setting.Now))
            {
                Person = e.AgentName,
                Automatic = "auto-generated",
            },
            ct);
    }

    public async Task HandleAsync(PromiseBroken e, EventEnvelope envelope, CancellationToken ct)
    {
        if (await book.ForAsync(e.CaseId, envelope, ct) is not { } conversation)
            return;
        var promise = conversation.Settle(e.PromiseId);
        if (conversation.By == e.Due)
            conversation.By = e.FollowUpDue;
        if (conversation.Automatic != Automatic.None)
            return;
        await outbox.TellAsync(
            conversation, envelope,
            new("promise-broken", setting => setting.Common
                .Promise(promise?.Text, promise?.Owner).With("who", conversation.OwnerName ?? conversation.TeamName)
                .With("due", e.Due, setting.When, setting.Now).With("next", e.FollowUpDue, setting.When, setting.Now))
            {
                Automatic = "auto-generated",
            },
            ct);
    }
}
