using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Conversations;
using CxPlatform.Notifications.Sending;

namespace CxPlatform.Notifications.Promises;

/// <summary>A date that the customer has seen on the plan is another one: they hear why. All else they see on their page.</summary>
internal sealed class PlanEvents(ConversationBook book, Outbox outbox) : IHandle<CasePlanned>, IHandle<StepChanged>
{
    public Task HandleAsync(CasePlanned e, EventEnvelope envelope, CancellationToken ct) => TellAsync(e.CaseId, e.Reason, e.Moved ?? [], envelope, ct);

    public Task HandleAsync(StepChanged e, EventEnvelope envelope, CancellationToken ct) =>
        TellAsync(e.CaseId, e.Reason, e.Moved is { } moved ? [moved] : [], envelope, ct);

    private async Task TellAsync(Guid caseId, string? reason, IReadOnlyList<StepMove> moved, EventEnvelope envelope, CancellationToken ct)
    {
        if (moved.Count == 0 || await book.ForAsync(caseId, envelope, ct) is not { } conversation || conversation.Automatic != Automatic.None)
            return;
        await outbox.TellAsync(
            conversation, envelope,
            new("plan-changed", setting => setting.Common.With("reason", reason).With("steps", moved.Select(move => new Dictionary<string, object?>
            {
                ["title"] = move.Title,
                ["oldDue"] = setting.When.Long(move.OldDue, setting.Now),
                ["due"] = move.Due is { } due ? setting.When.Long(due, setting.Now) : null,
                ["dropped"] = move.Dropped == true,
                ["dueShort"] = move.Due is { } at ? setting.When.Short(at) : null,
            }).ToList()))
            {
                Person = conversation.OwnerName,
            },
            ct);
    }
}
