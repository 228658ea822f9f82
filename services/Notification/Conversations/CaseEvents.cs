using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Domain;

namespace CxPlatform.Notifications.Conversations;

/// <summary>Case events that say nothing to the customer by themselves, but that later messages speak of.</summary>
internal sealed class CaseEvents(ConversationBook book)
    : IHandle<CaseOpened>, IHandle<CaseTriaged>, IHandle<CaseAssigned>, IHandle<CaseUnassigned>, IHandle<CaseHandedOver>, IHandle<NeedCorrected>, IHandle<CaseCustomerChanged>, IHandle<PromiseKept>
{
    public Task HandleAsync(CaseOpened e, EventEnvelope envelope, CancellationToken ct)
    {
        book.Open(Conversation.From(e), envelope);
        return Task.CompletedTask;
    }

    public Task HandleAsync(CaseTriaged e, EventEnvelope envelope, CancellationToken ct) =>
        ChangeAsync(e.CaseId, envelope, conversation => (conversation.Kind, conversation.TeamName, conversation.QueueId) = (e.Kind, e.TeamName, e.QueueId), ct);

    public Task HandleAsync(CaseAssigned e, EventEnvelope envelope, CancellationToken ct) =>
        ChangeAsync(e.CaseId, envelope, conversation => conversation.Apply(e), ct);

    public Task HandleAsync(CaseUnassigned e, EventEnvelope envelope, CancellationToken ct) =>
        ChangeAsync(e.CaseId, envelope, conversation => conversation.Apply(e), ct);

    public Task HandleAsync(CaseHandedOver e, EventEnvelope envelope, CancellationToken ct) =>
        ChangeAsync(e.CaseId, envelope, conversation => conversation.Handover = new(e.ById ?? e.FromId, e.AgentId), ct);

    public Task HandleAsync(NeedCorrected e, EventEnvelope envelope, CancellationToken ct) =>
        ChangeAsync(e.CaseId, envelope, conversation => conversation.Need = e.Need, ct);

    public Task HandleAsync(CaseCustomerChanged e, EventEnvelope envelope, CancellationToken ct) =>
        ChangeAsync(e.CaseId, envelope, conversation => conversation.CustomerId = e.CustomerId, ct);

    public Task HandleAsync(PromiseKept e, EventEnvelope envelope, CancellationToken ct) =>
        ChangeAsync(e.CaseId, envelope, conversation => conversation.Settle(e.PromiseId), ct);

    private async Task ChangeAsync(Guid caseId, EventEnvelope envelope, Action<Conversation> change, CancellationToken ct)
    {
        if (await book.ForAsync(caseId, envelope, ct) is { } conversation)
            change(conversation);
    }
}
