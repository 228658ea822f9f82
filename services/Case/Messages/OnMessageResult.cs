using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts.Notifications.V1;
using CxPlatform.Messaging;
using Microsoft.Extensions.Logging;

namespace CxPlatform.Cases.Messages;

/// <summary>How our messages fared stands on the case. That it is late is told once.</summary>
internal sealed class OnMessageResult(CaseStore store, ILogger<OnMessageResult> log) : IHandle<MessageSent>, IHandle<MessageFailed>
{
    public Task HandleAsync(MessageSent e, EventEnvelope envelope, CancellationToken ct) =>
        RecordAsync(e.CaseId, new(e.MessageId, e.Template, e.Channel, Sent: true, null), ct);

    public Task HandleAsync(MessageFailed e, EventEnvelope envelope, CancellationToken ct) =>
        RecordAsync(e.CaseId, new(e.MessageId, e.Template, e.Channel, Sent: false, e.Reason, StillTrying: !e.Permanent), ct);

    private async Task RecordAsync(Guid? caseId, RecordMessageOutcome outcome, CancellationToken ct)
    {
        if (caseId is not { } id)
            return;
        var done = await store.ActAsync(id, outcome, ct);
        if (done.IsRefused)
            log.NotDone(id, nameof(RecordMessageOutcome), "notification", done.Refusal.Code);
    }
}
